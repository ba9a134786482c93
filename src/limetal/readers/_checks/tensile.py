"""Whether the numbers of a mechanical test belong together: load, stress, area, deformation, gauge length, results."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.mechanics import KGF_N, LBF_N, MM_PER_INCH, MPA_PER_PSI, plain, read_unit
from limetal.records.tensile import TensileRecord

__all__ = ["checked"]

Floats = NDArray[np.float64]

#: Ratios that a wrong unit makes, and the units behind them.
_Ratios = tuple[tuple[float, str], ...]
_FORCE_RATIOS: _Ratios = (
    (1e3, "N and kN"), (1e6, "N and MN"), (LBF_N, "N and lbf"), (KGF_N, "N and kgf"), (LBF_N * 1e3, "N and kip"),
    (LBF_N / KGF_N, "kgf and lbf"), (1e3 / LBF_N, "lbf and kN"),
)  # fmt: skip
_STRESS_RATIOS: _Ratios = (
    (1e3, "MPa and GPa or kPa"), (1e6, "MPa and Pa"), (MPA_PER_PSI, "MPa and psi"), (1e3 * MPA_PER_PSI, "MPa and ksi"),
)  # fmt: skip
_LENGTH_RATIOS: _Ratios = (
    (100.0, "a fraction and percent"), (1e3, "mm and um"), (MM_PER_INCH, "mm and inches"), (10.0, "mm and cm"),
)  # fmt: skip
_NEAR = 0.03  # of a known ratio
_LIKE = 0.02  # two numbers that should be one
_LOADED = 0.1  # share of the greatest load from which on a row counts
_STIFF = 60.0  # crosshead against extensometer: compliance of machine and grips makes up to about twenty
_FROZEN_ROWS = 20  # rows in which an extensometer stands still while the crosshead moves
_PEAK_LOAD = re.compile(r"f ?max.*|fm|max(?:imum)? (?:load|force).*|hochstkraft.*|peak (?:load|force)")
_PEAK_STRESS = re.compile(
    r"zugfestigkeit.*|rm|(?:ultimate )?tensile strength.*|uts|tensile stress at maximum (?:load|force)|"
    r"max(?:imum)? stress"
)
_STRONGEST_MPA = 2e4  # above every bulk material on a testing machine


def checked(record: TensileRecord) -> TensileRecord:
    """Return the record with what was noticed; repaired where only one reading is possible.

    Raises
    ------
    BadInputError
        If load and stress, or strain and extension, contradict each other by the factor of a unit.

    Examples
    --------
    >>> import numpy as np
    >>> f, e = np.array([0.0, 10.0, 20.0]), np.array([0.0, 0.1, 0.2])
    >>> wrong = TensileRecord(force_newton=f, stress_megapascal=f / 5e3, area_mm2=5.0, strain_percent=e, source="x")
    >>> checked(wrong)
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: x: found a force of 20 N, but stress times area gives 0.02 N, want one unit: the
    factor is that between N and kN
    """
    record = _strain_in_one_unit(_without_idle_time(record))
    _refuse_unlike_load(record)
    said = [
        *_unlike_results(record),
        *_unloaded(record),
        *_strange_sizes(record),
        *_falling_time(record),
        *_frozen_extensometer(record),
        *_repeated_rows(record),
    ]
    return record.warned(*said)


def _peak(values: Floats) -> float:
    """Value of the greatest magnitude, with its sign; 0 where there is none."""
    finite = values[np.isfinite(values)]
    return float(finite[np.argmax(np.abs(finite))]) if finite.size else 0.0


def _known(ratio: float, table: _Ratios) -> str:
    """Units whose factor a ratio is, or its inverse; empty if it is none."""
    for factor, units in table:
        if ratio > 0 and min(abs(ratio / factor - 1), abs(ratio * factor - 1)) < _NEAR:
            return units
    return ""


def _without_idle_time(record: TensileRecord) -> TensileRecord:
    """Keep a time that never changes beside the record: it tells nothing and makes rates infinite."""
    time = record.test_time_second
    if time is None or record.rows < 3:
        return record
    finite = time[np.isfinite(time)]
    if finite.size and float(np.ptp(finite)) > 0:
        return record
    more = {**record.more, "time that never changes (s)": np.array(time)}
    warning = "the time is the same in every row, so the record has none"
    return replace(record, test_time_second=None, more=more).warned(warning)


def _strain_in_one_unit(record: TensileRecord) -> TensileRecord:
    """Compare strain with extension or travel over the gauge length; repair where the extension proves it."""
    strain, length = record.strain_percent, record.gauge_length_mm
    if strain is None or not length:
        return record
    for name, travel in (("extension", record.extension_millimetre), ("displacement", record.displacement_millimetre)):
        if travel is None:
            continue
        both = np.isfinite(strain) & np.isfinite(travel)
        if both.sum() < 3:
            continue
        moved = travel[both] - travel[both][0]
        strained = strain[both] - strain[both][0]
        row = int(np.argmax(np.abs(strained)))
        if strained[row] == 0 or moved[row] == 0:
            continue
        ratio = float(100 * moved[row] / length / strained[row])
        if name == "extension":
            return _repaired(record, ratio, both)
        if ratio > _STIFF or 0 < ratio < 1 / _STIFF:
            other = 100 * moved[row] / length
            raise BadInputError(
                record.source,
                f"a strain of {strained[row]:.4g} %, but a displacement over the gauge length of {other:.4g} %",
                "strains in percent that the displacement allows: a fraction is 100 times too small",
            )
        return record
    return record


def _repaired(record: TensileRecord, ratio: float, both: NDArray[np.bool_]) -> TensileRecord:
    strain = record.strain_percent
    assert strain is not None
    if abs(ratio - 1) < 10 * _LIKE or ratio <= 0:
        return record
    by = 100.0 if abs(ratio / 100 - 1) < _NEAR else 0.01 if abs(ratio * 100 - 1) < _NEAR else 0.0
    if by:
        was = "a fraction" if by > 1 else "100 times too large"
        said = f"strain was {was}: extension over gauge length gives {by:g} times as much, so it was multiplied by that"
        return replace(record, strain_percent=strain * by).warned(said)
    units = _known(ratio, _LENGTH_RATIOS)
    top = _peak(strain[both])
    if units:
        raise BadInputError(
            record.source,
            f"a strain of {top:.4g} %, but {top * ratio:.4g} % from extension over gauge length",
            f"one unit: the factor is that between {units}",
        )
    said = f"strain is {1 / ratio:.3g} times extension over the gauge length: another gauge length, or another channel"
    return record.warned(said)


def _refuse_unlike_load(record: TensileRecord) -> None:
    """Refuse a force that is not stress times area by the factor of a unit."""
    force, stress, area = record.force_newton, record.stress_megapascal, record.area_mm2
    if force is None or stress is None or not area:
        return
    both = np.isfinite(force) & np.isfinite(stress)
    if not both.any():
        return
    loaded = both & (np.abs(stress) > _LOADED * np.abs(_peak(stress[both]))) & (stress != 0)
    if not loaded.any():
        return
    ratio = float(np.median(force[loaded] / (stress[loaded] * area)))
    units = _known(ratio, _FORCE_RATIOS) or _known(ratio, _STRESS_RATIOS)
    if units:
        top = _peak(force[both])
        raise BadInputError(
            record.source,
            f"a force of {top:.4g} N, but stress times area gives {top / ratio:.4g} N",
            f"one unit: the factor is that between {units}",
        )


def _unlike_results(record: TensileRecord) -> list[str]:
    """Compare the greatest load with what the machine stated; a factor of a unit is refused."""
    said = []
    force, stress, area = record.force_newton, record.stress_megapascal, record.area_mm2
    if force is not None and stress is not None and area:
        loaded = np.isfinite(force) & np.isfinite(stress) & (np.abs(stress) > _LOADED * abs(_peak(stress)))
        if loaded.any():
            ratio = float(np.median(force[loaded] / (stress[loaded] * area)))
            if abs(ratio - 1) > _LIKE:
                said.append(f"force is {ratio:.4g} times stress times area: stress of another area, or true stress")
    top_stress = (
        abs(_peak(stress)) if stress is not None else abs(_peak(force)) / area if force is not None and area else 0
    )
    for key, value in record.machine_values.items():
        name, _, unit_text = key.rpartition(" / ")
        unit = read_unit(unit_text) if name else None
        if unit is None or value == 0:
            continue
        wanted = abs(value) * unit.factor
        if unit.dimension == "force" and _PEAK_LOAD.fullmatch(plain(name)) and force is not None:
            got, word, ratios = abs(_peak(force)), "N", _FORCE_RATIOS
        elif unit.dimension == "stress" and _PEAK_STRESS.fullmatch(plain(name)) and top_stress:
            got, word, ratios = top_stress, "MPa", _STRESS_RATIOS
        else:
            continue
        if abs(got / wanted - 1) <= _LIKE:
            continue
        units = _known(got / wanted, ratios)
        if units:
            raise BadInputError(
                record.source,
                f"a greatest load of {got:.5g} {word} in the curve, but {wanted:.5g} {word} as {name!r} of the machine",
                f"one unit: the factor is that between {units}",
            )
        said.append(f"the curve reaches {got:.5g} {word}, but the machine states {name!r} as {wanted:.5g} {word}")
    return said


def _unloaded(record: TensileRecord) -> list[str]:
    load = record.force_newton if record.force_newton is not None else record.stress_megapascal
    assert load is not None
    finite = load[np.isfinite(load)]
    if not finite.size:
        return ["no row has a load"]
    if float(np.ptp(finite)) == 0:
        return [f"the load is {finite[0]:.4g} in every row: the curve never loads"]
    if record.loading == "tension" and -float(finite.min()) > 2 * float(finite.max()):
        return ["loads are mostly negative in a test of tension: the sign may be that of a compression test"]
    return []


def _strange_sizes(record: TensileRecord) -> list[str]:
    """Compare the area with width and thickness, and the stress with what materials bear."""
    said = []
    width, thick, diameter, area = record.width_mm, record.thickness_mm, record.diameter_mm, record.area_mm2
    if area and width and thick and abs(width * thick / area - 1) > _LIKE:
        said.append(f"the area is {area:.4g} mm2, but width times thickness {width * thick:.4g} mm2")
    if area and diameter and not width and abs(np.pi * diameter**2 / 4 / area - 1) > _LIKE:
        said.append(f"the area is {area:.4g} mm2, but a circle of that diameter has {np.pi * diameter**2 / 4:.4g} mm2")
    stress = record.stress_megapascal
    if stress is not None:
        top = abs(_peak(stress))
        if top > _STRONGEST_MPA:
            raise BadInputError(
                record.source,
                f"a stress of {top:.4g} MPa, more than any material bears",
                f"the unit it has: {top:.4g} kPa would be {top / 1e3:.4g} MPa, {top:.4g} Pa {top / 1e6:.4g} MPa",
            )
    return said


def _falling_time(record: TensileRecord) -> list[str]:
    time = record.test_time_second
    if time is None:
        return []
    finite = np.flatnonzero(np.isfinite(time))
    falls = np.flatnonzero(np.diff(time[finite]) < 0)
    if not falls.size:
        return []
    before, after = finite[falls[0]], finite[falls[0] + 1]
    times = f" and {falls.size - 1} times more" if falls.size > 1 else ""
    return [f"time falls from {time[before]:.6g} s to {time[after]:.6g} s at data row {after + 1}{times}"]


def _frozen_extensometer(record: TensileRecord) -> list[str]:
    """Say from where on an extensometer stands still while the crosshead goes on under load: it was taken off."""
    travel = record.displacement_millimetre
    load = record.force_newton if record.force_newton is not None else record.stress_megapascal
    for name, values in (("strain", record.strain_percent), ("extension", record.extension_millimetre)):
        if values is None or travel is None or load is None or record.rows < 3 * _FROZEN_ROWS:
            continue
        finite = np.isfinite(values) & np.isfinite(travel) & np.isfinite(load)
        if not finite.all():
            continue
        top = int(np.argmax(values))
        after = values[top:]
        span = float(np.ptp(values))
        if after.size < _FROZEN_ROWS or span == 0:
            continue
        last = float(np.median(after[-after.size // 2 :]))
        still = np.flatnonzero(np.abs(values - last) < 0.01 * span)
        still = still[still > top]
        if still.size < _FROZEN_ROWS or still.size < 0.8 * (record.rows - still[0]):
            continue
        moved = abs(float(travel[-1] - travel[still[0]]))
        if moved > 0.1 * float(np.ptp(travel)) and abs(load[still[0]]) > _LOADED * abs(_peak(load)):
            place = f"data row {still[0] + 1}"
            return [f"{name} stands still from {place} on while the crosshead moves: the extensometer was taken off"]
    return []


def _repeated_rows(record: TensileRecord) -> list[str]:
    columns = list(record.columns().values())
    if record.rows < 3 or record.test_time_second is None:
        return []
    same = np.ones(record.rows - 1, dtype=bool)
    for values in columns:
        same &= (np.diff(values) == 0) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    count = int(same.sum())
    if not count:
        return []
    rows = "rows repeat" if count > 1 else "row repeats"
    return [f"{count} {rows} the row before, the first at data row {int(np.argmax(same)) + 2}"]
