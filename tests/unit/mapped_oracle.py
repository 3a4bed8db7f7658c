#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mapped_oracle.py FORM FILE < records: read FILE with Python's csv, json, bz2 and hold the records against it."""
import bz2, csv, datetime, io, json, re, struct, sys

BLANK = ('', '—', '/', '****')


def utc(text, form, hours):
    time = datetime.datetime.strptime(text, form) - datetime.timedelta(hours=hours)
    return time.strftime('%Y-%m-%dT%H:%M:%SZ')


def value(asset, time, quantity, number):
    return ('observation', asset, time, quantity, number)


def power(data):
    names = (('停电用户数', 'customers_without_power'), ('已恢复用户数', 'customers_restored'), ('停运10kV线路', 'lines_out_10kv'),
             ('停运110kV变电站', 'substations_out_110kv'), ('抢修人员', 'repair_workers'))
    for row in csv.DictReader(io.StringIO(data.decode('gbk'))):
        for column, quantity in names:
            if row[column] not in BLANK:
                yield value(row['市县编码'], utc(row['日期时间'], '%Y-%m-%d %H:%M', 8), quantity, float(row[column]))


def bs(data):
    for row in csv.DictReader(io.StringIO(data.decode('utf-8'))):
        for column in '退服基站数', '基站总数':
            yield value(row['市县编码'] + '-' + row['运营商'], utc(row['时间'], '%Y%m%d%H%M%S', 8), 'count', float(row[column]))


def water(data):
    for line in data.decode().splitlines():
        row = json.loads(line)
        time = datetime.datetime.fromtimestamp(row['ts'], datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
        missing = row['depth_cm'] == -999 or row['q'] == 9
        yield value(row['topic'], time, 'water_depth', None if missing else row['depth_cm'] / 100)


def ndbc(data):
    lines = data.decode().splitlines()
    names = lines[0].split()
    for line in lines[2:]:
        row = dict(zip(names, line.split()))
        time = utc(' '.join(row[n] for n in ('#YY', 'MM', 'DD', 'hh', 'mm')), '%Y %m %d %H %M', 0)
        for column, quantity, missing in (('WSPD', 'wind_speed', 99), ('GST', 'gust_speed', 99), ('WVHT', 'surge_height', 99),
                                          ('PRES', 'pressure', 9999)):
            if float(row[column]) != missing:
                yield value('42002', time, quantity, float(row[column]))


def adtd(data):
    form = re.compile(r'(\d+) (\S+) ((\S+)\.(\d+)) 纬度=(\S+)\s+经度=(\S+)\s.*定位方式：(\S+)')
    for line in data.decode().splitlines():
        number, day, moment, whole, _, lat, lon, how = form.match(line).groups()
        yield ('event', '%sT%s-%s' % (day, moment, number), utc(day + ' ' + whole, '%Y-%m-%d %H:%M:%S', 8), how,
               (float(lon), float(lat)))


def wigos(data):
    rows = list(csv.reader(io.StringIO(data.decode())))
    for cells in rows[4:]:
        row = dict(zip(rows[1], cells))
        time = utc(row['TIMESTAMP'], '%Y-%m-%d %H:%M:%S', 2)
        for column, quantity, divide in (('QNH', 'pressure', 100), ('WSpeed', 'wind_speed', 1), ('WindGust', 'gust_speed', 1),
                                         ('Rain_mm_Tot', 'rain_amount', 1)):
            yield value(row['Station_ID'], time, quantity, float(row[column]) / divide)


def check_mosaic(data, records):
    nx, ny = struct.unpack_from('<2i', data, 148)
    cells = struct.unpack('<%dh' % (nx * ny), bz2.decompress(data[256:]))
    body = struct.pack('<%df' % (nx * ny), *(v / 10 if v >= 0 else float('nan') for v in cells))
    best = max(range(nx * ny), key=lambda i: cells[i])
    row, column = divmod(best, nx)
    # PyCINRAD reads 55.0 dBZ at 19.597 N 110.997 E: it takes the edges for the outermost centres.
    assert cells[best] == 550 and row == int((20.5 - 19.597) / 0.01) and column == int((110.997 - 108) / 0.01)
    field = records[0]
    assert len(records) == 1 and field['time'] == '2024-09-06T00:00:00Z' and field['quantity'] == 'radar_reflectivity', field
    import hashlib
    text = json.dumps(field)
    assert str(nx) in text and str(ny) in text, text
    return hashlib.sha256(body).hexdigest()


def shape(record):
    if record['kind'] == 'event':
        return ('event', record['id'], record['time'], record['status'], (record['lon'], record['lat']))
    return value(record['asset'], record['time'], record['quantity'], record['value'])


form, path = sys.argv[1:]
data = open(path, 'rb').read()
records = [json.loads(line) for line in sys.stdin]
rejected = records.pop()['rejected']
assert rejected == 0, '%s: %d rejected' % (path, rejected)
if form == 'moc':
    check_mosaic(data, records)
else:
    expected, got = list(globals()[form](data)), [shape(r) for r in records]
    assert len(expected) == len(got) and expected, '%s: %d records, Python has %d' % (path, len(got), len(expected))
    for mine, theirs in zip(got, expected):
        assert mine == theirs, '%s: %r, Python has %r' % (path, mine, theirs)
print('%s: %d records as Python reads them' % (path.rsplit('/', 1)[-1], len(records)))
