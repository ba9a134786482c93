"""Reading speed against the peers, interleaved in one process: ``python benchmarks/readers.py [--data FOLDER]``.

Peers (``pip install pandas galvani batterydf``) that are not installed are left out. Times are CPU seconds of this
process (user and system, all threads), the median of the runs; ratios are taken run by run, so that a slow moment of
the machine hits both sides. Beside each ratio stands whether both sides hold the same numbers. Memory is the peak that
one file adds to a fresh process in which a small file of the same format was read before, so that libraries and their
threads are not counted; the table is eight bytes for each of its numbers and words. The tables go to
``docs/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from limetal.readers import read

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
SMALL_NDAX = "cycling/neware/21_10_7_85.ndax"
NDAX = "cycling/neware/BTS85-36-6-5-110-20240424.ndax"
MPR = "cycling/biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr"
SMALL_MPR = "cycling/biologic/yadg_gcpl.issue_211.mpr"
BEGIN, END = "<!-- readers: begin -->", "<!-- readers: end -->"

Call = Callable[[], Any]


def cpu(call: Call) -> tuple[float, Any]:
    """CPU seconds of one call, and what it returned."""
    begin = time.process_time()
    result = call()
    return time.process_time() - begin, result


def compare(ours: Call, theirs: Call, runs: int) -> tuple[float, float, float, Any, Any]:
    """Medians of both, median of their ratio run by run, and both results; one run before to warm up."""
    ours(), theirs()
    pairs = []
    for _ in range(runs):
        a, mine = cpu(ours)
        b, other = cpu(theirs)
        pairs.append((a, b))
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(b / a for a, b in pairs),
        mine,
        other,
    )


def big_csv(folder: Path, ndax: Path) -> Path:
    """1,399,354 rows: a real file of 699,677 rows written twice in a row."""
    import fastnda

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        once = fastnda.read(ndax)
    twice = pl.concat([once, once.with_columns(pl.col("total_time_s") + once["total_time_s"].max() + 1)])
    names = {
        "total_time_s": "Test Time (s)", "voltage_V": "Voltage (V)", "current_mA": "Current (mA)",
        "cycle_count": "Cycle Index", "step_count": "Step Index", "step_time_s": "Step Time (s)",
        "capacity_mAh": "Capacity (mAh)", "energy_mWh": "Energy (mWh)", "step_type": "Step Type",
        "unix_time_s": "Unix Time (s)",
    }  # fmt: skip
    twice.select([pl.col(a).alias(b) for a, b in names.items()]).write_csv(folder / "big.csv")
    with (folder / "big.csv").open("rb") as whole:
        (folder / "small.csv").write_bytes(b"".join(whole.readline() for _ in range(1000)))
    return folder / "big.csv"


def same(a: Any, b: Any) -> str:
    close = np.allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-6, atol=1e-9)
    return "same numbers" if close else "other numbers"


class Rows:
    """Rows of the table of speed, one for each comparison."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.rows: list[tuple[str, ...]] = []

    def add(self, what: str, peer: str, ours: Call, theirs: Call, quality: Callable[[Any, Any], str]) -> None:
        print(f"{what} against {peer} ...", file=sys.stderr)
        mine, other, ratio, a, b = compare(ours, theirs, self.runs)
        digits = 2 if mine > 0.1 else 4
        self.rows.append((what, peer, f"{mine:.{digits}f}", f"{other:.{digits}f}", f"{ratio:.2f}", quality(a, b)))


def neware_rows(rows: Rows, ndax: Path) -> None:
    import fastnda

    rows.add(
        "Neware .ndax, 699,677 rows", f"fastnda {version('fastnda')}",
        lambda: read(ndax), lambda: fastnda.read(ndax, cycle_mode="raw"),
        lambda a, b: same(a.voltage_volt, b["voltage_V"]),
    )  # fmt: skip


