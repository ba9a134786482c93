"""Impedance against the peers, interleaved in one process: ``python benchmarks/impedance.py [--data FOLDER]``.

Peers: ``pip install impedance==1.7.1 altair pyimpspec==5.1.3 pyDRTtools==0.2 cvxopt scikit-learn
eisyfit-hybrid-drt==0.1.1``; one that is not installed is left out with a sentence. One thread, CPU time of this
process. limetal fits without any guess; the peers start near the truth: every parameter times e^(0.3 N), N normal,
exponents plus 0.05 N. Beside every time stands how good the result is: the sum of squared relative residuals against
that of SciPy's least squares started at the truth. The tables go to ``docs/benchmarks.md``.
"""

# ruff: noqa: I001 - the first sets the number of threads

from __future__ import annotations

import _impedance_common as common

import argparse
import gc
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import impedance_drt
import impedance_validity
import numpy as np
from scipy.optimize import least_squares

from limetal.impedance.drt import DrtOptions, drt_many
from limetal.impedance.evaluate import circuit_impedance
from limetal.impedance.fit import fit, fit_many
from limetal.impedance.grammar import parse
from limetal.impedance.kramers_kronig import kramers_kronig

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- impedance: begin -->", "<!-- impedance: end -->"
TWO_ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)-W1"
#: Circuits, and values about which they are drawn.
OTHERS = (
    ("R0-p(R1-W1,CPE1)", (4, 20, 5, 2e-5, 0.9)),
    ("R0-p(R1,CPE1)-Wo1", (4, 20, 2e-5, 0.9, 30, 1)),
    ("R0-p(R1,CPE1)-Ws1", (4, 20, 2e-5, 0.9, 30, 1)),
    ("L0-R0-p(R1,C1)-p(R2,CPE2)", (1e-7, 4, 10, 1e-6, 25, 2e-4, 0.85)),
    ("R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)", (4, 8, 1e-6, 0.95, 20, 4e-5, 0.9, 15, 3e-3, 0.85)),
    ("R0-p(R1,CPE1)-G1", (4, 20, 2e-5, 0.9, 10, 0.1)),
)
NOISE = 0.005
#: A cost above this many times that of the fit from the truth is worse.
WORSE = 1.001


@dataclass
class Made:
    """A spectrum and its truth."""

    circuit: str
    f: Any
    z: Any
    truth: Any

    def cost(self, values: Any) -> float:
        """Sum of squared relative residuals; infinite for what is no impedance."""
        if values is None or not np.isfinite(values).all():
            return float("inf")
        with np.errstate(all="ignore"):
            away = (model(self.circuit, values, self.f) - self.z) / np.abs(self.z)
        total = float(np.sum(np.abs(away) ** 2))
        return total if np.isfinite(total) else float("inf")

    def near(self, rng: np.random.Generator) -> Any:
        """A guess near the truth."""
        exponent = exponents(self.circuit)
        guess = self.truth * np.exp(0.3 * rng.standard_normal(self.truth.size))
        shifted = np.clip(self.truth + 0.05 * rng.standard_normal(self.truth.size), 0.5, 0.99)
        return np.where(exponent, shifted, guess)


def exponents(circuit: str) -> Any:
    return np.array([name.endswith(".n") for name in parse(circuit).parameters])


def model(circuit: str, values: Any, f: Any) -> Any:
    """Impedance; that of the two arcs and W, whose costs are counted by thousands, without limetal."""
    if circuit != TWO_ARCS:
        return circuit_impedance(parse(circuit).with_values([float(v) for v in values]), f)
    r0, r1, q1, n1, r2, q2, n2, sigma = values
    jw = 2j * np.pi * f
    return r0 + r1 / (1 + r1 * q1 * jw**n1) + r2 / (1 + r2 * q2 * jw**n2) + sigma * np.sqrt(2 / jw)


def table_s1(path: Path) -> list[Made]:
    """204 spectra drawn around the six rows of a published table."""
    data = np.load(path)
    truth = data["params"].copy()
    truth[:, 7] = 1 / (np.sqrt(2) * truth[:, 7])  # Y of the Warburg element -> sigma
    return [Made(TWO_ARCS, data["f"], z, values) for z, values in zip(data["Z"], truth, strict=True)]


