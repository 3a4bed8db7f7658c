# SPDX-License-Identifier: Apache-2.0
"""real_members.py FIXES PRODUCTS: the decoder's fixes (JSON lines) against the members and strike probabilities made of them."""
import collections
import glob
import json
import sys

import numpy as np
import xarray

R_KM = 6371.0088
DISTANCE_KM = 120


def read_ways(path):
    """storm, member -> sorted (lead in hours, longitude, latitude); the deterministic run is no member."""
    ways = collections.defaultdict(list)
    for line in open(path):
        fix = json.loads(line)
        if not fix["member"].startswith("fc"):
            ways[fix["storm"], fix["member"]].append((fix["lead_h"], fix["lon"], fix["lat"]))
    return {key: sorted(way) for key, way in ways.items()}


def read_members(products):
    """The same of the members that the program made, three hours apart."""
    places = collections.defaultdict(dict)
    for feature in json.load(open(glob.glob(products + "/*members*.geojson")[0]))["features"]:
        p = feature["properties"]
        places[p["storm"], p["member"]][p["lead_s"] / 3600] = (p["lon"], p["lat"])
    return places


def check_members(ways, places):
    """Each fix of a member is the feed's at that lead; every storm has all members, with a way or without."""
    compared = 0
    for key, way in ways.items():
        if len(way) < 2:
            continue
        for lead, lon, lat in way:
            got = places[key][lead]
            assert abs(got[0] - lon) < 1e-6 and abs(got[1] - lat) < 1e-6, (key, lead, got, lon, lat)
            compared += 1
    for storm in {key[0] for key in ways}:
        assert len({member for name, member in places if name == storm}) == 51, storm
    return compared


def points(way, minutes=10):
    """The way of a member in short steps between fixes at most 24 hours apart; across a longer gap nothing is known."""
    out = [np.array([way[0][1:]])]
    for (h0, x0, y0), (h1, x1, y1) in zip(way, way[1:]):
        n = int((h1 - h0) * 60 / minutes) if h1 - h0 <= 24 else 1
        t = np.linspace(0, 1, n + 1)[1:, None]
        out.append(np.array([x0, y0]) + t * np.array([x1 - x0, y1 - y0]))
    return np.radians(np.concatenate(out))


def nearest_km(way, lon, lat):
    x, y = points(way).T
    a = np.sin((lat[:, None] - y) / 2) ** 2 + np.cos(lat)[:, None] * np.cos(y) * np.sin((lon[:, None] - x) / 2) ** 2
    return 2 * R_KM * np.arcsin(np.sqrt(a.min(axis=1)))


def check_strikes(ways, products):
    """Share of the 51 members of which any storm passes. Cells that some member passes within 2 km of the distance may differ by
    that member: between two places the way is straight here, not a great circle."""
    f = xarray.open_dataset(glob.glob(products + "/strike*.nc")[0])
    got = f["strike_probability"].sel(strike_radius=DISTANCE_KM).values.ravel()
    lon, lat = (a.ravel() for a in np.meshgrid(f["lon"].values, f["lat"].values))
    surely, perhaps = np.zeros(lon.shape), np.zeros(lon.shape)
    for member in {key[1] for key in ways}:
        near = [nearest_km(way, np.radians(lon), np.radians(lat))
                for key, way in ways.items() if key[1] == member and len(way) > 1]
        nearest = np.min(near, axis=0) if near else np.inf
        surely += nearest <= DISTANCE_KM - 2
        perhaps += nearest <= DISTANCE_KM + 2
    counted = got * 51
    assert np.all(np.abs(counted - np.round(counted)) < 1e-3)
    wrong = (counted < surely - 1e-3) | (counted > perhaps + 1e-3)
    assert not wrong.any(), (int(wrong.sum()), lon[wrong][:5], lat[wrong][:5], counted[wrong][:5], surely[wrong][:5])
    assert counted.max() == 51 and (surely == perhaps).mean() > 0.7
    return int((counted > 0).sum())


def main():
    fixes, products = sys.argv[1:]
    ways, places = read_ways(fixes), read_members(products)
    print("%d fixes of members are the feed's" % check_members(ways, places))
    members = {key: [(lead, *place) for lead, place in sorted(way.items())] for key, way in places.items()}
    print("strike probability agrees; %d cells are passed" % check_strikes(members, products))


main()
