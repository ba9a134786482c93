"""Which arc is called SEI and which charge transfer: by the user's own labels, else by one rule that is printed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from limetal.impedance.result import CircuitFit

__all__ = ["RULE", "ArcLabels", "label_arcs"]

#: Ranges of the top of an arc in hertz: film, charge transfer; least ratio of the two tops. Not verified: orders of
#: magnitude in use for lithium metal in liquid electrolytes near room temperature.
SEI_HERTZ, CT_HERTZ, LEAST_RATIO = (300.0, 300e3), (0.3, 3e3), 3.0
RULE = (
    "rule, not a measurement: of exactly two identified arcs the faster is called SEI (top between 300 Hz and 300 kHz) "
    "and the slower ct (0.3 Hz to 3 kHz), if their tops are at least three times apart"
)
OWN = "as the circuit labels it"


@dataclass(frozen=True)
class ArcLabels:
    """Labels of arcs.

    Attributes
    ----------
    labels
        Name of an arc's resistor -> ``"SEI"``, ``"ct"`` or the user's own word.
    rule
        What the labels rest on: `RULE` or the user's circuit; empty without labels.
    reason
        Why there are none; empty with labels.
    """

    labels: Mapping[str, str]
    rule: str
    reason: str


def label_arcs(found: CircuitFit) -> ArcLabels:
    """Labels of the arcs of a fit.

    Labels in the circuit (``"R(R{:SEI}Q)(R{:ct}Q)"``) count; without any, two arcs are labelled by `RULE`.

    Examples
    --------
    >>> import numpy as np
    >>> from limetal.impedance.fit import fit
    >>> f = np.logspace(6, -1, 71)
    >>> z = 4 + 10 / (1 + 2j * np.pi * f * 1e-5) + 30 / (1 + 2j * np.pi * f * 2e-3)
    >>> dict(label_arcs(fit("R(RC)(RC)", f, z)).labels)
    {'R1': 'SEI', 'R2': 'ct'}
    >>> label_arcs(fit("R(RC)", f, z)).reason
    'one arc: nothing tells what it is'
    """
    arcs = [(name, 1 / (2 * math.pi * tau)) for name, tau, _ in found.arc_times()]
    own = {leaf.name: leaf.label for leaf in found.circuit.leaves if leaf.label and leaf.kind.symbol == "R"}
    if own:
        return ArcLabels(own, OWN, "")
    known = sorted(((name, f) for name, f in arcs if found.std_of(name) is not None), key=lambda arc: -arc[1])
    if len(arcs) != len(known):
        lost = [name for name, _ in arcs if name not in dict(known)]
        return ArcLabels({}, "", f"not identified: {', '.join(lost)}")
    if len(known) != 2:
        words = "one arc: nothing tells what it is" if len(known) == 1 else f"{len(known)} arcs, the rule names two"
        return ArcLabels({}, "", words)
    (fast, f1), (slow, f2) = known
    if not SEI_HERTZ[0] <= f1 <= SEI_HERTZ[1]:
        return ArcLabels({}, "", f"the faster arc has its top at {f1:.3g} Hz, not between 300 Hz and 300 kHz")
    if not CT_HERTZ[0] <= f2 <= CT_HERTZ[1]:
        return ArcLabels({}, "", f"the slower arc has its top at {f2:.3g} Hz, not between 0.3 Hz and 3 kHz")
    if f1 < LEAST_RATIO * f2:
        return ArcLabels({}, "", f"the tops of the two arcs are {f1 / f2:.2g} times apart, less than three")
    return ArcLabels({fast: "SEI", slow: "ct"}, RULE, "")
