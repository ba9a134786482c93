"""Spectra of one cell in order: resistances over time or cycle, possible soft shorts, activation energies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._impedance_plots import arrhenius_plot, drt_map, series_nyquist, trend_plot
from limetal.errors import BadInputError
from limetal.exhibits import Plot, Table
from limetal.impedance.choose import ChooseOptions, choose_for_all
from limetal.impedance.drt import drt_many
from limetal.impedance.drt import drt_map as common_grid
from limetal.impedance.fit import fit_many
from limetal.impedance.result import CircuitFit, FitOptions
from limetal.impedance.trends import (
    Resistance,
    ResistanceArrhenius,
    SeriesTrends,
    Trend,
    series_trends,
    temperature_series,
)
from limetal.physics.arrhenius import FORMS, J_PER_KJ
from limetal.physics.constants import GAS_CONSTANT_J_mol_K
from limetal.records.series import ImpedanceSeries

__all__ = ["Options", "SeriesResult", "impedance_series"]

CHOOSE = "choose"
#: Spectra that decide on the circuit where none is given: spread over the series.
_DECIDING = 5
_FEWEST_FOR_MAP = 3


@dataclass(frozen=True)
class Options:
    """Choices that change the numbers.

    Attributes
    ----------
    circuit
        ``choose``: the one with the lowest sum of AICc over up to five spectra of the series; or a circuit.
    weighting
        As for the analysis ``circuit``.
    form
        Of the Arrhenius line: ``ln(T/R)`` or ``ln(1/R)``.
    """

    circuit: str = CHOOSE
    weighting: str = "modulus"
    form: str = "ln(T/R)"


@dataclass(frozen=True, eq=False)
class SeriesResult:
    """A series with the fits of one circuit, and what follows from them."""

    series: ImpedanceSeries
    fits: tuple[CircuitFit, ...]
    trends: SeriesTrends | None
    arrhenius: tuple[ResistanceArrhenius, ...]
    reason: str = ""


def impedance_series(series: ImpedanceSeries, options: Options | None = None) -> SeriesResult:
    """One circuit fitted to every spectrum of a series, with trends, sudden falls or activation energies.

    Raises
    ------
    BadInputError
        If an option is no choice or a circuit cannot be read.

    Examples
    --------
    >>> from limetal.records.impedance import ImpedanceRecord
    >>> f = np.logspace(5, -1, 61)
    >>> def cell(kelvin):
    ...     z = 5 + 1e-9 * kelvin * np.exp(60e3 / (8.314462618 * kelvin)) / (1 + 2j * np.pi * f * 1e-3)
    ...     return ImpedanceRecord(f, z.real, z.imag, source=f"{kelvin} K")
    >>> kelvin = (293.0, 303.0, 313.0)
    >>> series = ImpedanceSeries(tuple(cell(t) for t in kelvin), "temperature", kelvin, "three")
    >>> found = impedance_series(series, Options(circuit="R(RC)")).arrhenius
    >>> [(row.name, round(row.fit.activation_energy_kJ_mol, 1)) for row in found if row.name == "R1"]
    [('R1', 60.0)]
    """
    chosen = options or Options()
    if chosen.form not in FORMS or chosen.form == "ln(sigma T)":
        raise BadInputError("analyses.impedance_series.form", repr(chosen.form), "'ln(T/R)' or 'ln(1/R)'")
    given = FitOptions(weighting=chosen.weighting)  # type: ignore[arg-type]
    spectra = [(r.frequency_hertz, r.impedance) for r in series.records]
    try:
        text = _best_for_all(spectra, given) if chosen.circuit == CHOOSE else chosen.circuit
        fits = tuple(fit_many(text, spectra, given))
    except BadInputError as error:
        if "points" in error.wanted:
            return SeriesResult(series, (), None, (), f"{error.where}: {error.found}, {error.wanted} are needed")
        raise
    rows = _resistances(fits)
    frequencies, impedances = [f for f, _ in spectra], [z for _, z in spectra]
    if series.along == "temperature":
        energies = temperature_series(series.at, rows, chosen.form, frequencies, impedances)  # type: ignore[arg-type]
        return SeriesResult(series, fits, None, energies)
    return SeriesResult(series, fits, series_trends(frequencies, impedances, series.at, rows), ())


def _best_for_all(spectra: Sequence[tuple[NDArray[np.float64], NDArray[np.complex128]]], options: FitOptions) -> str:
    """Circuit of the lowest sum of AICc over some spectra of a series, of those every one of them was fitted with."""
    deciding = np.unique(np.linspace(0, len(spectra) - 1, min(_DECIDING, len(spectra))).round().astype(int))
    return choose_for_all([spectra[int(i)] for i in deciding], ChooseOptions(fit=options))[0][0]


def _resistances(fits: Sequence[CircuitFit]) -> list[Resistance]:
    """Every resistance of the circuit through the series; NaN where it is not identified."""
    first = fits[0]
    kinds = [p for leaf in first.circuit.leaves for p in leaf.kind.parameters]
    rows = []
    for k, kind in enumerate(kinds):
        if kind.ohm == 1 and kind.second == 0 and first.status[k] != "fixed":
            std = np.array([f.std[k] for f in fits])
            values = np.where(np.isnan(std), np.nan, [f.values[k] for f in fits])
            rows.append(Resistance(first.names[k], values, std))
    return rows


def tell(result: SeriesResult) -> Findings:
    """Say the result to the ledger and the report."""
    series = result.series
    if not result.fits:
        return Findings(not_computed=(("resistances of a series", result.reason),))
    numbers = [Number("circuit", result.fits[0].circuit.text, note=f"one circuit for {len(result.fits)} spectra")]
    warnings: list[str] = []
    plots: list[Plot] = [
        series_nyquist(
            [(r.frequency_hertz, r.impedance) for r in series.records],
            series.at,
            label=series.along,
            unit=series.unit,
            fits=[f.model for f in result.fits],
            areal=series.records[0].per_area,
        )
    ]
    if result.trends is not None:
        more, said, drawn = _tell_trends(result, result.trends)
        numbers, warnings, plots = numbers + more, warnings + said, plots + drawn
    not_computed = []
    for row in result.arrhenius:
        if row.fit is None:
            not_computed.append((f"activation energy of {row.name}", row.reason))
            continue
        number, plot, said = _tell_arrhenius(row)
        numbers.append(number)
        plots.append(plot)
        warnings += said
    return Findings(tuple(numbers), tuple(plots), (_table(result),), tuple(warnings), tuple(not_computed))


def _tell_trends(result: SeriesResult, trends: SeriesTrends) -> tuple[list[Number], list[str], list[Plot]]:
    series, numbers = result.series, []
    areal = series.records[0].per_area
    for intercept_at, intercept in zip(series.at, trends.intercepts, strict=True):
        if intercept.status == "crossed" and not areal:
            at = ((series.along, intercept_at),) if series.along in {"cycle", "temperature"} else ()
            note = f"{series.along} {intercept_at:g}: {intercept.how}"
            numbers.append(Number("high_frequency_intercept", intercept.value_ohm, intercept.std_ohm, note, at))
    numbers += [number for trend in trends.trends if (number := _trend_number(trend, result)) is not None]
    numbers += [Number("soft_short_sign", s.verdict, note=s.evidence) for s in trends.signs]
    warnings = [f"{s.verdict}: {s.evidence}" for s in trends.signs] + list(trends.notes)
    lost = [t.name for t in trends.trends if not np.isfinite(t.values).any()]
    if lost:
        warnings.append(f"not identified in any spectrum, so without a trend: {', '.join(lost)}")
    events = [(s.at_after, s.verdict) for s in trends.signs]
    rows = [(t.name, t.values, t.std) for t in trends.trends if np.isfinite(t.values).any()]
    plots = [trend_plot(np.array(series.at), rows, label=series.along, unit=series.unit, events=events, areal=areal)]
    if len(series.records) >= _FEWEST_FOR_MAP:
        grid = common_grid(drt_many([(r.frequency_hertz, r.impedance) for r in series.records]), np.array(series.at))
        if grid.tau_second.size:
            plots.append(
                drt_map(grid.tau_second, grid.gamma_ohm, grid.along, label=series.along, unit=series.unit, areal=areal)
            )
    return numbers, warnings, plots


def _trend_number(trend: Trend, result: SeriesResult) -> Number | None:
    """Change of one resistance from the first to the last place along its median slope, in percent of its median."""
    series = result.series
    if trend.slope is None or trend.slope_std is None or not trend.level:
        return None  # a slope of three or four values has no error
    unit = "ohm cm2" if series.records[0].per_area else "ohm"
    span = float(np.ptp(trend.at[trend.used]))
    of = series.along if series.unit == "1" else series.unit
    slope = f"{trend.slope:.3g} ± {trend.slope_std:.2g} {unit} per {of}"
    note = f"{trend.name} {trend.direction}: median slope of all pairs {slope} over {span:g} {of}"
    note += f", median {trend.level:.4g} {unit}"
    scale = 100 * span / trend.level
    at = (("element", trend.name),)
    return Number("resistance_trend", scale * trend.slope, abs(scale * trend.slope_std), note, at)


def _tell_arrhenius(row: ResistanceArrhenius) -> tuple[Number, Plot, list[str]]:
    found = row.fit
    assert found is not None  # asked only where there is a line
    r_squared = "" if found.r_squared is None else f", R² {found.r_squared:.4f}"
    what = f"{row.name}: {found.form} against 1/T, {found.used.sum()} points{r_squared}"
    said = f"; {found.reason}" if found.reason else f"; error from {found.std_from}" if found.std_from else ""
    other = f"; the other form differs by {found.form_difference_kJ_mol:.2f} kJ/mol"
    at = (("element", row.name),)
    number = Number("activation_energy", found.activation_energy_kJ_mol, found.std_kJ_mol, what + said + other, at)
    slope = -J_PER_KJ * found.activation_energy_kJ_mol / GAS_CONSTANT_J_mol_K
    error = "" if found.std_kJ_mol is None else f" ± {found.std_kJ_mol:.1f}"
    words = f"{row.name}: {found.activation_energy_kJ_mol:.1f}{error} kJ/mol."
    plot = arrhenius_plot(
        found.temperature_K,
        found.ordinate,
        line=(slope, found.ln_prefactor),
        label=found.form,
        words=words,
        name=f"arrhenius_{row.name.replace(' ', '_')}",
    )
    warnings = [f"Arrhenius line of {row.name}: {note}" for note in found.notes]
    if found.curvature.verdict == "curved":
        warnings.append(f"Arrhenius line of {row.name} is curved: one activation energy does not describe it")
    return number, plot, warnings


def _table(result: SeriesResult) -> Table:
    """Every parameter of every spectrum, one row a spectrum."""
    series, first = result.series, result.fits[0]
    kinds = [p for leaf in first.circuit.leaves for p in leaf.kind.parameters]
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        series.along: (series.unit, list(series.at))
    }
    for k, (name, kind) in enumerate(zip(first.names, kinds, strict=True)):
        columns[name] = (kind.unit, [float(f.values[k]) for f in result.fits])
        columns[f"{name} std"] = (kind.unit, ["" if np.isnan(f.std[k]) else float(f.std[k]) for f in result.fits])
        columns[f"{name} status"] = ("", [str(f.status[k]) for f in result.fits])
    return Table("resistances", columns)


PLUGIN = Analysis(
    title="spectra of one cell in order: resistances, possible soft shorts, activation energies",
    takes=ImpedanceSeries,
    cells=(),
    analyse=impedance_series,
    tell=tell,
    options=Options,
    sources=(
        "IUPAC Gold Book, Arrhenius equation, doi:10.1351/goldbook.A00446",
        "Theil (1950); Sen, J. Am. Stat. Assoc. 63 (1968) 1379, doi:10.1080/01621459.1968.10480934 (slopes)",
    ),
    order=30,
)
