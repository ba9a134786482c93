"""Whether the numbers of a spectrum can be an impedance at all: signs, units, columns.

Whether an Im Z has the right sign is asked of the spectrum itself. |Z| and phase of any passive object belong
together (Kramers and Kronig): where |Z| falls with frequency the phase is negative, where it rises, positive. So
|Z| put together from the phase runs along the measured |Z| if the sign is right, and against it if it is not; a real
coil passes, a capacitor drawn upwards does not. [1]_

.. [1] W. Ehm, H. Goehr, R. Kaus, B. Roeseler, C. A. Schiller, ACH Models Chem. 137 (2000) 145 (Z-HIT, first order).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = [
    "SignEvidence",
    "check_spectrum",
    "checked_arrays",
    "looks_angular",
    "shaped_arrays",
    "sign_evidence",
    "steps_evenly",
]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

FEWEST_POINTS = 5  # from which a spectrum tells anything about its sign
_FEWEST_DECADES = 0.7
_SURE_POINTS, _SURE_DECADES = 8, 1.5  # from which it tells it for certain
_LIKELY, _SURE = 0.6, 0.35  # of the other reading's misfit
_SWAPPED = 0.2
_SWAPPED_MISFIT = 0.1  # of ln |Z|: a reading this close to the phase needs no other one
_FLAT = 0.02  # of ln |Z|: a resistor has no phase that could be read
_PHASE_MATTERS_DEG = 15.0
_HIGHEST_HZ = 1e9
_TOO_FAST = 0.02  # of a period of the lowest frequency: the whole spectrum cannot take less


@dataclass(frozen=True)
class SignEvidence:
    """What |Z| against frequency says of the phase: sign 1 right, -1 turned, 0 nothing; whether that is for sure.

    ``swapped`` tells that |Z| follows the phase of Re Z and Im Z exchanged, and not the phase given.
    """

    sign: int
    sure: bool
    swapped: bool = False


def sign_evidence(frequency_hertz: Floats, impedance: Complexes) -> SignEvidence:
    """What |Z| over frequency says of the sign of the phase (Z-HIT, first order).

    Examples
    --------
    >>> f = np.logspace(4, -1, 26)
    >>> z = 10 + 40 / (1 + 2j * np.pi * f * 8e-3)
    >>> sign_evidence(f, z).sign, sign_evidence(f, z.conj()).sign, sign_evidence(f, 1 / z).sign
    (1, -1, 1)
    """
    order = np.argsort(frequency_hertz, kind="stable")
    log_f = np.log(frequency_hertz[order])
    distinct = np.ones(order.size, dtype=bool)
    distinct[1:] = log_f[1:] - log_f[:-1] > 1e-9
    order, log_f = order[distinct], log_f[distinct]
    size = np.abs(impedance[order])
    decades = float(log_f[-1] - log_f[0]) / np.log(10)
    if order.size < FEWEST_POINTS or decades < _FEWEST_DECADES or not (size > 0).all():
        return SignEvidence(0, False)
    measured = np.log(size)
    phase = np.angle(impedance[order])
    made = _log_modulus(log_f, phase)
    right, turned = _spread(measured - made), _spread(measured + made)
    long = order.size >= _SURE_POINTS and decades >= _SURE_DECADES
    swapped = False
    if long and min(right, turned) > _SWAPPED_MISFIT:
        exchanged = _spread(measured - _log_modulus(log_f, np.abs(phase) - np.pi / 2))
        swapped = exchanged < _SWAPPED * min(right, turned)
    if _spread(made) < _FLAT:
        return SignEvidence(0, False, swapped)
    if turned < _LIKELY * right:
        return SignEvidence(-1, long and turned < _SURE * right, swapped)
    if right < _LIKELY * turned:
        return SignEvidence(1, long and right < _SURE * turned, swapped)
    return SignEvidence(0, False, swapped)


def _log_modulus(log_f: Floats, phase: Floats) -> Floats:
    """Logarithm of |Z| but for a constant: d ln|Z| / d ln f = phase / (pi / 2)."""
    made = np.zeros_like(log_f)
    np.cumsum((log_f[1:] - log_f[:-1]) * (phase[1:] + phase[:-1]), out=made[1:])
    return made / np.pi


def _spread(values: Floats) -> float:
    """Standard deviation."""
    away = values - values.mean()
    return float(np.sqrt(away @ away / away.size))


def steps_evenly(values: Floats) -> bool:
    """Whether values run through more than a decade in equal ratios, as the frequencies of a sweep do.

    Examples
    --------
    >>> steps_evenly(np.logspace(5, 0, 26)), steps_evenly(np.linspace(5, 1, 26))
    (True, False)
    """
    if values.size < 6 or (values <= 0).any():
        return False
    steps = np.diff(np.log(values))
    mean = float(np.mean(steps))
    if abs(mean) * steps.size < np.log(10.0):
        return False
    return float(np.std(steps)) < 0.15 * abs(mean)


def looks_angular(frequency: Floats) -> bool:
    """Whether both ends of a sweep are 2 pi times a power of ten: radians per second, not hertz.

    Examples
    --------
    >>> looks_angular(2 * np.pi * np.logspace(5, 0, 26)), looks_angular(np.logspace(5, 0, 26))
    (True, False)
    """
    ends = np.log10(np.array([frequency.min(), frequency.max()]))
    angular = ends - np.log10(2 * np.pi)
    return bool(frequency.size >= FEWEST_POINTS and ends[1] - ends[0] > 0.5 and _whole(angular) and not _whole(ends))


def _whole(numbers: Floats) -> bool:
    return bool((np.abs(numbers - np.round(numbers)) < 2e-4).all())


def too_fast(frequency_hertz: Floats, test_time_second: Floats) -> float | None:
    """Duration of a sweep in seconds if it is shorter than its lowest frequency allows; None if it is not."""
    lowest = float(frequency_hertz.min())
    if frequency_hertz.size < FEWEST_POINTS or frequency_hertz.max() <= 10 * lowest:
        return None
    span = float(test_time_second.max() - test_time_second.min())
    counts_points = np.ptp(np.diff(test_time_second)) < 1e-9  # some programs write 0, 1, 2, ... for a time
    return span if 0 < span < _TOO_FAST / lowest and not counts_points else None


def shaped_arrays(frequency_hertz: Floats, impedance: Complexes, where: str = "spectrum") -> tuple[Floats, Complexes]:
    """Both as one-dimensional arrays of one length, in one piece of memory; their numbers may be any.

    Raises
    ------
    BadInputError
        If they differ in length or hold fewer than three points.
    """
    f = np.ascontiguousarray(frequency_hertz, dtype=np.float64)
    z = np.ascontiguousarray(impedance, dtype=np.complex128)
    if f.ndim != 1 or z.shape != f.shape:
        found = f"{f.shape} frequencies and {z.shape} impedances"
        raise BadInputError(where, found, "one frequency and one complex impedance per point")
    if f.size < 3:
        raise BadInputError(where, f"{f.size} point{'s' * (f.size != 1)}", "three points or more")
    if not (f.flags.aligned and z.flags.aligned):  # compiled code takes no numbers that lie across words
        f, z = f.copy(), z.copy()
    return f, z


def checked_arrays(frequency_hertz: Floats, impedance: Complexes, where: str = "spectrum") -> tuple[Floats, Complexes]:
    """Both as one-dimensional arrays of float and complex; refused if they are no spectrum.

    Raises
    ------
    BadInputError
        If they differ in length, hold fewer than three points, numbers that are not finite, a frequency not above
        zero, or a point where Z is zero.
    """
    f, z = shaped_arrays(frequency_hertz, impedance, where)
    if np.isfinite(f).all() and np.isfinite(z).all() and f.min() > 0 and np.abs(z).min() > 0:
        return f, z
    for bad, found, wanted in (
        (~np.isfinite(f), "a frequency that is not a finite number", "finite numbers"),
        (~np.isfinite(z), "an impedance that is not a finite number", "finite numbers"),
        (f <= 0, "a frequency that is not above zero", "frequencies in hertz, above zero"),
        (np.abs(z) == 0, "an impedance of zero", "a measured impedance"),
    ):
        if bad.any():
            raise BadInputError(f"{where}, point {int(np.argmax(bad)) + 1}", found, wanted)
    return f, z


def check_spectrum(
    frequency_hertz: Floats,
    impedance: Complexes,
    test_time_second: Floats | None = None,
    where: str = "spectrum",
) -> tuple[Floats, Complexes]:
    """Both as arrays; refused where they cannot be an impedance spectrum, or can be read in two ways.

    A frequency in kilohertz leaves Z consistent in itself, so only the time that a sweep took, frequencies beyond
    any potentiostat, or ends that are 2 pi times a power of ten can show a wrong unit.

    Parameters
    ----------
    frequency_hertz : (n,) float
        In any order.
    impedance : (n,) complex
        Z in ohm (or ohm cm2); Im Z of a capacitor is negative.
    test_time_second : (n,) float, optional
        When each point was measured.
    where
        What to call the spectrum in the sentence.

    Returns
    -------
    tuple
        Frequency (n,) as float, impedance (n,) as complex.

    Raises
    ------
    BadInputError
        For fewer than three points, numbers that are not finite, frequencies not above zero or surely not in hertz,
        Re Z mostly negative, Im Z mostly positive where no coil explains it, Re Z and Im Z surely swapped.

    Examples
    --------
    >>> f = np.logspace(4, -1, 26)
    >>> z = 10 + 40 / (1 + 2j * np.pi * f * 8e-3)
    >>> check_spectrum(f, z)[1] is z
    True
    >>> check_spectrum(f, z.conj())
    Traceback (most recent call last):
    limetal.errors.BadInputError: spectrum: found Im Z positive at 26 of 26 points where |Z| falls with frequency,
    as only a capacitor's does, want Im Z, which is negative for a capacitor; these look like -Im Z
    """
    f, z = checked_arrays(frequency_hertz, impedance, where)
    _refuse_unit(f, test_time_second, where)
    _refuse_parts(f, z, where)
    return f, z


def _refuse_unit(f: Floats, test_time_second: Floats | None, where: str) -> None:
    if float(f.max()) > _HIGHEST_HZ:
        raise BadInputError(where, f"frequencies up to {f.max():.3g} Hz", "frequencies of a potentiostat, in hertz")
    if looks_angular(f):
        found = f"frequencies from {f.max():.6g} to {f.min():.6g} Hz, which are 2 pi times powers of ten"
        raise BadInputError(where, found, "frequencies in hertz; these look like radians per second")
    if test_time_second is None:
        return
    t = np.asarray(test_time_second, dtype=np.float64)
    if t.shape != f.shape or not np.isfinite(t).all():
        raise BadInputError(where, f"{t.shape} times for {f.size} points, or gaps in them", "one time for each point")
    span = too_fast(f, t)
    if span is not None:
        found = f"a sweep of {span:.3g} s down to {f.min():.3g} Hz, less than a period of that"
        raise BadInputError(where, found, "frequencies in hertz and times in seconds; one of the units is another")


def _refuse_parts(f: Floats, z: Complexes, where: str) -> None:
    n = f.size
    below, up = int((z.real < 0).sum()), int((z.imag > 0).sum())
    if below > n / 2:
        found = f"Re Z negative at {below} of {n} points"
        raise BadInputError(where, found, "Re Z, which is positive for a cell; are Re Z and Im Z swapped?")
    evidence = sign_evidence(f, z)
    if evidence.swapped:
        found = "|Z| that runs with the phase of Re Z and Im Z exchanged, and not with theirs"
        raise BadInputError(where, found, "Re Z + j Im Z; are the two swapped?")
    if up <= n / 2:
        return
    said = f"Im Z positive at {up} of {n} points"
    if evidence.sign < 0:
        found = f"{said} where |Z| falls with frequency, as only a capacitor's does"
        raise BadInputError(where, found, "Im Z, which is negative for a capacitor; these look like -Im Z")
    phase = float(np.median(np.abs(np.angle(z, deg=True))))
    if evidence.sign == 0 and phase > _PHASE_MATTERS_DEG:
        raise BadInputError(
            where, said, "Im Z, which is negative for a capacitor; nothing here tells a coil from -Im Z"
        )
