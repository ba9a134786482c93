"""Units are read once, at the door; inside, every number is a float in one fixed table of field units.

pint reads what people write, behind a normaliser for the spellings of electrochemistry
(``"0.5 mA cm-2"``, ``"1800 mA h g⁻¹"``, ``"8.7 wt%"``, ``"25 °C"``, ``"1.3 × 10^6 J/m3"``). C-rates have a
reader of their own, because to pint ``"0.5C"`` is half a coulomb.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from limetal.errors import BadInputError

if TYPE_CHECKING:
    import pint

__all__ = [
    "COMPUTED_UNITS",
    "FIELD_UNITS",
    "UM_PER_CM",
    "Bound",
    "Written",
    "field_unit",
    "read_c_rate",
    "read_quantity",
    "read_written",
]

UM_PER_CM = 1e4

#: Every unit a number may have inside limetal, with its spelling for pint and an example for messages.
FIELD_UNITS: dict[str, tuple[str, str]] = {
    "1": ("dimensionless", "1.9"),
    "%": ("percent", "8.7 wt%"),
    "um": ("um", "50 um"),
    "mm": ("mm", "25 mm"),
    "cm": ("cm", "1.2 cm"),
    "cm2": ("cm^2", "1.13 cm2"),
    "cm3": ("cm^3", "2 cm3"),
    "angstrom": ("angstrom", "3.57 angstrom"),
    "deg": ("degree", "25.92 deg"),
    "g": ("g", "0.6 g"),
    "mg": ("mg", "12 mg"),
    "uL": ("uL", "80 uL"),
    "g/cm3": ("g/cm^3", "1.06 g/cm3"),
    "mg/cm2": ("mg/cm^2", "5.4 mg/cm2"),
    "g/mol": ("g/mol", "6.94 g/mol"),
    "mA": ("mA", "1 mA"),
    "mA/cm2": ("mA/cm^2", "0.5 mA cm-2"),
    "mA/g": ("mA/g", "200 mA/g"),
    "Ah": ("A*h", "8.5 Ah"),
    "mAh": ("mA*h", "2 mAh"),
    "mAh/cm2": ("mA*h/cm^2", "1 mAh/cm2"),
    "mAh/cm3": ("mA*h/cm^3", "1915 mAh/cm3"),
    "mAh/g": ("mA*h/g", "1800 mAh/g"),
    "mWh": ("mW*h", "8 mWh"),
    "mAh/V": ("mA*h/V", "30 mAh/V"),
    "g/Ah": ("g/(A*h)", "1.5 g/Ah"),
    "V": ("V", "8 mV"),
    "mV/s": ("mV/s", "1 mV/s"),
    "ohm": ("ohm", "39 ohm"),
    "ohm cm2": ("ohm*cm^2", "3 ohm cm2"),
    "F": ("F", "2 mF"),
    "F/cm2": ("F/cm^2", "20 uF/cm2"),
    "H": ("H", "0.8 uH"),
    "mS/cm": ("mS/cm", "11 mS/cm"),
    "s": ("s", "10 s"),
    "h": ("h", "1200 h"),
    "1/h": ("1/h", "C/3"),
    "Hz": ("Hz", "1 kHz"),
    "K": ("kelvin", "25 degC"),
    "N": ("N", "12 N"),
    "MPa": ("MPa", "23.9 MPa"),
    "J/m3": ("J/m^3", "1.3e6 J/m3"),
    "J/m2": ("J/m^2", "1e4 J/m2"),
    "kJ/mol": ("kJ/mol", "54.8 kJ/mol"),
    "eV": ("eV", "398.9 eV"),
    "Wh/kg": ("W*h/kg", "553 Wh/kg"),
    "Wh/L": ("W*h/L", "1200 Wh/L"),
    "cm3/g": ("cm^3/g", "0.5 cm3/g"),
}

#: Units of results that nobody writes into a study: their powers of time are no whole numbers.
COMPUTED_UNITS = ("S s^n", "S s^n/cm2", "ohm/s^0.5", "ohm cm2/s^0.5", "H cm2")

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT_RUN = re.compile(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_UNSIGNED = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER = rf"[+-]?{_UNSIGNED}"
_SPLIT = re.compile(
    rf"(?P<bound>[<>~=≤≥≈∼≲≳⩽⩾]{{0,2}})\s*(?P<value>{_NUMBER})\s*"
    rf"(?:(?:±|\+/-|\+-)\s*(?P<std>{_UNSIGNED})\s*|\((?P<digits>\d+)\)\s*)?(?P<unit>.*)"
)
#: The sign of the power must be there: "1.3 × 106" is a superscript lost on the way, not 1.3e6.
_POWER = r"\s*[×x·*]\s*10\s*(?:\^|\*\*)\s*\(?([+-]?\d+)\)?"
#: Units pint is asked about: names with small exponents, joined by * and /. Anything else is no unit.
_NAME = r"[A-Za-z]+(?:\*\*[+-]?\d{1,2})?"
_GROUP = rf"(?:1|{_NAME}|\({_NAME}(?:[*/]{_NAME})*\)(?:\*\*[+-]?\d{{1,2}})?)"
_UNIT = re.compile(rf"{_GROUP}(?:[*/]{_GROUP})*")
_LONGEST_UNIT = 60
#: Angles are pure numbers to pint, but not to people: only `deg` takes them, and it takes nothing else.
_ANGLES = frozenset(
    ("degree", "degrees", "deg", "radian", "radians", "rad", "steradian", "sr", "rpm", "rps", "turn", "revolution",
     "arcminute", "arcmin", "arcsecond", "arcsec")
)  # fmt: skip
#: Our spellings on the left; the longest come first where one is the beginning of another.
_SPELLINGS = {
    "wt.%": "percent", "wt%": "percent", "wt.-%": "percent", "vol%": "percent", "vol.%": "percent",
    "at%": "percent", "at.%": "percent", "mol%": "percent", "%": "percent", "°C": "degC", "℃": "degC",
    "deg C": "degC", "Å": "angstrom", "°": "degree",
}  # fmt: skip

_LARGEST = 1e100
Bound = Literal["=", "~", "<", ">"]
_BOUNDS: dict[str, Bound] = {
    "": "=", "=": "=", "~": "~", "≈": "~", "∼": "~",
    "<": "<", "≤": "<", "<=": "<", "≲": "<", "⩽": "<", ">": ">", "≥": ">", ">=": ">", "≳": ">", "⩾": ">",
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A number as somebody printed it: with its rounding, and with the words *about*, *below* or *above*.

    Attributes
    ----------
    value
        In the field unit asked for.
    rounding
        Half a unit of the last printed digit, in the same unit: the number as printed lies within
        ``value ± rounding`` of what was meant. Zeros at the end of a whole number count as printed.
    loose_rounding
        The same when zeros at the end of a whole number are taken as fill only (1800 is then 1800 ± 50).
    std
        The standard uncertainty if one was printed, else None.
    bound
        ``=`` as printed, ``~`` about, ``<`` at most, ``>`` at least.
    text
        The text that was read.
    """

    value: float
    rounding: float
    loose_rounding: float
    std: float | None
    bound: Bound
    text: str