def random_set(count: int, seed: int) -> list[Made]:
    """Two arcs and W: R over three decades, n 0.6 to 1, arcs 3 to 1000 times apart, noise 0.1 to 3 %."""
    rng, f, found = np.random.default_rng(seed), np.logspace(6, -1, 71), list[Made]()
    while len(found) < count:
        fast = 10 ** rng.uniform(np.log10(2), np.log10(2e5))
        slow = fast / 10 ** rng.uniform(np.log10(3), 3)
        if slow < 0.3:
            continue
        r0, r1, r2 = 10 ** rng.uniform(-0.5, 2.5, 3)
        n1, n2 = rng.uniform(0.6, 1, 2)
        y1, y2 = (2 * np.pi * fast) ** -n1 / r1, (2 * np.pi * slow) ** -n2 / r2
        truth = np.array([r0, r1, y1, n1, r2, y2, n2, 10 ** rng.uniform(-1, 2)])
        found.append(noisy(TWO_ARCS, f, truth, 10 ** rng.uniform(-3, np.log10(0.03)), rng))
    return found


def noisy(circuit: str, f: Any, truth: Any, noise: float, rng: np.random.Generator) -> Made:
    z = model(circuit, truth, f)
    return Made(circuit, f, impedance_validity.noisy(z, noise, rng), truth)


def others(draws: int) -> dict[str, list[Made]]:
    rng, f = np.random.default_rng(7), np.logspace(6, -1, 71)
    found = {}
    for circuit, middle in OTHERS:
        spread = np.where(exponents(circuit), 0.0, 0.2)
        truths = [np.array(middle) * np.exp(spread * rng.standard_normal(len(middle))) for _ in range(draws)]
        found[circuit] = [noisy(circuit, f, truth, NOISE, rng) for truth in truths]
    return found


def from_truth(made: Made) -> float:
    """Cost where SciPy's least squares ends that starts at the truth, with exact derivatives of nothing."""
    exponent = exponents(made.circuit)
    start = np.where(exponent, made.truth, np.log(np.where(exponent, 1.0, made.truth)))

    def residuals(x: Any) -> Any:
        away = (model(made.circuit, np.where(exponent, x, np.exp(x)), made.f) - made.z) / np.abs(made.z)
        return np.concatenate([away.real, away.imag])

    bounds = (np.where(exponent, 0.3, -60.0), np.where(exponent, 1.0, 60.0))
    start = np.clip(start, bounds[0] + 1e-9, bounds[1] - 1e-9)
    return 2 * float(least_squares(residuals, start, bounds=bounds, xtol=1e-12, ftol=1e-12, gtol=1e-12).cost)


Fitter = Callable[[Made, Any], Any]


def peers() -> dict[str, Fitter]:
    """Fits of the peers: from a spectrum and a guess the values, in limetal's order."""
    found: dict[str, Fitter] = {}
    try:
        from impedance.models.circuits import CustomCircuit

        def curve_fit(made: Made, guess: Any) -> Any:
            circuit = CustomCircuit(made.circuit, initial_guess=list(guess))
            return circuit.fit(made.f, made.z, weight_by_modulus=True).parameters_

        found[f"impedance.py {version('impedance')}"] = curve_fit
    except ImportError as error:
        common.left_out("impedance.py", error)
    try:
        from pyimpspec import DataSet, fit_circuit, parse_cdc
    except ImportError as error:
        common.left_out("pyimpspec", error)
        return found

    def lmfit(method: str) -> Fitter:
        def call(made: Made, guess: Any) -> Any:
            r0, r1, q1, n1, r2, q2, n2, sigma = guess
            y = 1 / (np.sqrt(2) * sigma)
            text = f"[R{{R={r0}}}(R{{R={r1}}}Q{{Y={q1},n={n1}}})(R{{R={r2}}}Q{{Y={q2},n={n2}}})W{{Y={y}}}]"
            data = DataSet(frequencies=made.f.copy(), impedances=made.z.copy())
            result = fit_circuit(parse_cdc(text), data, method=method, weight="modulus", num_procs=1)
            values = [v for part in result.circuit.get_elements() for v in part.get_values().values()]
            values = values[:8]  # the exponent of W, which is fixed, is the ninth
            return np.array([*values[:7], 1 / (np.sqrt(2) * values[7])])

        return call

    for method in ("least_squares", "leastsq"):
        found[f"pyimpspec {version('pyimpspec')}, {method}"] = lmfit(method)
    return found


