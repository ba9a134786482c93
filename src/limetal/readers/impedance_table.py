"""Impedance spectra in text or workbooks of any origin (.csv, .txt, .xlsx, .xls, .ods): frequency and Z under headers.

Names are those the field uses: ``f``, ``freq/Hz``; ``Z'``, ``Zre``, ``Re(Z)/Ohm``; ``Z''`` or ``-Z''``; ``|Z|`` with
phase. A minus in front of a name turns the sign around. Several spectra below each other, in several sheets, or under a
column of labels become several records. A table without headers needs the user's word for its columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.potentiostat import Grid, Role, others, same_names, take, without_cut_row
from limetal.readers._kit.potentiostat_records import Facts, impedance
from limetal.readers._kit.tables import Block, blocks, hinted_block, lines_of
from limetal.records.impedance import ImpedanceRecord

__all__ = ["PLUGIN", "looks_like", "read"]

Floats = NDArray[np.float64]
#: What a user may say about a column.
HINTS = {
    "frequency": Role("frequency", None),
    "z_real": Role("real", None),
    "z_imag": Role("imaginary", None),
    "minus_z_imag": Role("imaginary", None, -1.0),
    "z_abs": Role("modulus", None),
    "phase": Role("phase", None),
    "minus_phase": Role("phase", None, -1.0),
    "time": Role("time", None),
}
_LABELS = {"record", "spectrum", "spectrum number", "cycle number", "cycle", "cycle_count"}
_DEGREES_SURELY = 2 * np.pi + 0.2  # no phase in radians is larger
_WITHIN = 0.02  # of |Z|: rounding of a printed phase


def looks_like(file: RawFile) -> bool:
    r"""Whether a table names a frequency and an impedance.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "z.csv"
    >>> _ = path.write_text("freq,Zre,-Zim\n1000,10,1\n100,12,2\n")
    >>> looks_like(RawFile(path))
    True
    """
    try:
        return any(
            next(blocks(lines[:400], _is_spectrum, file.where), None) is not None
            for _, lines in lines_of(file, whole=False)
        )
    except BadInputError:
        return True


def read(file: RawFile, options: ReadOptions) -> list[ImpedanceRecord]:
    r"""Read every spectrum of a table.

    Raises
    ------
    BadInputError
        With the line, for fields that are no numbers, phases whose unit cannot be told, and columns that are missing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "z.csv"
    >>> _ = path.write_text("f (kHz);Z' (Ohm);-Z'' (Ohm)\n1,0;10,5;1,5\n0,1;12,0;2,0\n")
    >>> spectrum, = read(RawFile(path), ReadOptions())
    >>> spectrum.frequency_hertz.tolist(), spectrum.impedance.tolist()
    ([1000.0, 100.0], [(10.5-1.5j), (12-2j)])
    """
    wrong = next((key for key in options.columns if key not in HINTS), None)
    if wrong is not None:
        raise BadInputError(f"{file.where}, columns", repr(wrong), f"one of {', '.join(HINTS)}")
    spectra: list[ImpedanceRecord] = []
    for sheet, lines in lines_of(file, whole=True):
        where = f"{file.where}, sheet {sheet}" if sheet else file.where
        if options.columns:
            found: Iterator[Block] = iter((hinted_block(lines, options.columns, HINTS, where, sheet),))
        else:
            found = blocks(lines, _is_spectrum, where, sheet)
        for block in found:
            spectra += [replace(s, source=file.where) for s in _spectra(block, where)]
    if not spectra:
        wanted = (
            "columns of frequency and impedance; or --column frequency=1:Hz --column z_real=2:ohm --column z_imag=3:ohm"
        )
        raise BadInputError(file.where, "no table of impedance", wanted)
    return _labelled(spectra)


def _is_spectrum(roles: tuple[Role | None, ...]) -> bool:
    have = {role.quantity for role in roles if role is not None}
    return "frequency" in have and ({"real", "imaginary"} <= have or {"modulus", "phase"} <= have)


def _spectra(block: Block, where: str) -> Iterator[ImpedanceRecord]:
    grid, said = block.grid, list[str]()
    columns: dict[str, tuple[int, Role]] = {}
    for index, role in enumerate(block.roles):
        if role is not None and index < grid.frame.width:
            columns.setdefault(role.quantity, (index, role))
    if not _is_spectrum(tuple(role for _, role in columns.values())):
        have = " and ".join(name.replace("_", " ") for name in columns) or "none of the columns"
        raise BadInputError(where, f"rows with only {have}", "frequency with Re Z and Im Z, or with |Z| and phase")
    silent = [n for n in ("frequency", "real", "imaginary", "modulus") if n in columns and columns[n][1].factor is None]
    if silent:
        said.append(f"the headers give no unit for {', '.join(silent)}: read in Hz and ohm, as the field writes them")
    facts = Facts(where, label=block.label, warnings=tuple(said))
    if not {"real", "imaginary"} <= set(columns):
        whole = [_from_modulus(grid, columns, facts)]
    else:
        whole = [impedance(grid, {k: v for k, v in columns.items() if k not in {"modulus", "phase"}}, facts)]
    for spectrum in whole:
        for part, label in _parts(spectrum):
            yield _cut(spectrum, part, label)


def _from_modulus(grid: Grid, columns: dict[str, tuple[int, Role]], facts: Facts) -> ImpedanceRecord:
    """Re and Im from |Z| and phase; the phase is in degrees unless its header says radians."""
    names = ("frequency", "modulus", "phase")
    scales = {name: (columns[name][0], columns[name][1].times) for name in names}
    grid, values = take(grid, scales)
    grid = without_cut_row(grid, used := [columns[name][0] for name in names])
    phase, warnings = values["phase"], list(facts.warnings)
    if columns["phase"][1].factor is None:
        largest = float(np.max(np.abs(phase), initial=0.0))
        if largest <= _DEGREES_SURELY:
            index = columns["phase"][0]
            header = grid.headers[index] if index < len(grid.headers) else f"column {index + 1}"
            found = f"phases up to {largest:.3g} in column {header!r} without a unit: degrees, or radians"
            raise BadInputError(
                facts.where, found, "a unit in the header, as in 'phase (deg)', or --column phase=3:deg"
            )
        warnings.append("the header of the phase gives no unit: read in degrees")
    angle = np.deg2rad(phase)
    return ImpedanceRecord(
        frequency_hertz=values["frequency"],
        impedance_real_ohm=values["modulus"] * np.cos(angle),
        impedance_imaginary_ohm=values["modulus"] * np.sin(angle),
        per_area=columns["modulus"][1].per_area,
        source=facts.where,
        label=facts.label,
        more=others(grid, used),
        warnings=(*warnings, *grid.warnings, *same_names(grid, used)),
    )


def _parts(spectrum: ImpedanceRecord) -> Iterator[tuple[NDArray[np.intp], str]]:
    """Rows of each spectrum: of one label, or from one return of the frequency to its start to the next."""
    rows = np.arange(spectrum.rows)
    label = next((name for name in spectrum.more if name.strip().lower() in _LABELS), None)
    if label is not None and len(set(spectrum.more[label].tolist())) > 1:
        values = spectrum.more[label]
        starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
        names = [str(values[s]) if isinstance(values[s], str) else f"{label.strip()} {values[s]:g}" for s in starts]
    else:
        starts = _restarts(spectrum.frequency_hertz)
        names = [f"spectrum {n + 1}" for n in range(starts.size)] if starts.size > 1 else [""]
    for name, part in zip(names, np.split(rows, starts[1:]), strict=True):
        yield part, name


def _restarts(frequency: Floats) -> NDArray[np.intp]:
    """First row of each sweep: where the frequency jumps back against the direction of the sweep by over half of it."""
    steps = np.diff(np.log(frequency))
    moving = steps[steps != 0]
    if moving.size < 3:
        return np.zeros(1, dtype=np.intp)
    direction = np.sign(np.median(np.sign(moving)))
    span = float(np.ptp(np.log(frequency)))
    back = np.flatnonzero((np.sign(steps) == -direction) & (np.abs(steps) > 0.5 * span))
    return np.append(0, back + 1)


def _cut(spectrum: ImpedanceRecord, part: NDArray[np.intp], label: str) -> ImpedanceRecord:
    if part.size == spectrum.rows:
        return spectrum
    return spectrum.at_rows(part, ", ".join(word for word in (spectrum.label, label) if word))


def _labelled(spectra: list[ImpedanceRecord]) -> list[ImpedanceRecord]:
    """Give every spectrum a label of its own; a single one needs none."""
    if len(spectra) == 1:
        return [replace(spectra[0], label="")]
    seen: set[str] = set()
    named = []
    for number, spectrum in enumerate(spectra, start=1):
        label = spectrum.label or f"spectrum {number}"
        label = label if label not in seen else f"{label}, spectrum {number}"
        seen.add(label)
        named.append(replace(spectrum, label=label))
    return named


PLUGIN = Reader(
    title="impedance table",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt", ".dat", ".xlsx", ".xls", ".ods"),
    documented_at="https://www.rfc-editor.org/rfc/rfc4180",
    gives=("impedance",),
    instruments=("any origin",),
    rank=1,
    takes_columns=tuple(HINTS),
)