def field_unit(unit: str) -> str:
    """Return ``unit`` if it is one of the field units, or of those only results have.

    Examples
    --------
    >>> field_unit("mAh/cm2")
    'mAh/cm2'
    """
    if unit not in FIELD_UNITS and unit not in COMPUTED_UNITS:
        raise BadInputError("unit", repr(unit), f"one of {', '.join(FIELD_UNITS)}")
    return unit


def read_quantity(text: object, unit: str, *, where: str = "quantity") -> float:
    """Read ``text`` such as ``"50 um"`` as a float in the field unit ``unit``.

    Parameters
    ----------
    text
        A number and a unit. A bare number is refused unless the quantity has no unit (``unit="1"``).
    unit
        One of `FIELD_UNITS`.
    where
        The place of the text, for the message.

    Raises
    ------
    BadInputError
        If there is no number, no unit, a unit of another dimension, a decimal comma, or a bound.

    Examples
    --------
    >>> read_quantity("0.05 mm", "um")
    50.0
    >>> read_quantity("0.5 mA cm-2", "mA/cm2")
    0.5
    >>> read_quantity("1800 mA h g⁻¹", "mAh/g")
    1800.0
    >>> read_quantity("1.3 × 10^6 J/m3", "J/m3")
    1300000.0
    >>> read_quantity("25 °C", "K")
    298.15
    >>> read_quantity("8.7 wt%", "%")
    8.7
    >>> read_quantity("50", "um", where="electrodes.LZNC.thickness")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: electrodes.LZNC.thickness: found '50', want a number with a unit, for example "50 um"
    >>> read_quantity("1 J/m2", "J/m3", where="toughness")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: toughness: found '1 J/m2', which is an energy per area, want an energy per volume or
    a pressure, for example "1.3e6 J/m3"
    """
    written = read_written(text, unit, where=where)
    if written.bound != "=":
        raise BadInputError(where, repr(text), f'a plain number, for example "{FIELD_UNITS[unit][1]}"')
    return written.value


