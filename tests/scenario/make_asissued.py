#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make share/scenarios/data/rammasun-2014-asissued.json: the eve of Rammasun, as it could have been received.

    tests/scenario/make_asissued.py > share/scenarios/data/rammasun-2014-asissued.json

It is run by hand, never by the build; forecast.bats proves that it still makes the same bytes. SIMULATED, but for two
fixes that were issued on 2014-07-17 (Hainan's meteorological service, Beijing time):
    16:00  17.0 N 114.9 E  40 m/s  force 7 to about 280 km, force 10 to about 130 km
    17:00  17.2 N 114.7 E  42 m/s  towards the north-west; landfall about noon on the 18th between Lingshui and Yangjiang,
           most likely Qionghai to Wenchang, force 14 to 15
The forecast of the first agency follows that bulletin; all else is invented. Nothing is taken from a best track.

The world is of another family than the models that will judge it: the storm and each forecast ride on a steering flow
(a mean and sine waves in time), an agency errs by its own waves and by a wave that all share, as agencies share their
models. Winds of a forecast relax to a potential intensity (DeMaria 2009's logistic idea) and decay over a box of land.
"""

import json
import math
import random
from datetime import datetime, timedelta

SEED = 1409
KM_PER_DEG = 111.2
ANCHOR = datetime(2014, 7, 17, 17)
CLOCK = datetime(2014, 7, 17, 22)
FIRST = datetime(2014, 7, 14, 20)
ISSUED = {
    datetime(2014, 7, 17, 16): dict(lat=17.0, lng=114.9, speed=40),
    datetime(2014, 7, 17, 17): dict(lat=17.2, lng=114.7, speed=42),
}
# What the analyses say of the wind, 2-minute mean; invented between and around the two bulletins.
WINDS = [
    (datetime(2014, 7, 14, 20), 35), (datetime(2014, 7, 15, 8), 42), (datetime(2014, 7, 15, 17), 45),
    (datetime(2014, 7, 16, 5), 35), (datetime(2014, 7, 16, 20), 33), (datetime(2014, 7, 17, 8), 35),
    (datetime(2014, 7, 17, 16), 40), (datetime(2014, 7, 17, 17), 42), (datetime(2014, 7, 17, 22), 42),
]
# name on the site, hours between issues, hour of the newest issue, leads, factor from a 2-minute wind, waves (km/h)
AGENCIES = [
    ("中国", 6, datetime(2014, 7, 17, 20), (12, 24, 36, 48, 60, 72, 96), 1.0, 2.0),
    ("中国台湾", 6, datetime(2014, 7, 17, 20), (12, 24, 36, 48, 72), 0.93, 2.0),
    ("日本", 6, datetime(2014, 7, 17, 14), (12, 24, 36, 48, 72), 0.93, 2.4),
    ("中国香港", 6, datetime(2014, 7, 17, 17), (12, 24, 36, 48, 60, 72), 0.93, 2.0),
    ("美国", 6, datetime(2014, 7, 17, 14), (12, 24, 36, 48, 72, 96), 1.08, 2.2),
]
# The newest forecast of the first agency, drawn from the bulletin: hours, latitude, longitude, wind.
BULLETIN = [(12, 18.9, 111.8, 48), (24, 20.2, 109.5, 35), (36, 21.2, 107.4, 25), (48, 21.9, 105.3, 18), (60, 22.4, 103.4, 13)]
FORCES = [0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1]
GRADES = [(51.0, "超强台风"), (41.5, "强台风"), (32.7, "台风"), (24.5, "强热带风暴"), (17.2, "热带风暴"), (0, "热带低压")]


def hours(time):
    return (time - ANCHOR).total_seconds() / 3600


def steering_kmph(time):
    """The flow that carries the storm of this world: eastward and northward."""
    h = hours(time)
    east = -18.5 + 2.5 * math.sin(2 * math.pi * (h + 20) / 61)
    north = 9.5 + 2.2 * math.sin(2 * math.pi * (h + 4) / 47) + 0.03 * h
    return east, north


def ride(lat, lng, start, stop, error=lambda h: (0.0, 0.0), step_h=0.5):
    """Carry a point from one time to another, backwards too, with an error of the flow by hours since the start."""
    time, sign = start, 1 if stop >= start else -1
    while time != stop:
        east, north = steering_kmph(time)
        more_east, more_north = error((time - start).total_seconds() / 3600)
        lat += sign * step_h * (north + more_north) / KM_PER_DEG
        lng += sign * step_h * (east + more_east) / (KM_PER_DEG * math.cos(math.radians(lat)))
        time += sign * timedelta(hours=step_h)
    return lat, lng


def wave(rng, size):
    """An error of the flow that grows in from nothing: it is small while the analysis is fresh."""
    waves = [(size * (0.5 + rng.random()), 40 + 60 * rng.random(), 2 * math.pi * rng.random()) for _ in range(2)]

    def error(h):
        grown = min(1.0, 0.3 + h / 30)
        return tuple(grown * a * math.sin(2 * math.pi * h / period + phase) for a, period, phase in waves)

    return error


def both(left, right):
    return lambda h: tuple(a + b for a, b in zip(left(h), right(h)))


def on_land(lat, lng):
    return lat > 21.6 or lng < 106.4 or (18.4 < lat < 20.1 and 108.7 < lng < 110.9) or (119.9 < lng < 122.2 and lat > 13.8)


def wind_of(time):
    for (t0, w0), (t1, w1) in zip(WINDS, WINDS[1:]):
        if t0 <= time <= t1:
            return w0 + (w1 - w0) * ((time - t0) / (t1 - t0))
    raise ValueError(time)


def relax(wind, lat, lng, dt_h, potential):
    if on_land(lat, lng):
        return wind * math.exp(-0.09 * dt_h)
    return wind + dt_h * 0.03 * wind * (1 - (wind / potential) ** 2)


def rings(wind):
    """Force 7, 10, 12 in the site's own order NE|SE|NW|SW; a force that is not there is empty."""
    texts = []
    for least, mean, power in ((13.9, 270, 0.6), (24.5, 125, 0.8), (32.7, 60, 1.2)):
        mean_km = mean * (wind / 40) ** power
        values = [10 * round(mean_km * share / 10) for share in (1.12, 1.10, 0.95, 0.82)]
        texts.append("|".join(map(str, values)) if wind >= least else "")
    return texts


def point(time, lat, lng, wind):
    wind = round(wind)
    made = {
        "time": time.strftime("%Y-%m-%d %H:%M:%S"), "lng": f"{lng:.1f}", "lat": f"{lat:.1f}",
        "strong": next(name for least, name in GRADES if wind >= least),
        "power": str(sum(wind >= least for least in FORCES)), "speed": str(wind),
        "pressure": str(round(1005 - 0.0283 * wind**2)),
    }
    made["radius7"], made["radius10"], made["radius12"] = rings(wind)
    return made


def truth(time):
    return ride(17.2, 114.7, ANCHOR, time)


def analysis(rng, time):
    lat, lng = truth(time)
    lat, lng = lat + 0.1 * (rng.random() - 0.5), lng + 0.1 * (rng.random() - 0.5)
    wind = wind_of(time)
    if time in ISSUED:
        lat, lng, wind = (ISSUED[time][key] for key in ("lat", "lng", "speed"))
    made = point(time, lat, lng, wind)
    if time == datetime(2014, 7, 17, 16):
        made["radius7"], made["radius10"] = "280|280|280|280", "130|130|130|130"
    east, north = steering_kmph(time)
    made["movespeed"] = str(round(math.hypot(east, north)))
    made["movedirection"] = "西北" if north > -0.41 * east else "西北西"
    made["forecast"] = []
    return made


def forecast(rng, start, base, agency, shared):
    name, _, newest, leads, factor, size = agency
    error = both(shared, wave(rng, size))
    first = {key: start[key] for key in ("time", "lng", "lat", "strong", "power", "speed", "pressure")}
    if name == "中国" and base == newest:
        made = [point(base + timedelta(hours=h), lat, lng, wind) for h, lat, lng, wind in BULLETIN]
        return {"tm": name, "forecastpoints": [first] + made}
    lat, lng, wind = float(start["lat"]), float(start["lng"]), float(start["speed"])
    potential, made, time = 48 + 8 * rng.random(), [], base
    for lead in leads:
        while time < base + timedelta(hours=lead):
            since = (time - base).total_seconds() / 3600
            lat, lng = ride(lat, lng, time, time + timedelta(hours=1), lambda h, s=since: error(s + h))
            wind, time = relax(wind, lat, lng, 1, potential), time + timedelta(hours=1)
        if wind < 11 or lng < 100:
            break
        made.append(point(time, lat, lng, wind * factor))
    return {"tm": name, "forecastpoints": [first] + made}


def analysis_times():
    time = FIRST
    while time <= CLOCK:
        yield time
        time += timedelta(hours=1 if time >= datetime(2014, 7, 16, 20) else 3)


def main():
    rng = random.Random(SEED)
    points = [analysis(rng, time) for time in analysis_times()]
    by_time = dict(zip(analysis_times(), points))
    base = FIRST
    while base <= CLOCK:
        shared = wave(rng, 1.8)
        for agency in AGENCIES:
            if base <= agency[2] and (agency[2] - base) % timedelta(hours=agency[1]) == timedelta(0) and base in by_time:
                by_time[base]["forecast"].append(forecast(rng, by_time[base], base, agency, shared))
        base += timedelta(hours=3)
    head = {
        "simulated": "SIMULATED 模拟数据: drill of 2014-07-17, two fixes as issued (16:00, 17:00), all else invented; "
                     "made by tests/scenario/make_asissued.py, seed 1409",
        "tfid": "201409", "name": "威马逊", "enname": "Rammasun", "isactive": "1",
    }
    text = json.dumps(head, ensure_ascii=False, indent=0)[:-2] + ',\n"points": [\n'
    text += ",\n".join(json.dumps(p, ensure_ascii=False, separators=(",", ":")) for p in points)
    print(text + "\n]}")


main()
