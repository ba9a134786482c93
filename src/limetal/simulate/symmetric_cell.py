"""A planar lithium symmetric cell in closed form: Butler-Volmer kinetics, a surface film, an ohmic separator.

Lithium that is left is not followed here beyond one check (a half-cycle must not strip more than the foil
holds), and the electrolyte has no concentration profile. What the model is for: drawing what stated kinetics
would look like, and pushing a cell with known kinetics through an analysis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, ROOM_TEMPERATURE_K, SECONDS_PER_HOUR
from limetal.physics.kinetics import symmetric_cell_voltage_V
from limetal.records.cycling import CellContext, CyclingRecord

__all__ = ["Block", "PlanarSymmetricCell", "simulate"]


@dataclass(frozen=True)
class Block:
    """Equal cycles: current density, charge per half-cycle and area, and how many."""

    current_density_mA_cm2: float
    capacity_mAh_cm2: float
    cycles: int

    def __post_init__(self) -> None:
        """Refuse cycles that move nothing."""
        if self.current_density_mA_cm2 <= 0 or self.capacity_mAh_cm2 <= 0 or self.cycles < 1:
            raise BadInputError(
                "protocol", str(self), "a current density, a capacity and a number of cycles above zero"
            )


@dataclass(frozen=True)
class PlanarSymmetricCell:
    """Parameters of the model.

    Attributes
    ----------
    exchange_current_mA_cm2, film_resistance_ohm_cm2
        Of one electrode, per geometric area.
    electrolyte_resistance_ohm_cm2
        Of separator and electrolyte.
    film_growth_ohm_cm2
        Change of the film resistance of one electrode per cycle; negative for a film that thins out.
    temperature_K
        Of the cell.
    inventory_mAh_cm2
        Lithium in one foil; None if not known.
    """

    exchange_current_mA_cm2: float
    film_resistance_ohm_cm2: float
    electrolyte_resistance_ohm_cm2: float
    film_growth_ohm_cm2: float = 0.0
    temperature_K: float = ROOM_TEMPERATURE_K
    inventory_mAh_cm2: float | None = None


def simulate(
    model: PlanarSymmetricCell,
    protocol: tuple[Block, ...],
    cell: CellContext,
    *,
    points_per_half_cycle: int = 40,
    source: str = "simulated planar symmetric cell",
) -> CyclingRecord:
    """Record of a simulated test: galvanostatic plating and stripping, positive current first.

    Parameters
    ----------
    model
        The cell.
    protocol
        Blocks of cycles, one after the other.
    cell
        Kind ``symmetric``; its area scales the current, 1 cm2 where it is unknown.
    points_per_half_cycle
        Rows per half-cycle; the reversal is two rows at one time, as instruments log it.
    source
        For the record.

    Raises
    ------
    BadInputError
        If the film would get a negative resistance, or a half-cycle strips more than the foil holds.

    Examples
    --------
    >>> model = PlanarSymmetricCell(6.9, 0.0, 0.56)
    >>> record = simulate(model, (Block(1.0, 1.0, 2),), CellContext("symmetric", 1.0))
    >>> record.origin, record.rows, round(1e3 * float(record.voltage_volt.max()), 1)
    ('simulated', 160, 8.0)
    """
    cycles_total = sum(block.cycles for block in protocol)
    if model.film_resistance_ohm_cm2 + min(model.film_growth_ohm_cm2, 0.0) * cycles_total < 0:
        found = f"a film that would fall below zero within {cycles_total} cycles"
        raise BadInputError(source, found, "a smaller film_growth_per_cycle")
    most = max(block.capacity_mAh_cm2 for block in protocol)
    if model.inventory_mAh_cm2 is not None and most > model.inventory_mAh_cm2:
        wanted = f"at most the {model.inventory_mAh_cm2:.3g} mAh/cm2 the foil holds"
        raise BadInputError(source, f"{most:g} mAh/cm2 per half-cycle", wanted)
    part = np.linspace(0.0, 1.0, points_per_half_cycle)
    time, current, grown, cycle = [], [], [], []
    start, done = 0.0, 0
    for block in protocol:
        half_second = SECONDS_PER_HOUR * block.capacity_mAh_cm2 / block.current_density_mA_cm2
        half = np.arange(2 * block.cycles)
        time.append((start + half_second * (half[:, None] + part)).ravel())
        signs = np.where(half % 2 == 0, 1.0, -1.0) * block.current_density_mA_cm2
        current.append(np.repeat(signs, points_per_half_cycle))
        grown.append((done + (half[:, None] + part) / 2).ravel())
        cycle.append(np.repeat(done + 1 + half // 2, points_per_half_cycle))
        start += 2 * block.cycles * half_second
        done += block.cycles
    j = np.concatenate(current)
    film = model.film_resistance_ohm_cm2 + model.film_growth_ohm_cm2 * np.concatenate(grown)
    voltage = symmetric_cell_voltage_V(
        j, model.exchange_current_mA_cm2, film, model.electrolyte_resistance_ohm_cm2, model.temperature_K
    )
    area = cell.area_cm2 or 1.0
    if cell.area_cm2 is None:
        cell = CellContext(cell.kind, area, cell.name, cell.working_electrode)
    return CyclingRecord(
        test_time_second=np.concatenate(time),
        voltage_volt=voltage,
        current_ampere=j * area / MA_PER_A,
        cycle_count=np.concatenate(cycle).astype(np.int64),
        source=source,
        origin="simulated",
        cell=cell,
    )
