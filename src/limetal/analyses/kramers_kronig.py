"""Whether a spectrum is one: noise, drift during the sweep, single points that do not belong."""

from __future__ import annotations

import math
from dataclasses import dataclass

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._impedance_plots import residuals
from limetal.impedance.kramers_kronig import KramersKronig
from limetal.impedance.kramers_kronig import kramers_kronig as test_arrays
from limetal.records.impedance import ImpedanceRecord

__all__ = ["Options", "Validity", "kramers_kronig"]

PERCENT = 100.0


@dataclass(frozen=True)
class Options:
    """Choices that change the answer.

    Attributes
    ----------
    times
        ``file``: points were measured when the file says, and after three periods each where it is silent.
        ``periods``: three periods a point, whatever the file says.
    """

    times: str = "file"


@dataclass(frozen=True, eq=False)
class Validity:
    """A record and what the test says of it."""

    record: ImpedanceRecord
    test: KramersKronig


def kramers_kronig(record: ImpedanceRecord, options: Options | None = None) -> Validity:
    """Linear Kramers-Kronig test of a spectrum; see `limetal.impedance.kramers_kronig.kramers_kronig`.

    Raises
    ------
    BadInputError
        If ``times`` is no choice.

    Examples
    --------
    >>> import numpy as np
    >>> f = np.logspace(5, -1, 61)
    >>> z = 5 + 30 / (1 + 2j * np.pi * f * 1e-3)
    >>> kramers_kronig(ImpedanceRecord(f, z.real, z.imag, source="RC")).test.verdict
    'consistent'
    """
    from limetal.errors import BadInputError

    chosen = (options or Options()).times
    if chosen not in {"file", "periods"}:
        raise BadInputError("analyses.kramers_kronig.times", repr(chosen), "'file' or 'periods'")
    times = record.test_time_second if chosen == "file" else None
    return Validity(record, test_arrays(record.frequency_hertz, record.impedance, test_time_second=times))


def tell(result: Validity) -> Findings:
    """Say the result to the ledger and the report."""
    test, record = result.test, result.record
    if test.verdict == "cannot tell" and not math.isfinite(test.noise):
        return Findings(
            (Number("kramers_kronig", test.verdict, note=test.why),),
            not_computed=(("impedance_noise", test.why),),
        )
    upper = not math.isfinite(test.noise_std)
    numbers = [
        Number("kramers_kronig", test.verdict, note=test.why),
        Number(
            "impedance_noise",
            PERCENT * test.noise,
            None if upper else PERCENT * test.noise_std,
            "an upper bound: too few points" if upper else f"{test.rc_elements} RC elements",
        ),
    ]
    if math.isfinite(test.drift.relative):
        assumed = "three periods a point assumed; " if test.drift.assumed_times else ""
        note = f"{assumed}linear in time; noise alone shows as much with probability {test.drift.probability:.2g}"
        numbers.append(Number("impedance_drift", PERCENT * test.drift.relative, PERCENT * test.drift.std, note))
    warnings = []
    if test.outliers:
        where = tuple(float(record.frequency_hertz[i]) for i in test.outliers)
        numbers.append(Number("outlier_frequency", where, note="left out of this test only"))
        warnings.append(f"{len(where)} of {record.rows} points do not belong to the spectrum: see outlier_frequency")
    if test.verdict in {"drift", "inconsistent"}:
        warnings.append(f"Kramers-Kronig test: {test.verdict}: {test.why}")
    plot = residuals(record.frequency_hertz, record.impedance, test.fitted_ohm, name="kramers_kronig")
    return Findings(tuple(numbers), (plot,), warnings=tuple(warnings))


PLUGIN = Analysis(
    title="whether real and imaginary part of a spectrum belong together; its noise, drift and outliers",
    takes=ImpedanceRecord,
    cells=(),
    analyse=kramers_kronig,
    tell=tell,
    options=Options,
    sources=(
        "Boukamp, J. Electrochem. Soc. 142 (1995) 1885, doi:10.1149/1.2044210",
        "Schönleber, Klotz, Ivers-Tiffée, Electrochim. Acta 131 (2014) 20, doi:10.1016/j.electacta.2014.01.034",
    ),
    order=20,
)
