# SPDX-License-Identifier: Apache-2.0
"""The hours that a snapshot keeps, against numpy; a random storm a run.

cubes_reference.py track FILE [SEED]   writes a storm as CMA's best tracks are written; the seed is printed
cubes_reference.py check FILE FOLDER   compares FOLDER/cubes-GRID.nc and grids-GRID.nc with the wind of that storm, computed
                                       by tests/unit/wind_random_numpy.py from the equations as the papers state them
Fixes are six hours apart and drawn straight, the wind field's step is half an hour, maps are hourly, winds are 2-minute means.
"""
import os
import sys
import time

import numpy as np

STEP_S = 1800
FORCE_6_MPS = 10.8  # GB/T 28591
TO_TWO_MINUTES = 1 / 1.08  # handbook of the averaging table: a 1-minute mean is 1.08 of a 2-minute one
# The file holds floats: half a unit in the last place is 3.8e-6 m/s at 64 to 128 m/s; the rest is numpy's other order.
TOLERANCE_MPS = 2e-5
FAST_MPS = 0.01  # what the tables of the mode fast may be off, models/typhoon/wind_field.h


def write_track(path, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(18, 24))
    lat = 15.5 + np.cumsum(rng.uniform(0.0, 0.4, n))
    lon = 123.0 - np.cumsum(rng.uniform(0.6, 1.2, n))  # the first node, which numpy leaves silent, is beyond all grids' reach
    pressure = np.clip(970 + np.cumsum(rng.normal(0, 8, n)), 915, 990)
    with open(path, "w") as out:
        print(f"66666 0000 {n:4d} 0010 2401 0 6 Random", file=out)
        for i in range(n):
            day, hour = divmod(6 * i, 24)
            print(f"202409{6 + day:02d}{hour:02d} 5 {round(10 * lat[i])} {round(10 * lon[i])} {round(pressure[i])} 40", file=out)


def read_track(path):
    """Half-hourly nodes as wind_random_numpy wants a storm, and their times in seconds."""
    rows = [line.split() for line in open(path)][1:]
    at = np.array([np.datetime64(f"{r[0][:4]}-{r[0][4:6]}-{r[0][6:8]}T{r[0][8:]}", "s") for r in rows]).astype("int64")
    nodes = np.arange(at[0], at[-1] + 1, STEP_S)
    lat, lon, pc, vmax = (np.interp(nodes, at, np.array([float(r[c]) for r in rows]) / scale)
                          for c, scale in ((2, 10), (3, 10), (4, 1), (5, 1)))
    storm = dict(model="H08", n=len(nodes), step_s=STEP_S, lat=lat, lon=lon, pc=pc, vmax=vmax, pn=np.full(len(nodes), 1005.0),
                 rmw=np.full(len(nodes), np.nan), cyclostrophic=0, given_vmax=0, in_brackets=0, rho=1.15, averaging=2,
                 exposure="agency", max_distance=300e3)
    return storm, nodes


def expected_hours(peak, nodes, hours):
    """Indices of whole hours from the first to the last with force 6, at most `hours` long around the strongest."""
    whole = np.flatnonzero(nodes % 3600 == 0)
    blows = whole[peak[whole] >= FORCE_6_MPS]
    chosen = whole[(whole >= blows[0]) & (whole <= blows[-1])]
    strongest = int(np.flatnonzero(chosen == whole[np.argmax(peak[whole])])[0])
    first = min(max(strongest - (hours + 1) // 2, 0), max(len(chosen) - hours - 1, 0))
    return chosen[first:first + hours + 1]


def check_grid(numpy_wind, storm, nodes, folder, grid, hours):
    import xarray

    kept = xarray.open_dataset(f"{folder}/cubes-{grid}.nc")
    speed = kept["wind_hourly"]
    lon, lat = kept["lon"].values, kept["lat"].values
    storm["grid"] = (lon[0], lat[0], lon[1] - lon[0], lat[1] - lat[0], len(lon), len(lat))
    wind = TO_TWO_MINUTES * numpy_wind.reference(storm).reshape(len(nodes), len(lat), len(lon), 2)
    within = ~numpy_wind.edge(storm).reshape(len(lat), len(lon))
    size = np.linalg.norm(wind, axis=-1)
    assert speed["time"].dtype.kind == "M", speed["time"].dtype
    times = speed["time"].values.astype("datetime64[s]").astype("int64")
    want = expected_hours(size[1:].max(axis=(1, 2), initial=0, where=within), nodes[1:], hours) + 1
    assert np.array_equal(times, nodes[want]), (grid, speed["time"].values[[0, -1]], len(times), nodes[want[[0, -1]]], len(want))
    worst = 0.0
    for name, values in (("wind_hourly", size), ("wind_hourly_northward", wind[..., 0]), ("wind_hourly_eastward", wind[..., 1])):
        got = kept[name].values
        calm = size[want] == 0
        assert np.array_equal(np.isnan(got) & within, calm & within), (grid, name, "missing where numpy has wind, or the reverse")
        worst = max(worst, np.nanmax(np.abs(got - values[want])[:, within]))
    top = xarray.open_dataset(f"{folder}/grids-{grid}.nc")["wind_max"].values
    above = np.nanmax(np.where(np.isnan(speed.values), -np.inf, speed.values).max(axis=0) - np.nan_to_num(top))
    print(f"{grid}: {len(times)} hours, largest difference {worst:.2g} m/s; hours above the maximum by at most {above:.2g} m/s")
    assert worst <= TOLERANCE_MPS and above <= FAST_MPS
    assert np.isnan(speed.values).any() and (size[want] > 10).sum() > 1000, "the storm says nothing"


def main():
    if sys.argv[1] == "track":
        seed = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
        print("seed", seed)
        write_track(sys.argv[2], seed)
        return
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit"))
    sys.dont_write_bytecode = True
    import wind_random_numpy

    storm, nodes = read_track(sys.argv[2])
    for grid, hours in (("near", 30), ("wide", 30)):
        check_grid(wind_random_numpy, storm, nodes, sys.argv[3], grid, hours)


main()
