# SPDX-License-Identifier: Apache-2.0
"""Random storms: the C wind fields against numpy code written from the equations as papers and CLIMADA's documentation state
them (Holland 1980; Holland 2008; Holland, Belanger & Fritz 2010; Emanuel & Rotunno 2011; Mouton & Nordbeck 2005), with whole
[node, cell] arrays. Usage: wind_random_numpy.py WIND_DUMP [SEED]. The seed is printed; give it to repeat a failure."""
import subprocess
import sys
import time

import numpy as np

DEG_M = 111120.0
KN = 1852.0 / 3600.0
E = np.e
AVERAGING = {"agency": {1: 1.0, 2: 1.08, 10: 1.16}, "at-sea": {1: 1.0, 2: 1.03, 10: 1 / 0.93}}


def random_storm(rng, model):
    n = int(rng.integers(2, 40))
    step_s = int(rng.choice([900, 3600, 10800]))
    lat = rng.uniform(5, 30) + np.cumsum(rng.normal(0.05, 0.05, n)) * step_s / 3600
    if rng.random() < 0.3:
        lat = -lat
    lon = rng.choice([112.0, 179.8, -60.0]) + np.cumsum(rng.normal(-0.1, 0.1, n)) * step_s / 3600
    pn = rng.uniform(1000, 1012, n)
    pc = 965 + np.cumsum(rng.normal(0, 3, n))
    pc = np.clip(pc, 855, 1015)
    vmax = rng.uniform(12, 75, n)
    rmw = rng.uniform(15e3, 90e3, n)
    for i in range(n):
        gap = rng.random()
        if gap < 0.1:
            pc[i] = np.nan
        elif gap < 0.2:
            vmax[i] = np.nan
        if rng.random() < 0.3:
            rmw[i] = rng.choice([0.0, np.nan])
    storm = dict(model=model, n=n, step_s=step_s, lat=lat, lon=lon, pn=pn, pc=pc, vmax=vmax, rmw=rmw)
    storm["cyclostrophic"] = int(rng.random() < 0.3)
    storm["given_vmax"] = int(model == "H10" and rng.random() < 0.5)
    storm["in_brackets"] = int(model == "H10" and rng.random() < 0.4)
    storm["rho"] = float(rng.choice([1.15, 1.2, np.nan]))
    storm["averaging"] = int(rng.choice([1, 2, 10]))
    storm["exposure"] = str(rng.choice(["agency", "at-sea"]))
    storm["max_distance"] = float(rng.choice([300e3, 180e3, 450e3]))
    storm["step"] = int(rng.integers(0, n))
    dlat = float(rng.uniform(0.03, 0.15))
    storm["grid"] = (lon.mean() - 3.1 + rng.uniform(-1, 1), lat.mean() + 3.3 + rng.uniform(-1, 1),
                     float(rng.uniform(0.03, 0.15)), -dlat, int(rng.integers(1, 70)), int(rng.integers(1, 60)))
    return storm


def prepare(s):
    vmax = s["vmax"] * AVERAGING[s["exposure"]][s["averaging"]]
    lon180 = (s["lon"] + 180) % 360 - 180
    pc = np.where(np.isnan(s["pc"]), 1026.3401 - 0.05504 * s["lat"] - 0.03536 * lon180 - 0.7357 * vmax / KN, s["pc"])
    vmax = np.where(np.isnan(vmax), KN * np.fmax(0, (1216.5223 - 0.04086 * s["lat"] - 0.04190 * lon180 - 1.1797 * pc)), vmax)
    pc = np.minimum(pc, s["pn"])
    missing = np.isnan(s["rmw"]) | (s["rmw"] <= 0)
    estimate = 1852 * np.interp(pc, [872, 940, 980, 1021], [14.907318, 15.726927, 25.742142, 56.856522])
    rmw = np.where(missing, estimate, s["rmw"])
    dp = np.fmax(np.spacing(1), 100 * (s["pn"] - pc))
    motion = np.zeros((s["n"], 2))
    motion[1:, 0] = np.diff(s["lat"]) * DEG_M / s["step_s"]
    motion[1:, 1] = np.diff(s["lon"]) * DEG_M * np.cos(np.radians(s["lat"][:-1])) / s["step_s"]
    speed = np.linalg.norm(motion, axis=1)
    motion *= np.where(speed > 30 * KN, 30 * KN / np.fmax(speed, 1e-9), 1)[:, None]
    return pc, vmax, rmw, dp, motion, np.minimum(speed, 30 * KN)


