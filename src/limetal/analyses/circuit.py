"""Equivalent circuit of a spectrum: chosen by AICc or given, fitted without a guess, per area where that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._impedance_plots import bode, nyquist
from limetal.errors import BadInputError
from limetal.exhibits import Plot, Table
from limetal.impedance.choose import Choice, ChooseOptions, choose
from limetal.impedance.circuit import Leaf
from limetal.impedance.fit import fit
from limetal.impedance.labels import ArcLabels, label_arcs
from limetal.impedance.result import CircuitFit, FitOptions
from limetal.records.impedance import ImpedanceRecord

__all__ = ["Fitted", "Options", "circuit"]

PERCENT = 100.0
CHOOSE = "choose"
#: Unit of a parameter -> quantity of the whole cell, and per area with the power of the area.
_QUANTITIES = {
    "ohm": ("element_resistance", "areal_element_resistance", 1),
    "F": ("element_capacitance", "areal_element_capacitance", -1),
    "H": ("element_inductance", "areal_element_inductance", 1),
    "S s^n": ("element_admittance", "areal_element_admittance", -1),
    "ohm s^-1/2": ("warburg_coefficient", "areal_warburg_coefficient", 1),
    "s": ("element_time_constant", "element_time_constant", 0),
    "1": ("element_exponent", "element_exponent", 0),
}
_NAMED = {"series": "series_resistance", "SEI": "sei_resistance", "ct": "charge_transfer_resistance"}


@dataclass(frozen=True)
class Options:
    """Choices that change the numbers.

    Attributes
    ----------
    circuit
        ``choose``: R and one to four arcs, with W, Wo, Ws or nothing, with or without L, by AICc; or a circuit in
        either notation, ``"R(RQ)(RQ)W"`` or ``"R0-p(R1,CPE1)-W1"``.
    weighting
        ``modulus``: 1/|Z|; ``unit``; ``measured``: by the noise the Kramers-Kronig test finds.
    """

    circuit: str = CHOOSE
    weighting: str = "modulus"


@dataclass(frozen=True, eq=False)
class Fitted:
    """A record with its fit; ``choice`` is None for a given circuit, ``fit`` where there are too few points."""

    record: ImpedanceRecord
    fit: CircuitFit | None
    choice: Choice | None
    labels: ArcLabels | None
    reason: str = ""


def circuit(record: ImpedanceRecord, options: Options | None = None) -> Fitted:
    """Equivalent circuit of a spectrum; see `limetal.impedance.fit.fit` and `limetal.impedance.choose.choose`.

    Raises
    ------
    BadInputError
        If the circuit cannot be read or the weighting is no choice.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> z = 5 + 30 / (1 + 2j * np.pi * f * 1e-3)
    >>> record = ImpedanceRecord(f, z.real, z.imag, source="RC")
    >>> found = circuit(record, Options(circuit="R(RC)")).fit
    >>> [round(v, 6) for v in found.values.tolist()]
    [5.0, 30.0, 3.3e-05]
    """
    chosen = options or Options()
    given = FitOptions(weighting=chosen.weighting)  # type: ignore[arg-type]
    f, z, choice = record.frequency_hertz, record.impedance, None
    try:
        if chosen.circuit == CHOOSE:
            choice = choose(f, z, ChooseOptions(fit=given), where=record.source)
            best = choice.best
        else:
            best = fit(chosen.circuit, f, z, given, where=record.source)
    except BadInputError as error:
        if "points" in error.wanted:  # too few for the circuit: the record is right all the same
            return Fitted(record, None, None, None, f"{error.found}, {error.wanted} are needed")
        raise
    return Fitted(record, best, choice, label_arcs(best))


def tell(result: Fitted) -> Findings:
    """Say the result to the ledger and the report."""
    found, record = result.fit, result.record
    if found is None:
        return Findings(not_computed=(("equivalent circuit", result.reason),))
    area = _area(record)
    rounded = [float(f"{value:.6g}") for value in found.values]
    numbers = [Number("circuit", str(found.circuit.with_values(rounded)), note=_how(result))]
    if result.choice is not None and result.choice.runner_up is not None:
        second = result.choice.runner_up
        note = "the data do not tell the two apart" if result.choice.undecided else ""
        numbers.append(Number("runner_up", f"{second.text}, AICc higher by {second.delta:.1f}", note=note))
    if found.options.weighting == "modulus":
        numbers.append(Number("fit_residual", PERCENT * math.sqrt(found.reduced_chi_squared)))
    numbers += _named(result, area)
    numbers += _elements(found, record, area)
    warnings = []
    if found.starts_agree < 2:
        warnings.append("only one start of the fit ended at its minimum: it may not be the best")
    missing = [n for n, s in zip(found.names, found.status, strict=True) if s == "not identified"]
    if missing:
        warnings.append(f"not identified in {found.circuit.text}: {', '.join(missing)}")
    if result.choice is not None:
        warnings += result.choice.notes
    return Findings(tuple(numbers), _plots(found, record), (_table(found),), tuple(warnings))


def _how(result: Fitted) -> str:
    found = result.fit
    assert found is not None  # asked only where there is a fit
    by = "given" if result.choice is None else f"best of {len(result.choice.ranking)} circuits by AICc"
    return f"{by}; {found.starts_agree} of {found.starts} starts agree; weights: {found.options.weighting}"


def _area(record: ImpedanceRecord) -> float | None:
    """Area to multiply with; None if nobody stated one or the record is per area already."""
    if record.per_area:
        return None
    return record.cell.area_cm2 if record.cell is not None and record.cell.area_cm2 else record.area_cm2


def _number(quantity: str, value: float, std: float, note: str, at: tuple[tuple[str, str], ...] = ()) -> Number:
    if math.isnan(std):
        words = f"the fit stopped at {value:.4g}"
        return Number(quantity, "not identified", None, f"{words}; {note}" if note else words, at)
    return Number(quantity, value, std, note, at)


def _elements(found: CircuitFit, record: ImpedanceRecord, area: float | None) -> list[Number]:
    """Every parameter of the circuit, whole and per area."""
    numbers = []
    labels = {leaf.name: leaf.label for leaf in found.circuit.leaves}
    kinds = [(leaf.name, p) for leaf in found.circuit.leaves for p in leaf.kind.parameters]
    for k, (element, kind) in enumerate(kinds):
        whole, areal, power = _QUANTITIES.get(kind.unit, ("element_exponent", "element_exponent", 0))
        status = found.status[k]
        said = status if status in {"fixed", "at bound"} else ""
        note = "; ".join(word for word in (found.names[k], labels[element], said) if word)
        at = (("element", found.names[k]),)
        value, std = float(found.values[k]), float(found.std[k])
        if status == "fixed":
            numbers.append(Number(areal if record.per_area else whole, value, None, note, at))
            continue
        numbers.append(_number(areal if record.per_area else whole, value, std, note, at))
        if area is not None and power:
            numbers.append(_number(areal, value * area**power, std * area**power, f"{note}; area {area:g} cm2", at))
    for name, tau, std in found.arc_times():
        note = f"{name}: R beside Q or C"
        numbers.append(_number("element_time_constant", tau, std, note, (("element", name),)))
        frequency = 1 / (2 * math.pi * tau)
        numbers.append(_number("arc_frequency", frequency, frequency * std / tau, note, (("element", name),)))
    return numbers


def _named(result: Fitted, area: float | None) -> list[Number]:
    """Resistances by the names of the field: series, and SEI and ct where the rule or the user names the arcs."""
    found, record = result.fit, result.record
    assert found is not None  # asked only where there is a fit
    names: dict[str, str] = {}
    series = [b for b in found.circuit.blocks if isinstance(b, Leaf) and b.kind.symbol == "R"]
    if len(series) == 1:
        names["series"] = series[0].name
    words = ""
    if result.labels is not None:
        words = result.labels.rule
        names |= {label: resistor for resistor, label in result.labels.labels.items() if label in _NAMED}
    numbers = []
    for label, name in names.items():
        k = found.names.index(name)
        note = name if label == "series" else f"{name}; {words}"
        numbers += _whole_and_areal(
            _NAMED[label], float(found.values[k]), float(found.std[k]), note, area, per_area=record.per_area
        )
    if set(names) == set(_NAMED):
        total, std = found.sum_of(tuple(names.values()))
        note = "+".join(names.values())
        numbers += _whole_and_areal("total_resistance", total, std, note, area, per_area=record.per_area)
    if record.cell is not None and record.cell.kind == "symmetric" and (area is not None or record.per_area):
        arcs = [name for name, _, _ in found.arc_times()]
        if arcs:
            total, std = found.sum_of(tuple(arcs))
            half = 0.5 * (1.0 if area is None else area)
            note = f"half of {'+'.join(arcs)} times area: two alike interfaces in series"
            numbers.append(_number("interface_resistance", half * total, half * std, note))
    return numbers


def _whole_and_areal(
    quantity: str, value: float, std: float, note: str, area: float | None, *, per_area: bool
) -> list[Number]:
    if per_area:
        return [_number(f"areal_{quantity}", value, std, note)]
    numbers = [_number(quantity, value, std, note)]
    if area is not None:
        numbers.append(_number(f"areal_{quantity}", value * area, std * area, f"{note}; area {area:g} cm2"))
    return numbers


def _plots(found: CircuitFit, record: ImpedanceRecord) -> tuple[Plot, ...]:
    f, z = record.frequency_hertz, record.impedance
    dense = np.geomspace(float(f.min()), float(f.max()), 400)
    return (
        nyquist(f, z, fit=found.model, curve=found.at(dense), areal=record.per_area, name="nyquist_fit"),
        bode(f, z, fit=found.model, areal=record.per_area, name="bode_fit"),
    )


def _table(found: CircuitFit) -> Table:
    """The parameters, as a table for a paper's supplement."""
    kinds = [p for leaf in found.circuit.leaves for p in leaf.kind.parameters]
    low, high = zip(*(found.interval(name) for name in found.names), strict=True)
    numbers = {"value": found.values, "std": found.std, "low_95": np.array(low), "high_95": np.array(high)}
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "parameter": ("", list(found.names)),
        "unit": ("", [k.unit for k in kinds]),
    }
    for name, values in numbers.items():
        columns[name] = ("", ["" if math.isnan(v) else float(v) for v in values])
    columns["status"] = ("", [str(s) for s in found.status])
    return Table("circuit", columns)


PLUGIN = Analysis(
    title="equivalent circuit of a spectrum: chosen by AICc or given, fitted without a guess",
    takes=ImpedanceRecord,
    cells=(),
    analyse=circuit,
    tell=tell,
    options=Options,
    sources=(
        "Golub & Pereyra, SIAM J. Numer. Anal. 10 (1973) 413, doi:10.1137/0710036 (linear scales eliminated)",
        "Hurvich & Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297 (AICc)",
    ),
    order=30,
)
