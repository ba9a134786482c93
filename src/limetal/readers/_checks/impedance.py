"""Whether the numbers of an impedance spectrum belong together, and to the rest of their file.

What the arrays tell by themselves is in `limetal.impedance.checks`; here they are held against headers and against
other columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance.checks import looks_angular, sign_evidence, steps_evenly, too_fast
from limetal.readers._kit.echem_text import number_of
from limetal.readers._kit.potentiostat import Role, role_of
from limetal.records.impedance import ImpedanceRecord

__all__ = ["checked"]

Floats = NDArray[np.float64]

_PHASE_MATTERS_DEG = 15.0
_SAME_PHASE_DEG = 2.5
_SAME_MODULUS = 0.05
_HIGHEST_HZ = 1e9
_RESTART = 3.0  # a sweep that begins anew jumps by more than this
_FACTORS = ((1e-3, "kilohertz"), (1e3, "millihertz"), (2 * np.pi, "radians per second"), (1e-6, "megahertz"))
#: Keys under which headers state the frequency of the first point.
_FIRST_FREQUENCY = ("FREQINIT", "Start Frequency (Hz)", "vs Freq-Initial")


@dataclass(frozen=True)
class _Beside:
    """A column of the file beside the record that says the same in another way."""

    name: str
    role: Role
    values: Floats


def checked(record: ImpedanceRecord) -> ImpedanceRecord:
    """Return the record with what was noticed; repeated points are dropped, a sign surely wrong is turned.

    Raises
    ------
    BadInputError
        If its numbers can be read in two ways: swapped columns, another unit of frequency, another sign of Im Z than
        the columns beside it tell.

    Examples
    --------
    >>> f = 10.0 ** np.arange(5, -2, -0.5)
    >>> z = 10 + 40 / (1 + 2j * np.pi * f * 8e-4)
    >>> checked(ImpedanceRecord(f, z.real, z.imag, source="x")).warnings
    ()
    >>> turned = checked(ImpedanceRecord(f, z.real, -z.imag, source="x"))
    >>> bool((turned.impedance_imaginary_ohm < 0).all()), len(turned.warnings)
    (True, 1)
    """
    with np.errstate(all="ignore"):  # garbled numbers may be of any size
        record = _without_repeats(record)
        _refuse_swapped(record)
        _refuse_other_frequencies(record)
        _refuse_other_modulus(record)
        phase, name = _phase_verdict(record)
        _refuse_negative_real_part(record)
        record = _with_right_sign(record, phase, name)
        return record.warned(*_remarks(record))


# ------------------------------------------------------------------------------------------------ repeats


def _without_repeats(record: ImpedanceRecord) -> ImpedanceRecord:
    """Drop points that repeat an earlier one in every number, and say so."""
    columns = [record.frequency_hertz, record.impedance_real_ohm, record.impedance_imaginary_ohm]
    if record.test_time_second is not None:
        columns.append(record.test_time_second)
    _, first = np.unique(np.column_stack(columns), axis=0, return_index=True)
    dropped = record.rows - first.size
    if not dropped or first.size < 2:
        return record
    keep = np.sort(first)
    fields: dict[str, Any] = {name: values[keep] for name, values in record.columns().items()}
    more = {name: np.asarray(values)[keep] for name, values in record.more.items()}
    plural = "s" * (dropped > 1)
    said = f"{dropped} point{plural} that repeat{'s' * (dropped == 1)} an earlier one in every number left out"
    return replace(record, more=more, **fields).warned(said)


# ------------------------------------------------------------------------------------------------ frequency


def _refuse_swapped(record: ImpedanceRecord) -> None:
    """Refuse a frequency that has no steps where another column has the even steps of a frequency."""
    if steps_evenly(record.frequency_hertz):
        return
    for name, values in (("Re Z", record.impedance_real_ohm), ("Im Z", np.abs(record.impedance_imaginary_ohm))):
        if steps_evenly(values):
            f = record.frequency_hertz
            raise BadInputError(
                record.source,
                f"frequencies in uneven steps ({f[0]:.4g}, {f[1]:.4g}, {f[2]:.4g} ... Hz) and {name} in the even steps"
                f" of a sweep ({values[0]:.4g}, {values[1]:.4g}, {values[2]:.4g} ...)",
                f"frequencies in the column of the frequency; are frequency and {name} swapped?",
            )


def _refuse_other_frequencies(record: ImpedanceRecord) -> None:
    """Refuse frequencies that the file's own header, or their own roundness, show to be in another unit."""
    f = record.frequency_hertz
    for key in _FIRST_FREQUENCY:
        text = str(record.about.settings.get(key, "")).split("\t")[0]
        stated = number_of(text)
        if stated is None or stated <= 0:
            continue
        for factor, unit in _FACTORS:
            if abs(f[0] / stated / factor - 1) < 0.03:
                raise BadInputError(
                    record.source,
                    f"frequencies from {f[0]:.6g} Hz, where the header states {stated:.6g} Hz ({key})",
                    f"frequencies in hertz; those of the table look like {unit}",
                )
    if looks_angular(f):
        raise BadInputError(
            record.source,
            f"frequencies from {f.max():.6g} to {f.min():.6g} Hz, which are 2 pi times powers of ten",
            "frequencies in hertz; these look like radians per second"
            f" ({f.max() / (2 * np.pi):.4g} to {f.min() / (2 * np.pi):.4g} Hz)",
        )