def read_written(text: object, unit: str, *, where: str = "quantity") -> Written:
    """Read a printed number with its rounding, its ``±`` and its ``<``, ``>`` or ``~``.

    A minus sign is kept as printed; one that is really a lost tilde (``"-8 mV"`` for ``"~8 mV"``) cannot be
    told apart here and is a matter for the audit.

    Examples
    --------
    >>> w = read_written("< 62 mV", "V")
    >>> w.bound, w.value, w.rounding
    ('<', 0.062, 0.0005)
    >>> read_written("1800 ± 20 mAh/g", "mAh/g").std
    20.0
    >>> w = read_written("1800 mAh/g", "mAh/g")
    >>> w.rounding, w.loose_rounding
    (0.5, 50.0)
    """
    if unit in COMPUTED_UNITS:
        raise BadInputError(where, repr(text), f"no number: limetal computes values in {unit} and reads none")
    example = FIELD_UNITS[field_unit(unit)][1]
    wanted = f'a number with a unit, for example "{example}"' if unit != "1" else "a number"
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise BadInputError(where, repr(text), wanted)
    if unit == "1/h" and isinstance(text, str) and "C" in text:
        return Written(read_c_rate(text, where=where), 0.0, 0.0, None, "=", text)
    clean = _normalise_number(str(text))
    if re.match(r"[<>~=\s]*[+-]?\d+,\d", clean):
        raise BadInputError(where, f"{text!r} with a comma in the number", "a decimal point and no thousands comma")
    match = _SPLIT.fullmatch(clean)
    if match is None or match["bound"] not in _BOUNDS:
        raise BadInputError(where, repr(text), wanted)
    if not match["unit"] and unit != "1":
        raise BadInputError(where, repr(text), wanted)
    scale, offset = _conversion(match["unit"], unit, text, where)
    if any(_out_of_range(match[part]) for part in ("value", "std", "digits")):
        raise BadInputError(where, repr(text), "a finite number")
    tight, loose = _last_digit(match["value"])
    std = float(match["std"]) if match["std"] else None
    if match["digits"]:
        std = float(match["digits"]) * 2 * tight
    value = float(match["value"]) * scale + offset
    if abs(value) > _LARGEST:
        raise BadInputError(where, repr(text), "a finite number")
    return Written(
        value=_tidy(value),
        rounding=_tidy(tight * scale),
        loose_rounding=_tidy(loose * scale),
        std=None if std is None else _tidy(std * scale),
        bound=_BOUNDS[match["bound"]],
        text=str(text),
    )


def read_c_rate(text: object, *, where: str = "rate") -> float:
    """Read a C-rate, as multiples of the current that moves the nominal capacity in one hour (1/h).

    Examples
    --------
    >>> read_c_rate("C/2"), read_c_rate("0.5C"), read_c_rate("10 C"), read_c_rate("1C")
    (0.5, 0.5, 10.0, 1.0)
    >>> read_c_rate("0.5 mA", where="tests.rate")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: tests.rate: found '0.5 mA', want a C-rate, for example "C/3" or "0.5C"
    """
    match = re.fullmatch(
        rf"\s*(?:(?P<times>{_NUMBER})\s*)?C\s*(?:/\s*(?P<over>{_NUMBER}))?\s*",
        text if isinstance(text, str) else "",
    )
    parts = [float(match[name] or 1) for name in ("times", "over")] if match else [0.0]
    if not all(0 < part < _LARGEST for part in parts):
        raise BadInputError(where, repr(text), 'a C-rate, for example "C/3" or "0.5C"')
    return parts[0] / parts[1]


def _normalise_number(text: str) -> str:
    text = text.strip().replace("\N{MINUS SIGN}", "-").replace("–", "-")
    text = _SUPERSCRIPT_RUN.sub(lambda m: "^" + m[0].translate(_SUPERSCRIPTS), text)
    # "1.3 ± 0.1 × 10^6": the power of ten belongs to both numbers
    text = re.sub(rf"\(?\s*({_UNSIGNED})\s*(?:±|\+/-|\+-)\s*({_UNSIGNED})\s*\)?{_POWER}", r"\1e\3 ± \2e\3", text)
    text = re.sub(rf"(?<=[\d.]){_POWER}", r"e\1", text)
    return re.sub(r"[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]", " ", text)


def _out_of_range(number: str | None) -> bool:
    """Whether a printed number is too large for a float, or not zero and yet read as zero."""
    if not number:
        return False
    value = float(number)
    return abs(value) > _LARGEST or (value == 0 and bool(re.search(r"[1-9]", number.lower().partition("e")[0])))