def density(s, pc, dp):
    if not np.isnan(s["rho"]):
        return np.full(s["n"], s["rho"])
    ts = 28 - 3 * (s["lat"] - 10) / 20
    pe = 100 * pc + dp / E
    r = 100 * 3.802 / pe * np.exp(17.67 * ts / (243.5 + ts))
    return pe / (286.9 * (273.16 + ts) * (1 + 0.81 * 0.9 * r))


def bs_2008(s, pc, dp, speed):
    d = dp / 100
    before = np.concatenate([[0], pc[:-1]])
    before = np.where(before < 850, pc, before)
    bs = (-4.4e-5 * d**2 + 0.01 * d + 0.03 * (pc - before) / (s["step_s"] / 3600) - 0.014 * abs(s["lat"])
          + 0.15 * speed ** (0.6 * (1 - d / 215)) + 1)
    return np.clip(bs, 0.81, 2.025)


def profile(s, r, pc, vmax, rmw, dp, speed):
    rho = density(s, pc, dp)
    f = 0 if s["cyclostrophic"] else (2 * 7.29e-5 * np.sin(np.radians(abs(s["lat"]))))[:, None]
    bs = bs_2008(s, pc, dp, speed)
    col = lambda a: np.asarray(a)[:, None]
    if s["model"] in ("H08", "H1980"):
        b = bs if s["model"] == "H08" else np.clip((np.fmax(0, vmax - speed) / 0.9)**2 * E * rho / dp, 1, 2.5)
        y = (col(rmw) / np.fmax(1, r))**col(b)
        v = np.sqrt(np.fmax(0, col(b / rho * dp) * y * np.exp(-y) + (r * f / 2)**2)) - r * f / 2
        return v * (0.9 if s["model"] == "H1980" else 1)
    if s["model"] == "ER11":
        q = (r / col(rmw))**2
        return np.fmax(0, (col(rmw * vmax) + f * col(rmw)**2 / 2) * 2 * q / (1 + q) / (r + 1e-11))
    if s["given_vmax"]:
        bs = np.clip(vmax**2 * E * rho / dp, 0.81, 2.025)
    else:
        vmax = np.sqrt(bs / (rho * E) * dp)
    y = (col(rmw) / np.fmax(1, r))**col(bs)
    yn = (rmw / 300e3)**bs
    if s["in_brackets"]:
        xn = np.fmin(np.log(17) / np.log(vmax**2 * yn * np.exp(1 - yn)), 1)
    else:
        xn = np.log(17 / vmax) / np.log(yn * np.exp(1 - yn))
    x = np.fmax(0.5 + np.fmax(0, r - col(rmw)) * col((xn - 0.5) / (300e3 - rmw)), 0.4)
    if s["in_brackets"]:
        return (col(vmax)**2 * y * np.exp(1 - y))**x
    return col(vmax) * (y * np.exp(1 - y))**x


