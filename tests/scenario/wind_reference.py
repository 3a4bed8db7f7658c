# SPDX-License-Identifier: Apache-2.0
"""Compare the exported wind with CLIMADA's; arguments: the reference, the folder of the products.

The reference is the maximum over 60 hourly nodes of which CLIMADA leaves the first without wind; the program's first node
blows (its motion is that towards the second) and its track ends one hour later, at the fix of 12 UTC. So nodes 1 to 59 of
the cube are compared in every cell, and the exported maximum in all cells that neither end rules.
"""
import sys

import numpy as np
import xarray

# The file holds floats: half a unit in the last place is 3.8e-6 m/s at 64 to 128 m/s; the reference has six decimals,
# 0.5e-6, and the grids' corners and centres differ by some 1e-14 degrees.
TOLERANCE_MPS = 8e-6


def main():
    reference = np.loadtxt(sys.argv[1], delimiter=",")
    cube = xarray.open_dataset(sys.argv[2] + "/wind-tenth.nc")["wind_cube"]
    top = xarray.open_dataset(sys.argv[2] + "/wind-province.nc")["wind_max"]
    times = cube["time"].values.astype("datetime64[s]")
    assert len(times) == 61 and times[0] == np.datetime64("2014-07-17T00:00:00"), times
    assert np.allclose(cube["lon"], top["lon"][::10], atol=1e-9) and np.allclose(cube["lat"], top["lat"][::10], atol=1e-9)
    assert reference.shape == (45, 60) == cube.shape[1:]
    steps = np.nan_to_num(cube.values.astype(float))
    inner = steps[1:60].max(0)
    worst = abs(inner - reference).max()
    ruled = np.maximum(steps[0], steps[60]) > inner
    exported = np.nan_to_num(top.values[::10, ::10].astype(float))
    apart = abs(exported - reference)[~ruled].max()
    print(f"nodes 1 to 59: largest difference {worst:.2e} m/s over {reference.size} cells; exported maximum: {apart:.2e} "
          f"m/s over {(~ruled).sum()} cells, {ruled.sum()} are ruled by an end of the track; sum {inner.sum():.4f}")
    # handbook: the sum of CLIMADA's field, to its four decimals; 2,700 floats may add up to 0.01.
    assert abs(inner.sum() - 79218.8537) < 0.01
    assert worst <= TOLERANCE_MPS and apart <= TOLERANCE_MPS
    assert (~ruled).sum() > 2000


main()
