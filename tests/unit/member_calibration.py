# SPDX-License-Identifier: Apache-2.0
"""Calibration of the ensemble on synthetic storms whose errors are known: the truth is drawn here, in numpy, from the process
that share/typhoon/ensemble.yaml and doc/typhoon/ensemble.md state, written from them anew; regions and members come from the
C program. n storms, each one independent forecast.

    member_calibration.py member_dump ensemble.yaml [seed]
"""
import re
import subprocess
import sys

import numpy as np

STORMS, MEMBERS = 4000, 200
LEADS = np.array([0.0, 24, 48, 72, 96, 120])


def rules_of(path):
    """The few lines of the rules that the process needs."""
    text = open(path, encoding="utf-8").read()

    def rows(key):
        values = {}
        for weight, row in re.findall(r"weight: (\S+)\n +" + key + r": \{(.*?)\}", text):
            for lead, value in re.findall(r"(\d+): ([\d.]+)", row):
                values.setdefault(float(lead), []).extend([float(value)] * int(weight))
        leads = sorted(values)
        return np.interp(LEADS, leads, [np.mean(values[lead]) for lead in leads])

    def table(key):
        pairs = re.findall(r"(\d+): ([\d.]+)", re.search(r"^" + key + r": \{(.*?)\}", text, re.M).group(1))
        return np.interp(LEADS, *np.array(pairs, float).T)

    def number(key):
        return float(re.search(key + r": ([-\d.]+)", text).group(1))

    def pair(key):
        offset, length = re.search(key + r": \{offset_h: (\S+), length: (\S+)\}", text).groups()
        return float(offset), float(length)

    return {"mean": rows("mean_error_km"), "mae": rows("mean_error_mps"), "ratio": table("along_over_cross"),
            "nu": number("tail_nu"), "track": pair("track_correlation"), "wind": pair("intensity_correlation"),
            "rapid": [number(k) for k in ("rate_per_day", " hours", "least_mps", "mean_rest_mps")]}


def matrix(offset, length):
    x = np.log(LEADS + offset)
    s = np.sqrt(3) * np.abs(x[:, None] - x[None, :]) / length
    return (1 + s) * np.exp(-s)


def truth_tracks(rules, rng, n):
    """Along and cross errors, n x leads x 2: a bivariate Student t process whose mean length is the table's; the constant that
    does it is found by sampling, not by the formula."""
    unit = rng.standard_normal((400000, 2))
    w = np.sqrt(rules["nu"] / rng.chisquare(rules["nu"], 400000))
    out = np.empty((n, len(LEADS), 2))
    root = np.linalg.cholesky(matrix(*rules["track"]))
    w_storm = np.sqrt(rules["nu"] / rng.chisquare(rules["nu"], n))
    for axis in range(2):
        out[:, :, axis] = rng.standard_normal((n, len(LEADS))) @ root.T
    for k in range(len(LEADS)):
        scale = np.array([rules["ratio"][k], 1.0])
        mean = np.mean(np.hypot(*(unit * scale).T) * w)
        out[:, k, :] *= scale * rules["mean"][k] / mean * w_storm[:, None]
    return out


def truth_winds(rules, rng, n):
    """Errors of the wind: a normal process and a gain that begins at an exponential time; mean and mean absolute error as
    documented, the normal part found by sampling."""
    rate, hours, least, rest = rules["rapid"]

    def gains(count):
        begin = rng.exponential(24 / rate, count)
        gain = np.where(begin < LEADS[-1], least + rng.exponential(rest, count), 0)
        return gain[:, None] * np.clip((LEADS[None, :] - begin[:, None]) / hours, 0, 1)

    many = gains(400000)
    many -= many.mean(axis=0)
    normal = rng.standard_normal(400000)
    root = np.linalg.cholesky(matrix(*rules["wind"]))
    process = rng.standard_normal((n, len(LEADS))) @ root.T
    own = gains(n)
    for k in range(len(LEADS)):
        low, high = 0.2 * rules["mae"][k] * np.sqrt(np.pi / 2), rules["mae"][k] * np.sqrt(np.pi / 2)
        for _ in range(40):
            middle = (low + high) / 2
            if np.mean(np.abs(middle * normal + many[:, k])) < rules["mae"][k]:
                low = middle
            else:
                high = middle
        process[:, k] = low * process[:, k] + own[:, k] - gains(400000)[:, k].mean()
    return process


