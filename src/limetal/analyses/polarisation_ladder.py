"""Rate ladder of a symmetric cell: overpotential against current, its small-current resistance, and its kinetics."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._ladder_plots import ladder_table, plot_currents, plot_time
from limetal.cycling.half_cycle_numbers import half_cycle_numbers, pairs_of
from limetal.cycling.half_cycles import half_cycles
from limetal.cycling.ladder import SAME_CURRENT, LadderSteps, ladder_steps
from limetal.cycling.ladder_kinetics import Kinetics, LinearPolarisation, kinetics, linear_polarisation
from limetal.cycling.like import cycles_in_words, like_cycles
from limetal.cycling.quantum import quantum
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, ROOM_TEMPERATURE_K
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "PolarisationLadder", "polarisation_ladder"]

Floats = NDArray[np.float64]

DEFINITIONS = ("plateau", "mean", "end")
#: The fit has two numbers and the scale of the residuals.
FEWEST_FITTED = 4
#: A voltage that falls by more than this part while the current rises is said.
FALLS = 0.05
#: Fewer different voltages than this do not show the resolution of the instrument.
FEWEST_VOLTAGES = 8
#: Standard deviation of a rounded number over the step it was rounded to.
ROUNDED = 1 / math.sqrt(12)
LINEAR = "linear limit, 2RT/(F R_lp)"
FITTED = "Butler-Volmer and series resistance"


@dataclass(frozen=True)
class Options:
    """Choices that change the numbers.

    Attributes
    ----------
    definition
        Which voltage of a half-cycle stands for it: ``plateau`` (time-weighted median of the settled part), ``mean``
        (time-weighted mean) or ``end``, as in the analysis ``hysteresis``. The overpotential is half of it.
    settled_from, end_fraction
        As in ``hysteresis``.
    fewest_currents
        With fewer different current densities than this a test is no ladder, and nothing is said.
    linear_below_V
        Steps count for the linear-polarisation resistance if their overpotential is at most this. 10 mV per electrode
        keep Butler-Volmer kinetics within 0.7 % of a straight line.
    temperature_K
        For RT/F; 0: that of the cell, or 298.15 K where nobody gave one.
    electrolyte_resistance_ohm_cm2
        Of separator and electrolyte, whole cell, if it is known (impedance); its ohmic drop is taken off the voltage.
    relative_error
        Standard error of the voltage of a step as part of it, beside the resolution of the record. Only the weights
        depend on it: the scale of both together comes from the residuals.
    agreement
        The fit describes the ladder if it meets every step within this part of its voltage.
    use_returns
        Whether steps at a current that the ladder has had before are fitted too; the cell has changed by then.
    """

    definition: str = "plateau"
    settled_from: float = 0.2
    end_fraction: float = 0.02
    fewest_currents: int = 3
    linear_below_V: float = 0.010
    temperature_K: float = 0.0
    electrolyte_resistance_ohm_cm2: float = 0.0
    relative_error: float = 0.01
    agreement: float = 0.05
    use_returns: bool = False

    def __post_init__(self) -> None:
        """Refuse choices that select nothing or mean nothing."""
        where = "analyses.polarisation_ladder"
        if self.definition not in DEFINITIONS:
            raise BadInputError(f"{where}.definition", repr(self.definition), "plateau, mean or end")
        for name in ("settled_from", "end_fraction"):
            if not 0 <= getattr(self, name) < 1:
                raise BadInputError(f"{where}.{name}", repr(getattr(self, name)), "a number from 0 to below 1")
        if not (math.isfinite(self.temperature_K) and self.temperature_K >= 0):
            raise BadInputError(f"{where}.temperature_K", repr(self.temperature_K), "zero or more")
        for name in ("linear_below_V", "relative_error", "agreement"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                raise BadInputError(f"{where}.{name}", repr(getattr(self, name)), "a number more than zero")
        if not (math.isfinite(self.electrolyte_resistance_ohm_cm2) and self.electrolyte_resistance_ohm_cm2 >= 0):
            found = repr(self.electrolyte_resistance_ohm_cm2)
            raise BadInputError(f"{where}.electrolyte_resistance_ohm_cm2", found, "zero or more")
        if self.fewest_currents < 2:
            raise BadInputError(f"{where}.fewest_currents", repr(self.fewest_currents), "at least 2")


@dataclass(frozen=True, eq=False)
class PolarisationLadder:
    """What a rate ladder says.

    Attributes
    ----------
    steps
        Its steps, with cell voltages (both interfaces) less the ohmic drop of a known electrolyte; None if the record
        holds no ladder.
    start_second, stop_second : (n_steps,) float
        When each step begins and ends.
    cycles : (n_cycles,) int
        Number of every cycle that was used, counted from zero over all cycles of the test.
    voltage_V : (n_cycles,) float
        Their cell voltages.
    used : (n_steps,) bool
        Which steps were fitted.
    linear, fit
        Resistance of the small currents; kinetics and series resistance. None where there are too few steps.
    worst
        Position of the step that the fit misses most; -1 without a fit.
    why_not
        Why there is nothing; empty where there is, and for tests that are no ladder.
    """

    record: CyclingRecord
    options: Options
    steps: LadderSteps | None = None
    start_second: Floats | None = None
    stop_second: Floats | None = None
    cycles: NDArray[np.int64] | None = None
    voltage_V: Floats | None = None
    used: NDArray[np.bool_] | None = None
    linear: LinearPolarisation | None = None
    fit: Kinetics | None = None
    worst: int = -1
    why_not: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether one exchange current and one resistance give every fitted step."""
        return (
            self.fit is not None and self.misses is not None and abs(self.misses[self.worst]) <= self.options.agreement
        )

    @property
    def misses(self) -> Floats | None:
        """Voltage of every step over that of the fit, less one; NaN for steps that were not fitted."""
        if self.fit is None or self.steps is None or self.used is None:
            return None
        missed = np.full(self.used.size, math.nan)
        missed[self.used] = self.steps.voltage_V[self.used] / self.fit.voltage_V - 1
        return missed


