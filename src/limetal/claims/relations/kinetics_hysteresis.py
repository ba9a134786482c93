"""An exchange current and the hysteresis of the same symmetric cell must be possible together."""

from __future__ import annotations

import math
from collections.abc import Iterator

from uncertainties import wrap

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import Comparison, as_uncertain, at_least, flipped
from limetal.claims.partners import Attempt, condition, partners, settle
from limetal.design.uncertain import Uncertain, split
from limetal.ledger import Entry
from limetal.physics.constants import ROOM_TEMPERATURE_K, thermal_voltage_V
from limetal.physics.kinetics import symmetric_cell_voltage_V

NAME = "exchange current and hysteresis"
ZERO_CELSIUS_K = 273.15
#: Definitions that are a cell voltage, and the one that counts both directions together.
AS_VOLTAGE = ("hysteresis", "hysteresis_end", "hysteresis_mean", "hysteresis_plateau")
AS_GAP = "hysteresis_full_gap"
#: Temperatures further apart than this are two temperatures.
SAME_K = 1.0


def _kinetic_voltage_V(current_mA_cm2: float, exchange_current_mA_cm2: float, temperature_K: float) -> float:
    volt = symmetric_cell_voltage_V(current_mA_cm2, exchange_current_mA_cm2, temperature_K=temperature_K)
    return float(volt)


_voltage = wrap(_kinetic_voltage_V)


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare the hysteresis with what charge transfer alone needs, ``2 x (2RT/F) arsinh(j / 2 j0)``.

    Films and electrolyte only add to it, so a cell may show more than this but not less. An undefined hysteresis is
    read as cell voltage, the smaller of its two meanings; a full gap must be twice as large. Every exchange current
    stated for the cell at the same temperature is tried. The temperature is that of the claim, else of the cell,
    else of the exchange current, else 25 degC. Flat electrodes, one-electron Butler-Volmer, transfer coefficients
    1/2.

    References
    ----------
    Newman & Balsara, Electrochemical Systems, 4th ed., Wiley 2021, chapter 8.
    """
    for quantity in (*AS_VOLTAGE, AS_GAP):
        for claim in case.claims(quantity):
            if not case.claims("exchange_current_density", claim.subject):
                continue
            yield _verdict(case, claim)


def _verdict(case: Case, claim: Entry) -> Verdict:
    kinetics = partners(case, claim, "exchange_current_density", claim.subject)
    usable = [k for k in kinetics if k.number and k.number > 0 and _same_temperature(case, claim, k)]
    ids = (claim.claim, *(k.claim for k in usable or case.claims("exchange_current_density", claim.subject)))
    current = dict(claim.at).get("current_density")
    if not isinstance(current, float) or not claim.number or claim.number <= 0 or current <= 0:
        why = f"{claim.claim}: the hysteresis is stated without a current density."
        return Verdict(NAME, "cannot tell", ids, claim.number, None, None, "V", why)
    if not usable:
        why = f"{claim.claim}: the exchange currents of {claim.subject} are stated under other conditions."
        return Verdict(NAME, "cannot tell", ids, claim.number, None, None, "V", why)
    usable.sort(key=lambda k: -(k.number or 0.0))
    return settle(NAME, claim, [_attempt(case, claim, k, current) for k in usable], "V")


def _stated_temperature_K(case: Case, claim: Entry) -> tuple[float | None, str]:
    """Temperature of a claim, else of its cell, with words for it; None if nobody said it."""
    at = condition(case, claim, "temperature")
    if at is not None and at.number is not None:
        return at.number, f"of {claim.claim}"
    cell = case.study.model.cells.get(claim.subject.removeprefix("cells."))
    if cell is not None and cell.temperature is not None:
        return cell.temperature.value, "of the cell"
    return None, ""


def _same_temperature(case: Case, claim: Entry, kinetics: Entry) -> bool:
    ours, theirs = _stated_temperature_K(case, claim)[0], _stated_temperature_K(case, kinetics)[0]
    return ours is None or theirs is None or abs(ours - theirs) <= SAME_K


def _temperature_K(case: Case, claim: Entry, kinetics: Entry) -> tuple[float, str]:
    for entry in (claim, kinetics):
        value, words = _stated_temperature_K(case, entry)
        if value is not None:
            return value, words
    return ROOM_TEMPERATURE_K, "assumed"


def _attempt(case: Case, claim: Entry, kinetics: Entry, current: float) -> Attempt:
    temperature_K, whose = _temperature_K(case, claim, kinetics)
    share = 2.0 if claim.quantity == AS_GAP else 1.0
    needed = share * _voltage(current, as_uncertain(kinetics), temperature_K)
    stated = as_uncertain(claim)
    needed_bound = flipped(kinetics.bound)
    outcome = at_least(stated, needed, claim.bound, needed_bound, own_bound=True)
    volt = split(needed)[0]
    what = "full gap" if claim.quantity == AS_GAP else "cell voltage"
    also = f" (full gap {2e3 * volt:.0f} mV)" if claim.quantity == "hysteresis" else ""
    text = (
        f"{kinetics.number:g} mA/cm2 needs {1e3 * volt:.0f} mV of {what}{also} at {current:g} mA/cm2 and "
        f"{temperature_K - ZERO_CELSIUS_K:g} degC ({whose}) before any film or electrolyte; "
        f"stated {1e3 * (claim.number or 0):g} mV."
    )
    return Attempt((kinetics,), outcome, text + _explained(claim, kinetics, current, outcome, needed, temperature_K))


def _explained(
    claim: Entry, kinetics: Entry, current: float, outcome: Comparison, needed: Uncertain, temperature_K: float
) -> str:
    """Sentence on what the comparison means."""
    stated, share = claim.number or 0.0, 2.0 if claim.quantity == AS_GAP else 1.0
    volt = split(needed)[0]
    if outcome.word == "disagrees":
        wanted = current / 2 / math.sinh(stated / share / 4 / thermal_voltage_V(temperature_K))
        return (
            f" The stated hysteresis needs at least {wanted:.2g} mA/cm2 on the geometric area, "
            f"{wanted / (kinetics.number or 1):.2g} times the stated one. Both can be true only of different states or "
            "areas: a straight Tafel line through the whole voltage of a two-electrode cell reads the resistance of a "
            "surface film as slow kinetics, so the exchange current may describe the fresh, filmed cell and the "
            "hysteresis the cycled one."
        )
    if stated < volt and claim.bound == ">":
        return " The stated value is only a lower bound."
    if outcome.word != "agrees":
        return ""
    if claim.quantity == "hysteresis" and at_least(as_uncertain(claim), 2 * needed, claim.bound).word == "disagrees":
        return " It fits if the hysteresis is a cell voltage, not if it is the full gap."
    rest = 1e3 * max(stated - volt, 0.0) / share / current
    return f" The rest is at most {rest:.3g} ohm cm2 of films and electrolyte."


PLUGIN = Relation(
    NAME,
    check,
    (*AS_VOLTAGE, AS_GAP, "exchange_current_density"),
    ("Newman & Balsara 2021, chapter 8",),
)
