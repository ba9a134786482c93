"""What is checked before any record leaves the readers: one file a kind of measurement, and one door.

Certain repairs are made and said; doubtful ones are refused with both readings shown; the rest is a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from limetal.readers import (
    _check_cycling,
    _check_diffraction,
    _check_impedance,
    _check_photoelectrons,
    _check_polarisation,
    _check_tensile,
    _check_thickness,
)
from limetal.records.base import Record

__all__ = ["checked"]

#: Kind of record -> its check, which gives the record back, with warnings or repaired.
_CHECKS: dict[str, Callable[[Any], Record]] = {
    "cycling": _check_cycling.checked,
    "diffraction": _check_diffraction.checked,
    "impedance": _check_impedance.checked,
    "photoelectrons": _check_photoelectrons.checked,
    "polarisation": _check_polarisation.checked,
    "tensile": _check_tensile.checked,
    "thickness": _check_thickness.checked,
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
