"""Dates as cyclers write them; a day and a month that could be swapped give none, unless the file tells them apart."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["iso_time", "wall_clock_seconds"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AaPp][Mm])?)?\s*(Z|[+-]\d\d:?\d\d)?"
_ISO = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME + r"\s*")
_NUMBERS = re.compile(r"\s*(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})" + _TIME + r"\s*")
_NAMED = re.compile(r"\s*(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4}|\d{2})" + _TIME + r"\s*")
_FORMATS = (
    "%Y-%m-%d %H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f", "%m/%d/%Y %H:%M:%S%.f", "%d/%m/%Y %H:%M:%S%.f",
    "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S%.f", "%d-%b-%y %I:%M:%S %p", "%d-%b-%y %H:%M:%S", "%d-%b-%Y %H:%M:%S",
)  # fmt: skip
_CENTURY = 2000


def iso_time(text: str, others: Sequence[str] = ()) -> str:
    """Return a date and time as ISO 8601; empty if it is none, or if its day and month may be swapped.

    Parameters
    ----------
    text
        As the file writes it.
    others
        More dates of the same file, which may show which number is the day.

    Examples
    --------
    >>> iso_time("08/13/2019 19:17:53"), iso_time("19.06.2023 17:56:53"), iso_time("11 December 2020, 12:22:12 PM")
    ('2019-08-13T19:17:53', '2023-06-19T17:56:53', '2020-12-11T12:22:12')
    >>> iso_time("06/05/2021 11:23:46"), iso_time("06/05/2021 11:23:46", ["06/13/2021 11:23:46"])
    ('', '2021-06-05T11:23:46')
    """
    if match := _ISO.fullmatch(text):
        return _written(int(match[1]), int(match[2]), int(match[3]), match.groups()[3:])
    if match := _NAMED.fullmatch(text):
        month = match[2].lower()
        return (
            _written(int(match[3]), _MONTHS.index(month) + 1, int(match[1]), match.groups()[3:])
            if (month in _MONTHS)
            else ""
        )
    match = _NUMBERS.fullmatch(text)
    if match is None:
        return ""
    first, second = int(match[1]), int(match[3])
    day_first = match[2] == "." or _day_first([text, *others])
    if day_first is None:
        return ""
    day, month = (first, second) if day_first else (second, first)
    return _written(int(match[4]), month, day, match.groups()[4:])


def wall_clock_seconds(texts: pl.Series) -> NDArray[np.float64] | None:
    """Seconds of a column of dates since its first; None if they are not all of one known form.

    Which number is the day is not known, so only differences within a day can be trusted.
    """
    for form in _FORMATS:
        times = texts.str.to_datetime(form, strict=False, time_unit="us")
        if times.null_count() == 0:
            micro: NDArray[np.float64] = times.dt.timestamp("us").to_numpy().astype(np.float64)
            return np.asarray((micro - micro[0]) / 1e6, dtype=np.float64)
    return None


def _day_first(texts: Sequence[str]) -> bool | None:
    """Whether the first number of dates is the day; None if nothing tells."""
    matches = [match for text in texts if (match := _NUMBERS.fullmatch(text))]
    if any(int(match[1]) > 12 for match in matches):
        return True
    if any(int(match[3]) > 12 for match in matches):
        return False
    same = all(match[1] == match[3] for match in matches)
    return False if matches and same else None


def _written(year: int, month: int, day: int, time: tuple[str | None, ...]) -> str:
    hour, minute, second, fraction, half, offset = time
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0) if hours <= 12 else hours
    try:
        stamp = datetime.datetime(
            year if year >= 100 else year + _CENTURY, month, day, hours, int(minute or 0), int(second or 0)
        )
    except ValueError:
        return ""
    text = stamp.isoformat() if hour else stamp.date().isoformat()
    if fraction and int(fraction):
        text += f".{fraction}"
    return text + (offset or "")
