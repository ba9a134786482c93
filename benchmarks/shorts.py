"""Recall and precision of the search for short circuits on made-up cells: ``python benchmarks/shorts.py``.

Cells, protocols, instruments and times are drawn at random (`limetal.simulate.short_trials`). Thresholds were chosen
with seeds below 10,000; runs with seeds from 1, 2 and 3 million on were looked at and led to changes too, so they are
no test of the present code. Those reported have seeds from ``--seed`` on (4,000,000), and were made once. The tables go
to ``docs/short_circuits.md``. With ``--tune`` the tuning seeds are used and the page stays as it is. ``--hard N`` makes
N tests with a hard short only, with seeds from 5,000,000 on, for a table of its own.
"""

# The number of threads is set before anything reads it.
# ruff: noqa: E402

from __future__ import annotations

import argparse
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import platform
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

from limetal.cycling.half_cycles import half_cycles
from limetal.cycling.shorts import ShortFinding, ShortLimits, Shorts, find_shorts
from limetal.errors import BadInputError
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.simulate.recording import CYCLERS
from limetal.simulate.short_trials import HEALTHY, Trial, make_trial

PAGE = Path(__file__).resolve().parents[1] / "docs" / "short_circuits.md"
BEGIN, END = "<!-- shorts: begin -->", "<!-- shorts: end -->"
HARD_BEGIN, HARD_END = "<!-- hard: begin -->", "<!-- hard: end -->"
HARD_SEED = 5_000_000
#: What is made: kind of test and drop; a hard short draws its own.
SHORTED = (
    ("hard", 0.9),
    *((kind, drop) for kind in ("step", "recovering", "dynamic") for drop in (0.05, 0.1, 0.2, 0.4, 0.7)),
    ("growing", 0.3),
    ("growing", 0.6),
)
#: Rows, and part of a half-cycle, by which a finding may miss the begin of a short.
ROWS_OFF = 4
PART_OFF = 0.03
CYCLES = 40
#: One row each second makes ten times the work and no other result.
STYLES = [name for name in CYCLERS if name != "1 s, uV"]


@dataclass
class Count:
    """Shorts that were made and found, findings and false ones, tests, tests with a false finding, and their hours."""

    made: int = 0
    found: int = 0
    findings: int = 0
    false: int = 0
    tests: int = 0
    alarmed: int = 0
    hours: float = 0.0
    doubted: int = 0
    open: int = 0

    def recall(self) -> str:
        """Part found, in words."""
        return f"{self.found} of {self.made} ({self.found / self.made:.3f})" if self.made else "-"

    def precision(self) -> str:
        """Part of the findings that is true."""
        return f"{1 - self.false / self.findings:.3f}" if self.findings else "-"


def judged(trial: Trial, shorts: Shorts) -> tuple[list[bool], list[bool]]:
    """Whether each short was found at its time, and whether each finding is true.

    A finding is at its time if it begins within a few rows, or a few percent of a half-cycle, of the short; a slow one
    if it shows while the leak grows or later, a hard one within a half-cycle. It is true as well if it falls into a
    time in which a leak was open.
    """
    t = trial.record.test_time_second
    starts = shorts.start_second
    half = float(np.median(np.diff(starts))) if starts.size > 2 else float(t[-1])
    hits, true = [False] * len(trial.shorts), []
    for finding in shorts.findings:
        good = False
        for k, short in enumerate(trial.shorts):
            rows = abs(int(np.searchsorted(t, short.start_second)) - finding.row)
            near = rows <= ROWS_OFF or abs(finding.start_second - short.start_second) <= PART_OFF * half
            if not short.sudden:
                near = finding.start_second >= short.start_second - half
            if finding.kind == "hard":  # it may come in a rest, where nothing shows it
                near = near or abs(finding.start_second - short.start_second) <= half
            if finding.indicator == "drop at a reversal":
                near = near or abs(finding.start_second - short.start_second) <= 0.1 * half
            hits[k] |= near
            good |= near or short.start_second - half <= finding.start_second <= short.end_second + half
        true.append(good)
    return hits, true


def trials(kind: str, drop: float, number: int, seed: int) -> Iterator[Trial]:
    """Made-up tests, all instruments alike often; slow leaks in polymers, where they can be told."""
    for k in range(number):
        electrolyte = "polymer" if kind == "growing" else ""
        yield make_trial(
            kind, seed + k, drop=drop, cycler=STYLES[k % len(STYLES)], electrolyte=electrolyte, cycles=CYCLES
        )


def run(kinds: tuple[tuple[str, float], ...], number: int, seed: int, limits: ShortLimits) -> Results:
    """All tests of some kinds, counted."""
    results = Results()
    for kind, drop in kinds:
        for trial in trials(kind, drop, number, seed):
            results.add(kind, drop, trial, limits)
    return results


