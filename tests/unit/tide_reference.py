# SPDX-License-Identifier: Apache-2.0
"""The tide in numpy, from Schureman 1958 (longitudes from 1900, closed forms of the nodal factors): shares nothing with
models/sea/tide.c, which has series in the node and longitudes from 2000.
tide_reference.py TOOL random: both at random times of 1901 to 2099.
tide_reference.py TOOL FILE...: fit constants to the tide tables of stations (hourly predictions of the surge archive, cm,
Beijing time), every second day, and predict the others with the tool."""
import calendar
import re
import subprocess
import sys

import numpy as np

RAD = np.pi / 180


def sky(t):
    """Mean longitudes of moon, sun, perigee and node in degrees, Schureman's from 1899-12-31 12:00."""
    c = (np.asarray(t, float) + 2209032000) / (36525 * 86400)
    return (270.43659 + (481267.89057 + 0.00198 * c) * c, 279.69660 + (36000.76892 + 0.00030 * c) * c,
            334.32956 + (4069.03403 - 0.01032 * c) * c, 259.18328 - (1934.14201 - 0.00208 * c) * c)


def nodal(n):
    """f and u (degrees) of M2, O1, K1, K2 (Schureman 1958, eq. 191 and following)."""
    n = n * RAD
    i = np.arccos(0.91370 - 0.03569 * np.cos(n))
    nu = np.arcsin(0.08978 * np.sin(n) / np.sin(i))
    xi = np.remainder(n, 2 * np.pi)
    xi = np.where(xi > np.pi, xi - 2 * np.pi, xi)
    xi = xi - 2 * np.arctan(0.64412 * np.tan(xi / 2)) - nu
    nu1 = np.arctan2(np.sin(2 * i) * np.sin(nu), np.sin(2 * i) * np.cos(nu) + 0.3347)
    nu2 = np.arctan2(np.sin(i) ** 2 * np.sin(2 * nu), np.sin(i) ** 2 * np.cos(2 * nu) + 0.0727)
    return {'M2': (np.cos(i / 2) ** 4 / 0.9154, (2 * xi - 2 * nu) / RAD),
            'O1': (np.sin(i) * np.cos(i / 2) ** 2 / 0.3800, (2 * xi - nu) / RAD),
            'K1': (np.sqrt(0.8965 * np.sin(2 * i) ** 2 + 0.6001 * np.sin(2 * i) * np.cos(nu) + 0.1006), -nu1 / RAD),
            'K2': (np.sqrt(19.0444 * np.sin(i) ** 4 + 2.7702 * np.sin(i) ** 2 * np.cos(2 * nu) + 0.0981), -nu2 / RAD),
            '': (1, 0)}


# name: hour angle, s, h, p, constant, whose nodal factors, power
LIST = {'M2': (2, -2, 2, 0, 0, 'M2', 1), 'S2': (2, 0, 0, 0, 0, '', 1), 'N2': (2, -3, 2, 1, 0, 'M2', 1),
        'K2': (2, 0, 2, 0, 0, 'K2', 1), 'K1': (1, 0, 1, 0, -90, 'K1', 1), 'O1': (1, -2, 1, 0, 90, 'O1', 1),
        'P1': (1, 0, -1, 0, 90, '', 1), 'Q1': (1, -3, 1, 1, 90, 'O1', 1), 'M4': (4, -4, 4, 0, 0, 'M2', 2),
        'MS4': (4, -2, 2, 0, 0, 'M2', 1), 'SA': (0, 0, 1, 0, 0, '', 1)}


def parts(name, t):
    """f and V + u of a constituent at times."""
    day, a, b, c, constant, kind, power = LIST[name]
    s, h, p, n = sky(t)
    hour_angle = (np.asarray(t) % 86400) / 240 + 180  # from noon
    f, u = nodal(n)[kind]
    return f ** power * np.ones(np.shape(t)), (day * hour_angle + a * s + b * h + c * p + constant + power * u) * RAD


def predict(constants, t):
    return sum(h * f * np.cos(v - g * RAD) for n, (h, g) in constants.items() for f, v in [parts(n, t)])


def tool(path, constants, t):
    text = ''.join(f'{n} {h:.9f} {g:.9f}\n' for n, (h, g) in constants.items()) + '\n'
    text += ''.join(f'{int(x)}\n' for x in t)
    out = subprocess.run([path], input=text, capture_output=True, text=True, check=True).stdout
    return np.array(out.split(), float)


