"""Numbers and file names as people read them."""

from __future__ import annotations

import re

__all__ = ["file_name", "number_text"]

#: Below this a number with an error is written with a power of ten.
_SMALL = 1e-3


def file_name(key: str, name: str) -> str:
    """Name of a file from the path of a section and the name of an exhibit; safe on every system.

    Examples
    --------
    >>> file_name("tests.Li/LZ 1", "voltage_time")
    'tests.Li-LZ-1.voltage_time'
    """
    return re.sub(r"[^A-Za-z0-9_.+-]", "-", f"{key}.{name}" if key else name)


def number_text(value: object, std: float | None = None) -> str:
    """Write a value for people: as many digits as the uncertainty leaves, else at most five.

    Examples
    --------
    >>> number_text(0.90046, 0.0077), number_text(1946.2128), number_text("unknown"), number_text(700.0)
    ('0.9005 ± 0.0077', '1946.2', 'unknown', '700')
    >>> number_text(8.7755e-06, 1.9e-07), number_text(1.60e6, 2.1e4)
    ('(8.78 ± 0.19)e-06', '1600000 ± 21000')
    """
    if isinstance(value, tuple | list):
        return ", ".join(number_text(v) for v in value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if std and 0 < abs(value) < _SMALL:
        power = max(_exponent(value), _exponent(std))
        digits = max(0, power + 1 - _exponent(std))
        return f"({value / 10**power:.{digits}f} ± {std / 10**power:.{digits}f})e{power:03d}"
    if std:
        digits = 1 - _exponent(std)
        return " ± ".join(f"{round(v, digits):.{max(digits, 0)}f}" for v in (value, std))
    return f"{value:.5g}" if abs(value) < 1e5 or abs(value) >= 1e7 else f"{value:.0f}"


def _exponent(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])
