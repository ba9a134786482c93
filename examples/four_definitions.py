"""Four definitions of hysteresis on one cell whose kinetics are known.

A planar lithium symmetric cell with a stated exchange current and a surface film is simulated. Its record goes
through the same analysis as a file from an instrument, once as it is, once with the slow rise that a polymer
electrolyte shows, logged when the voltage has moved by 2 mV, as cyclers do.

Run it: ``python examples/four_definitions.py``
"""

from dataclasses import replace

import numpy as np

from limetal.analyses.hysteresis import DEFINITIONS, Hysteresis, hysteresis
from limetal.records.cycling import CellContext, CyclingRecord
from limetal.simulate import Block, PlanarSymmetricCell, simulate

CELL = CellContext("symmetric", area_cm2=1.13)
KINETICS = PlanarSymmetricCell(
    exchange_current_mA_cm2=2.0, film_resistance_ohm_cm2=5.0, electrolyte_resistance_ohm_cm2=0.6
)
RISE = 2.0  # of the voltage, added in the course of a half-cycle
RISE_TIME_S = 900.0
TRIGGER_V = 2e-3
LONGEST_GAP_S = 300.0


def steady() -> CyclingRecord:
    """Ten cycles at 1 mA/cm2, 1 mAh/cm2: the voltage of kinetics and film, constant in a half-cycle."""
    return simulate(KINETICS, (Block(1.0, 1.0, 10),), CELL, points_per_half_cycle=3601)


def polarised(record: CyclingRecord) -> CyclingRecord:
    """Give every half-cycle a slow rise, and keep the points a voltage trigger would log."""
    since_reversal_s = record.test_time_second % 3600.0
    since_reversal_s[3600::3601] = 3600.0  # the last point of a half-cycle has the time of the next one's first
    voltage = record.voltage_volt * (1 + RISE * (1 - np.exp(-since_reversal_s / RISE_TIME_S)))
    kept = [0]
    for row in range(1, record.rows):
        moved = abs(voltage[row] - voltage[kept[-1]]) >= TRIGGER_V
        if moved or record.test_time_second[row] - record.test_time_second[kept[-1]] >= LONGEST_GAP_S:
            kept.append(row)
    assert record.current_ampere is not None
    return replace(
        record,
        test_time_second=record.test_time_second[kept],
        voltage_volt=voltage[kept],
        current_ampere=record.current_ampere[kept],
        cycle_count=None,
    )


def report(title: str, result: Hysteresis) -> None:
    print(title)
    for name, words in DEFINITIONS.items():
        values = getattr(result, name.removeprefix("hysteresis_") + "_V")
        print(f"  {words:<42} {1e3 * np.median(values):6.1f} mV")
    print(f"  {'plain mean over points (not used)':<42} {1e3 * np.median(result.unweighted_mean_V):6.1f} mV")


def main() -> tuple[Hysteresis, Hysteresis]:
    flat = hysteresis(steady())
    risen = hysteresis(polarised(steady()))
    report("kinetics and film only: one voltage, so three definitions agree and the gap is twice as large", flat)
    report("with a slow rise: every definition gives another number", risen)
    return flat, risen


if __name__ == "__main__":
    main()