def random_times(path):
    rng = np.random.default_rng()
    seed = int(rng.integers(2 ** 31))
    rng = np.random.default_rng(seed)
    t = rng.integers(calendar.timegm((1901, 1, 1, 0, 0, 0)), calendar.timegm((2099, 12, 31, 0, 0, 0)), 3000)
    for name in LIST:
        constants = {name: (1.0, float(rng.uniform(0, 360)))}
        worst = np.max(np.abs(tool(path, constants, t) - predict(constants, t)))
        print(f'{name:4} largest difference {worst:.4f} of the amplitude (seed {seed})')
        assert worst < 0.02, name


def read(path):
    """{station: [(time, cm)]} of the predicted tide: the second line of each day, which is named by the day."""
    year = 1900 + int(re.search(r'(\d\d)\d\d\.txt$', path)[1])
    stations, lines = {}, open(path, encoding='latin-1').read().splitlines()
    here = month = None
    for line in lines:
        head = re.search(r'S\.N\..*?\s(\d{4})\s+\d+\s+\d+\s+(\S+)\s+Lon', line)
        if head:
            here, month = stations.setdefault(head[2], []), None
            continue
        numbers = re.match(r'\s*(\d+)((?:\s+-?\d+){24})(?:\s|$)', line)
        if here is None or not numbers:
            month = None
        elif month is None:
            month = int(numbers[1])
        elif month > 0:
            midnight = calendar.timegm((year, month, int(numbers[1]), 0, 0, 0)) - 8 * 3600
            here += [(midnight + 3600 * k, int(v)) for k, v in enumerate(numbers[2].split()) if abs(int(v)) < 2000]
            month = -1
    return stations


def fit(t, x):
    """Constants by least squares; K2, P1 and Q1 from S2, K1 and O1 by the equilibrium tide."""
    free, tied = ['M2', 'S2', 'N2', 'K1', 'O1', 'M4', 'MS4'], {'K2': ('S2', 0.272), 'P1': ('K1', 0.331), 'Q1': ('O1', 0.194)}
    columns = [np.ones(len(t))]
    for name in free:
        f, v = parts(name, t)
        c, s = f * np.cos(v), f * np.sin(v)
        for child, (parent, share) in tied.items():
            if parent == name:
                f, v = parts(child, t)
                c, s = c + share * f * np.cos(v), s + share * f * np.sin(v)
        columns += [c, s]
    solution = np.linalg.lstsq(np.array(columns).T, x, rcond=None)[0]
    constants = {n: (float(np.hypot(*solution[1 + 2 * k:3 + 2 * k])),
                     float(np.degrees(np.arctan2(solution[2 + 2 * k], solution[1 + 2 * k])))) for k, n in enumerate(free)}
    constants.update({c: (share * constants[p][0], constants[p][1]) for c, (p, share) in tied.items()})
    return solution[0], constants


def tables(path, files):
    first, second = (read(f) for f in files)
    errors, ranges = [], []
    for name in sorted(set(first) & set(second)):
        data = np.array(sorted(first[name] + second[name]))
        t, x = data[:, 0], data[:, 1] / 100
        day = (t + 8 * 3600) // 86400
        odd = np.isin(day, np.unique(day)[1::2])
        if odd.sum() < 72 or (~odd).sum() < 96:
            continue
        mean, constants = fit(t[~odd], x[~odd])
        error = mean + tool(path, constants, t[odd]) - x[odd]
        errors.append(np.sqrt(np.mean(error ** 2)))
        ranges.append(np.ptp(x))
        print(f'{name:10} fitted on {int((~odd).sum())} h, predicted {int(odd.sum())} h: rms {errors[-1]:.3f} m, '
              f'range {ranges[-1]:.2f} m')
    print(f'{len(errors)} stations, median rms {np.median(errors):.3f} m')
    assert len(errors) >= 8
    # Four days in two pieces a month apart carry seven constituents: some 3 % of the range.
    assert np.median(np.array(errors) / ranges) < 0.05 and max(np.array(errors) / ranges) < 0.08


if __name__ == '__main__':
    if sys.argv[2] == 'random':
        random_times(sys.argv[1])
    else:
        tables(sys.argv[1], sys.argv[2:])
