"""Distribution of relaxation times against the peers, interleaved: ``python benchmarks/impedance_drt.py``.

Peers: ``pip install pyDRTtools==0.2 cvxopt scikit-learn eisyfit-hybrid-drt==0.1.1 matplotlib pandas``; one that is not
installed is left out. One thread, CPU time of this process, the methods in turn on each spectrum. Two sets of spectra:
the 204 of ``--data`` (every 12th by default), and made-up ones of fourteen kinds, few of which are sums of ZARCs. The
tables go to ``docs/drt.md``.

Quality, the same for every method, from its gamma alone (a Warburg term, where a method has one, is added as its own
distribution): distance of the peak nearest to each process in decades, error of its area from valley to valley in
percent, number of maxima above 2 % of the highest, relative L2 distance of gamma to the truth, and, where the truth has
lines, the earth mover's distance of the cumulative distributions in decades.
"""

# ruff: noqa: I001 - the first sets the number of threads

from __future__ import annotations

import _impedance_common as common

import argparse
import contextlib
import io
import math
import os
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import beta

from limetal.impedance.drt import DrtOptions, drt

PAGE = Path(__file__).resolve().parents[1] / "docs" / "drt.md"
BEGIN, END = "<!-- drt: begin -->", "<!-- drt: end -->"

Method = Callable[[Any, Any], tuple[Any, Any, float]]
FINE_NOISE, COARSE_NOISE = 1e-3, 1e-2
#: Decades of the highest and lowest frequency, and number of points.
GRIDS = [(6, -1, 71), (5, -2, 61), (5.3, 0, 40), (4, -3, 50), (6, -2, 30), (6.8, -1, 150), (5, -1, 25), (6, -2, 120)]
NEAR = 0.25  # decades: a peak this near is the one of a process


@dataclass
class Truth:
    """A spectrum, its continuous distribution as a sum of functions of ln(tau), its lines and its processes."""

    kind: str
    frequency: Any
    impedance: Any
    curves: list[Callable[[Any], Any]] = field(default_factory=list)
    lines: list[tuple[float, float]] = field(default_factory=list)
    processes: list[tuple[float, float]] = field(default_factory=list)
    longest: float = math.inf


def havriliak_negami(r: float, tau: float, a: float, b: float, log_tau: Any) -> Any:
    """Distribution of R/(1 + (j omega tau)^a)^b."""
    x = np.exp(a * (log_tau - math.log(tau)))
    angle = np.arctan2(np.sin(np.pi * a), x + np.cos(np.pi * a))
    return r / np.pi * np.sin(b * angle) * x**b / (1 + 2 * x * np.cos(np.pi * a) + x * x) ** (b / 2)


class Maker:
    """Adds processes to one spectrum."""

    def __init__(self, kind: str, random: np.random.Generator) -> None:
        self.random = random
        high, low, n = GRIDS[random.integers(len(GRIDS))]
        self.truth = Truth(kind, np.logspace(high, low, n), None)
        self.jw = 2j * np.pi * self.truth.frequency
        self.first, self.last = -high - 0.8, -low - 0.8
        self.z = float(np.exp(random.uniform(np.log(0.5), np.log(20)))) + 0 * self.jw

    def ohm(self) -> float:
        return float(np.exp(self.random.uniform(0, np.log(30))))

    def tau(self, more: float = 0.0) -> float:
        return float(10 ** self.random.uniform(self.first + 1, self.last - 1 - more))

    def arc(self, r: float, tau: float, a: float, b: float = 1.0, named: bool = True) -> None:
        self.z = self.z + r / (1 + (self.jw * tau) ** a) ** b
        if a == 1 and b == 1:
            self.truth.lines.append((tau, r))
        elif a == 1:  # Davidson-Cole: tau/tau_0 has the beta distribution
            parts = beta.ppf((np.arange(2000) + 0.5) / 2000, b, 1 - b)
            self.truth.lines.extend((float(tau * y), r / 2000) for y in parts)
        else:
            self.truth.curves.append(lambda x: havriliak_negami(r, tau, a, b, x))
        if named:
            self.truth.processes.append((tau, r))

    def finite_diffusion(self, reflecting: bool) -> None:
        r, length = 2 * self.ohm(), 10 ** self.random.uniform(self.first + 2.5, self.last - 0.7)
        q = np.sqrt(self.jw * length)
        self.z = self.z + r * (1 / np.tanh(q) if reflecting else np.tanh(q)) / q
        k = np.arange(1, 400) - (0 if reflecting else 0.5)
        self.truth.lines += [(float(length / (np.pi * c) ** 2), float(2 * r / (np.pi * c) ** 2)) for c in k]
        self.truth.processes.append(self.truth.lines[0])

    def warburg(self, a: float) -> None:
        self.z = self.z + a * self.jw**-0.5
        self.truth.curves.append(lambda x: a * np.exp(x / 2) / np.pi)

    def done(self) -> Truth:
        part = np.exp(self.random.uniform(np.log(FINE_NOISE), np.log(COARSE_NOISE)))
        noise = self.random.standard_normal(self.z.size) + 1j * self.random.standard_normal(self.z.size)
        self.truth.impedance = self.z + part * np.abs(self.z) * noise
        return self.truth


