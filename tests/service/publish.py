# SPDX-License-Identifier: Apache-2.0
"""Snapshots A and B become current in turn while clients ask: no answer fails, none mixes two snapshots, the news comes soon.

usage: publish.py URL FOLDER TURNS
"""
import hashlib
import http.client
import json
import os
import sys
import threading
import time

url, folder, turns = sys.argv[1].split("//")[1], sys.argv[2], int(sys.argv[3])
LAYER = "wind_max@province"
TILES = ["tiles/%s/default/c/8/%d/%d.png" % (LAYER, x, y) for x in (205, 206, 207) for y in (50, 51, 52)]
POINTS = ["v1/point?lon=%.3f&lat=%.3f" % (108.7 + 0.11 * i, 18.4 + 0.07 * i) for i in range(24)]
ids = sorted(os.listdir(os.path.join(folder, "snapshots")))
assert len(ids) == 2, ids
faults, asked, is_done = [], [0], threading.Event()


def ask(connection, resource):
    connection.request("GET", "/" + resource)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise AssertionError("%s: %d %s" % (resource, answer.status, body[:200]))
    return answer.headers["X-Sanfang-Snapshot"], body


def essence(resource, body):
    """What must be the snapshot's: a tile's bytes; a point's snapshot and values; the layers' snapshot."""
    if resource.startswith("tiles"):
        return hashlib.sha256(body).hexdigest()
    document = json.loads(body)
    if resource.startswith("v1/point"):
        values = [[entry["value"] for entry in layer.get("values", [layer])] for layer in document["layers"]]
        return document["snapshot"], values, document["areas"]
    return document["snapshot"]


def make_current(snapshot):
    """As publishing does: the link is replaced by a rename."""
    new = os.path.join(folder, ".current-of-test")
    os.symlink("snapshots/" + snapshot, new)
    os.replace(new, os.path.join(folder, "current"))


def load(resources, wanted):
    """Ask again and again over one connection; each answer is of the snapshot that its head names, whole."""
    connection = http.client.HTTPConnection(url, timeout=60)
    while not is_done.is_set():
        for resource in resources:
            try:
                snapshot, body = ask(connection, resource)
                if essence(resource, body) != wanted[snapshot, resource]:
                    raise AssertionError("%s is not of snapshot %s" % (resource, snapshot))
            except Exception as fault:
                faults.append(repr(fault))
                connection = http.client.HTTPConnection(url, timeout=60)
            asked[0] += 1


def wait_for(connection, snapshot):
    begin = time.monotonic()
    while ask(connection, "v1/layers")[0] != snapshot:
        if time.monotonic() - begin > 60:
            raise AssertionError("%s never appeared" % snapshot)
        time.sleep(0.005)
    return time.monotonic() - begin


watch = http.client.HTTPConnection(url, timeout=60)
wanted = {}
for snapshot in ids:
    make_current(snapshot)
    wait_for(watch, snapshot)
    for resource in TILES + POINTS + ["v1/layers"]:
        seen, body = ask(watch, resource)
        assert seen == snapshot, (seen, snapshot)
        wanted[snapshot, resource] = essence(resource, body)
for kind in (TILES, POINTS):
    assert any(wanted[ids[0], r] != wanted[ids[1], r] for r in kind), "the two snapshots cannot be told apart"
threads = [threading.Thread(target=load, args=(r, wanted)) for r in (TILES, POINTS, ["v1/layers"], TILES[::-1] + POINTS)]
for thread in threads:
    thread.start()
late_s = []
try:
    for turn in range(turns):
        snapshot = ids[turn % 2]
        make_current(snapshot)
        late_s.append(wait_for(watch, snapshot))
        time.sleep(0.3)
finally:
    is_done.set()
    for thread in threads:
        thread.join()
print("%d turns, %d answers, %d faults; the new snapshot after %.2f s, at most %.2f s"
      % (turns, asked[0], len(faults), sum(late_s) / len(late_s), max(late_s)))
assert not faults, faults[:5]
assert max(late_s) < float(os.environ.get("PUBLISH_LIMIT_S", "10")), late_s
