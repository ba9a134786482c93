"""Reading speed against the peers, interleaved in one process: ``python benchmarks/readers.py [--data FOLDER]``.

Peers (``pip install pandas galvani batterydf``) that are not installed are left out. Times are CPU seconds of this
process (user and system, all threads), the median of the runs; ratios are taken run by run, so that a slow moment of
the machine hits both sides. Beside each ratio stands whether both sides hold the same numbers. The table goes to
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
NDAX = "cycling/neware/BTS85-36-6-5-110-20240424.ndax"
MPR = "cycling/biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr"
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
    return folder / "big.csv"


def same(a: Any, b: Any) -> str:
    close = np.allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-6, atol=1e-9)
    return "same numbers" if close else "other numbers"


def rows_of(data: Path, folder: Path, runs: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []

    def add(what: str, peer: str, ours: Call, theirs: Call, quality: Callable[[Any, Any], str]) -> None:
        print(f"{what} against {peer} ...", file=sys.stderr)
        mine, other, ratio, a, b = compare(ours, theirs, runs)
        rows.append((what, peer, f"{mine:.2f}", f"{other:.2f}", f"{ratio:.2f}", quality(a, b)))

    import fastnda

    ndax, mpr = data / NDAX, data / MPR
    add(
        "Neware .ndax, 699,677 rows", f"fastnda {version('fastnda')}",
        lambda: read(ndax), lambda: fastnda.read(ndax, cycle_mode="raw"),
        lambda a, b: same(a.voltage_volt, b["voltage_V"]),
    )  # fmt: skip
    csv = big_csv(folder, ndax)
    try:
        import pandas

        add(
            "csv, 1,399,354 rows, 10 columns", f"pandas.read_csv {version('pandas')}",
            lambda: read(csv), lambda: pandas.read_csv(csv),
            lambda a, b: same(a.voltage_volt, b["Voltage (V)"]),
        )  # fmt: skip
    except ImportError:
        print("pandas is not installed", file=sys.stderr)
    try:
        import bdf

        add(
            "the same csv", f"batterydf {version('batterydf')}",
            lambda: read(csv), lambda: bdf.read(str(csv)),
            lambda a, b: same(a.voltage_volt, b["Voltage / V"]),
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - a peer that fails is reported, not hidden
        rows.append(("the same csv", "batterydf", "", "", "", f"the peer failed: {type(error).__name__}"))
    try:
        from galvani import BioLogic

        add(
            "BioLogic .mpr, 46,102 rows", f"galvani {version('galvani')}",
            lambda: read(mpr), lambda: BioLogic.MPRfile(str(mpr)),
            lambda a, b: same(a.voltage_volt, b.data["Ewe/V"]),
        )  # fmt: skip
    except ImportError:
        print("galvani is not installed", file=sys.stderr)
    return rows


def memory(path: Path) -> tuple[float, float]:
    """Peak memory that reading a file adds to a fresh process, and the size of its table, in MB."""
    code = (
        "import sys\n"
        "from limetal import registry\nfrom limetal.readers import read\nimport limetal.records.cycling\n"
        "[registry.load('limetal.readers', n) for n in registry.names('limetal.readers')]\n"
        # the peak of this program alone: what getrusage says also holds that of the parent
        "def peak(): return next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmHWM'))\n"
        "before = peak()\n"
        "r = read(sys.argv[1])\n"
        "size = sum(v.nbytes for v in r.columns().values()) + sum(8 * r.rows for _ in r.more)\n"
        "print((peak() - before) / 1024, size / 2**20)\n"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    peak, size = map(float, out.split())
    return peak, size


def page(rows: list[tuple[str, ...]], memories: list[tuple[str, float, float]], runs: int) -> str:
    head = ("task", "peer", "limetal, CPU s", "peer, CPU s", "peer over limetal", "result")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    lines += ["", "| file | peak memory added, MB | its table, MB | ratio |", "|---|---|---|---|"]
    lines += [f"| {name} | {peak:.0f} | {size:.0f} | {peak / size:.2f} |" for name, peak, size in memories]
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
        rows = rows_of(chosen.data, Path(folder), chosen.runs)
        csv = Path(folder) / "big.csv"
        memories = [
            ("Neware .ndax, 699,677 rows", *memory(chosen.data / NDAX)),
            ("csv, 1,399,354 rows", *memory(csv)),
            ("BioLogic .mpr, 46,102 rows", *memory(chosen.data / MPR)),
        ]
    text = page(rows, memories, chosen.runs)
    print(text)
    old = PAGE.read_text(encoding="utf-8")
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