def arcs(maker: Maker, count: int, apart: float, n: tuple[float, float]) -> None:
    more = apart * (count - 1)
    tau = maker.tau(more)
    for k in range(count):
        maker.arc(maker.ohm(), tau * 10 ** (apart * k), maker.random.uniform(*n))


def make(kind: str, seed: int) -> Truth:
    random = np.random.default_rng([seed, sum(map(ord, kind))])
    m = Maker(kind, random)
    u = random.uniform
    if kind == "one ZARC":
        arcs(m, 1, 0, (0.6, 0.98))
    elif kind in ("two ZARCs", "two ZARCs, coil"):
        arcs(m, 2, min(u(1.3, 2.5), m.last - m.first - 2.2), (0.75, 0.97))
    elif kind == "three ZARCs":
        arcs(m, 3, min(u(1.2, 1.6), (m.last - m.first - 2.2) / 2), (0.75, 0.97))
    elif kind == "ZARCs 3 to 10 times apart":
        arcs(m, 2, u(0.5, 1.0), (0.8, 0.95))
    elif kind in ("one RC", "two RC"):
        arcs(m, 1 if kind == "one RC" else 2, u(1.0, 1.2), (1, 1))
    elif kind == "Gerischer":
        m.arc(2 * m.ohm(), m.tau(), 1.0, 0.5)
    elif kind == "Davidson-Cole":
        m.arc(2 * m.ohm(), m.tau(), 1.0, u(0.5, 0.8))
    elif kind == "Havriliak-Negami":
        m.arc(2 * m.ohm(), m.tau(), u(0.75, 0.95), u(0.5, 0.9), named=False)
    elif kind in ("finite diffusion, absorbing", "finite diffusion, reflecting"):
        m.finite_diffusion(kind.endswith("reflecting"))
    elif kind == "arc and Warburg":
        r, tau = m.ohm(), m.tau(1.0)
        m.arc(r, tau, u(0.75, 0.95))
        m.warburg(r * tau**-0.5 * 10 ** u(-1.6, -0.8))
    else:  # an arc and the beginning of one below the lowest frequency
        m.arc(m.ohm(), m.tau(1.0), u(0.8, 0.95))
        m.arc(4 * m.ohm(), 10 ** (m.last + u(0.3, 1)), u(0.8, 0.95), named=False)
    if kind == "two ZARCs, coil":
        m.z = m.z + m.jw * 10 ** u(-1.5, 0.5) / np.abs(m.jw).max() * 5
    return m.done()


KINDS = (
    "one ZARC", "two ZARCs", "three ZARCs", "ZARCs 3 to 10 times apart", "one RC", "two RC", "Gerischer",
    "Davidson-Cole", "Havriliak-Negami", "finite diffusion, absorbing", "finite diffusion, reflecting",
    "two ZARCs, coil", "arc and Warburg", "arc beyond the range",
)  # fmt: skip


def table_s1(path: Path, every: int) -> Iterator[Truth]:
    data = np.load(path)
    for i in range(0, len(data["Z"]), every):
        p = data["params"][i]
        truth = Truth("Table S1", data["f"], data["Z"][i], longest=0.05)
        for r, q, n in (p[1:4], p[4:7]):
            tau = (r * q) ** (1 / n)
            truth.curves.append(lambda x, r=r, tau=tau, n=n: havriliak_negami(r, tau, n, 1.0, x))
            truth.processes.append((tau, r))
        truth.curves.append(lambda x, y=p[7]: np.exp(x / 2) / (np.pi * y))
        yield truth


