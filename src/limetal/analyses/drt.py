"""Distribution of relaxation times of a spectrum: peaks with position, resistance and errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._impedance_plots import drt_plot
from limetal.errors import BadInputError
from limetal.exhibits import Table
from limetal.impedance.drt import Drt, DrtOptions
from limetal.impedance.drt import drt as drt_of_arrays
from limetal.records.impedance import ImpedanceRecord

__all__ = ["Options", "Relaxation", "drt"]


@dataclass(frozen=True)
class Options:
    """Choices that change the numbers; the rest are those of `limetal.impedance.drt.DrtOptions`.

    Attributes
    ----------
    method
        ``hierarchical`` or ``ridge``.
    low_frequency
        Free series terms: ``warburg``, ``capacitor``, ``both`` or ``none``.
    """

    method: str = "hierarchical"
    low_frequency: str = "both"


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A record and its distribution of relaxation times."""

    record: ImpedanceRecord
    drt: Drt


def drt(record: ImpedanceRecord, options: Options | None = None) -> Relaxation:
    """Distribution of relaxation times of a spectrum; see `limetal.impedance.drt.drt`.

    Raises
    ------
    BadInputError
        If an option is no choice.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> z = 5 + 30 / (1 + 2j * np.pi * f * 1e-3)
    >>> [round(p.resistance_ohm) for p in drt(ImpedanceRecord(f, z.real, z.imag, source="RC")).drt.peaks]
    [30]
    """
    chosen = options or Options()
    for name, given, known in (
        ("method", chosen.method, ("hierarchical", "ridge")),
        ("low_frequency", chosen.low_frequency, ("warburg", "capacitor", "both", "none")),
    ):
        if given not in known:
            raise BadInputError(f"analyses.drt.{name}", repr(given), f"one of {', '.join(known)}")
    made = DrtOptions(method=chosen.method, low_frequency=chosen.low_frequency)  # type: ignore[arg-type]
    return Relaxation(record, drt_of_arrays(record.frequency_hertz, record.impedance, made))


def tell(result: Relaxation) -> Findings:
    """Say the result to the ledger and the report."""
    found, areal = result.drt, result.record.per_area
    if found.status == "not enough points":
        return Findings(not_computed=(("distribution of relaxation times", found.reason),))
    prefix = "areal_" if areal else ""
    numbers = [
        Number(
            f"{prefix}polarisation_resistance",
            found.polarisation_resistance_ohm,
            found.polarisation_resistance_std_ohm,
            "area under the distribution, free series terms not in it",
        )
    ]
    warnings = [f"distribution of relaxation times: {found.reason}"] if found.status == "not converged" else []
    names, peaks = [], [p for p in found.peaks if p.measured]
    for i, peak in enumerate(peaks, 1):
        name, at = f"P{i}", (("element", f"P{i}"),)
        std = float(peak.tau_second * np.log(10) * peak.tau_std_decades)
        note = f"peak {name} at {peak.frequency_hertz:.4g} Hz, {peak.significance:.2g} standard errors above its valley"
        numbers.append(Number("relaxation_time", peak.tau_second, std, note, at))
        numbers.append(Number(f"{prefix}relaxation_resistance", peak.resistance_ohm, peak.resistance_std_ohm, note, at))
        names.append((peak.tau_second, name))
    plot = drt_plot(
        found.tau_second,
        found.gamma_ohm,
        found.gamma_low_ohm,
        found.gamma_high_ohm,
        names,
        areal=areal,
        coverage=found.options.credible_level,
    )
    unit = "ohm cm2" if areal else "ohm"
    table = Table(
        "drt",
        {
            "tau": ("s", found.tau_second.tolist()),
            "gamma": (unit, found.gamma_ohm.tolist()),
            "gamma_low": (unit, found.gamma_low_ohm.tolist()),
            "gamma_high": (unit, found.gamma_high_ohm.tolist()),
        },
    )
    return Findings(tuple(numbers), (plot,), (table,), tuple(warnings))


PLUGIN = Analysis(
    title="distribution of relaxation times: processes of a spectrum without a circuit",
    takes=ImpedanceRecord,
    cells=(),
    analyse=drt,
    tell=tell,
    options=Options,
    sources=("Wan et al., Electrochim. Acta 184 (2015) 483, doi:10.1016/j.electacta.2015.09.097",),
)
