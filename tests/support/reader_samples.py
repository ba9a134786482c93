"""What the tests know of each reader: small valid files written on the spot, and what reading them must give.

``support/samples/NAME.py`` belongs to the reader ``NAME`` and holds ``SAMPLES``, a tuple of `Sample`.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limetal import registry
from limetal.records.base import Record


@dataclass(frozen=True)
class Expected:
    """One record a file must give: its kind, its columns in limetal's units (None: must be absent), its label."""

    kind: str
    columns: dict[str, NDArray[np.generic] | None]
    label: str | None = None
    rtol: float = 1e-9


@dataclass(frozen=True)
class Sample:
    """A small valid file: ``write(folder)`` writes it there and returns its path."""

    write: Callable[[Path], Path]
    expected: tuple[Expected, ...]

    @property
    def id(self) -> str:
        return self.write.__name__


def samples(name: str) -> tuple[Sample, ...]:
    """The samples of a reader; none if nobody wrote them yet."""
    if importlib.util.find_spec(f"support.samples.{name}") is None:
        return ()
    return importlib.import_module(f"support.samples.{name}").SAMPLES


def all_samples() -> list[tuple[str, Sample]]:
    return [(name, sample) for name in registry.names("limetal.readers") for sample in samples(name)]


def assert_gives(records: tuple[Record, ...], sample: Sample) -> None:
    """Records are what the sample was written from."""
    assert [r.kind for r in records] == [e.kind for e in sample.expected]
    for record, expected in zip(records, sample.expected, strict=True):
        for name, values in expected.columns.items():
            got = getattr(record, name)
            if values is None:
                assert got is None, name
            else:
                np.testing.assert_allclose(got, values, rtol=expected.rtol, atol=1e-12, err_msg=name)
        if expected.label is not None:
            assert record.label == expected.label