def peaks_of(log_tau: Any, gamma: Any) -> list[tuple[float, float]]:
    """Maxima above 2 % of the highest: place, and area from valley to valley."""
    inner = np.arange(1, gamma.size - 1)
    high = gamma[1:-1] > 0.02 * gamma.max()
    tops = inner[(gamma[1:-1] >= gamma[:-2]) & (gamma[1:-1] > gamma[2:]) & high]
    if not tops.size:
        return []
    borders = [int(np.argmin(gamma[: tops[0] + 1]))]
    borders += [int(a + np.argmin(gamma[a : b + 1])) for a, b in pairwise(tops)]
    borders.append(int(tops[-1] + np.argmin(gamma[tops[-1] :])))
    areas = [np.trapezoid(gamma[a : b + 1], log_tau[a : b + 1]) for a, b in pairwise(borders)]
    return [(float(log_tau[t]), float(a)) for t, a in zip(tops, areas, strict=True)]


def judge(truth: Truth, tau: Any, gamma: Any) -> dict[str, Any]:
    order = np.argsort(tau)
    own, g = np.log(np.asarray(tau)[order]), np.asarray(gamma)[order]
    low, high = (-math.log(2 * np.pi * f) for f in (truth.frequency.max(), truth.frequency.min()))
    x = np.linspace(low, min(high, math.log(truth.longest)), 1200)
    step = x[1] - x[0]
    got = np.interp(x, own, g)
    wanted = sum((c(x) for c in truth.curves), np.zeros_like(x))
    sums, reference = np.cumsum(got) * step, np.cumsum(wanted) * step
    if truth.lines:
        place, size = np.log([t for t, _ in truth.lines]), np.array([r for _, r in truth.lines])
        by = np.argsort(place)
        steps = np.concatenate([[0.0], np.cumsum(size[by])])
        inside = np.searchsorted(place[by], x, side="right")
        reference = reference + steps[inside] - steps[inside[0]]
    found = peaks_of(own, g)
    distances, areas = [], []
    for t, r in truth.processes:
        nearest = min(found, key=lambda p: abs(p[0] - math.log(t)), default=None)
        if nearest is not None and abs(nearest[0] - math.log(t)) < NEAR * math.log(10):
            distances.append(abs(nearest[0] - math.log(t)) / math.log(10))
            areas.append(100 * abs(nearest[1] / r - 1))
        else:
            distances.append(math.nan)
            areas.append(math.nan)
    l2 = float(np.linalg.norm(got - wanted) / np.linalg.norm(wanted)) if not truth.lines else math.nan
    mover = float(np.mean(np.abs(sums - reference)) / reference[-1] * (x[-1] - x[0]) / math.log(10))
    return {"place": distances, "area": areas, "peaks": len(found), "l2": l2, "mover": mover}


def ours(options: DrtOptions) -> Method:
    def method(f: Any, z: Any) -> tuple[Any, Any, float]:
        begin = time.process_time()
        found = drt(f, z, options)
        spent = time.process_time() - begin
        return found.tau_second, found.gamma_ohm + found.series_gamma_ohm, spent

    return method


def methods() -> dict[str, Method]:
    found: dict[str, Method] = {
        "limetal hierarchical": ours(DrtOptions()),
        "limetal ridge, gcv": ours(DrtOptions(method="ridge")),
        "limetal ridge, l-curve": ours(DrtOptions(method="ridge", penalty_choice="l-curve")),
    }
    for name in ("GUI", "layout", "cli"):  # its window system is not needed, and not declared either
        sys.modules.setdefault(f"pyDRTtools.{name}", types.ModuleType(f"pyDRTtools.{name}"))
    try:
        import matplotlib as mpl

        mpl.use("Agg")
        with contextlib.redirect_stdout(io.StringIO()):
            from pyDRTtools import runs

        def tools(f: Any, z: Any) -> tuple[Any, Any, float]:
            begin = time.process_time()
            with contextlib.redirect_stdout(io.StringIO()):
                entry = runs.EIS_object(f.copy(), z.real.copy(), z.imag.copy())
                entry = runs.simple_run(entry) or entry
            return entry.out_tau_vec, entry.gamma, time.process_time() - begin

        found[f"pyDRTtools {version('pyDRTtools')}, GCV"] = tools
    except ImportError as error:
        print(f"pyDRTtools is left out: {error}", file=sys.stderr)
    try:
        from hybdrt.models import DRT

        def hybrid(f: Any, z: Any) -> tuple[Any, Any, float]:
            begin = time.process_time()
            with contextlib.redirect_stdout(io.StringIO()):
                model = DRT()
                model.fit_eis(f, z)
            spent = time.process_time() - begin
            low, high = np.log10(1 / (2 * np.pi * f.max())) - 1, np.log10(1 / (2 * np.pi * f.min())) + 1
            tau = np.logspace(low, high, int(60 * (high - low)))
            return tau, np.asarray(model.predict_drt(tau=tau)), spent

        found[f"hybrid-drt {version('eisyfit-hybrid-drt')}"] = hybrid
    except ImportError as error:
        print(f"hybrid-drt is left out: {error}", file=sys.stderr)
    return found