@dataclass
class Measured:
    """CPU seconds of every call, times over limetal's beside it, costs over those from the truth."""

    seconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)


def race(spectra: Sequence[Made], block: Sequence[Made], known: dict[str, Fitter], seed: int) -> dict[str, Measured]:
    """Fits of limetal, a block of spectra in one call, before every round of the peers, which fit one."""
    rng = np.random.default_rng(seed)
    circuit, data = spectra[0].circuit, [(m.f, m.z) for m in block]
    best = [from_truth(m) for m in block]
    found = {name: Measured() for name in ("limetal, a call for all", "limetal, a call for each", *known)}
    many, single = found["limetal, a call for all"], found["limetal, a call for each"]
    for made in (spectra[0], *spectra):  # the first round warms up
        gc.collect()  # what the peers left
        ours, fits = common.cpu(lambda: fit_many(circuit, data))
        many.seconds.append(ours / len(data))
        many.costs = [m.cost(one.values) / b for m, one, b in zip(block, fits, best, strict=True)]
        alone, one = common.cpu(lambda made=made: fit(circuit, made.f, made.z))
        single.seconds.append(alone)
        single.ratios.append(alone / many.seconds[-1])
        reference = from_truth(made)
        single.costs.append(made.cost(one.values) / reference)
        guess = made.near(rng)
        for name, fitter in known.items():
            try:
                spent, values = common.cpu(lambda made=made, fitter=fitter, guess=guess: fitter(made, guess))
            except Exception as error:  # noqa: BLE001 - a peer that fails is counted, not hidden
                print(f"{name}, {circuit}: {type(error).__name__}: {error}", file=sys.stderr)
                found[name].costs.append(float("inf"))
                continue
            found[name].seconds.append(spent)
            found[name].ratios.append(spent / many.seconds[-1])
            found[name].costs.append(made.cost(values) / reference)
    for one in found.values():
        one.seconds, one.ratios = one.seconds[1:], one.ratios[1:]
        if one is not many:
            one.costs = one.costs[1:]
    many.ratios = [1.0]
    return found


def share(costs: Sequence[float]) -> str:
    """Part of the fits that are worse than the one from the truth; median and worst cost over that."""
    worse = 100 * np.mean([c > WORSE for c in costs])
    return f"{worse:.3g} % of {len(costs)} | {statistics.median(costs):.5g}, {max(costs):.5g}"


def row(name: str, one: Measured) -> str:
    if not one.seconds:
        return f"| {name} | failed | | {share(one.costs)} |"
    spent = 1e3 * statistics.median(one.seconds)
    return f"| {name} | {spent:.3g} | {statistics.median(one.ratios):.3g} | {share(one.costs)} |"


HEAD = (
    "| fit | CPU ms a spectrum | time over limetal | worse than from the truth | cost over that, median and worst |\n"
    "|---|---|---|---|---|"
)


