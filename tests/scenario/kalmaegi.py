# SPDX-License-Identifier: Apache-2.0
"""The computed surge of Kalmaegi (2014) at Xiuying against what was observed. kalmaegi.py ANSWERS"""
import json
import sys

# Xinhua, 17 September 2014: tide 2.32 m, surge 2.05 m, level 4.37 m, 1.47 m over the warning level; all on the gauge's zero.
TIDE, SURGE, TOTAL, ABOVE = 2.32, 2.05, 4.37, 1.47
BAND = max(0.4, 0.35 * SURGE)

rows = {}
for line in open(sys.argv[1]):
    answer = json.loads(line)
    if answer.get('dataset') in ('station_surge', 'surge_series'):
        rows[answer['dataset']] = answer['rows']
row = next(r for r in rows['station_surge'] if r['code'] == 'xiuying')
hours = [r for r in rows['surge_series'] if r['code'] == 'xiuying']
largest = max(r['surge'] for r in hours if r['surge'] is not None)
print(f"{row['time']}: surge {row['surge']:.2f} m (largest {largest:.2f}), observed {SURGE}; tide {row['tide']:.2f}, announced {TIDE}; "
      f"total {row['total']:.2f} ({row['total_low']:.2f} to {row['total_high']:.2f}), observed {TOTAL}; "
      f"over the level {row['above_level']:.2f}, observed {ABOVE}")
assert abs(row['surge'] - SURGE) <= BAND and abs(largest - SURGE) <= BAND
assert row['surge_high'] - row['surge_low'] <= 2 * max(0.4, 0.35 * row['surge']) + 1e-9
assert row['surge_low'] <= SURGE <= row['surge_high']
assert abs(row['tide'] - TIDE) <= 0.1
assert row['datum'] == 'Xiuying gauge zero' and row['datum_zh'] == '秀英站水尺零点'
assert row['total_low'] <= TOTAL <= row['total_high']
assert abs(row['above_level'] - ABOVE) <= BAND
assert row['colour'] == row['colour_high'] == 'red'  # 0.80 m over the level of that time was red
assert '2014-09-16T01' <= row['time'] <= '2014-09-16T05', 'noon of the 16th in Beijing, two hours either way'
assert len(rows['station_surge']) == 7 and all(r['verdict'] and r['verdict_zh'] for r in rows['station_surge'])