def polarisation_ladder(record: CyclingRecord, options: Options | None = None) -> PolarisationLadder:
    """Overpotential against current density of a rate ladder, and what resistance and kinetics it fits.

    Every cycle is the mean of a plating half-cycle and the stripping half-cycle after it at the same current, so the
    offset of the voltmeter cancels; every step is the median of its cycles.

    Parameters
    ----------
    record
        Of a symmetric cell, with current; its area must be known.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If the record is not said to be of a symmetric cell, it never reverses, or the electrolyte is given a
        resistance that the cell has not.

    References
    ----------
    Formulas: see `limetal.cycling.ladder_kinetics`. That a film looks like slow kinetics: an electrode with fast
    kinetics (7 mA/cm2) behind a film of 250 ohm cm2 is read as about 0.1 mA/cm2 from a straight line (own simulation).

    Examples
    --------
    A simulated cell of 2 mA/cm2 and 6 ohm cm2 in series gives back both:

    >>> from limetal.records.cycling import CellContext
    >>> from limetal.simulate import Block, PlanarSymmetricCell, simulate
    >>> blocks = tuple(Block(j, 1.0, 3) for j in (0.2, 0.5, 1.0, 2.0, 5.0, 10.0))
    >>> record = simulate(PlanarSymmetricCell(2.0, 2.0, 2.0), blocks, CellContext("symmetric", 1.0))
    >>> found = polarisation_ladder(record)
    >>> round(found.fit.exchange_current_mA_cm2, 3), round(found.fit.resistance_ohm_cm2, 3)
    (2.0, 6.0)
    """
    options = options or Options()
    if not options.temperature_K:
        told = record.cell.temperature_K if record.cell is not None else None
        options = replace(options, temperature_K=told or ROOM_TEMPERATURE_K)
    if record.cell is None or record.cell.kind != "symmetric":
        kind = "a cell nobody described" if record.cell is None else f"a cell of kind {record.cell.kind!r}"
        raise BadInputError(
            record.source, kind, "a symmetric cell (say so in the study, or with --cell kind=symmetric)"
        )
    if record.current_ampere is None or not np.any(record.current_ampere):
        return PolarisationLadder(record, options)
    found = half_cycles(record)
    pairs = pairs_of(found.items)
    if not pairs.size:
        return PolarisationLadder(record, options)
    halves = half_cycle_numbers(record, found, options.settled_from, options.end_fraction)
    one, two = halves.mean_current_A[pairs].T
    alike = np.flatnonzero(np.abs(one - two) <= 2 * SAME_CURRENT * one)
    volts = {"plateau": halves.plateau_V, "mean": halves.mean_V, "end": halves.end_V}[options.definition]
    current_mA = MA_PER_A * (one + two)[alike] / 2
    if not alike.size or _levels(current_mA) < options.fewest_currents:
        return PolarisationLadder(record, options)
    if not record.cell.area_cm2:
        return PolarisationLadder(record, options, why_not="the electrode area is not given")
    j = current_mA / record.cell.area_cm2
    u = volts[pairs[alike]].mean(axis=1) - options.electrolyte_resistance_ohm_cm2 * j / MA_PER_A
    ends = np.array([record.test_time_second[found.items[k].rows[-1]] for k in pairs[alike, 1]])
    return _fitted(record, options, (j, u, alike), (halves.start_second[pairs[alike, 0]], ends), found.warnings)


