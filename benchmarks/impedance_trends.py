"""False alarms and power of the sudden-fall test, on made-up series: ``python benchmarks/impedance_trends.py``.

Every series has 30 values (or ``--values``). Clean series have no fall and every flag is a false alarm; the others have
one fall that stays, anywhere from the third value on. The tables go to ``docs/impedance_series.md``. With
``--thresholds`` the thresholds of ``limetal.impedance._falls`` are simulated instead (minutes).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limetal.impedance import _falls
from limetal.impedance._trend import TrendOptions, find_falls

PAGE = Path(__file__).resolve().parents[1] / "docs" / "impedance_series.md"
BEGIN, END = "<!-- trends: begin -->", "<!-- trends: end -->"
NOISE = (0.003, 0.01, 0.03)
PARTS = (0.1, 0.2, 0.5)
#: As many quantities share the false alarms as in a cell with a fitted film and charge transfer.
QUANTITIES = 4

Floats = NDArray[np.float64]
Maker = Callable[[np.random.Generator, Floats, float], Floats]


def _decay(rng: np.random.Generator, t: Floats, size: float) -> Floats:
    amplitude, cycles = 10 ** rng.uniform(-0.3, 1.3), 10 ** rng.uniform(-0.5, 1.3)
    return np.log(20 * (1 + amplitude * np.exp(-t / cycles))) + size * rng.normal(size=t.size)


def _growth(rng: np.random.Generator, t: Floats, size: float) -> Floats:
    power = rng.uniform(0.3, 1.5)
    return np.log(50 * (1 + rng.uniform(0, 2) * (t / t[-1]) ** power)) + size * rng.normal(size=t.size)


def _swing(rng: np.random.Generator, t: Floats, size: float) -> Floats:
    return 0.05 * np.sin(2 * np.pi * t / rng.uniform(6, 20) + rng.uniform(0, 6)) + size * rng.normal(size=t.size)


CLEAN: dict[str, Maker] = {
    "constant": lambda rng, t, size: size * rng.normal(size=t.size),
    "smooth growth": _growth,
    "forming: exponential decay by 0.5 to 20 times over 0.3 to 20 cycles": _decay,
    "random walk": lambda rng, t, size: np.cumsum(size * rng.normal(size=t.size)),
    "forming on a random walk": lambda rng, t, size: _decay(rng, t, 0.0) + np.cumsum(size * rng.normal(size=t.size)),
    "swing of ±5 %": _swing,
    "outlying values (Student's t, 3 degrees of freedom)": lambda rng, t, size: size * rng.standard_t(3, size=t.size),
    "walk with outlying steps (t, 3 degrees of freedom)": lambda rng, t, size: np.cumsum(
        size * rng.standard_t(3, size=t.size)
    ),
}


def flagged(y: Floats, quantities: int, options: TrendOptions | None = None) -> list[int]:
    """Indices of the values that are called falls."""
    t = np.arange(y.size)
    found, _ = find_falls(t, t.astype(float), np.exp(y), None, options or TrendOptions(), quantities)
    return [fall.after for fall in found]


def false_alarms(make: Maker, size: float, values: int, series: int, quantities: int = 1) -> float:
    """Part of clean series in which anything is called a fall."""
    rng = np.random.default_rng(1)
    t = np.arange(values, dtype=float)
    return float(np.mean([bool(flagged(make(rng, t, size), quantities)) for _ in range(series)]))


def power(part: float, size: float, values: int, series: int, quantities: int = 1, *, walk: bool = False) -> float:
    """Part of series with one fall in which it is found at its place."""
    rng = np.random.default_rng(2)
    t = np.arange(values, dtype=float)
    hits = 0
    for _ in range(series):
        place = int(rng.integers(2, values))
        y = CLEAN["random walk"](rng, t, size) if walk else _growth(rng, t, size)
        y[place:] += np.log1p(-part)
        hits += place in flagged(y, quantities)
    return hits / series


def _deepest(y: Floats) -> Floats:
    """Deepest fall over its scale of many series about a steep line: `_falls.steps` for even places, all at once."""
    count = y.shape[1]
    rise = np.diff(y, axis=1)
    first, second = np.triu_indices(count - 2, 1)
    bends = np.diff(rise, axis=1)
    pairs = np.abs(bends[:, first] - bends[:, second])
    by_bend = np.quantile(pairs, _falls.PAIR_PART, axis=1) / _falls.PAIR_NORMAL / np.sqrt(2)
    first, second = np.triu_indices(count - 1, 1)
    pairs = np.abs(rise[:, first] - rise[:, second])
    step = np.minimum(by_bend, np.quantile(pairs, _falls.PAIR_PART, axis=1) / _falls.PAIR_NORMAL)
    last = np.arange(1, count - 1)
    start = np.maximum(last - _falls.STEPS_BEFORE, 0)
    onward = 1 / (last - start)
    depth = y[:, last] + onward * (y[:, last] - y[:, start]) - y[:, 2:]
    return np.max(depth / np.sqrt(0.5 * (1 + onward**2 + (1 + onward) ** 2)), axis=1) / step


def thresholds() -> None:
    """Quantiles of the deepest fall about a steep line, for each length: walks, and noise, whichever is deeper."""
    rng = np.random.default_rng(7)
    example = np.cumsum(rng.normal(size=20))
    t = np.arange(20.0)
    seen = _falls.steps(t, example - 1e6 * t, None)
    assert np.allclose(np.max(seen.depth / seen.scale), _deepest(example[None, :]), rtol=1e-6)
    for count in _falls._COUNTS:
        series, at_once = int(min(200_000, 4e6 / count, 1.5e8 / count**2)), max(10, int(4e6 / count**2))
        rows = []
        for walk in (True, False):
            deepest = []
            for _ in range(series // at_once):
                noise = rng.normal(size=(at_once, int(count)))
                deepest.append(_deepest(np.cumsum(noise, axis=1) if walk else noise))
            rows.append(np.quantile(np.concatenate(deepest), 1 - _falls._LEVELS))
        print(count, series, *(row.round(2).tolist() for row in rows), flush=True)


def tables(values: int, series: int) -> str:
    """Both tables as markdown."""
    head = " | ".join(f"{100 * s:g} %" for s in NOISE)
    lines = [
        f"False alarms, part of {series} clean series of {values} values (one quantity tested):",
        "",
        f"| clean series | {head} |",
        "|---|" + "---|" * len(NOISE),
    ]
    for name, make in CLEAN.items():
        cells = " | ".join(f"{100 * false_alarms(make, s, values, series):.1f} %" for s in NOISE)
        lines.append(f"| {name} | {cells} |")
    lines += ["", f"Falls found, part of {series // 4} series of {values} values with one fall that stays:", ""]
    lines += [f"| fall, scatter and quantities tested | {head} |", "|---|" + "---|" * len(NOISE)]
    for part in PARTS:
        for walk, quantities in ((False, 1), (False, QUANTITIES), (True, 1)):
            kind = "random walk" if walk else "noise about growth"
            cells = " | ".join(
                f"{100 * power(part, s, values, series // 4, quantities, walk=walk):.0f} %" for s in NOISE
            )
            lines.append(f"| {100 * part:.0f} %, {kind}, {quantities} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables and put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=30)
    parser.add_argument("--series", type=int, default=2000)
    parser.add_argument("--thresholds", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the tables into the page of the documentation")
    options = parser.parse_args()
    if options.thresholds:
        thresholds()
        return
    text = tables(options.values, options.series)
    print(text)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
