"""dQ/dV of made-up half-cycles with known dQ/dV: ``python benchmarks/differential_capacity.py [--seeds N]``.

Plain differences (``np.gradient``), Savitzky-Golay with a common window and with the best of seven windows (chosen by
the truth, which nobody has), scipy's smoothing spline with generalised cross-validation, and limetal, at noise and
steps of the voltmeter from 0.1 to 5 mV. The table goes to ``docs/differential_capacity.md``.
"""

# ruff: noqa: I001 - the first sets the number of threads

from __future__ import annotations

from _impedance_common import cpu, surroundings, write_between  # before numpy

import argparse
import sys
import warnings
from pathlib import Path
from statistics import median

import numpy as np
from scipy.interpolate import make_smoothing_spline
from scipy.signal import savgol_filter

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))
from support.known_curves import LAYERED, PHOSPHATE, half  # noqa: E402

from limetal.cycling.differential import differential, fitted  # noqa: E402
from limetal.cycling.peaks import peaks  # noqa: E402
from limetal.cycling.profiles import Profile  # noqa: E402

PAGE = ROOT / "docs" / "differential_capacity.md"
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
ROWS = 1000
CASES = [(0.1, 0.1), (0.5, 0.1), (1.0, 0.1), (5.0, 0.1), (0.1, 1.0), (0.1, 5.0), (1.0, 1.0), (5.0, 5.0)]
WINDOWS = (5, 11, 21, 41, 81, 121, 161)
COMMON = 51
CURVES = (("layered", LAYERED, (3.6223, 3.7492, 4.0, 4.18)), ("phosphate", PHOSPHATE, (3.43,)))


def misplaced(estimate, curve, true):
    """Part of the charge that stands wrong: |dQ/dV - truth| summed over the true voltage; what is no number is zero.

    The estimate is cut off at three times the highest truth, as the axis of a picture would.
    """
    top = 3 * float(curve.density(np.linspace(curve.low, curve.high, 5001)).max())
    estimate = np.clip(np.nan_to_num(estimate, nan=0.0, posinf=top, neginf=0.0), 0.0, top)
    off = np.abs(estimate - curve.density(true))
    return float(np.sum((off[1:] + off[:-1]) / 2 * np.diff(true)) / curve.capacity_mAh)


def gradient(q, volt):
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 / np.gradient(volt, q)


def savitzky_golay(q, volt, window):
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 / savgol_filter(volt, window, 3 if window > 3 else 2, 1, delta=q[1] - q[0])


def spline(q, volt):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return 1 / make_smoothing_spline(q, volt).derivative()(q)


def limetal(q, volt):
    return differential([fitted(Profile(1, 1, np.arange(q.size), q, volt, np.ones(q.size), np.inf))])[0]


def case(curve, tops, noise_mV, step_mV, seeds):
    rows = {name: [] for name in ("gradient", "common", "best", "spline", "limetal", "cover", "found", "off", "cpu")}
    for seed in range(seeds):
        q, volt, true = half(curve, ROWS, noise_mV / 1e3, step_mV / 1e3, seed)
        rows["gradient"].append(misplaced(gradient(q, volt), curve, true))
        rows["common"].append(misplaced(savitzky_golay(q, volt, COMMON), curve, true))
        rows["best"].append(min(misplaced(savitzky_golay(q, volt, w), curve, true) for w in WINDOWS))
        rows["spline"].append(misplaced(spline(q, volt), curve, true))
        seconds, ours = cpu(lambda q=q, volt=volt: limetal(q, volt))
        rows["cpu"].append(seconds)
        rows["limetal"].append(misplaced(np.interp(true, ours.middles_V, ours.dqdv_mAh_V), curve, true))
        binned = np.diff(curve.charge(np.clip(ours.edges_V, curve.low, curve.high))) / ours.width_V
        high = binned > 0.05 * binned.max()
        rows["cover"].append(np.mean(np.abs(ours.dqdv_mAh_V - binned)[high] < 2 * ours.dqdv_std[high]))
        seen = peaks(ours)
        rows["found"].append(len(seen))
        rows["off"] += [1e3 * abs(peak.volt - min(tops, key=lambda v, p=peak: abs(v - p.volt))) for peak in seen]
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--no-page", action="store_true")
    given = parser.parse_args()
    head = [
        "| curve | noise | step | `np.gradient` | Savitzky–Golay, 51 rows | the same, best window | scipy spline (GCV) "
        "| limetal | within 2 standard errors | peaks found | off by |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines, times = [], []
    for name, curve, tops in CURVES:
        for noise, step in CASES:
            got = case(curve, tops, noise, step, given.seeds)
            times += got["cpu"]
            means = " | ".join(
                f"{100 * float(np.mean(got[k])):.0f} %"
                if k != "limetal"
                else f"**{100 * float(np.mean(got[k])):.0f} %**"
                for k in ("gradient", "common", "best", "spline", "limetal")
            )
            off = f"{median(got['off']):.1f} mV" if got["off"] else "–"
            lines.append(
                f"| {name} | {noise:g} mV | {step:g} mV | {means} | {100 * float(np.mean(got['cover'])):.0f} % "
                f"| {float(np.mean(got['found'])):.1f} of {len(tops)} | {off} |"
            )
            print(lines[-1], flush=True)
    words = (
        f"Charge at a wrong voltage, as part of all charge, mean of {given.seeds} made-up half-cycles of {ROWS} "
        f"rows each; {1e3 * median(times):.0f} ms of CPU for each in limetal "
        f"({surroundings('limetal', 'numpy', 'scipy')})."
    )
    if not given.no_page:
        write_between(PAGE, BEGIN, END, "\n".join([words, "", *head, *lines]))


if __name__ == "__main__":
    main()
