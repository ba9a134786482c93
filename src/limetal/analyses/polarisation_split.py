"""Whose polarisation it is: the gap of a full cell, split by the resistance of a symmetric cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.like import centre_and_std
from limetal.cycling.polarisation_split import PolarisationSplit, SymmetricCell
from limetal.cycling.polarisation_split import polarisation_split as split_of
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.physics.constants import MA_PER_A
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "Split", "polarisation_split"]

NAME = "analyses.polarisation_split"
KINDS = ("full", "half")
SHARES = (
    ("lithium_polarisation", "lithium_V", "lithium"),
    ("electrolyte_polarisation", "electrolyte_V", "electrolyte"),
    ("positive_polarisation", "positive_V", "positive electrode"),
)


@dataclass(frozen=True)
class Options:
    """What the symmetric cell shows.

    Attributes
    ----------
    symmetric_areal_resistance_ohm_cm2
        Hysteresis of the symmetric cell over its current density (both interfaces and the electrolyte), at the current
        density of the full cell; 0: that of the test that a study names (``symmetric = "TEST"``), if it names one.
    electrolyte_areal_resistance_ohm_cm2
        Resistance of separator and electrolyte times area; 0 where it is not known.
    """

    symmetric_areal_resistance_ohm_cm2: float = 0.0
    electrolyte_areal_resistance_ohm_cm2: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no resistance, and an electrolyte with more than the whole cell."""
        for name in ("symmetric_areal_resistance_ohm_cm2", "electrolyte_areal_resistance_ohm_cm2"):
            value = getattr(self, name)
            if not (isinstance(value, float | int) and 0 <= value < float("inf")):
                raise BadInputError(f"{NAME}.{name}", repr(value), "a number of ohm cm2, zero or more")
        whole, part = self.symmetric_areal_resistance_ohm_cm2, self.electrolyte_areal_resistance_ohm_cm2
        if whole and part > whole:
            where = f"{NAME}.electrolyte_areal_resistance_ohm_cm2"
            raise BadInputError(where, f"{part:g}", f"at most the {whole:g} ohm cm2 of the symmetric cell")


@dataclass(frozen=True, eq=False)
class Split:
    """Shares of every cycle; ``why_not`` says why there are none."""

    shares: PolarisationSplit | None
    options: Options
    why_not: str = ""
    partner: str = ""


def polarisation_split(record: CyclingRecord, options: Options | None = None) -> Split:
    """Shares of lithium, electrolyte and positive electrode in the gap between charge and discharge.

    Raises
    ------
    BadInputError
        If the cell is of another kind.

    References
    ----------
    Sums of voltages in series; see `limetal.physics.polarisation`.

    Examples
    --------
    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 7201.0, 60.0)
    >>> current = np.where(t < 3600, 2e-3, -2e-3)
    >>> cell = CellContext("full", area_cm2=1.0)
    >>> record = CyclingRecord(t, np.where(current > 0, 3.9, 3.6), current, source="one cycle", cell=cell)
    >>> polarisation_split(record, Options(50.0, 10.0)).shares.least.positive_V.round(3).tolist()
    [0.18]
    >>> polarisation_split(record).why_not
    'no symmetric cell is named, and symmetric_areal_resistance_ohm_cm2 is not given'
    """
    options = options or Options()
    if record.cell is None or record.cell.kind not in KINDS:
        kind = "a cell nobody described" if record.cell is None else f"a cell of kind {record.cell.kind!r}"
        raise BadInputError(record.source, kind, f"a cell of kind {' or '.join(KINDS)} (--cell kind=full)")
    partner, whole = record.cell.symmetric, options.symmetric_areal_resistance_ohm_cm2
    known = options.electrolyte_areal_resistance_ohm_cm2 or None
    if whole:
        ladder, words = (np.array([1.0]), np.array([whole / MA_PER_A])), f"symmetric cell of {whole:g} ohm cm2"
    elif partner is not None:
        ladder = np.array(partner.current_density_mA_cm2), np.array(partner.hysteresis_V)
        low, high = ladder[0][0], ladder[0][-1]
        words = f"symmetric cell of {partner.name} at {low:g}" + (f" to {high:g}" if high > low else "") + " mA/cm2"
    else:
        why = "no symmetric cell is named, and symmetric_areal_resistance_ohm_cm2 is not given"
        return Split(None, options, why)
    try:
        found = split_of(record, SymmetricCell(*ladder, known))
        if not np.isfinite(found.least.positive_V).any():
            return Split(None, options, f"{words}: every cycle has a larger current density")
        return Split(found, options, partner=words)
    except BadInputError as error:
        return Split(None, options, f"found {error.found}, want {error.wanted}")