class Report:
    def __init__(self):
        self.failed = 0

    def check(self, name, value, low, high):
        good = low <= value <= high
        self.failed += not good
        print("%-58s %7.4f in %.4f..%.4f %s" % (name, value, low, high, "" if good else "FAILED"))


def main():
    dump, path = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20240906
    print("SANFANG_SEED=%d, %d storms, %d members" % (seed, STORMS, MEMBERS))
    rng = np.random.default_rng(seed)
    rules = rules_of(path)
    report = Report()
    radii = {}
    for line in subprocess.check_output([dump, "radii", path], text=True).splitlines():
        lead, probability, radius = map(float, line.split())
        radii[lead, probability] = radius
    raw = subprocess.check_output([dump, "draws", path, str(STORMS), str(MEMBERS)])
    members = np.frombuffer(raw).reshape(STORMS, MEMBERS, len(LEADS), 4)
    truth, winds = truth_tracks(rules, rng, STORMS), truth_winds(rules, rng, STORMS)
    distance = np.hypot(truth[:, :, 0], truth[:, :, 1])
    theirs = np.hypot(members[..., 0], members[..., 1])
    bands = {0.68: (0.65, 0.71), 0.9: (0.88, 0.92)}
    for k, lead in enumerate(LEADS):
        for probability, band in bands.items():
            report.check("circle of %d %% at %3d h covers" % (100 * probability, lead),
                         np.mean(distance[:, k] <= radii[lead, probability]), *band)
            inside = distance[:, k] <= np.quantile(theirs[:, :, k], probability, axis=1)
            report.check("members' %d %% region at %3d h covers" % (100 * probability, lead), np.mean(inside), *band)
            low, high = np.quantile(members[:, :, k, 2], [(1 - probability) / 2, (1 + probability) / 2], axis=1)
            report.check("members' %d %% of the wind at %3d h covers" % (100 * probability, lead),
                         np.mean((winds[:, k] >= low) & (winds[:, k] <= high)), *band)
        # the documented tail: 0.083 and 0.023 for a circle, up to 0.005 and 0.002 more for the ellipses; +- 4 s.e.
        for times, share, more in ((2, 0.0832, 0.005), (3, 0.0233, 0.002)):
            error = 4 * np.sqrt(share * (1 - share) / STORMS)
            for name, far in (("truths", distance[:, k]), ("members", theirs[:, :, k].ravel())):
                report.check("%s beyond %d times the mean at %3d h" % (name, times, lead),
                             np.mean(far > times * rules["mean"][k]), share - error, share + more + error)
        top = np.quantile(members[:, :, k, 2], 0.98, axis=1)
        report.check("winds above the members' 98 %% at %3d h" % lead, np.mean(winds[:, k] > top), 0.012, 0.031)
        far = np.quantile(theirs[:, :, k], 0.98, axis=1)
        report.check("truths beyond the members' 98 %% at %3d h" % lead, np.mean(distance[:, k] > far), 0.012, 0.031)
    # truths of other families with the same mean: two normals of which the wider (15 %) is 2.5 times the narrower, and a
    # log-normal length; the stated circles must do for them, too
    direction = rng.standard_normal((STORMS * 5, 2))
    lengths = {"a mixture of normals": np.hypot(*direction.T) * np.where(rng.random(STORMS * 5) < 0.15, 2.5, 1),
               "log-normal lengths": np.exp(0.7 * rng.standard_normal(STORMS * 5))}
    for name, length in lengths.items():
        length *= rules["mean"][2] / length.mean()
        for probability, band in bands.items():
            report.check("circle of %d %% at 48 h covers of %s" % (100 * probability, name),
                         np.mean(length <= radii[48.0, probability]), *band)
    # all leads at once: correlation in lead and the common w
    scale = np.array([radii[lead, 0.9] for lead in LEADS])
    worst, worst_members = (distance / scale).max(axis=1), (theirs / scale).max(axis=2)
    for probability, band in bands.items():
        report.check("members' %d %% tube over all leads covers" % (100 * probability),
                     np.mean(worst <= np.quantile(worst_members, probability, axis=1)), *band)
    sys.exit(1 if report.failed else 0)


main()
