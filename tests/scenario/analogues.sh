#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Past storms: the analogues against numpy and against persistence over the six years of best tracks in the shared data; then
# the model run on them, on an empty archive and without one.
set -u
S=$SANFANG_SHARED/typhoon
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/archive" "$tmp/empty"
for file in cma/CH2005BST.txt cma/CH2014BST.txt cma/CH2015BST.txt typhoonsearchsys_demo/CH1956BST.txt \
            typhoonsearchsys_demo/CH1998BST.txt typhoonsearchsys_demo/CH2017BST.txt; do
  if [ ! -f "$S/$file" ]; then
    echo "SANFANG_SHARED has no typhoon/$file"
    exit 77
  fi
  cp "$S/$file" "$tmp/archive/"
done
if ! /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  echo "python3-numpy is missing"
  exit 77
fi
bad=0
fail () { echo "FAILED: $1"; bad=1; }

factors=$SANFANG_SHARE/typhoon/analogues.yaml
"$builddir/tests/unit/analogue_tool" "$factors" 20 "$tmp"/archive/*.txt >"$tmp/tool" || fail "analogue_tool"
/usr/bin/python3 "$srcdir/tests/scenario/analogues.py" "$tmp/tool" "$factors" 20 "$tmp"/archive/*.txt || bad=1

# run NAME NUMBER ARGUMENTS...: the scenario on today's storm NUMBER of 2014, its answers as NAME.json.
run ()
{
  local name=$1 number=$2
  shift 2
  "$SANFANG" run "$srcdir/tests/scenario/past.yaml" -o "$tmp/$name" --set feeds.archive.transport.path="$tmp/archive" \
    --set feeds.today.transport.path="$S/cma/CH2014BST.txt" --set datasets.tracks.storm="$number" --json --log-level info \
    "$@" >"$tmp/$name.json" 2>"$tmp/$name.log"
  local code=$?
  # 3: done, with input in quarantine (public copies of the files have a line or two too many).
  [ "$code" = 0 ] || [ "$code" = 3 ] || { cat "$tmp/$name.log"; fail "the run $name ended with $code"; }
}
run kalmaegi 1415 --set models.analogues.least_years=6 --set models.analogues.least_events=5
run defaults 1409
run by_name 1409 --set models.analogues.name=damrey
run strong 1409 --set models.analogues.least_grade=STY --set models.analogues.years="2005, 2017" --set models.analogues.months="9, 10"
mkdir "$tmp/long" && /usr/bin/python3 "$srcdir/tests/scenario/past_archive.py" "$tmp/long" || fail "past_archive.py"
run long 1409 --set feeds.archive.transport.path="$tmp/long" --set models.analogues.rows=3
run empty 1409 --set feeds.archive.transport.path="$tmp/empty"
/usr/bin/python3 - "$tmp" <<'PY' || bad=1
import json, sys

def answers(name):
    with open(f"{sys.argv[1]}/{name}.json", encoding="utf-8") as file:
        return {a["dataset"]: a["rows"] for a in map(json.loads, file) if "dataset" in a}

bad = []
def check(what, good):
    if not good:
        bad.append(what)

kalmaegi = answers("kalmaegi")
similar = kalmaegi["similar_storms"]
check("five similar storms", [r["rank"] for r in similar] == [1, 2, 3, 4, 5])
check("nearest first", all(a["distance"] <= b["distance"] for a, b in zip(similar, similar[1:])))
check("a storm is not like itself, nor like a later one",
      all(r["similar_number"] != "1415" and r["time"] < "2014-09-17" for r in similar))
check("parts make the distance", all(abs(sum((r[k] or 0) ** 2 for k in ("from_shape", "from_position", "from_season",
      "from_intensity", "from_size")) ** 0.5 - r["distance"]) < 1e-6 for r in similar))
# Two months before, on nearly the same way (the People's Daily of 2014-09-17 says so of both at Xuwen).
rammasun = [r for r in similar if r["similar_number"] == "1409"]
check("Rammasun is like Kalmaegi", len(rammasun) == 1)
for row in rammasun:
    check("its effects", "dead 19" in row["effects"] and "死亡19人" in row["effects_zh"] and row["effects_source"])
    check("its unknowns", "not known: rain, surge" in row["effects"] and "不详：雨量、风暴潮" in row["effects_zh"])
    check("its landfall", row["landfall"].startswith("Wenchang 2014-07-18 1"))
    check("the difference", "m/s" in row["difference"] and "days earlier in the year" in row["difference"]
          and "米/秒" in row["difference_zh"] and "季节早" in row["difference_zh"])
check("lines", len(kalmaegi["similar_tracks"]) == 5)
past = kalmaegi["past_storms"]
check("storms near Hainan", {"0518", "1409", "1415", "1508", "1720"} <= {r["number"] for r in past}
      and all(r["distance"] <= 300 for r in past))
returns = kalmaegi["wind_return"]
check("return periods", returns and all(r["years"] == 6 and "6 years of best tracks between 1956 and 2017" in r["limits"]
      for r in returns))
told = [r for r in returns if r["wind_speed"] is not None]
check("winds rise with the period", told and all(r["low"] <= r["wind_speed"] <= r["high"] + 1e-9 for r in told))
few = answers("defaults")["wind_return"]
check("too few years: no wind", few and all(r["wind_speed"] is None and r["low"] is None
      and r["limits"].startswith("too few years") and r["limits_zh"].startswith("资料年数不足") for r in few))
check("by name, the latest first", [r["number"] for r in answers("by_name")["past_storms"]] == ["1723", "0518"])
strong = answers("strong")["past_storms"]
check("strong ones of September and October", [r["number"] for r in strong] == ["1719", "1522", "1415", "0518"]
      and all(r["wind_speed"] >= 41.5 for r in strong))
made = answers("long")
check("five of 2,310 made storms", len(made["similar_storms"]) == 5)
check("the latest rows", len(made["past_storms"]) == 3
      and [r["time"] for r in made["past_storms"]] == sorted((r["time"] for r in made["past_storms"]), reverse=True))
winds = made["wind_return"]
check("seventy years", winds and all(r["years"] == 70 for r in winds))
for a, b in zip(winds, winds[1:]):
    if a["code"] == b["code"] and None not in (a["wind_speed"], b["wind_speed"]):
        check("a rarer wind is stronger and less sure", a["wind_speed"] < b["wind_speed"]
              and a["high"] - a["low"] < b["high"] - b["low"] and a["low"] < a["wind_speed"] < a["high"])
check("a hundred years are told", sum(r["wind_speed"] is not None and r["return_period"] == 100 for r in winds) >= 10)
empty = answers("empty")
check("nothing from nothing", not any(empty[d] for d in ("similar_storms", "similar_tracks", "past_storms", "wind_return")))
with open(f"{sys.argv[1]}/empty.log", encoding="utf-8") as file:
    check("and it is said", "no past storms" in file.read())
for what in bad:
    print("FAILED:", what)
sys.exit(1 if bad else 0)
PY
exit $bad
