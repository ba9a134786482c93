"""How often the true circuit is chosen: ``python benchmarks/impedance_choice.py [--spectra N] [--seed S]``.

Spectra of random circuits of all 32 kinds go through `limetal.impedance.choose.choose`. Whether a circuit can be told
from the others at all is found without the choice: all other circuits with about as many parameters are fitted to the
spectrum without noise, which gives the AICc that they are worse by on average. Tables go into
``docs/choice_of_circuit.md``.
"""

# ruff: noqa: I001 - the first sets the number of threads

from __future__ import annotations

from _impedance_common import cpu, write_between  # before numpy

import argparse
import math
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from limetal.impedance._contest import Kind
from limetal.impedance.choose import choose
from limetal.impedance.evaluate import circuit_impedance
from limetal.impedance.fit import fit

PAGE = Path(__file__).resolve().parents[1] / "docs" / "choice_of_circuit.md"
BEGIN, END = "<!-- choice: begin -->", "<!-- choice: end -->"
TAILS = ("", "W", "Wo", "Ws")
KINDS = [Kind(n, tail, inductor) for n in (1, 2, 3, 4) for tail in TAILS for inductor in (False, True)]
PARAMETERS = {"": 0, "W": 1, "Wo": 2, "Ws": 2}
#: Least AICc by which every other circuit is worse on average: told easily, just, not.
EASY, JUST = 30.0, 15.0
CLASSES = ("told easily", "just", "not")


def random_circuit(kind: Kind, rng: np.random.Generator) -> tuple[Any, Any]:
    """Frequencies, and impedance without noise: arcs three to 300 times apart, n from 0.65 to 1, R over 1.4 decades."""
    u = rng.uniform
    f = np.logspace(u(5, 6.3), u(-2, -0.5), int(rng.integers(45, 90)))
    while True:
        tops = [10 ** u(3, math.log10(f[0]) - 0.3)]
        for _ in range(kind.arcs - 1):
            tops.append(tops[-1] / 10 ** u(0.5, 2.5))
        if tops[-1] > 5 * f[-1]:
            break
    scale = 10 ** u(-0.5, 3)
    text = f"R{{{scale * 10 ** u(-1, 0.5):.9g}}}"
    for top in tops:
        r, n = scale * 10 ** u(-0.7, 0.7), u(0.65, 1.0)
        text += f"(R{{{r:.9g}}}Q{{{(2 * math.pi * top) ** -n / r:.9g}, {n:.9g}}})"
    size = scale * 10 ** u(-0.7, 0.7)
    if kind.tail == "W":
        text += f"W{{{size * math.sqrt(math.pi * f[-1]):.9g}}}"
    elif kind.tail:
        knee = 10 ** u(math.log10(1.2 * f[-1]), math.log10(f[-1]) + 1.5)
        text += f"{kind.tail}{{{size:.9g}, {1 / (2 * math.pi * knee):.9g}}}"
    z = circuit_impedance(text, f)
    if kind.inductor:
        z = z + 1j * f / f[0] * abs(z[0]) * 10 ** u(-1, 0.7)
    return f, z


def parameters(kind: Kind) -> int:
    return 1 + 3 * kind.arcs + PARAMETERS[kind.tail] + kind.inductor


def margin(f: Any, z: Any, noise: float, kind: Kind) -> float:
    """AICc by which the best of the other circuits is worse on average."""
    worst = math.inf
    for other in KINDS:
        if other == kind or parameters(other) > parameters(kind) + 1 or other.contains(kind):
            continue
        rise = 2 * f.size * math.log1p(fit(other.text, f, z).cost / noise**2 / (2 * f.size - parameters(kind)))
        worst = min(worst, rise + 2 * (parameters(other) - parameters(kind)))
        if worst < JUST:
            break
    return worst


def run(spectra: int, seed: int) -> str:
    rng = np.random.default_rng(seed)
    counts: Counter[tuple[str, str]] = Counter()
    arcs: Counter[tuple[int, int]] = Counter()
    tails: Counter[tuple[str, str]] = Counter()
    times = []
    for i in range(spectra):
        kind, noise = KINDS[i % len(KINDS)], 10 ** rng.uniform(-3, -2)
        f, z = random_circuit(kind, rng)
        by = margin(f, z, noise, kind)
        z = z + noise * np.abs(z) * (rng.standard_normal(f.size) + 1j * rng.standard_normal(f.size))
        seconds, choice = cpu(partial(choose, f, z))
        times.append(1e3 * seconds)
        found = choice.ranking[0].text
        group = CLASSES[0 if by > EASY else 1 if by > JUST else 2]
        number, tail = found.count("(RQ)"), found.rpartition(")")[2].removesuffix("L")
        counts[group, "spectra"] += 1
        counts[group, "right"] += found == kind.text
        counts[group, "undecided"] += choice.undecided
        counts[group, "more arcs"] += number > kind.arcs
        counts[group, "inductor"] += found.endswith("L") and not kind.inductor
        if group != CLASSES[2]:
            arcs[kind.arcs, number] += 1
            tails[kind.tail, tail] += 1
    lines = ["| told from all others | spectra | right | undecided | an arc too many | an inductor too many |"]
    lines += ["|---|---|---|---|---|---|"]
    for group in CLASSES:
        row = [str(counts[group, c]) for c in ("spectra", "right", "undecided", "more arcs", "inductor")]
        lines.append(f"| {group} | {' | '.join(row)} |")
    lines += ["", "Chosen (across) and true (down), where the true circuit is told easily or just:", ""]
    lines += [
        f"| arcs | {' | '.join(str(n) for n in (1, 2, 3, 4))} | | tail | {' | '.join(t or 'none' for t in TAILS)} |"
    ]
    lines += ["|---" * 11 + "|"]
    for n, tail in zip((1, 2, 3, 4), TAILS, strict=True):
        left = " | ".join(str(arcs[n, m]) for m in (1, 2, 3, 4))
        right = " | ".join(str(tails[tail, t]) for t in TAILS)
        lines.append(f"| {n} | {left} | | {tail or 'none'} | {right} |")
    lines += [
        "",
        f"{spectra} spectra of 45 to 89 points, each on frequencies of its own, seed {seed}. CPU for one: median ",
    ]
    lines[-1] += f"{np.median(times):.0f} ms, 95 % below {np.quantile(times, 0.95):.0f} ms."
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spectra", type=int, default=640)
    parser.add_argument("--seed", type=int, default=20261125)
    given = parser.parse_args()
    text = run(given.spectra, given.seed)
    print(text)
    write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