@dataclass
class Results:
    """Counts by kind and drop, by instrument, and confidence and truth of every finding."""

    by_kind: dict[tuple[str, float], Count] = field(default_factory=lambda: defaultdict(Count))
    by_style: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    told: list[tuple[ShortFinding, bool]] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0

    def add(self, kind: str, drop: float, trial: Trial, limits: ShortLimits) -> None:
        """Search one test and count."""
        begin = time.process_time()
        try:
            shorts = find_shorts(trial.record, limits)
        except BadInputError:
            self.refused += 1
            return
        self.seconds += time.process_time() - begin
        hits, true = judged(trial, shorts)
        self.told += list(zip(shorts.findings, true, strict=True))
        group = "healthy" if kind in HEALTHY else "hard" if kind == "hard" else "soft" if drop >= 0.2 else "small"
        if kind == "growing":
            group = "growing"
        for count in (self.by_kind[kind, drop], self.by_style[trial.cycler, group]):
            count.made += len(hits)
            count.found += sum(hits)
            count.findings += len(true)
            count.false += len(true) - sum(true)
            count.tests += 1
            count.alarmed += not all(true)
            count.doubted += bool(shorts.doubts)
            count.open += bool(shorts.unclear) and not shorts.findings
            count.hours += float(trial.record.test_time_second[-1]) / SECONDS_PER_HOUR


def table_of_kinds(results: Results) -> list[str]:
    lines = [
        "| short circuit | part of the voltage | tests | found at its time | findings | of them true | cannot tell |",
        "|---|---|---|---|---|---|---|",
    ]
    words = {"step": "sudden, stays", "recovering": "sudden, recovers", "dynamic": "eight short ones in each test"}
    words |= {"growing": "grows over 4 to 40 half-cycles (polymer cells)", "hard": "hard"}
    for (kind, drop), c in results.by_kind.items():
        if kind in HEALTHY:
            continue
        size = "85 to 99 %" if kind == "hard" else f"{100 * drop:.0f} %"
        lines.append(
            f"| {words[kind]} | {size} | {c.tests} | {c.recall()} | {c.findings} | {c.precision()} | {c.open} |"
        )
    return lines


def table_of_healthy(results: Results) -> list[str]:
    lines = ["| no short circuit | tests | hours | with a false finding | with a doubt |", "|---|---|---|---|---|"]
    total = Count()
    for (kind, _), c in results.by_kind.items():
        if kind in HEALTHY:
            lines.append(f"| {kind} | {c.tests} | {c.hours:,.0f} | {c.alarmed} | {c.doubted} |")
            total.tests += c.tests
            total.hours += c.hours
            total.alarmed += c.alarmed
            total.false += c.false
            total.doubted += c.doubted
    lines.append(f"| all | {total.tests} | {total.hours:,.0f} | {total.alarmed} | {total.doubted} |")
    lines += ["", f"False findings in 1000 h of healthy cells: {1000 * total.false / total.hours:.3f}."]
    return lines


def table_of_styles(results: Results) -> list[str]:
    lines = [
        "| recorded as | hard: found | soft of 20 % and more: found | of 5 and 10 %: found | findings, true "
        "| healthy, alarmed |",
        "|---|---|---|---|---|---|",
    ]
    for style in STYLES:
        hard, soft, small, well = (results.by_style[style, g] for g in ("hard", "soft", "small", "healthy"))
        findings, false = hard.findings + soft.findings + small.findings, hard.false + soft.false + small.false
        lines.append(
            f"| {style} | {hard.recall()} | {soft.recall()} | {small.recall()} | {findings}, "
            f"{1 - false / max(findings, 1):.3f} | {well.tests}, {well.alarmed} |"
        )
    return lines


def table_of_reliability(results: Results) -> list[str]:
    told: dict[float, list[bool]] = defaultdict(list)
    for finding, good in results.told:
        told[round(finding.confidence, 2)].append(good)
    lines = ["| confidence told | findings | true |", "|---|---|---|"]
    lines += [f"| {c:.2f} | {len(told[c])} | {np.mean(told[c]):.3f} |" for c in sorted(told)]
    return lines


