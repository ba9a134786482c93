"""Battery Data Format in Parquet."""

from pathlib import Path

import polars as pl

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, TIME_S, VOLTAGE_V


def write_bdf_parquet(folder: Path) -> Path:
    """Write a Battery Data Format table in Parquet."""
    path = folder / "sample.bdf.parquet"
    columns = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
    pl.DataFrame(columns).write_parquet(path)
    return path


_CYCLING = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (Sample(write_bdf_parquet, (Expected("cycling", _CYCLING),)),)