def two_arcs(data: Path, count: int, random: int) -> list[str]:
    """The circuit of most lithium cells, against all peers and on both sets."""
    whole = table_s1(data)
    every = max(len(whole) // count, 1)
    print("two arcs and W ...", file=sys.stderr)
    known = peers()
    found = race(whole[::every][:count], whole, known, 1)
    lines = [f"`{TWO_ARCS}`, spectra drawn around a published table, 0.3 and 1 % noise:", "", HEAD]
    lines += [
        row(f"{name}, {'no guess' if name.startswith('limetal') else 'near guess'}", m) for name, m in found.items()
    ]
    lines += [
        "",
        "| set | limetal, CPU ms a spectrum | worse than from the truth | cost over that, median and worst | better |",
    ]
    lines += ["|---|---|---|---|---|"]
    for name, spectra in (("published table", whole), (f"{random} random circuits", random_set(random, 20261125))):
        print(f"{name} ...", file=sys.stderr)
        spent, fits = common.cpu(lambda spectra=spectra: fit_many(TWO_ARCS, [(m.f, m.z) for m in spectra]))
        costs = [m.cost(one.values) / from_truth(m) for m, one in zip(spectra, fits, strict=True)]
        better = 100 * np.mean([c < 1 / WORSE for c in costs])
        lines.append(f"| {name} | {1e3 * spent / len(spectra):.3g} | {share(costs)} | {better:.3g} % |")
    return lines


def any_circuit(draws: int) -> list[str]:
    """Other circuits, against impedance.py."""
    known = {name: fitter for name, fitter in peers().items() if name.startswith("impedance")}
    if not known:
        return []
    peer = next(iter(known))
    lines = [
        f"Other circuits, {draws} spectra each, {100 * NOISE:g} % noise; {peer} from a near guess:", "",
        "| circuit | limetal, CPU ms | impedance.py, CPU ms | ratio | limetal worse than from the truth |"
        " its cost, median and worst | impedance.py worse | its cost, median and worst |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for circuit, spectra in others(draws).items():
        print(f"{circuit} ...", file=sys.stderr)
        found = race(spectra, spectra, known, 2)
        mine, other = found["limetal, a call for all"], found[peer]
        times = [1e3 * statistics.median(one.seconds) if one.seconds else float("nan") for one in (mine, other)]
        ratio = statistics.median(other.ratios) if other.ratios else float("nan")
        figures = f"{times[0]:.3g} | {times[1]:.3g} | {ratio:.3g}"
        lines.append(f"| `{circuit}` | {figures} | {share(mine.costs)} | {share(other.costs)} |")
    return lines


def relaxation_times(data: Path, every: int) -> list[str]:
    print("relaxation times ...", file=sys.stderr)
    with common.quiet():
        known = impedance_drt.methods()
    truths = list(impedance_drt.table_s1(data, every))
    rows, _ = impedance_drt.compare(truths, known, by_process=True)
    said = "Distribution of relaxation times on the same spectra, median (95th percentile); SEI / charge transfer:"
    return [said, "", impedance_drt.HEAD, *rows, "", *relaxation_race(truths, known)]


def relaxation_race(truths: Sequence[Any], known: dict[str, Any]) -> list[str]:
    """Times of limetal, all spectra in one call, before every round of the peers."""
    data = [(t.frequency, t.impedance) for t in truths]
    lines = ["| limetal, all spectra in one call | CPU ms a spectrum | times that of |", "|---|---|---|"]
    for method in ("hierarchical", "ridge"):
        options = DrtOptions(method=method)
        mine: list[float] = []
        ratios: dict[str, list[float]] = {name: [] for name in known if not name.startswith("limetal")}
        for truth in (truths[0], *truths):
            spent, _ = common.cpu(lambda options=options: drt_many(data, options))
            mine.append(spent / len(data))
            for name in ratios:
                _, _, other = known[name](truth.frequency, truth.impedance)
                ratios[name].append(other / mine[-1])
        said = ", ".join(f"{name}: {statistics.median(r[1:]):.3g}" for name, r in ratios.items())
        lines.append(f"| {method} | {1e3 * statistics.median(mine[1:]):.3g} | {said} |")
    return lines


def validity(count: int) -> list[str]:
    """Kramers-Kronig tests: time, and the noise they find over the true one."""
    print("Kramers-Kronig ...", file=sys.stderr)
    peer, rng = common.linear_kk(), np.random.default_rng(4)
    spectra = [impedance_validity.made_lithium(rng) for _ in range(count)]
    mine, other, ratios, noises, theirs = [], [], [], [], []
    for f, z, s in (spectra[0], *spectra):
        ours, results = common.cpu(lambda: [kramers_kronig(f, z) for f, z, _ in spectra])
        noises = [r.noise / s for r, (_, _, s) in zip(results, spectra, strict=True)]
        mine.append(ours / len(spectra))
        if peer:
            spent, found = common.cpu(lambda f=f, z=z: peer(f, z))
            other.append(spent)
            ratios.append(spent / mine[-1])
            theirs.append(float(np.sqrt(np.mean(np.square(found[3:5])))) / s)

    def spread(values: Sequence[float]) -> str:
        return ", ".join(f"{v:.2f}" for v in np.percentile(values, [5, 50, 95]))

    lines = [
        "| Kramers-Kronig test | CPU ms | ratio | noise found over the true one, 5, 50, 95 % |",
        "|---|---|---|---|",
    ]
    lines.append(f"| limetal | {1e3 * statistics.median(mine[1:]):.3g} | 1 | {spread(noises)} |")
    if peer:
        times = f"{1e3 * statistics.median(other[1:]):.3g} | {statistics.median(ratios[1:]):.3g}"
        lines.append(f"| linKK of impedance.py {version('impedance')} | {times} | {spread(theirs[1:])} |")
    return lines


def first_call(runs: int) -> list[str]:
    """CPU and wall time of the command line on one spectrum in a new process, its compiled code on the disk."""
    print("command line ...", file=sys.stderr)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    rng, f = np.random.default_rng(5), np.logspace(6, -1, 71)
    made = noisy(TWO_ARCS, f, np.array([4, 8, 1e-5, 0.9, 25, 2e-4, 0.85, 3]), 0.003, rng)
    lines = ["| command, new process | CPU s, least and median | wall s, least and median |", "|---|---|---|"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "spectrum.csv"
        rows = "\n".join(f"{x:.6g},{z.real:.8g},{z.imag:.8g}" for x, z in zip(f, made.z, strict=True))
        path.write_text(f"Freq / Hz,Zreal / ohm,Zimag / ohm\n{rows}\n", encoding="utf-8")
        for options in ([], ["--circuit", "R(RQ)(RQ)W"]):
            command = [sys.executable, "-m", "limetal", "analyse", str(path), *options]
            spent, walls = [], []
            for _ in range(runs + 1):
                before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, env=environment)
                walls.append(time.perf_counter() - begin)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            cells = [f"{min(t[1:]):.2f}, {statistics.median(t[1:]):.2f}" for t in (spent, walls)]
            lines.append(f"| `limetal analyse spectrum.csv{''.join(f' {o}' for o in options)}` | {' | '.join(cells)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LIMETAL_DATA", "../shared/data")))
    parser.add_argument("--spectra", type=int, default=17, help="that the peers fit")
    parser.add_argument("--random", type=int, default=2000, help="random circuits")
    parser.add_argument("--draws", type=int, default=8, help="spectra of every other circuit")
    parser.add_argument("--runs", type=int, default=5, help="of the command line")
    parser.add_argument("--only", nargs="*", default=[], help="two-arcs, any-circuit, drt, validity, first-call")
    parser.add_argument("--write", action="store_true", help="put the tables into the page of the documentation")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    data = chosen.data / "eis" / "synthetic_table_s1.npz"
    parts: dict[str, Callable[[], list[str]]] = {
        "two-arcs": lambda: two_arcs(data, chosen.spectra, chosen.random),
        "any-circuit": lambda: any_circuit(chosen.draws),
        "drt": lambda: relaxation_times(data, 12),
        "validity": lambda: validity(chosen.spectra),
        "first-call": lambda: first_call(chosen.runs),
    }
    blocks = [part() for name, part in parts.items() if not chosen.only or name in chosen.only]
    packages = ("limetal", "numpy", "scipy", "numba", "impedance", "pyimpspec", "pyDRTtools", "eisyfit-hybrid-drt")
    blocks.append([f"{common.surroundings(*packages)}."])
    text = "\n\n".join("\n".join(lines) for lines in blocks if lines)
    print(text)
    if chosen.write:
        common.write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