def table_of_thresholds(number: int, seed: int) -> list[str]:
    """What other thresholds would give, on fewer tests."""
    lines = [
        "| smallest drop | sigmas | soft of 20 % found | of 10 % found | findings true "
        "| healthy tests with a false finding |",
        "|---|---|---|---|---|---|",
    ]
    kinds = (("step", 0.1), ("step", 0.2), ("recovering", 0.1), ("recovering", 0.2))
    for drop, sigmas in ((0.02, 4.0), (0.03, 4.0), (0.04, 6.0), (0.06, 10.0), (0.1, 10.0), (0.15, 10.0)):
        limits = ShortLimits(smallest_drop=drop, sigmas=sigmas)
        made = run(kinds, number, seed, limits)
        well = run(tuple((k, 0.3) for k in HEALTHY), number // 2, seed, limits)
        found = {d: [made.by_kind[k, d] for k in ("step", "recovering")] for d in (0.1, 0.2)}
        rates = {d: sum(c.found for c in cs) / sum(c.made for c in cs) for d, cs in found.items()}
        every = [good for r in (made, well) for _, good in r.told]
        alarmed = sum(c.alarmed for c in well.by_kind.values())
        tests = sum(c.tests for c in well.by_kind.values())
        lines.append(
            f"| {100 * drop:.0f} % | {sigmas:.0f} | {rates[0.2]:.3f} | {rates[0.1]:.3f} | {np.mean(every):.3f} | "
            f"{alarmed} of {tests} |"
        )
    return lines


def speed() -> str:
    """CPU seconds of one large record, half-cycles apart."""
    trial = make_trial("plain", 5, cycler="30 s, joined files", electrolyte="polymer", cycles=1000)
    begin = time.process_time()
    halves = half_cycles(trial.record)
    middle = time.process_time()
    find_shorts(trial.record, halves=halves)
    return (
        f"A record of {trial.record.rows:,} rows and {len(halves.items):,} half-cycles takes "
        f"{time.process_time() - middle:.2f} s of CPU, after {middle - begin:.2f} s for its half-cycles."
    )


def table_of_hard(number: int) -> str:
    """What becomes of hard shorts, with and without a current column."""
    told: dict[str, dict[str, int]] = {"with current": defaultdict(int), "voltage only": defaultdict(int)}
    for trial in trials("hard", 0.9, number, HARD_SEED):
        column = "voltage only" if trial.record.current_ampere is None else "with current"
        shorts = find_shorts(trial.record)
        hits, true = judged(trial, shorts)
        kinds = {f.kind for f in shorts.findings}
        told[column]["tests"] += 1
        told[column]["false"] += len(true) - sum(true)
        if all(hits):
            told[column]["hard" if "hard" in kinds else "soft"] += 1
        elif shorts.findings:
            told[column]["late"] += 1
        else:
            told[column]["open" if shorts.unclear else "missed"] += 1
    columns = ("tests", "hard", "soft", "late", "open", "missed", "false")
    lines = [
        f"{number} tests with a hard short, seeds from {HARD_SEED:,} on, made once.",
        "",
        "| record | tests | told hard, at its time | told soft, at its time | told at another time | cannot tell "
        "| missed | false findings |",
        "|---" * 8 + "|",
    ]
    lines += [f"| {c} | " + " | ".join(str(counts[k]) for k in columns) + " |" for c, counts in told.items()]
    return "\n".join(lines)


def write(begin: str, end: str, text: str) -> None:
    """Put text between two marks of the page, and print it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")
    print(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=60, help="tests of each kind")
    parser.add_argument("--seed", type=int, default=4_000_000, help="first seed of the figures that are reported")
    parser.add_argument("--hard", type=int, default=0, help="so many tests with a hard short, and nothing else")
    parser.add_argument("--tune", action="store_true", help="use the seeds that thresholds were chosen with")
    arguments = parser.parse_args()
    if arguments.hard:
        write(HARD_BEGIN, HARD_END, table_of_hard(arguments.hard))
        return
    seed = 0 if arguments.tune else arguments.seed
    healthy = tuple((kind, 0.3) for kind in HEALTHY)
    results = run((*SHORTED, *healthy), arguments.number, seed, ShortLimits())
    for finding, good in results.told:
        if not good:
            print("false:", finding.kind, finding.indicator, f"{finding.drop:.3f}", finding.evidence[:110])
    packages = ", ".join(f"{name} {version(name)}" for name in ("limetal", "numpy"))
    blocks = [
        f"{arguments.number} tests of each kind, seeds from {seed:,} on, {CYCLES} cycles each; Python "
        f"{platform.python_version()}, {packages}. Searches refused: {results.refused}.",
        *table_of_kinds(results),
        "",
        *table_of_healthy(results),
        "",
        *table_of_styles(results),
        "",
        *table_of_reliability(results),
        "",
        *table_of_thresholds(max(arguments.number // 4, 10), seed + 500_000),
        "",
        speed(),
    ]
    text = "\n".join([blocks[0], "", *blocks[1:]])
    if arguments.tune:
        print(text)
        return
    write(BEGIN, END, text)


if __name__ == "__main__":
    main()
