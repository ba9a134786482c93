"""Which arc is called SEI and which charge transfer: by the user's own labels, else by one rule that is printed.

An impedance does not say what an arc is. In lithium bis(fluorosulfonyl)imide in tetraglyme, where 12,000 spectra of
lithium metal were measured over time, temperature and concentration, processes are so strongly correlated that their
authors advise caution in assigning any. [1]_ The convention of the field, the fast arc to the film and the slow one to
the charge transfer, is a convention; the rule below only keeps it from being used where even that has no ground.

References
----------
.. [1] ACS Electrochem. 2 (2026) 166, doi:10.1021/acselectrochem.5c00388 (abstract read).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from limetal.impedance.circuit import Circuit, Leaf, Parallel
from limetal.impedance.result import CircuitFit

__all__ = ["RULE", "ArcLabels", "label_arcs"]

#: Ranges of the top of an arc in hertz: film, charge transfer; least ratio of the two tops. Orders of magnitude in use
#: for lithium metal in liquid electrolytes near room temperature; no publication was found that states them.
SEI_HERTZ, CT_HERTZ, LEAST_RATIO = (300.0, 300e3), (0.3, 3e3), 3.0
RULE = (
    "rule, not a measurement: of exactly two identified arcs in series with R, L and diffusion only, the faster is "
    "called SEI (top between 300 Hz and 300 kHz) and the slower ct (0.3 Hz to 3 kHz), if their tops are at least three "
    "times apart (ranges by convention, not from a publication)"
)
OWN = "as the circuit labels it"
_BESIDE_ARCS = {"R", "L", "La", "W", "Wo", "Ws"}


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

    Labels in the circuit, at the resistor (``"R(R{:SEI}Q)(R{:ct}Q)"``) or at what stands beside it, count; without any,
    two arcs are labelled by `RULE`.

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
    own = _own_labels(found.circuit)
    if own:
        return ArcLabels(own, OWN, "")
    arcs = [(name, 1 / (2 * math.pi * tau), std) for name, tau, std in found.arc_times()]
    lost = [name for name, _, std in arcs if found.std_of(name) is None or math.isnan(std)]
    if lost:
        return ArcLabels({}, "", f"not identified: {', '.join(lost)}")
    if len(arcs) != 2:
        words = "one arc: nothing tells what it is" if len(arcs) == 1 else f"{len(arcs)} arcs, the rule names two"
        return ArcLabels({}, "", words)
    others = [b for b in found.circuit.blocks if not (isinstance(b, Parallel) and len(b.parts) == 2)]
    if any(not isinstance(b, Leaf) or b.kind.symbol not in _BESIDE_ARCS for b in others):
        return ArcLabels({}, "", "more in series than arcs, R, L and diffusion")
    (fast, f1), (slow, f2) = sorted(((name, f) for name, f, _ in arcs), key=lambda arc: -arc[1])
    if not SEI_HERTZ[0] <= f1 <= SEI_HERTZ[1]:
        return ArcLabels({}, "", f"the faster arc has its top at {f1:.3g} Hz, not between 300 Hz and 300 kHz")
    if not CT_HERTZ[0] <= f2 <= CT_HERTZ[1]:
        return ArcLabels({}, "", f"the slower arc has its top at {f2:.3g} Hz, not between 0.3 Hz and 3 kHz")
    if f1 < LEAST_RATIO * f2:
        return ArcLabels({}, "", f"the tops of the two arcs are {f1 / f2:.2g} times apart, less than three")
    return ArcLabels({fast: "SEI", slow: "ct"}, RULE, "")


def _own_labels(circuit: Circuit) -> dict[str, str]:
    """Resistor -> label it carries; one beside it in parallel labels a resistor that has none."""
    own = {leaf.name: leaf.label for leaf in circuit.leaves if leaf.label and leaf.kind.symbol == "R"}
    for block in circuit.blocks:
        if not isinstance(block, Parallel):
            continue
        leaves = [part for part in block.parts if isinstance(part, Leaf)]
        words = [leaf.label for leaf in leaves if leaf.label]
        for leaf in leaves:
            if words and leaf.kind.symbol == "R" and leaf.name not in own:
                own[leaf.name] = words[0]
    return own
