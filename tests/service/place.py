# SPDX-License-Identifier: Apache-2.0
"""Compare /v1/place with the tables of a GeoPackage, read by SQLite. usage: place.py URL TABLES.gpkg"""
import json
import sqlite3
import sys
import urllib.request

url, path = sys.argv[1], sys.argv[2]
file = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
file.row_factory = sqlite3.Row


def ask(resource):
    with urllib.request.urlopen(url + resource) as answer:
        return json.load(answer)


def rows(table, column, code):
    return [dict(row) for row in file.execute('SELECT * FROM "%s" WHERE "%s" = ?' % (table, column), (code,))]


def same(ours, theirs):
    """GeoPackage writes times with milliseconds."""
    if isinstance(theirs, str) and theirs.endswith(".000Z"):
        theirs = theirs.replace(".000Z", "Z")
    return ours == theirs


tables = {}
for (table,) in file.execute("SELECT table_name FROM gpkg_contents").fetchall():
    columns = [c[1] for c in file.execute('PRAGMA table_info("%s")' % table)]
    code = "code" if "code" in columns else next((c for c in columns if c.endswith("_code")), None)
    if code:
        tables[table] = code
assert {"counties", "county_seats", "county_wind", "closest_approach"} <= set(tables), tables
places = {place["code"]: place for place in ask("/v1/place")["places"]}
codes = {row[0] for table, column in tables.items() for row in file.execute('SELECT "%s" FROM "%s"' % (column, table))}
assert set(places) == codes, set(places) ^ codes
compared = 0
for code, place in places.items():
    one = ask("/v1/place/" + code)
    counties, others = rows("counties", "code", code), rows("places", "code", code)
    row = (counties or others)[0]
    seat = ("seat_longitude", "seat_latitude") if counties else ("longitude", "latitude")
    assert one["name"] == place["name"] == {"en": row["name"], "zh": row["name_zh"]}, one["name"]
    assert (one["lon"], one["lat"]) == (row[seat[0]], row[seat[1]]), one
    if counties:
        box = file.execute('SELECT min(r.minx), min(r.miny), max(r.maxx), max(r.maxy) FROM rtree_counties_geom r JOIN counties c ON r.id = c.fid '
                           "WHERE c.code = ?", (code,)).fetchone()
        assert all(abs(a - b) < 1e-4 for a, b in zip(one["bounds"], box)), (one["bounds"], tuple(box))
    else:
        assert one["bounds"] is None, one
    for table, column in tables.items():
        ours = [row["properties"] for row in one["rows"] if row["id"] == table]
        theirs = rows(table, column, code)
        assert len(ours) == len(theirs), (code, table)
        for a, b in zip(ours, theirs):
            for name, value in a.items():
                assert same(value, b[name]), (code, table, name, value, b[name])
                compared += 1
print("%d places, %d values" % (len(places), compared))
