"""Made-up cells that are charged and discharged, whose truth is known: capacities, voltages, fade, rates.

``make`` builds the record of a cell from the discharge capacity of every cycle; the charge that the rows carry
(trapezoid rule) is exactly what was asked for, unless a resolution or a noise is. Voltage curves are sums of
steps in charge against voltage (peaks of dQ/dV at known places), moved by current times resistance.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from limetal.records.cycling import CellContext, CyclingRecord

HOUR = 3600.0
MA = 1e-3


@dataclass(frozen=True)
class Chemistry:
    """Steps of charge against voltage, (share, volt, width in volt) each, and the window.

    dQ/dV has peaks at these voltages: lower by the polarisation in discharge, higher in charge.
    """

    low_V: float
    high_V: float
    steps: tuple[tuple[float, float, float], ...]

    def filled(self, volt):
        """Charge in the positive electrode's reactions up to a voltage, in arbitrary units."""
        volt = np.asarray(volt, dtype=float)
        return sum(w / (1 + np.exp(-np.clip((volt - u) / s, -500, 500))) for w, u, s in self.steps)

    def discharge_volt(self, part, polarisation_V=0.0):
        """Voltage where this part of the discharge has flowed: from the upper end less polarisation to the lower."""
        return np.interp(part, *_discharge_curve(self, float(polarisation_V)))

    def charge_volt(self, part, polarisation_V=0.0):
        """Voltage where this part of the charge has flowed."""
        return np.interp(part, *_charge_curve(self, float(polarisation_V)))


@lru_cache(maxsize=256)
def _discharge_curve(chemistry, polarisation_V):
    grid = np.linspace(chemistry.low_V, max(chemistry.high_V - polarisation_V, chemistry.low_V + 0.05), 20_001)
    filled = chemistry.filled(grid + polarisation_V)
    gone = (filled[-1] - filled) / (filled[-1] - filled[0])
    return gone[::-1], grid[::-1]


@lru_cache(maxsize=256)
def _charge_curve(chemistry, polarisation_V):
    grid = np.linspace(min(chemistry.low_V + polarisation_V, chemistry.high_V - 0.05), chemistry.high_V, 20_001)
    filled = chemistry.filled(grid - polarisation_V)
    return (filled - filled[0]) / (filled[-1] - filled[0]), grid


#: Sloping, as LiNi0.8Co0.1Mn0.1O2 against lithium; 2.8 to 4.3 V.
NCM = Chemistry(2.8, 4.3, ((0.40, 3.70, 0.035), (0.25, 3.90, 0.08), (0.25, 4.18, 0.022), (0.10, 3.55, 0.03)))
#: One plateau, as LiFePO4; 2.5 to 3.8 V.
LFP = Chemistry(2.5, 3.8, ((0.94, 3.43, 0.004), (0.06, 3.35, 0.08)))
#: Two plateaus, as sulfur in an ether electrolyte: a quarter at 2.33 V, the rest at 2.10 V; 1.7 to 2.8 V.
SULFUR = Chemistry(1.7, 2.8, ((0.25, 2.33, 0.012), (0.75, 2.10, 0.008)))


@dataclass(frozen=True)
class Made:
    """A record and the truth behind it; arrays of one value per cycle."""

    record: CyclingRecord
    charge_mAh: np.ndarray
    discharge_mAh: np.ndarray
    current_mA: np.ndarray
    charge_current_mA: np.ndarray
    chemistry: Chemistry
    resistance_ohm: float


