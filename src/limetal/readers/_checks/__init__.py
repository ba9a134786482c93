"""What is checked before any record leaves the readers: one file a kind of measurement, and one door.

Certain repairs are made and said; doubtful ones are refused with both readings shown; the rest is a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from limetal.readers._checks import cycling, diffraction, impedance, photoelectrons, polarisation, tensile, thickness
from limetal.records.base import Record

__all__ = ["checked"]

#: Kind of record -> its check, which gives the record back, with warnings or repaired.
_CHECKS: dict[str, Callable[[Any], Record]] = {
    "cycling": cycling.checked,
    "diffraction": diffraction.checked,
    "impedance": impedance.checked,
    "photoelectrons": photoelectrons.checked,
    "polarisation": polarisation.checked,
    "tensile": tensile.checked,
    "thickness": thickness.checked,
}


def checked(record: Record) -> Record:
    """Return a record with what its check noticed.

    Raises
    ------
    BadInputError
        If its numbers can be read in two ways, or in none.

    Examples
    --------
    >>> import numpy as np
    >>> from limetal.records.cycling import CyclingRecord
    >>> checked(CyclingRecord(np.array([0.0, 9.0]), np.array([3.0, 3.1]), None, source="x")).warnings
    ()
    """
    check = _CHECKS.get(record.kind)
    return check(record) if check else record
