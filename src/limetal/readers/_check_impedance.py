"""Whether the numbers of an impedance spectrum belong together."""

from __future__ import annotations

from limetal.records.impedance import ImpedanceRecord

__all__ = ["checked"]


def checked(record: ImpedanceRecord) -> ImpedanceRecord:
    """Return the record with what was noticed.

    Examples
    --------
    >>> import numpy as np
    >>> f = np.array([1e3, 1.0])
    >>> checked(ImpedanceRecord(f, np.array([1.0, 1.0]), np.array([-0.1, -0.2]), source="x")).warnings
    ()
    """
    return record
