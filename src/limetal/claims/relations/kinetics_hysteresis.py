"""An exchange current and the hysteresis of the same symmetric cell must be possible together."""

from __future__ import annotations

import math
from collections.abc import Iterator

from uncertainties import wrap

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, verdict
from limetal.design.uncertain import split
from limetal.ledger import Entry
from limetal.physics.constants import thermal_voltage_V
from limetal.physics.kinetics import symmetric_cell_voltage_V

NAME = "exchange current and hysteresis"


def _kinetic_voltage_V(current_mA_cm2: float, exchange_current_mA_cm2: float) -> float:
    return float(symmetric_cell_voltage_V(current_mA_cm2, exchange_current_mA_cm2))


_voltage = wrap(_kinetic_voltage_V)


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare the hysteresis with what charge transfer alone needs, ``2 x (2RT/F) arsinh(j / 2 j0)``.

    Films and electrolyte only add to it, so a cell may show more than this but not less. The largest stated
    exchange current is used (most favourable), and both meanings of an undefined hysteresis: cell voltage, or the
    full gap, which is twice as large. Flat electrodes, one-electron Butler-Volmer, transfer coefficients 1/2,
    25 degC.

    References
    ----------
    Newman & Balsara, Electrochemical Systems, 4th ed., Wiley 2021, chapter 8.
    """
    for claim in case.claims("hysteresis"):
        current = dict(claim.at).get("current_density")
        kinetics = case.claims("exchange_current_density", claim.subject)
        if not kinetics:
            continue
        ids = (claim.claim, *(k.claim for k in kinetics))
        if not isinstance(current, float) or not claim.number:
            why = f"{claim.claim}: the hysteresis is stated without a current density."
            yield Verdict(NAME, "cannot tell", ids, claim.number, None, None, "V", why)
            continue
        yield _verdict(claim, kinetics, current)


def _verdict(claim: Entry, kinetics: tuple[Entry, ...], current: float) -> Verdict:
    best = max(kinetics, key=lambda k: k.number or 0.0)
    needed = _voltage(current, as_uncertain(best))
    stated = as_uncertain(claim)
    as_voltage = compare(stated, needed, "<")
    as_gap = compare(stated, 2 * needed, "<")
    volt = split(needed)[0]
    text = (
        f"{best.number:g} mA/cm2 needs {1e3 * volt:.0f} mV of cell voltage (full gap {2e3 * volt:.0f} mV) at "
        f"{current:g} mA/cm2 before any film or electrolyte; stated {1e3 * (claim.number or 0):g} mV."
    )
    if claim.bound == ">" and as_voltage.word == "disagrees":
        text += " The stated value is only a lower bound."
        ids = (claim.claim, *(k.claim for k in kinetics))
        return Verdict(NAME, "agrees", ids, claim.number, volt, as_voltage.std, "V", text)
    if as_voltage.word == "disagrees":
        wanted = current / 2 / math.sinh((claim.number or 0.0) / 4 / thermal_voltage_V())
        text += (
            f" The stated hysteresis needs at least {wanted:.2g} mA/cm2 on the geometric area, "
            f"{wanted / (best.number or 1):.0f} times more. Both can be true only of different states or areas: "
            "a straight Tafel line through the whole voltage of a two-electrode cell reads the resistance of a surface "
            "film as slow kinetics, so the exchange current may describe the fresh, filmed cell and the hysteresis the "
            "cycled one."
        )
    elif as_gap.word == "disagrees":
        text += " It fits if the hysteresis is a cell voltage, not if it is the full gap."
    else:
        rest = 1e3 * ((claim.number or 0.0) - volt) / current
        text += f" The rest is at most {rest:.3g} ohm cm2 of films and electrolyte."
    return verdict(NAME, (claim, *kinetics), as_voltage, "V", text)


PLUGIN = Relation(NAME, check, ("hysteresis", "exchange_current_density"), ("Newman & Balsara 2021, chapter 8",))