# ------------------------------------------------------------------------------------------------ |Z| and phase


def _beside(record: ImpedanceRecord, quantity: str) -> _Beside | None:
    """Return the first column beside the record that holds a quantity in every row; None if there is none."""
    for name, values in record.more.items():
        role = role_of(re.sub(r"^Data:\s*", "", name))
        if role is None or role.quantity != quantity or np.asarray(values).dtype.kind != "f":
            continue
        numbers = np.asarray(values, dtype=np.float64) * role.times
        if np.isfinite(numbers).all() and numbers.any():
            return _Beside(name, role, numbers)
    return None


def _refuse_other_modulus(record: ImpedanceRecord) -> None:
    """Refuse Re Z and Im Z that do not give the file's own |Z|."""
    beside = _beside(record, "modulus")
    if beside is None or beside.role.per_area != record.per_area:
        return
    size = np.abs(record.impedance)
    if not (size > 0).all():
        return
    ratio = beside.values / size
    middle = float(np.median(ratio))
    if abs(middle - 1) < _SAME_MODULUS:
        return
    even = float(np.median(np.abs(ratio / middle - 1))) < 0.02 if middle else False
    found = f"column {beside.name!r} of {beside.values[0]:.5g} where Re Z and Im Z give {size[0]:.5g} ohm (data row 1)"
    if even:
        raise BadInputError(
            record.source, f"{found}, {middle:.4g} times as much in every row", "|Z|, Re Z and Im Z in one unit"
        )
    raise BadInputError(record.source, found, "|Z| that is the root of the squares of Re Z and Im Z")


def _phase_verdict(record: ImpedanceRecord) -> tuple[int, str]:
    """Whether a column of the phase agrees with the sign of Im Z (1), contradicts it (-1) or says nothing (0)."""
    beside = _beside(record, "phase")
    if beside is None:
        return 0, ""
    angle = np.angle(record.impedance, deg=True)
    readings = [beside.values] if beside.role.factor is not None else [beside.values, np.degrees(beside.values)]
    matters = np.abs(angle) > _SAME_PHASE_DEG
    if float(np.mean(matters)) < 0.2:
        return 0, beside.name
    for values in readings:
        same = float(np.median(np.abs(_wrapped(values - angle))[matters]))
        other = float(np.median(np.abs(_wrapped(values + angle))[matters]))
        if min(same, other) < _SAME_PHASE_DEG:
            return (1 if same <= other else -1), beside.name
    swapped = np.angle(record.impedance_imaginary_ohm + 1j * record.impedance_real_ohm, deg=True)
    for sign in (1.0, -1.0):
        if float(np.median(np.abs(_wrapped(readings[0] - sign * swapped))[matters])) < _SAME_PHASE_DEG:
            raise BadInputError(
                record.source,
                f"column {beside.name!r} of {readings[0][0]:.4g} degrees where Re Z and Im Z give {angle[0]:.4g} (data"
                " row 1), and the phase of Re Z and Im Z swapped",
                "Re Z and Im Z in their own columns",
            )
    return 0, beside.name


def _wrapped(degrees: Floats) -> Floats:
    return (degrees + 180.0) % 360.0 - 180.0


# ------------------------------------------------------------------------------------------------ sign of Im Z


def _refuse_negative_real_part(record: ImpedanceRecord) -> None:
    below = int((record.impedance_real_ohm < 0).sum())
    if below > record.rows / 2:
        raise BadInputError(
            record.source,
            f"Re Z negative at {below} of {record.rows} points",
            "Re Z, which is positive for a cell; its sign may be turned, or Re Z and Im Z swapped",
        )