def middle(values: list[float], digits: int) -> str:
    """Median (95th percentile)."""
    finite = [v for v in values if math.isfinite(v)]
    if not finite:
        return "-"
    return f"{np.median(finite):.{digits}f} ({np.percentile(finite, 95):.{digits}f})"


def compare(truths: list[Truth], known: dict[str, Method], by_process: bool) -> tuple[list[str], dict[str, list[Any]]]:
    """Rows of the table, and the judgements of every method."""
    judged: dict[str, list[Any]] = {name: [] for name in known}
    times: dict[str, list[float]] = {name: [] for name in known}
    failed = dict.fromkeys(known, 0)
    for name, method in known.items():  # compile, fill the caches
        for f in {t.frequency.tobytes(): t for t in truths}.values():
            if name.startswith("limetal"):
                method(f.frequency, f.impedance)
    for truth in truths:
        for name, method in known.items():
            try:
                tau, gamma, spent = method(truth.frequency, truth.impedance)
            except Exception as error:  # noqa: BLE001 - a peer that fails is counted, not hidden
                print(f"{name}, {truth.kind}: {type(error).__name__}: {error}", file=sys.stderr)
                failed[name] += 1
                judged[name].append(None)
                times[name].append(math.nan)
                continue
            times[name].append(spent)
            judged[name].append(judge(truth, tau, gamma))
    first = next(iter(known))
    rows = []
    for name in known:
        got = [j for j in judged[name] if j]
        ratio = np.nanmedian(np.array(times[name]) / np.array(times[first]))
        processes = range(len(truths[0].processes)) if by_process else [None]
        place = " / ".join(middle(_of(got, "place", k), 3) for k in processes)
        area = " / ".join(middle(_of(got, "area", k), 1) for k in processes)
        missed = np.mean([not math.isfinite(v) for v in _of(got, "place", None)])
        rows.append(
            f"| {name} | {len(got)}{f' ({failed[name]} failed)' if failed[name] else ''} | "
            f"{1e3 * np.nanmedian(times[name]):.1f} | {ratio:.1f} | {100 * missed:.0f} | {place} | {area} | "
            f"{np.mean([j['peaks'] for j in got]):.1f} | {middle([j['l2'] for j in got], 3)} | "
            f"{middle([j['mover'] for j in got], 3)} |"
        )
    return rows, judged


def _of(got: list[dict[str, Any]], what: str, k: int | None) -> list[float]:
    return [v for j in got for i, v in enumerate(j[what]) if k is None or i == k]


HEAD = (
    "| method | spectra | CPU ms | time over the first | missed, % | position, decades | area, % | maxima | L2 "
    "| earth mover, decades |\n|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(os.environ.get("LIMETAL_DATA", "../shared/data")) / "eis" / "synthetic_table_s1.npz"
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--every", type=int, default=12)
    parser.add_argument("--each", type=int, default=4, help="made-up spectra of each kind")
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    known = methods()
    text = []
    if chosen.data.exists():
        rows, _ = compare(list(table_s1(chosen.data, chosen.every)), known, by_process=True)
        text += ["Two ZARCs and a Warburg element after a published table (τ < 50 ms; SEI / charge transfer):", ""]
        text += [HEAD, *rows, ""]
    truths = [make(kind, chosen.seed + k) for k in range(chosen.each) for kind in KINDS]
    rows, judged = compare(truths, known, by_process=False)
    text += ["Fourteen kinds of distribution on eight grids of frequencies:", "", HEAD, *rows, ""]
    text += ["Earth mover's distance by kind, median in decades:", "", f"| kind | {' | '.join(known)} |"]
    text.append(f"|---|{'---|' * len(known)}")
    for kind in KINDS:
        cells = [
            f"{np.median([j['mover'] for j, t in zip(judged[name], truths, strict=True) if j and t.kind == kind]):.3f}"
            for name in known
        ]
        text.append(f"| {kind} | {' | '.join(cells)} |")
    text += ["", f"{common.surroundings('numpy', 'numba', 'pyDRTtools', 'eisyfit-hybrid-drt')}."]
    table = "\n".join(text)
    print(table)
    common.write_between(PAGE, BEGIN, END, table)


if __name__ == "__main__":
    main()
