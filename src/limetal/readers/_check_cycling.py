"""Whether the numbers of a cycling record belong together."""

from __future__ import annotations

from limetal.records.cycling import CyclingRecord

__all__ = ["checked"]


def checked(record: CyclingRecord) -> CyclingRecord:
    """Return the record with what was noticed.

    Examples
    --------
    >>> import numpy as np
    >>> checked(CyclingRecord(np.array([0.0, 9.0]), np.array([3.0, 3.1]), None, source="x")).warnings
    ()
    """
    return record