def _with_right_sign(record: ImpedanceRecord, phase: int, name: str) -> ImpedanceRecord:
    """Turn the sign of Im Z where that is certain, refuse where it is doubtful.

    ``phase`` and ``name`` are the verdict of the column of the phase and what it is called.
    """
    im = record.impedance_imaginary_ohm
    up, n = int((im > 0).sum()), record.rows
    evidence = sign_evidence(record.frequency_hertz, record.impedance)
    said = f"Im Z is positive at {up} of {n} points"
    both = "Im Z, which is negative for a capacitor; the file may hold -Im Z, or the object may be a coil"
    if evidence.sign < 0 and phase < 0 and (evidence.sure or up > n / 2):
        return _turned(record, f"{said}, against |Z| over frequency and against column {name!r}: it was -Im Z")
    if up <= n / 2:
        if evidence.sign < 0 and evidence.sure:
            said = f"Im Z is negative at {n - up} of {n} points, where |Z| rises with frequency as with a coil"
            return record.warned(f"{said}: its sign may be turned")
        if phase < 0 and evidence.sign == 0 and _median_phase(record) > _SAME_PHASE_DEG:
            return record.warned(f"column {name!r} and Im Z have opposite signs; Im Z was kept as it is")
        return record
    if evidence.sign < 0:
        if phase > 0 or not evidence.sure:
            reason = f", as column {name!r} says," if phase > 0 else ""
            raise BadInputError(
                record.source, f"{said}{reason} where |Z| falls with frequency as with a capacitor", both
            )
        return _turned(record, f"{said} where |Z| falls with frequency, as only a capacitor's does: it was -Im Z")
    if evidence.sign > 0:
        return record.warned(f"{said}, and |Z| rises with frequency: an inductive object, such as a cable or a shunt")
    if phase < 0:
        raise BadInputError(record.source, f"{said}, while column {name!r} has the other sign", both)
    if phase == 0 and _median_phase(record) > _PHASE_MATTERS_DEG:
        raise BadInputError(record.source, f"{said}, and nothing beside it that tells its sign", both)
    return record.warned(f"{said}: inductive, or the file holds -Im Z")


def _median_phase(record: ImpedanceRecord) -> float:
    return float(np.median(np.abs(np.angle(record.impedance, deg=True))))


def _turned(record: ImpedanceRecord, said: str) -> ImpedanceRecord:
    return replace(record, impedance_imaginary_ohm=-record.impedance_imaginary_ohm).warned(f"{said}, and was turned")


# ------------------------------------------------------------------------------------------------ remarks


def _remarks(record: ImpedanceRecord) -> list[str]:
    """Sentences about what no passive cell shows."""
    f, re_z, n = record.frequency_hertz, record.impedance_real_ohm, record.rows
    said = []
    below = int((re_z < 0).sum())
    if below:
        where = np.flatnonzero(re_z < 0)
        said.append(
            f"Re Z is negative at {below} of {n} points ({f[where].min():.4g} to {f[where].max():.4g} Hz), which no"
            " cell has: wiring or the range of the instrument"
        )
    if float(f.max()) > _HIGHEST_HZ:
        said.append(f"frequencies reach {f.max():.3g} Hz, more than a potentiostat has: is the unit right?")
    time = record.test_time_second
    span = None if time is None else too_fast(f, time)
    if span is not None:
        said.append(
            f"the spectrum took {span:.3g} s, less than a period of its lowest frequency ({float(f.min()):.3g} Hz): the"
            " unit of frequency or of time is not what the file says"
        )
    sweeps = _sweeps(f)
    if sweeps > 1:
        said.append(f"the frequency begins anew {sweeps - 1} times: {sweeps} sweeps stand in one table")
    return said


def _sweeps(f: Floats) -> int:
    """How many sweeps of three and more points follow each other."""
    steps = np.diff(np.log(f))
    moving = steps[np.abs(steps) > 1e-9]
    if moving.size < 4:
        return 1
    direction = np.sign(np.median(np.sign(moving))) or 1.0
    jumps = np.flatnonzero(steps * direction < -np.log(_RESTART)) + 1
    edges = [0, *jumps.tolist(), f.size]
    return max(1, sum(b - a >= 3 for a, b in pairwise(edges)))