def _levels(current: Floats) -> int:
    ordered = np.sort(current)
    return 1 + int(np.sum(np.diff(ordered) > SAME_CURRENT * ordered[:-1]))


def _fitted(
    record: CyclingRecord,
    options: Options,
    cycles: tuple[Floats, Floats, NDArray[np.int64]],
    times: tuple[Floats, Floats],
    warnings: tuple[str, ...],
) -> PolarisationLadder:
    j, u, numbers = cycles
    steps = ladder_steps(j, u)
    level, volts = steps.current_density_mA_cm2, steps.voltage_V
    electrolyte = options.electrolyte_resistance_ohm_cm2
    if electrolyte and (volts <= 0).any():
        raise BadInputError(
            "analyses.polarisation_ladder.electrolyte_resistance_ohm_cm2",
            f"{electrolyte:g} ohm cm2, more than the whole cell has at {level[np.argmin(volts)]:.3g} mA/cm2",
            "the resistance of separator and electrolyte alone",
        )
    used = (volts > 0) & (steps.fresh | options.use_returns)
    grid = _resolution(record)
    sd = np.sqrt((options.relative_error * volts) ** 2 + (ROUNDED * grid) ** 2)[used]
    told = [*warnings, *_odd_steps(steps, u)]
    linear = fit = None
    worst = -1
    if used.any():
        linear = linear_polarisation(
            level[used], volts[used], sd / volts[used], steps.std_V[used], options.linear_below_V, options.temperature_K
        )
    if _levels(level[used]) >= FEWEST_FITTED:
        fit = kinetics(level[used], volts[used], sd, options.temperature_K)
        missed = np.abs(volts[used] - fit.voltage_V) - grid / 2
        worst = int(np.flatnonzero(used)[np.argmax(missed / fit.voltage_V)])
    return PolarisationLadder(
        record=record,
        options=options,
        steps=steps,
        start_second=times[0][steps.first],
        stop_second=times[1][steps.stop - 1],
        cycles=numbers,
        voltage_V=u,
        used=used,
        linear=linear,
        fit=fit,
        worst=worst,
        warnings=tuple(told),
    )


