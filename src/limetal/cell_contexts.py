"""What analyses must know of a cell of a study: kind, area, active mass, capacity that rates count, N/P."""

from __future__ import annotations

from collections.abc import Iterable

from limetal.analyses import Outcome
from limetal.design.cell import area_cm2
from limetal.ledger import Entry, Ledger
from limetal.physics.constants import MG_PER_G
from limetal.records.cells import CellContext, SymmetricPartner
from limetal.study import Study

__all__ = ["cell_context", "symmetric_partner"]

_MAH_PER_AH = 1e3


def cell_context(study: Study, name: str, designed: Iterable[Entry] = ()) -> CellContext:
    """What a study says and its design gives of one cell.

    Parameters
    ----------
    study
        A study that has been read.
    name
        Of the cell.
    designed
        Ledger entries of the design: active mass, N/P.

    Examples
    --------
    >>> from limetal.study import read_study
    >>> cell_context(read_study("lznc"), "LZNC_NCM811_1").kind
    'full'
    """
    cell = study.model.cells[name]
    ledger, subject = Ledger(tuple(designed)), f"cells.{name}"
    mass = ledger.number(subject, "active_mass")
    one_C, capacity = getattr(cell, "one_C", None), getattr(cell, "capacity", None)
    nominal = capacity.value * _MAH_PER_AH if capacity is not None else None
    if nominal is None and mass is not None and one_C is not None:
        nominal = one_C.value * mass / MG_PER_G
    return CellContext(
        cell.kind,
        area_cm2(cell),
        subject,
        mass_mg=mass,
        starts=getattr(cell, "starts", None) or "",
        nominal_capacity_mAh=nominal,
        np_ratio=ledger.number(subject, "np_ratio"),
        temperature_K=cell.temperature.value if cell.temperature is not None else None,
    )


def symmetric_partner(outcome: Outcome) -> SymmetricPartner | None:
    """Hysteresis against current density that a test of a symmetric cell gave; None where it gave none.

    The time-weighted mean, as the mean voltages of full cells are; of several medians at one current, the first.
    """
    found: dict[float, float] = {}
    for entry in outcome.entries:
        at = dict(entry.at)
        j = at.get("current_density")
        if entry.quantity == "hysteresis_mean" and "cycle" not in at and isinstance(j, float) and entry.number:
            found.setdefault(j, entry.number)
    if not found:
        return None
    rising = tuple(sorted(found))
    return SymmetricPartner(outcome.name, rising, tuple(found[j] for j in rising))