def reference(s):
    """Winds (v, u) of all nodes at all cells."""
    lon0, lat0, dlon, dlat, nx, ny = s["grid"]
    lon, lat = np.meshgrid(lon0 + dlon * np.arange(nx), lat0 + dlat * np.arange(ny))
    pc, vmax, rmw, dp, motion, speed = prepare(s)
    dy = (lat.ravel()[None] - s["lat"][:, None]) * DEG_M
    dx = (lon.ravel()[None] - s["lon"][:, None]) * DEG_M * np.cos(np.radians(s["lat"]))[:, None]
    r = np.hypot(dx, dy)
    with np.errstate(all="ignore"):
        v = profile(s, r, pc, vmax, rmw, dp, speed)
        share = np.fmin(1, rmw[:, None] / r)
        if s["model"] in ("H08", "H10"):
            v = v - speed[:, None] * share
        spin = -1 if np.sum(s["lat"] < 0) > np.sum(s["lat"] > 0) else 1
        wind = np.stack([spin * v * dx / r, -spin * v * dy / r], axis=-1) + motion[:, None, :] * share[..., None]
    wind[(r > s["max_distance"]) | (r <= 1)] = 0
    wind[np.isnan(wind)] = 0
    wind[0] = 0
    return wind


def run(dump, s):
    lines = [f"{s['model']} {s['cyclostrophic']} {s['given_vmax']} {s['in_brackets']} {s['rho']!r} {s['averaging']} {s['exposure']}",
             " ".join(repr(x) if isinstance(x, int) else repr(float(x)) for x in s["grid"]) + f" {s['max_distance']!r} {s['step']}", str(s["n"])]
    lon = (s["lon"] + 180) % 360 - 180
    for k in range(s["n"]):
        lines.append(" ".join([str(k * s["step_s"])] + [repr(float(a[k])) for a in (lon, s["lat"], s["pc"], s["pn"], s["vmax"], s["rmw"])]))
    out = subprocess.run([dump], input="\n".join(lines), capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"{dump} failed ({out.returncode}): {out.stderr}")
    return [np.array(line.split(), float) for line in out.stdout.splitlines()]


def edge(s):
    """Cells whose distance from some eye is within a millimetre of the reach, where rounding decides."""
    lon0, lat0, dlon, dlat, nx, ny = s["grid"]
    lon, lat = np.meshgrid(lon0 + dlon * np.arange(nx), lat0 + dlat * np.arange(ny))
    dy = (lat.ravel()[None] - s["lat"][:, None]) * DEG_M
    dx = (lon.ravel()[None] - s["lon"][:, None]) * DEG_M * np.cos(np.radians(s["lat"]))[:, None]
    r = np.hypot(dx, dy)
    return (np.abs(r - s["max_distance"]) < 1e-3).any(axis=0) | (np.abs(r - 1) < 1e-3).any(axis=0)


def main():
    dump = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print("seed", seed)
    rng = np.random.default_rng(seed)
    worst = {"exact": 0.0, "fast": 0.0, "vector": 0.0}
    windy = 0
    for i in range(24):
        s = random_storm(rng, ["H08", "H1980", "H10", "ER11"][i % 4])
        exact, fast, u, v = run(dump, s)
        wind = reference(s)
        keep = ~edge(s)
        want = np.linalg.norm(wind, axis=-1).max(axis=0)
        found = {"exact": np.abs(exact - want), "fast": np.abs(fast - want),
                 "vector": np.maximum(np.abs(v - wind[s["step"], :, 0]), np.abs(u - wind[s["step"], :, 1]))}
        for key, limit in (("exact", 1e-6), ("fast", 0.01), ("vector", 2e-5)):
            error = found[key][keep].max(initial=0.0)
            worst[key] = max(worst[key], error)
            if not error < limit:
                sys.exit(f"FAIL seed {seed} case {i} {key}: {error} m/s, at most {limit}: {s}")
        windy += int((want > 10).sum())
    if windy < 1000:
        sys.exit(f"FAIL seed {seed}: only {windy} windy cells, the cases say nothing")
    print("24 storms,", windy, "windy cells; largest differences in m/s:", {k: float("%.3g" % w) for k, w in worst.items()})


if __name__ == "__main__":
    main()
