# SPDX-License-Identifier: Apache-2.0
"""Write a made-up archive of 70 years of best tracks in CMA's form, a file a year: argument: folder.

33 storms a year of 12 to 50 fixes six hours apart, slowly turning walks from the tropics, from a fixed seed. Nothing of it is
true but its size and its form.
"""
import datetime as dt
import math
import random
import sys


def storm(rng, year):
    time = dt.datetime(year, 1, 1) + dt.timedelta(days=120 + rng.randrange(210), hours=6 * rng.randrange(4))
    lon, lat, to, wind = 112 + 45 * rng.random(), 6 + 14 * rng.random(), 4.7, 10.0
    fixes = 12 + rng.randrange(39)
    for i in range(fixes):
        grade = sum(wind >= lower for lower in (10.8, 17.2, 24.5, 32.7, 41.5, 51.0))
        pressure = 1008 - 1.7 * (wind - 8)
        yield f"{time:%Y%m%d%H} {grade} {10 * lat:3.0f} {10 * lon:4.0f} {pressure:4.0f}     {wind:3.0f}"
        time += dt.timedelta(hours=6)
        to += 0.5 * (rng.random() - 0.4)
        lon += 1.1 * math.sin(to)
        lat = min(55, max(3, lat + 0.7 * math.cos(to) + 0.35))
        wind = min(75, max(11, wind + 8 * (rng.random() - (0.35 if i < fixes / 2 else 0.62))))


def main():
    rng = random.Random(1949)
    for year in range(1949, 2019):
        with open(f"{sys.argv[1]}/CH{year}BST.txt", "w", encoding="ascii") as file:
            for serial in range(1, 34):
                lines = list(storm(rng, year))
                number = f"{year % 100:02d}{serial:02d}"
                name = f"MADE{serial}"
                file.write(f"66666 0000 {len(lines):4d} {serial:04d} {number} 0 6 {name:<20s}           20260101\n")
                file.write("\n".join(lines) + "\n")


main()