def csv_rows(rows: Rows, csv: Path) -> None:
    try:
        import pandas

        rows.add(
            "csv, 1,399,354 rows, 10 columns", f"pandas.read_csv {version('pandas')}",
            lambda: read(csv), lambda: pandas.read_csv(csv),
            lambda a, b: same(a.voltage_volt, b["Voltage (V)"]),
        )  # fmt: skip
    except ImportError:
        print("pandas is not installed", file=sys.stderr)
    kinds = {c: pl.String if c == "Step Type" else pl.Float64 for c in pl.read_csv(csv, n_rows=1).columns}
    rows.add(
        "the same csv", f"polars.read_csv {version('polars')}, told the types",
        lambda: read(csv), lambda: pl.read_csv(csv, schema=kinds, quote_char=None),
        lambda a, b: same(a.voltage_volt, b["Voltage (V)"]),
    )  # fmt: skip
    try:
        import bdf

        rows.add(
            "the same csv", f"batterydf {version('batterydf')}",
            lambda: read(csv), lambda: bdf.read(str(csv)),
            lambda a, b: same(a.voltage_volt, b["Voltage / V"]),
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - a peer that fails is reported, not hidden
        rows.rows.append(("the same csv", "batterydf", "", "", "", f"the peer failed: {type(error).__name__}"))


def mpr_rows(rows: Rows, mpr: Path) -> None:
    try:
        from galvani import BioLogic
    except ImportError:
        print("galvani is not installed", file=sys.stderr)
        return
    galvani = f"galvani {version('galvani')}"
    rows.add(
        "BioLogic .mpr, 46,102 rows", galvani,
        lambda: read(mpr), lambda: BioLogic.MPRfile(str(mpr)),
        lambda a, b: same(a.voltage_volt, b.data["Ewe/V"]),
    )  # fmt: skip
    rows.add(
        "the same .mpr", f"{galvani}, its columns as arrays",
        lambda: read(mpr), lambda: as_arrays(BioLogic.MPRfile(str(mpr)).data),
        lambda a, b: same(a.voltage_volt, b["Ewe/V"]),
    )  # fmt: skip
    rows.add(
        "the same .mpr", "its bytes alone",
        lambda: read(mpr), mpr.read_bytes, lambda _, b: f"{len(b)} bytes",
    )  # fmt: skip


def as_arrays(table: Any) -> dict[str, np.ndarray]:
    """Columns of a table of records, each in one piece of memory."""
    return {name: table[name].astype(np.float64) for name in table.dtype.names}


#: What a fresh process runs: ``sys.argv`` is a small file, the file, and whether limetal reads it or the peer.
MEMORY = """
import sys
from limetal import registry
from limetal.readers import read
[registry.load('limetal.readers', n) for n in registry.names('limetal.readers')]
small, file, call = sys.argv[1:]
if call != 'read':
    exec(call)
    read = peer
def peak():  # of this program alone: what getrusage says also holds that of the parent
    return next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmHWM'))
read(small)
before = peak()
table = read(file)
after = peak()
size = 8 * table.rows * (len(table.columns()) + len(table.more)) if call == 'read' else 0
print((after - before) / 1024, size / 2**20)
"""
PEERS = {
    "fastnda": "import fastnda\ndef peer(f): return fastnda.read(f, cycle_mode='raw')",
    "pandas": "import pandas\ndef peer(f): return pandas.read_csv(f)",
    "galvani": "from galvani import BioLogic\ndef peer(f): return BioLogic.MPRfile(f)",
}


def memory(what: str, path: Path, small: Path, peer: str, runs: int) -> tuple[str, ...]:
    """Row of the table of memory: medians of fresh processes, of limetal and of a peer alone."""

    def run(call: str) -> tuple[float, float]:
        command = [sys.executable, "-c", MEMORY, str(small), str(path), call]
        found = [subprocess.run(command, capture_output=True, text=True) for _ in range(runs)]
        numbers = [tuple(map(float, one.stdout.split())) for one in found if one.returncode == 0]
        if not numbers:
            return float("nan"), float("nan")
        return statistics.median(n[0] for n in numbers), numbers[0][1]

    print(f"memory of {what} ...", file=sys.stderr)
    (mine, size), (other, _) = run("read"), run(PEERS[peer])
    return (
        what, f"{mine:.0f}", f"{size:.0f}", f"{mine / size:.2f}", f"{peer}: {other:.0f} MB, {other / size:.2f}"
    )  # fmt: skip


def page(rows: list[tuple[str, ...]], memories: list[tuple[str, ...]], runs: int) -> str:
    head = ("task", "peer", "limetal, CPU s", "peer, CPU s", "peer over limetal", "result")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    lines += ["", "| file | peak memory added, MB | its table, MB | ratio | peer alone, ratio |", f"|{'---|' * 5}"]
    lines += [f"| {' | '.join(row)} |" for row in memories]
    packages = ("limetal", "numpy", "polars", "fastnda", "pandas", "galvani", "batterydf")
    known = []
    for package in packages:
        try:
            known.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    said = f"Python {platform.python_version()}, {', '.join(known)}; {os.cpu_count()} cores; median of {runs} runs."
    return "\n".join([*lines, "", said])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LIMETAL_DATA", "../shared/data")))
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    with TemporaryDirectory() as folder:
        ndax, small_ndax, mpr, small_mpr = (chosen.data / name for name in (NDAX, SMALL_NDAX, MPR, SMALL_MPR))
        csv, small = big_csv(Path(folder), ndax), Path(folder) / "small.csv"
        rows = Rows(chosen.runs)
        neware_rows(rows, ndax)
        csv_rows(rows, csv)
        mpr_rows(rows, mpr)
        memories = [
            memory("Neware .ndax, 699,677 rows", ndax, small_ndax, "fastnda", chosen.runs),
            memory("csv, 1,399,354 rows", csv, small, "pandas", chosen.runs),
            memory("BioLogic .mpr, 46,102 rows", mpr, small_mpr, "galvani", chosen.runs),
        ]
    text = page(rows.rows, memories, chosen.runs)
    print(text)
    old = PAGE.read_text(encoding="utf-8")
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