def tell(result: Split) -> Findings:
    """Say the result to the ledger and the report."""
    shares = result.shares
    if shares is None:
        return Findings(not_computed=(("positive_polarisation", result.why_not),))
    known = bool(result.options.electrolyte_areal_resistance_ohm_cm2)
    readings = (shares.least,) if known else (shares.least, shares.most)
    numbers = []
    for reading in readings:
        if known:
            words = f"electrolyte of {result.options.electrolyte_areal_resistance_ohm_cm2:g} ohm cm2"
        else:
            end = "without resistance" if reading is shares.least else "with all of the symmetric cell's resistance"
            words = f"electrolyte {end}: not known, one end of what is possible"
        for quantity, name, _ in SHARES:
            values = np.asarray(getattr(reading, name), dtype=float)
            values = values[np.isfinite(values)]
            centre, spread, std = centre_and_std(values)
            note = f"charge and discharge together, median of {values.size} cycles; {result.partner}; {words}"
            note += f"; spread between cycles {1e3 * spread:.2g} mV" if std is not None else ""
            numbers.append(Number(quantity, centre, std, note, (("definition", words),)))
    warnings = list(shares.warnings)
    negative = int((np.asarray(shares.least.positive_V) < 0).sum())
    if negative:
        warnings.append(
            f"in {negative} cycles the symmetric cell alone exceeds the gap of the full cell: they are not alike"
        )
    return Findings(tuple(numbers), (_plot(shares, known=known),), (_table(shares, known=known),), tuple(warnings))


def _plot(shares: PolarisationSplit, *, known: bool) -> Plot:
    x = shares.cycle.astype(float)
    series = [Series(x, shares.gap_V, "gap of the full cell", "line+points")]
    for _, name, words in SHARES:
        one, other = (np.asarray(getattr(reading, name), dtype=float) for reading in (shares.least, shares.most))
        low, high = np.minimum(one, other), np.maximum(one, other)
        band = {} if known else {"low": low, "high": high}
        series.append(Series(x, (low + high) / 2, words, "line", **band))
    caption = "Mean charge minus mean discharge voltage, and its shares."
    if not known:
        caption += " Bands: from an electrolyte without resistance to one with all of the symmetric cell's."
    return Plot(
        "polarisation_split", "Polarisation split", Axis("cycle", "1"), Axis("polarisation", "mV", factor=1e3),
        tuple(series), caption,
    )  # fmt: skip


def _table(shares: PolarisationSplit, *, known: bool) -> Table:
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", shares.cycle.tolist()),
        "charge_current_density": ("mA/cm2", shares.charge_mA_cm2.tolist()),
        "discharge_current_density": ("mA/cm2", shares.discharge_mA_cm2.tolist()),
        "mean_voltage_gap": ("V", shares.gap_V.tolist()),
    }
    readings = {"": shares.least} if known else {"_without_electrolyte": shares.least, "_all_electrolyte": shares.most}
    for ending, reading in readings.items():
        for quantity, name, _ in SHARES:
            columns[quantity + ending] = ("V", np.asarray(getattr(reading, name), dtype=float).tolist())
    return Table("polarisation_split", columns)


PLUGIN = Analysis(
    title="polarisation of a full cell, split by a symmetric cell",
    takes=CyclingRecord,
    cells=KINDS,
    analyse=polarisation_split,
    tell=tell,
    options=Options,
    sources=("sums of voltages in series; formula and assumptions: limetal.physics.polarisation",),
)
