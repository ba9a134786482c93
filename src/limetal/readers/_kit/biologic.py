"""From a table under EC-Lab's column names to records: cycling, spectra, polarisation; for .mpr and .mpt alike.

What a table is follows from its columns: rows with a frequency are spectra, the rest is cycling, or polarisation where
the technique sweeps the potential. EC-Lab's sign of current (positive oxidises the working electrode) is IUPAC's, and
charges a cell whose working electrode is the positive one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.readers._kit.biologic_spectra import spectra_rows
from limetal.records.base import About, Record, handed_over
from limetal.records.cycling import CyclingRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.polarisation import PolarisationRecord

__all__ = ["Cell", "Table", "records_of"]

Floats = NDArray[np.float64]
_Kept = slice | NDArray[np.bool_]  # rows that stay: all, or those marked
#: Units EC-Lab writes behind a quantity, and what one is.
_SECONDS = {"s": 1.0, "h": SECONDS_PER_HOUR}
_VOLTS = {"V": 1.0, "mV": 1e-3}
_AMPERES = {"mA": 1 / MA_PER_A, "A": 1.0, "µA": 1e-6, "nA": 1e-9}
_OPEN_CIRCUIT = 3  # in column mode
_MOSTLY = 0.5
_SWEEPS = re.compile(
    r"voltammetry|linear (?:sweep|polari[sz]ation)|cyclic polari[sz]ation|potentiodynamic|tafel|^(?:CV|CVA|LSV|LP)$",
    re.IGNORECASE,
)
_RAMP_SHARE = 0.2  # of the rows with a new value of the controlled potential: a sweep, not a few steps
_CHECKED_ROWS = 100_000
_AGREE = 1e-4  # relative, between numbers that the instrument computed from each other in single precision


@dataclass(frozen=True)
class Cell:
    """What the settings say about the electrode."""

    area_cm2: float | None = None
    scan_rate_V_s: float | None = None
    reference: str = ""


@dataclass(frozen=True)
class Table:
    """A file's columns, all as long, under EC-Lab's names.

    ``loops`` are rows (from 0) at which a loop begins. ``row_word`` and ``first`` say how a message names row 0.
    """

    where: str
    columns: dict[str, NDArray[np.generic]]
    about: About = field(default_factory=About)
    cell: Cell = field(default_factory=Cell)
    loops: Sequence[int] = ()
    warnings: tuple[str, ...] = ()
    row_word: str = "data row"
    first: int = 1

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def floats(self, *names: str) -> tuple[str, Floats] | None:
        """Return the first of these columns that holds numbers, and its name."""
        for name in names:
            values = self.columns.get(name)
            if values is not None and values.dtype.kind in "fiu":
                return name, values.astype(np.float64, copy=False)
        return None

    def measured(self, stems: Sequence[str], units: Mapping[str, float]) -> tuple[str, Floats] | None:
        """Return the first of some quantities in base units, and the name of its column.

        A mean ``<Ewe>/V`` is called ``<Ewe/V>`` by some techniques.
        """
        for stem in stems:
            for unit, factor in units.items():
                found = self.floats(f"{stem}/{unit}", f"{stem.removesuffix('>')}/{unit}{'>' * stem.endswith('>')}")
                if found is None:
                    continue
                if unit == "mA":  # dividing keeps the last digit
                    return found[0], found[1] / MA_PER_A
                return found if factor == 1.0 else (found[0], found[1] * factor)
        return None

    def place(self, row: int) -> str:
        """Say where a row is."""
        return f"{self.where}, {self.row_word} {self.first + row}"


@dataclass(frozen=True)
class _Values:
    """What a record of cycling or polarisation is made of."""

    time: Floats | None
    voltage: Floats
    current: Floats | None
    cycle: NDArray[np.int64] | None
    step: NDArray[np.int64] | None
    more: dict[str, NDArray[np.generic]]
    warnings: tuple[str, ...]


def records_of(table: Table) -> list[Record]:
    """Every record a table holds.

    Raises
    ------
    BadInputError
        If it has neither a spectrum nor time and voltage, or columns that contradict each other.

    Examples
    --------
    >>> columns = {"time/s": np.array([0.0, 1.0]), "Ewe/V": np.array([3.0, 3.1]), "I/mA": np.array([1.0, 1.0])}
    >>> records_of(Table("a.mpr", columns))[0].current_ampere.tolist()
    [0.001, 0.001]
    """
    if not table.rows:
        raise BadInputError(table.where, "no rows of data", "at least two")
    with np.errstate(all="ignore"):  # damaged numbers are refused where they matter, and are no news elsewhere
        return _records(table)


def _records(table: Table) -> list[Record]:
    _refuse_shifted(table)
    frequency = table.floats("freq/Hz")
    measured = frequency[1] > 0 if frequency else np.zeros(table.rows, dtype=bool)
    records: list[Record] = []
    if not measured.all():
        records += _other_than_spectra(table, ~measured, has_spectra=bool(measured.any()))
    if measured.any():
        records += _spectra(table, measured, alone=not records)
    if not records:
        raise BadInputError(table.where, "no rows that make a record", "at least two rows of one measurement")
    return records


def _refuse_shifted(table: Table) -> None:
    """Refuse a table whose flags are no flags: its names stand above the wrong columns."""
    for name, most in (("mode", 3), ("ox/red", 1), ("error", 1)):
        found = table.floats(name)
        if found is None or (table.columns[name].dtype.kind == "u" and int(table.columns[name].max()) <= most):
            continue
        bad = ~np.isin(found[1], np.arange(most + 1))
        if bad.any():
            row = int(np.argmax(bad))
            raise BadInputError(table.place(row), f"{name} {found[1][row]:g}", f"a whole number from 0 to {most}")


def _other_than_spectra(table: Table, rows: NDArray[np.bool_], *, has_spectra: bool) -> list[Record]:
    """Cycling or polarisation, of the rows without a frequency."""
    if has_spectra and rows.sum() < CyclingRecord.MIN_ROWS:
        return []
    warnings = list(table.warnings)
    sweep = not has_spectra and _is_sweep(table, warnings)
    # of all rows, because the charge of a row was counted since the row before it, whatever that was
    time_name, time = _time(table) or ("", None)
    voltage_name, voltage = _voltage(table, warnings, sweep=sweep)
    current_name, current = _current(table, time, warnings)
    sweep = sweep and current is not None
    if time is None and not sweep:
        names = ", ".join(list(table.columns)[:8])
        raise BadInputError(table.where, f"no time/s among the columns {names}", "time and voltage, or a spectrum")
    kept: _Kept = rows if has_spectra else slice(None)
    if not all(np.isfinite(c).all() for c in (time, voltage, current) if c is not None):
        finite = np.all([np.isfinite(c) for c in (time, voltage, current) if c is not None], axis=0)
        kept, lost = rows & finite, int((rows & ~finite).sum())
        if lost:
            warnings.append(f"{lost} row{'s' * (lost > 1)} without a number in time, voltage or current left out")
    cycle, step = _counts(table, "cycle number", kept, warnings), _counts(table, "Ns", kept, warnings)
    used = {time_name, voltage_name, current_name, "" if cycle is None else "cycle number"}
    used |= set() if step is None or sweep else {"Ns"}
    if cycle is None:
        cycle = _cycles_of_half_cycles(table, kept, warnings)
    values = _Values(
        None if time is None else handed_over(time[kept]),
        handed_over(voltage[kept]),
        None if current is None else handed_over(current[kept]),
        cycle,
        step,
        {name: column[kept] for name, column in table.columns.items() if name not in used},
        tuple(warnings),
    )
    if sweep:
        return [_polarisation(table, values)]
    if has_spectra and (values.voltage.size < CyclingRecord.MIN_ROWS or not _rises(values.time)):
        return []
    return [_cycling(table, values, "cycling" if has_spectra else "")]


def _rises(time: Floats | None) -> bool:
    return time is not None and bool(time[-1] > time[0])


def _polarisation(table: Table, values: _Values) -> PolarisationRecord:
    return PolarisationRecord(
        potential_volt=values.voltage,
        current_ampere=values.current,
        test_time_second=values.time,
        cycle_count=values.cycle,
        scan_rate_V_s=table.cell.scan_rate_V_s,
        reference=table.cell.reference,
        area_cm2=table.cell.area_cm2,
        source=table.where,
        about=table.about,
        more=values.more,
        warnings=values.warnings,
    )


def _cycling(table: Table, values: _Values, label: str) -> CyclingRecord:
    if values.time is None:
        raise BadInputError(table.where, "no time/s", "time and voltage")
    return CyclingRecord(
        test_time_second=values.time,
        voltage_volt=values.voltage,
        current_ampere=values.current,
        cycle_count=values.cycle,
        step_count=values.step,
        source=table.where,
        label=label,
        about=table.about,
        more=values.more,
        warnings=values.warnings,
    )


def _is_sweep(table: Table, warnings: list[str]) -> bool:
    """Whether the potential is swept: by the technique, or where that is unknown by what was controlled."""
    technique = table.about.technique
    if technique and not technique.startswith("technique "):
        return bool(_SWEEPS.search(technique))
    control = table.floats("control/V")
    if (
        control is None
        or table.measured(("<I>", "I"), _AMPERES) is None
        or table.rows < 10
        or "half cycle" in table.columns
    ):
        return False
    steps = np.diff(control[1])
    if float(np.mean(steps != 0)) < _RAMP_SHARE or float(np.ptp(control[1])) < 1e-3:
        return False
    warnings.append("the technique is not known; the controlled potential is swept, so it was read as polarisation")
    return True


def _time(table: Table) -> tuple[str, Floats] | None:
    return table.measured(("time",), _SECONDS)


def _voltage(table: Table, warnings: list[str], *, sweep: bool) -> tuple[str, Floats]:
    """Name and numbers of the voltage: of the whole cell where it was measured, of the working electrode in a sweep."""
    working = table.measured(("Ewe", "<Ewe>"), _VOLTS)
    whole = table.measured(("Ewe-Ece", "<Ewe-Ece>"), _VOLTS)
    if whole and (not np.any(whole[1]) or np.isnan(whole[1]).all()) and working and np.any(working[1]):
        whole = None  # EC-Lab fills columns it did not measure with zeros
    two = table.measured(("Ecell", "<Ecell>"), _VOLTS)
    if sweep:
        chosen = working or two or whole
    else:
        counter = table.measured(("Ece", "<Ece>"), _VOLTS)
        if whole is None and two is None and working and counter and np.any(counter[1]):
            whole = (f"{working[0]} minus {counter[0]}", working[1] - counter[1])
        chosen = two or whole or working
        if working and chosen is not working and chosen is not None:
            of = "working against counter electrode" if chosen is whole else "the whole cell"
            warnings.append(f"voltage is {chosen[0]} ({of}), not {working[0]}, which is kept")
    if chosen is None:
        names = ", ".join(list(table.columns)[:8])
        raise BadInputError(table.where, f"no voltage among the columns {names}", "Ewe/V, Ecell/V or Ewe-Ece/V")
    return chosen


def _current(table: Table, time: Floats | None, warnings: list[str]) -> tuple[str, Floats | None]:
    """Current in amperes: measured, or from the charge between rows, which is how EC-Lab computes its <I>."""
    for stem in ("I", "<I>"):
        found = table.measured((stem,), _AMPERES)
        if found and np.isfinite(found[1]).mean() > _MOSTLY:
            return found
    for name in ("dq/mA.h", "dQ/mA.h"):
        total = "(Q-Qo)/mA.h"
        charge, sum_of = table.floats(name), table.floats(total)
        if charge is None or time is None:
            continue
        if sum_of is not None and not _adds_up(charge[1], sum_of[1]):
            warnings.append(f"{name} does not add up to {total}, so no current was computed from it")
            return "", None
        warnings.append(f"current is the mean since the row before, from {name} over time; that of the first row is 0")
        return "", _mean_current(charge[1] / MA_PER_A, time, warnings)
    if "mode" in table.columns and not np.any(table.columns["mode"] != _OPEN_CIRCUIT):
        return "", np.zeros(table.rows)  # open circuit from the first to the last row
    warnings.append("the file has no current")
    return "", None


def _adds_up(charge: Floats, total: Floats) -> bool:
    every = max(1, charge.size // _CHECKED_ROWS)  # a sample of a long table tells as much
    steps = total[1::every] - total[:-1:every]
    # totals restart in loops; and a total in double precision loses the last digits of small steps
    tolerance = _AGREE * np.abs(steps) + 1e-9 * float(np.max(np.abs(total), initial=0.0)) + 1e-15
    return steps.size == 0 or float(np.mean(np.abs(charge[1::every] - steps) <= tolerance)) > 0.9


def _mean_current(charge_Ah: Floats, time: Floats, warnings: list[str]) -> Floats:
    duration = np.diff(time)
    current = np.zeros(time.size)
    np.divide(charge_Ah[1:], duration, out=current[1:])
    current *= SECONDS_PER_HOUR
    still = np.flatnonzero(duration == 0) + 1
    if still.size:
        warnings.append(f"{still.size} rows at the time of the row before them have its current")
        moving = np.ones(time.size, dtype=bool)
        moving[still] = False
        current = current[np.maximum.accumulate(np.where(moving, np.arange(time.size), 0))]
    return current


def _counts(table: Table, name: str, kept: _Kept, warnings: list[str]) -> NDArray[np.int64] | None:
    found = table.floats(name)
    if found is None:
        return None
    stored = table.columns[name]
    if stored.dtype.kind in "iu" and stored.dtype.itemsize < 8:
        return handed_over(stored[kept].astype(np.int64))
    values = found[1][kept]
    if not (np.isfinite(values) & (values == np.round(values)) & (np.abs(values) < 2**53)).all():
        warnings.append(f"column {name!r} holds no whole numbers and was kept as it is")
        return None
    return handed_over(values.astype(np.int64))


def _cycles_of_half_cycles(table: Table, kept: _Kept, warnings: list[str]) -> NDArray[np.int64] | None:
    half = _counts(table, "half cycle", kept, [])
    if half is None or (half < 0).any():
        return None
    warnings.append("cycles are pairs of the file's half cycles, EC-Lab's own count where cycles alternate charge")
    return handed_over(half >> 1)


def _spectra(table: Table, measured: NDArray[np.bool_], *, alone: bool) -> list[Record]:
    found = table.floats("freq/Hz")
    if found is None:  # pragma: no cover - the caller has looked
        return []
    warnings: list[str] = list(table.warnings) if alone else []
    real, imaginary = _impedance(table, measured, warnings)
    usable = measured & np.isfinite(found[1]) & np.isfinite(real) & np.isfinite(imaginary)
    if not usable[measured].all():
        lost = int((measured & ~usable).sum())
        warnings.append(f"{lost} row{'s' * (lost > 1)} without an impedance left out")
    parts = spectra_rows(found[1], usable, _marks(table), table.loops)
    short = [part for part in parts if part.size < ImpedanceRecord.MIN_ROWS]
    parts = [part for part in parts if part.size >= ImpedanceRecord.MIN_ROWS]
    if short and parts:
        warnings.append(f"{len(short)} spectra of a single row left out")
    if short and not parts and not alone:
        return []
    time, current = _time(table), table.measured(("<I>", "I"), _AMPERES)
    voltage = table.measured(("<Ewe>", "Ewe", "<Ecell>", "Ecell"), _VOLTS)
    if table.floats("Re(Zwe-ce)/Ohm"):
        warnings.append("impedance is that of the working electrode; that of the whole cell is kept as Re(Zwe-ce)/Ohm")
    used = {"freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "Im(Z)/Ohm"}
    used |= {column[0] for column in (time, voltage, current) if column}
    many = len(parts) > 1 or not alone
    records: list[Record] = []
    for number, rows in enumerate(parts or short, start=1):
        when = time[1][rows] if time and np.isfinite(time[1][rows]).all() else None
        records.append(
            ImpedanceRecord(
                frequency_hertz=found[1][rows],
                impedance_real_ohm=real[rows],
                impedance_imaginary_ohm=imaginary[rows],
                test_time_second=when,
                voltage_volt=voltage[1][rows] if voltage else None,
                current_ampere=current[1][rows] if current else None,
                area_cm2=table.cell.area_cm2,
                source=table.where,
                label=f"spectrum {number}" if many else "",
                about=table.about,
                more={name: values[rows] for name, values in table.columns.items() if name not in used},
                warnings=tuple(warnings),
            )
        )
    return records


def _impedance(table: Table, measured: NDArray[np.bool_], warnings: list[str]) -> tuple[Floats, Floats]:
    """Re Z and Im Z, checked against modulus and phase where the file has them too."""
    real, minus, plus = table.floats("Re(Z)/Ohm"), table.floats("-Im(Z)/Ohm"), table.floats("Im(Z)/Ohm")
    modulus, phase = table.floats("|Z|/Ohm"), table.floats("Phase(Z)/deg")
    if real is None or (minus is None and plus is None):
        if modulus is None or phase is None:
            names = ", ".join(list(table.columns)[:8])
            raise BadInputError(table.where, f"a frequency and no impedance among {names}", "Re(Z) and -Im(Z)")
        warnings.append("Re Z and Im Z were computed from |Z|/Ohm and Phase(Z)/deg")
        angle = np.deg2rad(phase[1])
        return modulus[1] * np.cos(angle), modulus[1] * np.sin(angle)
    imaginary = -minus[1] if minus else plus[1] if plus else np.zeros(table.rows)
    if modulus is not None:
        size = np.hypot(real[1], imaginary)
        off = measured & (np.abs(size - modulus[1]) > 0.01 * modulus[1]) & (modulus[1] > 0)
        if off.sum() > 0.1 * measured.sum():
            row = int(np.argmax(off))
            found = f"|Z| of {modulus[1][row]:.6g} ohm beside Re(Z) and -Im(Z) that make {size[row]:.6g} ohm"
            raise BadInputError(table.place(row), found, "columns under their own names")
    return real[1], imaginary


def _marks(table: Table) -> Floats | None:
    """Count that changes from spectrum to spectrum."""
    found = table.floats("z cycle")
    if found is None and "half cycle" not in table.columns:
        found = table.floats("cycle number")
    return found[1] if found else None