def make(
    discharge_mAh,
    *,
    current_mA=1.0,
    charge_current_mA=None,
    efficiency=1.0,
    chemistry=NCM,
    resistance_ohm=20.0,
    held_part=0.0,
    stop_part=0.05,
    rest_s=600.0,
    rows=60,
    starts="charge",
    noise_V=0.0,
    noise_A=0.0,
    step_V=0.0,
    step_A=0.0,
    missing=(),
    keep=1.0,
    counted=False,
    cell=CellContext("full"),  # noqa: B008 - frozen
    seed=0,
):
    """Record of a cell cycled at constant current.

    Parameters
    ----------
    discharge_mAh
        Of every cycle.
    current_mA, charge_current_mA
        One number or one per cycle; the charge current is that of the discharge unless given.
    efficiency
        Discharge over charge, one number or one per cycle.
    held_part, stop_part
        Part of the charge that flows at the upper voltage (CCCV) while the current falls to this part of its value.
    rest_s
        After every half-cycle; 0 for none.
    starts
        Whether a cycle begins with charge or discharge.
    noise_V, noise_A, step_V, step_A
        Standard deviation of noise, and resolution of the instrument.
    missing
        Numbers of cycles (from 1) in which the instrument worked and wrote nothing.
    keep
        Part of the rows of the last half-cycle that the record still holds.
    counted
        Whether the record has the instrument's cycle numbers.
    """
    discharge = np.atleast_1d(np.asarray(discharge_mAh, dtype=float))
    n = discharge.size
    current = np.broadcast_to(np.asarray(current_mA, dtype=float), (n,))
    charging = current if charge_current_mA is None else np.broadcast_to(np.asarray(charge_current_mA, float), (n,))
    charge = discharge / np.broadcast_to(np.asarray(efficiency, dtype=float), (n,))
    part = np.linspace(0.0, 1.0, rows)
    blocks, clock = [], 0.0
    for k in range(n):
        up = _charge(chemistry, part, charge[k], charging[k], resistance_ohm, held_part, stop_part)
        down = _discharge(chemistry, part, discharge[k], current[k], resistance_ohm)
        for block in (up, down) if starts == "charge" else (down, up):
            t, v, i = block
            if k == n - 1 and block is (down if starts == "charge" else up) and keep < 1.0:
                left = max(int(keep * t.size), 1)
                t, v, i = t[:left], v[:left], i[:left]
            blocks.append((k + 1, clock + t, v, i))
            clock += float(t[-1])
            if rest_s and not (k == n - 1 and keep < 1.0 and block is not (up if starts == "charge" else down)):
                half_way = MA * abs(i[0]) * resistance_ohm / 2  # the next half-cycle begins on the far side of it
                towards = chemistry.high_V - half_way if i[0] > 0 else chemistry.low_V + half_way
                s = rest_s * np.linspace(1 / 5, 1.0, 5)
                blocks.append((k + 1, clock + s, towards + (v[-1] - towards) * np.exp(-5 * s / rest_s), 0 * s))
                clock += rest_s
    blocks = [block for block in blocks if block[0] not in missing]
    number = np.concatenate([np.full(t.size, k) for k, t, _, _ in blocks])
    t, v, i = (np.concatenate([block[m] for block in blocks]) for m in (1, 2, 3))
    rng = np.random.default_rng(seed)
    v = _logged(v + noise_V * rng.standard_normal(v.size), step_V)
    i = _logged(i * MA + noise_A * rng.standard_normal(i.size), step_A)
    cell = cell if starts == "charge" or cell.starts else replace(cell, starts="discharge")
    record = CyclingRecord(
        t, v, i, number.astype(np.int64) if counted else None, source="made up", cell=cell, origin="simulated"
    )
    return Made(record, charge, discharge, np.array(current), np.array(charging), chemistry, resistance_ohm)


def _discharge(chemistry, part, charge_mAh, current_mA, resistance_ohm):
    v = chemistry.discharge_volt(part, MA * current_mA * resistance_ohm)
    return part * charge_mAh / current_mA * HOUR, v, np.full(part.size, -current_mA)


def _charge(chemistry, part, charge_mAh, current_mA, resistance_ohm, held_part, stop_part):
    constant = part * (1 - held_part) * charge_mAh
    v = chemistry.charge_volt(part, MA * current_mA * resistance_ohm)
    t, i = constant / current_mA * HOUR, np.full(part.size, current_mA)
    if not held_part:
        return t, v, i
    held = np.linspace(0.0, 1.0, 3 * part.size)  # densely: a steep tail in few rows would pass for noise
    falling = current_mA * (1 - (1 - stop_part) * held[1:])  # linear in charge: an exponential in time
    between = (np.append(current_mA, falling[:-1]) + falling) / 2
    steps = np.diff(held) * held_part * charge_mAh / between * HOUR  # so that the trapezoids carry that charge
    return (
        np.concatenate([t, t[-1] + np.cumsum(steps)]),
        np.concatenate([v, np.full(falling.size, chemistry.high_V)]),
        np.concatenate([i, falling]),
    )


def _logged(values, step):
    return np.round(values / step) * step if step else values


# ----------------------------------------------------------------------------------------------- fade and rates


def linear(cycles, first, percent_per_cycle):
    """Capacities that lose a part of the first one in every cycle."""
    return first * (1 - percent_per_cycle / 100 * np.arange(cycles))


def geometric(cycles, first, efficiency):
    """Capacities that are a fixed part of the one before: an anode-free cell with this lithium efficiency."""
    return first * efficiency ** np.arange(cycles)


def rooted(cycles, first, percent_at_end):
    """Fade with the square root of cycles, as a growing film takes lithium: no knee."""
    return first * (1 - percent_at_end / 100 * np.sqrt(np.arange(cycles) / max(cycles - 1, 1)))


def kneed(cycles, first, knee, before_percent, after_percent, width=0.0):
    """Linear fade that turns into a faster one at a cycle, over a width in cycles (0: a corner)."""
    x = np.arange(1, cycles + 1) - float(knee)
    turned = np.maximum(x, 0.0) if width == 0 else width * np.logaddexp(0.0, x / width)
    start = turned[0]
    return first * (1 - before_percent / 100 * (x - x[0]) - (after_percent - before_percent) / 100 * (turned - start))


def ladder(*blocks):
    """Values of cycles from (value, number of cycles) blocks: ``ladder((0.2, 3), (1, 5))``."""
    return np.concatenate([np.full(count, float(value)) for value, count in blocks])


def rate_test(first=2.0, rates=(0.1, 0.2, 0.5, 1.0, 2.0, 5.0), each=5, back=0.1, loss=0.12, fade_percent=0.02):
    """Currents and capacities of a rate test: each rate some cycles, then back to one; 1C is ``first`` mA.

    Capacity falls with the logarithm of the rate over the lowest, by ``loss`` per decade, and with the cycle.
    """
    levels = ladder(*[(rate, each) for rate in rates], *([(back, each)] if back else []))
    n = np.arange(levels.size)
    capacity = first * (1 - loss * np.log10(levels / min(rates))) * (1 - fade_percent / 100 * n)
    return levels * first, capacity