def _last_digit(number: str) -> tuple[float, float]:
    """Half a unit of the last printed digit: with, and without, trust in zeros at the end of a whole number."""
    mantissa, _, exponent = number.lower().partition("e")
    power = 10.0 ** int(exponent or 0)
    whole, dot, decimals = mantissa.lstrip("+-").partition(".")
    if dot:
        half = 0.5 * 10.0 ** -len(decimals) * power
        return half, half
    zeros = len(whole) - len(whole.rstrip("0")) if whole.strip("0") else 0
    return 0.5 * power, 0.5 * 10.0**zeros * power


def _tidy(value: float) -> float:
    """Drop the dust of a unit conversion (0.05 mm is 50 um, not 50.00000000000001)."""
    return float(f"{value:.14g}")


@cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    return pint.UnitRegistry()


@lru_cache(maxsize=512)
def _factor(text: str, unit: str) -> tuple[float, float] | str:
    """Scale and offset from ``text`` to the field unit, or the words for what ``text`` is instead."""
    import pint

    if len(text) > _LONGEST_UNIT or not _UNIT.fullmatch(text):
        return "not a unit limetal knows"
    if bool(_ANGLES & set(re.findall(r"[A-Za-z]+", text))) != (unit == "deg"):
        return "no angle" if unit == "deg" else "an angle"
    registry = _registry()
    try:
        zero = registry.Quantity(0.0, text)
        one = registry.Quantity(1.0, text)
    except (pint.PintError, ValueError, AttributeError, TypeError, AssertionError, OverflowError):
        return "not a unit limetal knows"
    try:
        offset = float(zero.to(FIELD_UNITS[unit][0]).magnitude)
        return float(one.to(FIELD_UNITS[unit][0]).magnitude) - offset, offset
    except pint.DimensionalityError:
        return _in_words(one.dimensionality)


def _conversion(spelling: str, unit: str, text: object, where: str) -> tuple[float, float]:
    result = _factor(_normalise_unit(spelling), unit)
    if isinstance(result, str):
        example = FIELD_UNITS[unit][1]
        kind = _in_words(_registry().Unit(FIELD_UNITS[unit][0]).dimensionality)
        raise BadInputError(where, f"{text!r}, which is {result}", f'{kind}, for example "{example}"')
    return result


def _normalise_unit(text: str) -> str:
    text = unicodedata.normalize("NFC", text)  # the angstrom and ohm signs become the letters
    text = re.sub(r"Ω(?=[A-Za-z])", "ohm ", text).replace("Ω", "ohm")
    text = text.strip().replace("µ", "u").replace("μ", "u").replace("·", " ").replace("⋅", " ")
    for ours, theirs in _SPELLINGS.items():
        text = text.replace(ours, f" {theirs} ") if ours in text else text
    text = re.sub(r"(?<![A-Za-z])([mk]?[AW]) ?h\s*\^?-1(?!\d)", r"/(\1*h)", text)  # "g A h-1" means g/(A h)
    text = re.sub(r"(?<=[A-Za-z])\^?([+-]?\d+)", r"^\1", text.strip())
    text = re.sub(r"\s*([/()])\s*", r"\1", text)
    text = re.sub(r"\s+", "*", text)
    text = re.sub(r"(?<![A-Za-z])([mk]?)Ah(?![A-Za-z])", r"(\1A*h)", text)
    text = re.sub(r"(?<![A-Za-z])([mk]?)Wh(?![A-Za-z])", r"(\1W*h)", text)
    return text.replace("^", "**") or "dimensionless"


#: What a unit measures, for messages; the first with the same dimension is used.
_WORDS = {
    "dimensionless": "a plain number", "m": "a length", "m^2": "an area", "m^3": "a volume", "kg": "a mass",
    "s": "a time", "1/s": "a frequency or rate", "A": "a current", "A/m^2": "a current per area",
    "C": "a charge", "C/m^2": "a charge per area", "C/m^3": "a charge per volume", "C/kg": "a charge per mass",
    "A/kg": "a current per mass", "kg/m^3": "a density", "kg/m^2": "a mass per area", "kg/C": "a mass per charge",
    "kg/mol": "a mass per amount", "K": "a temperature", "V": "a voltage", "V/s": "a scan rate",
    "ohm": "a resistance", "ohm*m": "a resistivity", "ohm*m^2": "a resistance times area",
    "S/m": "a conductivity", "J/m^3": "an energy per volume or a pressure", "J/m^2": "an energy per area",
    "J": "an energy", "J/mol": "an energy per amount", "J/kg": "an energy per mass", "W": "a power",
    "m^3/kg": "a volume per mass", "A*m^2": "a current times area",
}  # fmt: skip


def _in_words(dimensionality: Any) -> str:  # noqa: ANN401 - pint's own mapping type
    registry = _registry()
    for unit, words in _WORDS.items():
        if registry.Unit(unit).dimensionality == dimensionality:
            return words
    return "of an unusual dimension"
