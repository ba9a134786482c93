"""What the Kramers-Kronig test sees: ``python benchmarks/impedance_validity.py [--spectra N]``.

Made-up spectra with known noise, drift and outliers go through `limetal.impedance.kramers_kronig`; false alarms,
power and the truth of the noise estimate are printed and written to ``docs/validity.md``. With impedance.py installed
(``pip install impedance altair``) its ``linKK`` runs interleaved in the same process for the speed.
"""

# ruff: noqa: I001 - the first sets the number of threads

from __future__ import annotations

from _impedance_common import cpu, linear_kk, write_between  # before numpy

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from limetal.impedance.kramers_kronig import kramers_kronig

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validity.md"
BEGIN, END = "<!-- validity: begin -->", "<!-- validity: end -->"
SWEEP = np.logspace(6, -1, 71)
#: R_s, R_SEI, R_ct in ohm: cells of Table S1 of the study that limetal's bundled lmzg.toml restates.
CELLS = ((3.917, 6.42, 28.7), (4.04, 6.117, 23.69), (2.985, 3.829, 16.19), (3.653, 63.75, 39.13), (4.408, 10.56, 40.26))
FAST, SLOW = 0.8, 1.5  # decades beyond the sweep
Made = tuple[Any, Any, float]


def noisy(z: Any, noise: float, rng: np.random.Generator) -> Any:
    return z + noise * np.abs(z) * (rng.standard_normal(z.size) + 1j * rng.standard_normal(z.size))


def lithium(rng: np.random.Generator, drift: float = 0.0, everything: bool = False) -> Any:
    """A lithium symmetric cell with two arcs and a Warburg impedance; R_ct, or everything, grows during the sweep."""
    time_s = np.cumsum(3 / SWEEP)
    grown = 1 + drift * time_s / time_s[-1]
    rest = grown if everything else 1.0
    rs, r1, r2 = np.array(CELLS[rng.integers(len(CELLS))]) * np.exp(0.2 * rng.standard_normal(3))
    jw = 2j * np.pi * SWEEP
    z = rs * rest + rest / (np.exp(rng.uniform(*np.log([0.08, 0.5]))) * np.sqrt(jw))
    for r, (low, high), (least, most), grows in (
        (r1, (3e3, 3e4), (0.8, 0.95), rest),
        (r2, (30.0, 300.0), (0.75, 0.92), grown),
    ):
        n = rng.uniform(least, most)
        q = 1 / (r * (2 * np.pi * np.exp(rng.uniform(np.log(low), np.log(high)))) ** n)
        z = z + r * grows / (1 + r * grows * q * jw**n)
    return z


def any_circuit(f: Any, rng: np.random.Generator, beyond: float = 0.0) -> Any:
    """R, one to three ZARC, and nothing, W, C or a finite diffusion; some with L. Times reach beyond the sweep."""
    jw, u = 2j * np.pi * f, rng.uniform
    z = 10 ** u(-0.5, 1.5) * np.ones(f.size, complex)
    low, high = -np.log10(2 * np.pi * f.max()) - beyond * FAST, -np.log10(2 * np.pi * f.min()) + beyond * SLOW
    for _ in range(rng.integers(1, 4)):
        z = z + 10 ** u(0, 2.5) / (1 + (jw * 10 ** u(low, high)) ** u(0.6, 1))
    s = np.sqrt(jw * 10 ** u(-1, 2))
    ends = (0 * jw, 10 ** u(-1, 1.5) / np.sqrt(jw), 10 ** u(-1, 1) / jw, 10 ** u(0, 2) * np.tanh(s) / s)
    z = z + (*ends, 10 ** u(0, 2) / np.tanh(s) / s)[rng.integers(5)]
    return z + (rng.random() < 0.4) * jw * 10 ** u(-8, -6)


def log_grid(rng: np.random.Generator) -> Any:
    high, low, per = rng.choice([5, 6, 7]), rng.choice([-2, -1, 0]), rng.choice([5, 7, 10])
    return np.logspace(high, low, int((high - low) * per) + 1)


def some_noise(rng: np.random.Generator) -> float:
    return float(10 ** rng.uniform(-3, -1.5))


def made_lithium(rng: np.random.Generator) -> Made:
    s = some_noise(rng)
    return SWEEP, noisy(lithium(rng), s, rng), s


def made_any(rng: np.random.Generator) -> Made:
    f, s = log_grid(rng), some_noise(rng)
    return f, noisy(any_circuit(f, rng), s, rng), s


def made_blocking(rng: np.random.Generator) -> Made:
    """R and a constant-phase element, the slowest process there is."""
    s, q, n = some_noise(rng), 10 ** rng.uniform(-5, -2), rng.uniform(0.5, 0.95)
    return SWEEP, noisy(10 ** rng.uniform(-0.5, 2) + 1 / (q * (2j * np.pi * SWEEP) ** n), s, rng), s


def made_beyond(rng: np.random.Generator) -> Made:
    f, s = log_grid(rng), some_noise(rng)
    return f, noisy(any_circuit(f, rng, 1.0), s, rng), s


def made_linear(rng: np.random.Generator) -> Made:
    f, s = np.linspace(1, 1000, 60), some_noise(rng)
    return f, noisy(any_circuit(f, rng), s, rng), s


