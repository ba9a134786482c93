"""Whether the numbers of a polarisation measurement belong together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A
from limetal.readers._kit.potentiostat import polarity
from limetal.records.polarisation import PolarisationRecord

__all__ = ["checked"]

Floats = NDArray[np.float64]

_MV_PER_V = 1e3
#: No cell in water or in a battery electrolyte is driven further; compliance of potentiostats ends here too.
_HIGHEST_V = 30.0
_UNUSUAL_V = 12.0
_HIGHEST_A = 1000.0
_UNUSUAL_A = 30.0
_HIGHEST_MA_CM2 = 1e6
_SAME = 0.05
_SURE_POINTS = 5
_DIP = 30.0  # a magnitude dips to less than this part of both its ends where a current changes its sign


def checked(record: PolarisationRecord) -> PolarisationRecord:
    """Return the record with what was noticed; millivolts that a scan rate proves are made volts.

    Raises
    ------
    BadInputError
        If its numbers can be read in two ways: millivolts for volts, swapped columns, a current and a density that
        do not fit the area.

    Examples
    --------
    >>> e = np.linspace(-0.2, 0.2, 21)
    >>> checked(PolarisationRecord(e, 1e-3 * np.sinh(20 * e), source="x")).warnings
    ()
    >>> checked(PolarisationRecord(1e3 * e, 1e-3 * np.sinh(20 * e), source="x.txt"))
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: x.txt: found potentials from -200 to 200 V, want volts; they look like millivolts
    (-0.2 to 0.2 V)
    """
    with np.errstate(all="ignore"):  # garbled numbers may be of any size
        _refuse_swapped(record)
        record = _in_volts(record)
        _refuse_misfit(record)
        return record.warned(*_remarks(record))


def _flow(record: PolarisationRecord) -> tuple[Floats, str, str]:
    """Return the current, or its density where there is no other; its name and unit."""
    if record.current_ampere is not None:
        return record.current_ampere, "current", "A"
    assert record.current_density_mA_cm2 is not None  # a record has one of the two
    return record.current_density_mA_cm2, "current density", "mA/cm2"


def _refuse_swapped(record: PolarisationRecord) -> None:
    """Refuse a current in the even steps of a scan beside a potential that has none and hardly moves."""
    current, name, unit = _flow(record)
    potential = record.potential_volt
    if record.rows < _SURE_POINTS or not np.ptp(current) or not np.ptp(potential):
        return
    if _unevenness(current) < 0.02 and _unevenness(potential) > 0.2 and np.ptp(potential) < 0.1 * np.ptp(current):
        raise BadInputError(
            record.source,
            f"a {name} in the even steps of a scan, {current.min():.4g} to {current.max():.4g} {unit}, and a potential"
            f" in uneven ones, {potential.min():.4g} to {potential.max():.4g} V",
            f"potential and {name} in their own columns; are they swapped? (a scan of the current moves the potential"
            " further)",
        )


def _unevenness(values: Floats) -> float:
    """Spread of the sizes of steps over their mean, without the turns of a scan."""
    steps = np.abs(np.diff(values))
    mean = float(np.mean(steps))
    if not mean:
        return np.inf
    low, high = np.quantile(steps, (0.1, 0.9))
    return float(high - low) / mean


def _rate(record: PolarisationRecord) -> float | None:
    """Scan rate of the numbers themselves in V/s; None where they have no time, or do not scan."""
    time, potential = record.test_time_second, record.potential_volt
    if time is None or record.rows < _SURE_POINTS:
        return None
    steps, spans = np.abs(np.diff(potential)), np.diff(time)
    moving = (spans > 0) & (steps > 0)
    if float(np.mean(moving)) < 0.5:
        return None
    return float(np.median(steps[moving] / spans[moving]))


def _in_volts(record: PolarisationRecord) -> PolarisationRecord:
    """Make volts of millivolts where the scan rate of the file proves them; refuse what only looks like them."""
    potential = record.potential_volt
    low, high = float(potential.min()), float(potential.max())
    largest = max(abs(low), abs(high))
    own, stated = _rate(record), record.scan_rate_V_s
    ratio = own / stated if own is not None and stated is not None and stated > 0 else None
    thousandfold = ratio is not None and abs(np.log10(ratio) - 3) < 0.2
    if thousandfold and largest > _HIGHEST_V:
        said = (
            f"potentials from {low:.4g} to {high:.4g} were millivolts, as the scan rate of {stated:.4g} V/s shows, and"
            " were made volts"
        )
        return replace(record, potential_volt=potential / _MV_PER_V).warned(said)
    if largest > _HIGHEST_V:
        raise BadInputError(
            record.source,
            f"potentials from {low:.4g} to {high:.4g} V",
            f"volts; they look like millivolts ({low / _MV_PER_V:.4g} to {high / _MV_PER_V:.4g} V)",
        )
    if ratio is not None and abs(abs(np.log10(ratio)) - 3) < 0.2:
        return record.warned(
            f"the potential scans at {own:.3g} V/s and the file states {stated:.3g} V/s, a thousand times"
            f" {'less' if ratio > 1 else 'more'}: a unit of potential, time or scan rate is not what the file says"
        )
    return record


def _refuse_misfit(record: PolarisationRecord) -> None:
    """Refuse a current and a density whose ratio is not the area, and currents no potentiostat drives."""
    current, density, area = record.current_ampere, record.current_density_mA_cm2, record.area_cm2
    if current is not None and density is not None and area is not None:
        flows = (current != 0) & (density != 0)
        if flows.any():
            found = float(np.median(current[flows] * MA_PER_A / density[flows]))
            if abs(found / area - 1) > _SAME:
                raise BadInputError(
                    record.source,
                    f"current over current density of {found:.4g} cm2, where the file states an area of {area:.4g} cm2",
                    "amperes, mA/cm2 and cm2 that fit; one of them is in another unit",
                )
    for values, most, unit, smaller in (
        (current, _HIGHEST_A, "A", "milliamperes or microamperes"),
        (density, _HIGHEST_MA_CM2, "mA/cm2", "uA/cm2"),
    ):
        if values is not None and float(np.abs(values).max()) > most:
            raise BadInputError(
                record.source,
                f"currents up to {float(np.abs(values).max()):.4g} {unit}",
                f"{unit}; they look like {smaller}",
            )


def _remarks(record: PolarisationRecord) -> list[str]:
    said = []
    potential = record.potential_volt
    current, name, _ = _flow(record)
    if float(np.abs(potential).max()) > _UNUSUAL_V:
        said.append(f"potentials reach {float(np.abs(potential).max()):.4g} V: is the unit right?")
    if record.current_ampere is not None and float(np.abs(record.current_ampere).max()) > _UNUSUAL_A:
        said.append(f"currents reach {float(np.abs(record.current_ampere).max()):.4g} A: is the unit right?")
    if not np.any(current):
        said.append(f"the {name} is zero in every row")
    elif _is_magnitude(potential, current):
        at = potential[int(np.argmin(np.abs(current)))]
        said.append(
            f"the {name} never changes its sign, though it nearly vanishes at {at:.4g} V and grows to both sides: it"
            " looks like a magnitude without sign"
        )
    elif record.rows >= _SURE_POINTS and polarity(potential, current) < 0:
        said.append(
            f"the {name} falls as the potential rises: the file may count cathodic currents positive (here anodic ones"
            " are), or the electrode passivates"
        )
    return said


def _is_magnitude(potential: Floats, current: Floats) -> bool:
    """Whether a current of one sign dips deep between its ends, as the size of one that changes sign does."""
    if current.size < _SURE_POINTS or (current.min() < 0 < current.max()):
        return False
    size = np.abs(current)
    order = np.argsort(potential, kind="stable")
    size = size[order]
    at = int(np.argmin(size))
    if at < 2 or at > size.size - 3:
        return False
    ends = min(float(size[: max(1, size.size // 10)].max()), float(size[-max(1, size.size // 10) :].max()))
    return ends > _DIP * float(size[at]) and ends > _DIP * float(np.median(np.sort(size)[:2]))