def _resolution(record: CyclingRecord) -> float:
    """Step of the voltage column; 0 where it is not to be seen."""
    v = record.voltage_volt
    few = np.unique(v[:: max(v.size // 4096, 1)]).size < FEWEST_VOLTAGES
    return 0.0 if few else quantum(v)


def _odd_steps(steps: LadderSteps, u: Floats) -> list[str]:
    """Say which steps have unlike cycles, and where the voltage falls although the current rises."""
    words = []
    for k, (a, b) in enumerate(zip(steps.first, steps.stop, strict=True)):
        if not like_cycles(u[a:b]):
            words.append(
                f"the cycles at {steps.current_density_mA_cm2[k]:.3g} mA/cm2 are unlike, from "
                f"{1e3 * u[a:b].min():.3g} to {1e3 * u[a:b].max():.3g} mV: their median stands for no state of the cell"
            )
    fresh = np.flatnonzero(steps.fresh)
    order = fresh[np.argsort(steps.current_density_mA_cm2[fresh])]
    for low, high in pairwise(order):
        if steps.voltage_V[high] < (1 - FALLS) * steps.voltage_V[low]:
            words.append(
                f"the voltage falls from {1e3 * steps.voltage_V[low]:.3g} mV at "
                f"{steps.current_density_mA_cm2[low]:.3g} mA/cm2 to {1e3 * steps.voltage_V[high]:.3g} mV at "
                f"{steps.current_density_mA_cm2[high]:.3g} mA/cm2: the cell changed, or a short circuit carries current"
            )
    return words


def tell(result: PolarisationLadder) -> Findings:
    """Say the result to the ledger and the report."""
    if result.steps is None:
        what = (("polarisation ladder (overpotential against current)", result.why_not),)
        return Findings(not_computed=what if result.why_not else ())
    numbers = [*_overpotentials(result)]
    not_computed: list[tuple[str, str]] = []
    if result.linear is None:
        smallest = float(result.steps.voltage_V[result.steps.voltage_V > 0].min(initial=math.inf)) / 2
        why = (
            f"no step has an overpotential of at most {1e3 * result.options.linear_below_V:.3g} mV; the smallest is "
            f"{1e3 * smallest:.3g} mV"
        )
        not_computed.append(("linear_polarisation_resistance", why))
    else:
        numbers += _linear_numbers(result, result.linear)
    words, more = [], []
    if result.fit is None:
        why = f"{FEWEST_FITTED} different currents are needed to part kinetics from resistance"
        not_computed.append((f"effective_exchange_current_density ({FITTED})", why))
    elif not result.agrees:
        words.append(_disagrees(result))
        not_computed.append((f"effective_exchange_current_density ({FITTED})", words[0]))
    else:
        more = _fit_numbers(result, result.fit)
    return Findings(
        (*numbers, *more),
        (plot_currents(result), plot_time(result)),
        (ladder_table(result),),
        (*result.warnings, *words),
        tuple(not_computed),
    )


def _overpotentials(result: PolarisationLadder) -> list[Number]:
    assert result.steps is not None  # asked before
    assert result.cycles is not None
    steps, numbers = result.steps, []
    less = result.options.electrolyte_resistance_ohm_cm2
    off = f", less {less:g} ohm cm2 of the electrolyte" if less else ", half of the electrolyte's ohmic drop in it"
    for k, (j, u, std) in enumerate(zip(steps.current_density_mA_cm2, steps.voltage_V, steps.std_V, strict=True)):
        at: tuple[tuple[str, float | str], ...] = (("current_density", float(f"{j:.4g}")),)
        cycles = result.cycles[steps.first[k] : steps.stop[k]]
        known = None if math.isnan(std) else float(std)
        if steps.fresh[k]:
            note = f"half of the cell voltage ({result.options.definition}{off}); median of {cycles_in_words(cycles)}"
            numbers.append(Number("overpotential", float(u) / 2, None if known is None else known / 2, note, at))
            continue
        first = int(steps.first_visit[k])
        before, before_std = float(steps.voltage_V[first]), float(steps.std_V[first])
        ratio = float(u) / before
        change_std = None if known is None else 100 * ratio * math.hypot(known / float(u), before_std / before)
        earlier = cycles_in_words(result.cycles[steps.first[first] : steps.stop[first]])
        note = f"{1e3 * u / 2:.3g} mV in {cycles_in_words(cycles)} against {1e3 * before / 2:.3g} mV in {earlier}"
        std_or_none = change_std if change_std is not None and math.isfinite(change_std) else None
        where = (*at, ("cycle", float(cycles[0] + 1)))
        numbers.append(Number("overpotential_change", 100 * (ratio - 1), std_or_none, note, where))
    return numbers


def _taken_off(result: PolarisationLadder) -> str:
    """Words for the known electrolyte whose ohmic drop is in no number; empty where none was given."""
    known = result.options.electrolyte_resistance_ohm_cm2
    return f", less the ohmic drop of {known:g} ohm cm2 of electrolyte" if known else ""


def _linear_numbers(result: PolarisationLadder, linear: LinearPolarisation) -> list[Number]:
    window = (
        f"{linear.steps} step{'s' * (linear.steps > 1)} up to {linear.largest_current_mA_cm2:.3g} mA/cm2, where the "
        f"overpotential is at most {1e3 * result.options.linear_below_V:.3g} mV"
    )
    interval = ""
    if linear.low_ohm_cm2 is not None and linear.high_ohm_cm2 is not None:
        interval = f"; 95 % interval {linear.low_ohm_cm2:.3g} to {linear.high_ohm_cm2:.3g} ohm cm2"
    return [
        Number(
            "linear_polarisation_resistance",
            linear.resistance_ohm_cm2,
            linear.std_ohm_cm2,
            f"cell voltage{_taken_off(result)} over current density, both interfaces together, from {window}{interval}",
        ),
        Number(
            "effective_exchange_current_density",
            linear.exchange_current_mA_cm2,
            linear.exchange_std_mA_cm2,
            f"one electrode at {result.options.temperature_K:.4g} K, from {window}{_taken_off(result)}; "
            f"{'films' if _taken_off(result) else 'films and electrolyte'} count as if they were charge transfer, "
            "which alone has at least this",
            (("definition", LINEAR),),
        ),
    ]


def _fit_numbers(result: PolarisationLadder, fit: Kinetics) -> list[Number]:
    assert result.used is not None  # there is a fit
    at: tuple[tuple[str, float | str], ...] = (("definition", FITTED),)
    n, gain = int(result.used.sum()), fit.ohmic_aicc - fit.aicc
    compared = (
        f"AICc is {abs(gain):.3g} {'below' if gain > 0 else 'above'} that of a resistance alone"
        if math.isfinite(gain)
        else "too few steps for a comparison by AICc"
    )
    name = "effective_exchange_current_density"
    if not fit.identified:
        note = (
            f"not identified: a resistance of {fit.ohmic_resistance_ohm_cm2:.3g} ohm cm2 alone gives the {n} steps as "
            f"well, so the ladder only excludes smaller values (95 %); {compared}"
        )
        return [
            Number(name, fit.exchange_low, None, note, at, bound=">"),
            Number("ohmic_areal_resistance", "not identified", None, "see the exchange current", at),
        ]
    tied = (
        "" if fit.correlation is None else f"; correlation of its logarithm with the resistance {fit.correlation:.3f}"
    )
    note = (
        f"one electrode at {result.options.temperature_K:.4g} K, {n} steps; 95 % interval {fit.exchange_low:.3g} to "
        f"{fit.exchange_high:.3g} mA/cm2{tied}; {compared}; a film that bends with current counts as kinetics"
    )
    known = _taken_off(result)
    whole = (f"whole cell{known}: films" if known else "whole cell: films and electrolyte") + (
        "; the best fit has none" if fit.resistance_ohm_cm2 <= 0 else ""
    )
    return [
        Number(name, fit.exchange_current_mA_cm2, fit.exchange_std_mA_cm2, note, at),
        Number("ohmic_areal_resistance", fit.resistance_ohm_cm2, fit.resistance_std_ohm_cm2, whole, at),
    ]


def _disagrees(result: PolarisationLadder) -> str:
    assert result.steps is not None  # there is a fit
    assert result.misses is not None
    k = result.worst
    missed = float(result.misses[k])
    measured = float(result.steps.voltage_V[k])
    return (
        f"no single exchange current and resistance give all steps within {100 * result.options.agreement:.3g} %: at "
        f"{result.steps.current_density_mA_cm2[k]:.3g} mA/cm2 the cell shows {1e3 * measured:.3g} mV, the best fit "
        f"{1e3 * measured / (1 + missed):.3g} mV ({100 * missed:+.2g} %); film, area or temperature changed on the way"
    )


PLUGIN = Analysis(
    title="rate ladder of a symmetric cell: overpotential against current, resistance, effective exchange current",
    takes=CyclingRecord,
    cells=("symmetric",),
    analyse=polarisation_ladder,
    tell=tell,
    options=Options,
    sources=(
        "Butler-Volmer equation and its linear limit: Newman & Balsara, Electrochemical Systems, 4th ed., chapter 8",
        "AICc: Hurvich & Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297",
    ),
)
