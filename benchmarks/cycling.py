"""From a raw table to a summary of every cycle, against the peers: ``python benchmarks/cycling.py --data FOLDER``.

The peers cannot be installed beside each other (numpy below and above 2, Python below and above 3.13), so each has an
interpreter of its own: ``--navani PYTHON --pyprobe PYTHON --cellpy PYTHON``; those not given are left out. Every task
runs in a process of its own which warms up on a small file, then does the task once and prints its CPU seconds (all
threads); tasks take turns, and ratios are taken turn by turn. The table is a real file of 699,677 rows written twice in
a row (1,399,354 rows, 10 columns), as BDF Parquet and csv. ``--write`` puts the tables into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
NDAX = "cycling/neware/BTS85-36-6-5-110-20240424.ndax"
SMALL_NDAX = "cycling/neware/nw4-120-1-6-53.ndax"
BEGIN, END = "<!-- cycling: begin -->", "<!-- cycling: end -->"
SMALL_ROWS = 2000


# --- tasks: each runs in a process of its own, with the interpreter of its package; heavy imports inside


def limetal_summary(path: str) -> dict[str, Any]:
    """Table of every cycle: charge, energy, efficiencies, mean voltages, currents, part at constant voltage."""
    from limetal.analyses.capacity import capacity
    from limetal.readers import read
    from limetal.records.cells import CellContext

    found = capacity(read(path).in_cell(CellContext("full")))
    return {"cycles": int(found.number.size), "charge_mAh": float(found.discharge_mAh.sum())}


def polars_scan(path: str) -> dict[str, Any]:
    """The plain scan: charge, energy, efficiency, mean and median voltage, two gaps, a quantile of steps."""
    import polars as pl

    scan = pl.scan_parquet(path) if path.endswith("parquet") else pl.scan_csv(path)
    t, v, i = pl.col("test_time_second"), pl.col("voltage_volt"), pl.col("current_ampere")
    dt = t.diff().fill_null(0.0)
    steps = scan.with_columns(dq=i * dt / 3.6, de=i * v * dt / 3.6, dt=dt, dv=v.diff().abs())
    sides = steps.filter(i != 0).group_by("cycle_count", (i > 0).alias("up"))
    per_side = sides.agg(
        q=pl.col("dq").sum().abs(),
        e=pl.col("de").sum().abs(),
        mean=(v * pl.col("dt")).sum() / pl.col("dt").sum(),
        median=v.median(),
        noise=pl.col("dv").quantile(0.95),
    )
    up = per_side.filter(pl.col("up")).drop("up")
    down = per_side.filter(~pl.col("up")).drop("up")
    table = (
        up.join(down, on="cycle_count", suffix="_down")
        .with_columns(
            ce=pl.col("q_down") / pl.col("q"),
            gap=pl.col("mean") - pl.col("mean_down"),
            median_gap=pl.col("median") - pl.col("median_down"),
        )
        .sort("cycle_count")
        .collect()
    )
    return {"cycles": table.height, "charge_mAh": float(table["q_down"].sum())}


def navani_summary(path: str) -> dict[str, Any]:
    """Load and ``cycle_summary``."""
    import navani.echem as ec

    table = ec.cycle_summary(ec.echem_file_loader(path))
    return {"cycles": len(table), "charge_mAh": float(table.filter(like="Discharge").iloc[:, 0].sum())}


def pyprobe_summary(path: str) -> dict[str, Any]:
    """Neware csv to Parquet, import, ``cycling.summary``."""
    import pyprobe
    from pyprobe.analysis import cycling

    out = f"{path}.pyprobe.parquet"
    pyprobe.set_log_level("CRITICAL")
    pyprobe.process_cycler_data("neware", path, out, overwrite_existing=True)
    cell = pyprobe.Cell(info={})
    cell.import_data("test", out)
    table = cycling.summary(cell.procedure["test"]).data
    return {"cycles": table.height, "charge_mAh": 1e3 * float(table["Discharge Capacity [Ah]"].sum())}


def cellpy_summary(path: str) -> dict[str, Any]:
    """Load with steps and summary, as ``cellpy.get`` does."""
    import logging

    import cellpy

    logging.disable(logging.CRITICAL)
    cell = cellpy.get(path, instrument="neware_nda", cycle_mode="cathode", mass=1.0)
    return {"cycles": len(cell.data.summary), "charge_mAh": float(cell.data.summary["discharge_capacity"].sum())}


TASKS: dict[str, Callable[[str], dict[str, Any]]] = {
    "limetal": limetal_summary,
    "polars": polars_scan,
    "navani": navani_summary,
    "pyprobe": pyprobe_summary,
    "cellpy": cellpy_summary,
}


def work(name: str, path: str, small: str) -> None:
    """Do one task in this process and print what it took, as the last line."""
    warnings.simplefilter("ignore")
    task = TASKS[name]
    if small:
        task(small)
    begin = time.process_time()
    said = task(path)
    said["cpu"] = time.process_time() - begin
    if sys.platform != "win32":
        import resource

        said["peak_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(said))


# --- the script itself


def started(python: str, name: str, path: Path, small: Path | None, cache: str) -> dict[str, Any]:
    """Run one task in a process of its own."""
    environment = {**os.environ, "LIMETAL_CACHE": cache, "OPENBLAS_NUM_THREADS": "1"}
    command = [python, __file__, "--work", name, str(path), str(small or "")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} on {path.name}: {done.stderr[-2000:]}")
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


def tables(folder: Path, ndax: Path) -> dict[str, Path]:
    """The tables, and small ones to warm up on."""
    import fastnda
    import polars as pl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        once = fastnda.read(ndax)
    later = once.with_columns(
        pl.col("total_time_s") + once["total_time_s"].max() + 1,
        pl.col("cycle_count") + once["cycle_count"].max(),
        pl.col("step_count") + once["step_count"].max(),
    )
    table = pl.concat([once, later]).select(
        test_time_second=pl.col("total_time_s").cast(pl.Float64),
        voltage_volt=pl.col("voltage_V").cast(pl.Float64),
        current_ampere=pl.col("current_mA").cast(pl.Float64) / 1e3,
        cycle_count=pl.col("cycle_count").cast(pl.Int64),
        step_count=pl.col("step_count").cast(pl.Int64),
        step_time_second=pl.col("step_time_s").cast(pl.Float64),
        step_capacity_ampere_hour=pl.col("capacity_mAh").cast(pl.Float64) / 1e3,
        step_energy_watt_hour=pl.col("energy_mWh").cast(pl.Float64) / 1e3,
        step_type=pl.col("step_type").cast(pl.String),
        unix_time_second=pl.col("unix_time_s").cast(pl.Float64),
    )
    neware = table.select(
        pl.from_epoch((pl.col("test_time_second") * 1e6).cast(pl.Int64), "us")
        .dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        .alias("Date"),
        pl.col("step_count").alias("Step Index"),
        pl.col("step_type").alias("Step Type"),
        pl.col("cycle_count").alias("Cycle Index"),
        pl.col("current_ampere").alias("Current(A)"),
        pl.col("voltage_volt").alias("Voltage(V)"),
        pl.when(pl.col("current_ampere") > 0)
        .then(pl.col("step_capacity_ampere_hour").abs())
        .otherwise(0.0)
        .alias("Chg. Cap.(Ah)"),
        pl.when(pl.col("current_ampere") < 0)
        .then(pl.col("step_capacity_ampere_hour").abs())
        .otherwise(0.0)
        .alias("DChg. Cap.(Ah)"),
    )
    found = {}
    for size, rows in (("big", table.height), ("small", SMALL_ROWS * 40)):
        found[f"{size} parquet"] = folder / f"{size}.bdf.parquet"
        found[f"{size} csv"] = folder / f"{size}.bdf.csv"
        found[f"{size} neware"] = folder / f"{size}_neware.csv"
        table.head(rows).write_parquet(found[f"{size} parquet"])
        table.head(rows).write_csv(found[f"{size} csv"])
        neware.head(rows).write_csv(found[f"{size} neware"])
    ten = pl.concat([table.select(table.columns[:5])] * 8)[:10_000_000]
    ten = ten.with_columns(test_time_second=pl.int_range(ten.height).cast(pl.Float64))
    found["ten million parquet"] = folder / "ten.bdf.parquet"
    found["ten million csv"] = folder / "ten.bdf.csv"
    ten.write_parquet(found["ten million parquet"])
    ten.write_csv(found["ten million csv"])
    return found


def compare(runs: int, tasks: dict[str, tuple[str, str, Path, Path | None, str]]) -> dict[str, list[dict[str, Any]]]:
    """Every task in turn, ``runs`` times; a label says which, its cache is what the last word says."""
    results: dict[str, list[dict[str, Any]]] = {label: [] for label in tasks}
    for turn in range(runs):
        for label, (python, name, path, small, cache) in tasks.items():
            print(f"turn {turn + 1} of {runs}: {label}", file=sys.stderr, flush=True)
            results[label].append(started(python, name, path, small, cache))
    return results


def row(results: dict[str, list[dict[str, Any]]], label: str, base: str) -> str:
    """One line of a table."""
    cpu = [r["cpu"] for r in results[label]]
    ratio = statistics.median(a["cpu"] / b["cpu"] for a, b in zip(results[label], results[base], strict=True))
    said = results[label][0]
    return f"| {label} | {statistics.median(cpu):.2f} | {ratio:.2f} | {said['cycles']} | {said['charge_mAh']:.2f} |"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    for peer in ("navani", "pyprobe", "cellpy"):
        parser.add_argument(f"--{peer}", metavar="PYTHON", default="")
    parser.add_argument("--work", nargs=3)
    given = parser.parse_args()
    if given.work:
        work(*given.work)
        return
    if given.data is None:
        parser.error("--data: the folder of the instrument files")
    with TemporaryDirectory() as name:
        text = measured(Path(name), given)
    print(text)
    if given.write:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def measured(folder: Path, given: argparse.Namespace) -> str:
    """All tables of the page."""
    ndax, small_ndax = given.data / NDAX, given.data / SMALL_NDAX
    made = tables(folder, ndax)
    me, kept = sys.executable, str(folder / "cache")
    started(me, "limetal", made["big csv"], None, kept)
    started(me, "limetal", ndax, None, kept)
    parquet, csv = (made["big parquet"], made["small parquet"]), (made["big csv"], made["small csv"])
    tasks = {
        "Parquet: plain polars scan": (me, "polars", *parquet, "off"),
        "Parquet: limetal": (me, "limetal", *parquet, "off"),
        "csv: plain polars scan": (me, "polars", *csv, "off"),
        "csv: limetal, first time": (me, "limetal", *csv, "off"),
        "csv: limetal, read before": (me, "limetal", *csv, kept),
        "ndax: limetal, first time": (me, "limetal", ndax, small_ndax, "off"),
        "ndax: limetal, read before": (me, "limetal", ndax, small_ndax, kept),
    }
    if given.navani:
        tasks["csv: navani"] = (given.navani, "navani", *csv, "off")
    if given.pyprobe:
        neware = (made["big neware"], made["small neware"])
        tasks["csv of Neware: PyProBE"] = (given.pyprobe, "pyprobe", *neware, "off")
    if given.cellpy:
        tasks["ndax: cellpy"] = (given.cellpy, "cellpy", ndax, small_ndax, "off")
    results = compare(given.runs, tasks)
    head = "| task | CPU s | time over the first | cycles | discharge, mAh |\n|---|---|---|---|---|\n"
    groups = {
        "Parquet: plain polars scan": [t for t in tasks if t.startswith("Parquet")],
        "csv: limetal, read before": [t for t in tasks if t.startswith("csv")],
        "ndax: limetal, read before": [t for t in tasks if t.startswith("ndax")],
    }
    parts = []
    for base, labels in groups.items():
        order = [base, *(label for label in labels if label != base)]
        parts.append(head + "\n".join(row(results, label, base) for label in order))
    peaks = {
        f"10,000,000 rows, {kind}": started(me, "limetal", made[f"ten million {kind}"], None, "off")["peak_MB"]
        for kind in ("parquet", "csv")
    }
    lines = "\n".join(f"| {label} | {peak:.0f} |" for label, peak in peaks.items())
    parts.append(f"| file to summary | peak memory of the process, MB |\n|---|---|\n{lines}")
    parts.append(versions(given))
    return "\n\n".join(parts)


def versions(given: argparse.Namespace) -> str:
    """Versions of all that took part."""
    known = [
        f"Python {platform.python_version()}",
        *(f"{p} {version(p)}" for p in ("limetal", "numpy", "polars", "fastnda")),
    ]
    for peer, package in (("navani", "navani"), ("pyprobe", "PyProBE-Data"), ("cellpy", "cellpy")):
        python = getattr(given, peer)
        if python:
            code = f"import importlib.metadata as m, platform; print(m.version('{package}'), platform.python_version())"
            said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()
            known.append(f"{package} {said[0]} (Python {said[1]})")
    return f"{', '.join(known)}; {os.cpu_count()} cores; median of {given.runs} runs."


if __name__ == "__main__":
    main()