def made_uneven(rng: np.random.Generator) -> Made:
    """Noise that grows smoothly to five times below 1 Hz."""
    shape = 1 + 4 / (1 + SWEEP)
    z, s = lithium(rng), 0.003
    return SWEEP, z + (noisy(z, s, rng) - z) * shape, s * float(np.exp(np.mean(np.log(shape))))


SETS: dict[str, Callable[[np.random.Generator], Made]] = {
    "two arcs and W, 71 points": made_lithium,
    "any circuit, 26 to 91 points": made_any,
    "the same, processes beyond the sweep": made_beyond,
    "R and CPE, 71 points": made_blocking,
    "any circuit, 60 points evenly from 1 to 1000 Hz": made_linear,
    "two arcs and W, noise five times larger at low f": made_uneven,
}


def good_spectra(count: int) -> list[str]:
    lines = [
        "| good spectra | called drifting | inconsistent | with an outlier | noise / truth (5, 50, 95 %) |"
        " 95 % interval holds the truth |",
        "|---|---|---|---|---|---|",
    ]
    for name, make in SETS.items():
        rng = np.random.default_rng(1)
        results = [(s, kramers_kronig(f, z)) for f, z, s in (make(rng) for _ in range(count))]
        verdict = Counter(r.verdict for _, r in results)
        outliers = sum(bool(r.outliers) for _, r in results)
        ratio = np.percentile([r.noise / s for s, r in results], [5, 50, 95])
        held = np.mean([abs(r.noise - s) < 1.96 * r.noise_std for s, r in results])
        percent = [f"{100 * c / count:.1f} %" for c in (verdict["drift"], verdict["inconsistent"], outliers)]
        ratios = ", ".join(f"{x:.2f}" for x in ratio)
        lines.append(f"| {' | '.join((name, *percent, ratios, f'{100 * held:.1f} %'))} |")
    return lines


def drifting_spectra(count: int) -> list[str]:
    lines = [
        "| drift during the sweep, 0.3 % noise | called drifting | inconsistent | estimate, median | standard error"
        " given | spread found |",
        "|---|---|---|---|---|---|",
    ]
    for what, everything in (("R_ct", False), ("all resistances", True)):
        for drift in (0.0, 0.02, 0.05, 0.1, 0.2):
            rng = np.random.default_rng(2)
            found = [kramers_kronig(SWEEP, noisy(lithium(rng, drift, everything), 0.003, rng)) for _ in range(count)]
            verdict = Counter(r.verdict for r in found)
            changes = np.array([r.drift.relative for r in found])
            middle, std = float(np.median(changes)), median(r.drift.std for r in found)
            spread = float(np.subtract(*np.percentile(changes, [75, 25]))) / 1.349
            shares = [f"{100 * verdict[v] / count:.1f} %" for v in ("drift", "inconsistent")]
            numbers = [f"{100 * x:.2g} %" for x in (middle, std, spread)]
            lines.append(f"| {what} {100 * drift:+.0f} % | {' | '.join((*shares, *numbers))} |")
    return lines


def outliers(count: int) -> list[str]:
    lines = [
        "| one wild point, any circuit | found | other points called outliers, per spectrum | noise / truth |",
        "|---|---|---|---|",
    ]
    for size in (4, 5, 6, 8, 10):
        rng = np.random.default_rng(3)
        hits, others, ratios = 0, 0, []
        for _ in range(count):
            f, z, s = made_any(rng)
            i = int(rng.integers(f.size))
            z[i] += size * s * abs(z[i]) * np.exp(2j * np.pi * rng.random())
            result = kramers_kronig(f, z)
            hits += i in result.outliers
            others += len(set(result.outliers) - {i})
            ratios.append(result.noise / s)
        row = (f"{size} standard deviations", f"{100 * hits / count:.0f} %", f"{others / count:.3f}")
        lines.append(f"| {' | '.join(row)} | {median(ratios):.2f} |")
    return lines


def speed(count: int) -> list[str]:
    rng = np.random.default_rng(4)
    spectra = [made_lithium(rng)[:2] for _ in range(count)]
    kramers_kronig(*spectra[0])
    peer = linear_kk()
    pairs = []
    for f, z in spectra:
        ours, _ = cpu(lambda f=f, z=z: kramers_kronig(f, z))
        pairs.append((ours, cpu(lambda f=f, z=z: peer(f, z))[0] if peer else float("nan")))
    said = f"One spectrum of 71 points takes {1e3 * median(a for a, _ in pairs):.2f} ms of CPU"
    if peer:
        theirs, ratio = median(b for _, b in pairs), median(b / a for a, b in pairs)
        said += f"; `linKK` of impedance.py takes {1e3 * theirs:.0f} ms, {ratio:.0f} times as long"
    return [f"{said}."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spectra", type=int, default=1000, help="of each kind")
    count = parser.parse_args().spectra
    blocks = [good_spectra(count), drifting_spectra(count), outliers(count), speed(min(count, 30))]
    text = "\n\n".join("\n".join(lines) for lines in blocks)
    print(text)
    write_between(PAGE, BEGIN, END, f"{count} spectra of each kind.\n\n{text}")


if __name__ == "__main__":
    main()
