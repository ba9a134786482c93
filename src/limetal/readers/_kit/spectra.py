"""What the readers of electron spectra share: numbers with their line, labels that differ, units of intensity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.echem_text import iso_time
from limetal.records.photoelectrons import PhotoelectronRecord

__all__ = [
    "MAX_RECORDS",
    "column_of",
    "distinct",
    "energy_kind",
    "energy_unit",
    "intensity_unit_of",
    "is_sound",
    "iso_time",
    "number_or_none",
    "seconds_of",
    "settings_of",
    "with_distinct_labels",
]

Floats = NDArray[np.float64]
#: More spectra than any file of the field holds; a count beyond it is a garbled one.
MAX_RECORDS = 100_000
#: Larger numbers are garbled ones; VAMAS' 1E+37 for unknown is not yet one.
_MOST = 1e60
_SECONDS_PER_MINUTE = 60.0
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_PER_SECOND = re.compile(r"(?:counts?|c)\s*(?:/|per)\s*(?:s|sec|second)s?\b|\bcps\b|\bc/s\b", re.IGNORECASE)
_COUNTS = re.compile(r"\bcounts?\b", re.IGNORECASE)
_SETTING = re.compile(r"\s*([^:=]{1,60}?)\s*(?: = |\s:\s|:\s+|=)\s*(.*)")


def column_of(texts: Sequence[str], where: str, first_line: int) -> Floats:
    """Numbers of lines that hold one number each; a comma is a decimal mark there, because nothing else can be.

    Raises
    ------
    BadInputError
        With the line (``first_line`` is that of ``texts[0]``, counted from 1) of a text that is no number.

    Examples
    --------
    >>> column_of(["1.5", " 2,5 ", "-3e1"], "a.vms", 9).tolist()
    [1.5, 2.5, -30.0]
    """
    joined = "\n".join(texts)
    if "," in joined:
        texts = joined.replace(",", ".").split("\n")
    try:
        # numpy takes what Python takes: underscores and names of numbers that are none are refused below
        values = np.array(texts, dtype="U").astype(np.float64) if texts else np.empty(0)
        if "_" not in joined and is_sound(values):
            return values
    except ValueError:
        pass
    for at, text in enumerate(texts):
        if number_or_none(text) is None:
            raise BadInputError(f"{where}, line {first_line + at}", repr(text[:60]), "a number")
    raise BadInputError(f"{where}, line {first_line}", "numbers that are not finite", "finite numbers")


def number_or_none(text: str) -> float | None:
    """A finite number written with a point or a comma, and nothing else; None for anything but that.

    Examples
    --------
    >>> number_or_none("1486,6"), number_or_none("20 eV"), number_or_none("nan")
    (1486.6, None, None)
    """
    text = text.strip()
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if abs(value) < _MOST else None


def is_sound(values: Floats) -> bool:
    """Whether every value is a finite number that an instrument may give.

    Examples
    --------
    >>> is_sound(np.array([1.0, 2e5])), is_sound(np.array([1.0, np.nan])), is_sound(np.array([1e200]))
    (True, False, False)
    """
    return bool((np.abs(values) < _MOST).all())


def energy_kind(label: str) -> str:
    """Whether a header names a binding or a kinetic energy, ``""`` if neither or both.

    Examples
    --------
    >>> energy_kind("Binding Energy [eV]"), energy_kind("KE/eV"), energy_kind("Energy"), energy_kind("B.E. (eV)")
    ('binding', 'kinetic', '', 'binding')
    """
    text = label.lower()
    binding = "binding" in text or re.match(r"\W*b\.?\s?e\.?(?![a-z])", text) is not None
    kinetic = "kinetic" in text or re.match(r"\W*k\.?\s?e\.?(?![a-z])", text) is not None
    return "binding" if binding and not kinetic else "kinetic" if kinetic and not binding else ""


def energy_unit(label: str) -> str:
    """Unit that the header of an energy states; ``""`` where it states none.

    Examples
    --------
    >>> [energy_unit(t) for t in ("BE/eV", "Binding Energy (E)", "Kinetic Energy [keV]", "B.E.")]
    ['eV', '', 'keV', '']
    """
    match = re.search(r"(?:[/(\[,_]\s*|\s)(m?eV|keV|k?J(?:/mol)?|Ha|hartree|Ry|nm|cm-1)\b", label, re.IGNORECASE)
    if match is None:
        return ""
    return "eV" if match[1].lower() == "ev" else match[1]


def intensity_unit_of(*texts: str) -> str:
    """Intensity unit that headers state; ``"a.u."`` where they state none.

    Examples
    --------
    >>> intensity_unit_of("Counts / s"), intensity_unit_of("Counts"), intensity_unit_of("Intensity", "c/s")
    ('counts/s', 'counts', 'counts/s')
    >>> intensity_unit_of("Raw Data")
    'a.u.'
    """
    if any(_PER_SECOND.search(text) for text in texts):
        return "counts/s"
    return "counts" if any(_COUNTS.search(text) for text in texts) else "a.u."


def seconds_of(value: float, unit: str) -> float | None:
    """A time in seconds; None if the unit is not one of time.

    Examples
    --------
    >>> seconds_of(2.0, "min"), seconds_of(2.0, "s"), seconds_of(2.0, "d")
    (120.0, 2.0, None)
    """
    unit = unit.strip().lower()
    if unit in {"s", "sec", "secs", "second", "seconds"}:
        return value
    return value * _SECONDS_PER_MINUTE if unit in {"min", "mins", "minute", "minutes"} else None


def settings_of(lines: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Lines such as ``Pass energy = 20`` or ``Tilt : 0`` by their key, and the lines that are none.

    Examples
    --------
    >>> settings_of(["Tilt : 0.00", "File = a.sle", "as loaded"])
    ({'Tilt': '0.00', 'File': 'a.sle'}, ['as loaded'])
    """
    settings: dict[str, str] = {}
    rest = []
    for line in lines:
        match = _SETTING.fullmatch(line)
        if match and match[1].strip():
            key, value = match[1].strip(), match[2].strip()
            if value:
                settings[key] = f"{settings[key]}; {value}" if key in settings else value
        elif line.strip():
            rest.append(line.strip())
    return settings, rest


def distinct(labels: Sequence[str]) -> list[str]:
    """Labels that differ: a second of the same name is numbered.

    Examples
    --------
    >>> distinct(["C 1s", "O 1s", "C 1s", ""])
    ['C 1s', 'O 1s', 'C 1s (2)', 'spectrum 4']
    """
    taken: set[str] = set()
    given = []
    for number, label in enumerate(labels, start=1):
        name = label or f"spectrum {number}"
        candidate, copy = name, 1
        while candidate in taken:
            copy += 1
            candidate = f"{name} ({copy})"
        taken.add(candidate)
        given.append(candidate)
    return given


def with_distinct_labels(records: Sequence[PhotoelectronRecord]) -> list[PhotoelectronRecord]:
    """Give records with labels that differ."""
    labels = distinct([r.label for r in records])
    return [r if r.label == label else replace(r, label=label) for r, label in zip(records, labels, strict=True)]
