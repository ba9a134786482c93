"""What reacts when the composite is made: balanced equations between phases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from limetal.errors import BadInputError
from limetal.materials.masses import atoms
from limetal.materials.phases import LZNC, PHASES, Phase

__all__ = ["REACTIONS", "Reaction", "unbalanced"]

#: Balance is counted in atoms per equation; anything above this is a wrong coefficient, not rounding.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Reaction:
    """One reaction, taken as complete unless a study says otherwise.

    Attributes
    ----------
    name
        The name studies use.
    reactants, products
        Pairs of coefficient and phase name. CNT counts as single carbon atoms.
    source
        Where the reaction was seen; for an assumed one, why it is believed.
    default
        Whether a recipe runs it without being asked.

    Examples
    --------
    >>> REACTIONS["Zn3N2 + Li"].equation
    '9 Li + Zn3N2 -> 2 Li3N + 3 LiZn'
    """

    name: str
    reactants: tuple[tuple[float, str], ...]
    products: tuple[tuple[float, str], ...]
    source: str
    default: bool = field(kw_only=True)
    assumed: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        terms = self.reactants + self.products
        if not self.reactants or not self.products:
            raise BadInputError(f"reaction {self.name}", "one empty side", "phases on both sides")
        if any(not (math.isfinite(n) and n > 0) for n, _ in terms):
            raise BadInputError(f"reaction {self.name}", "a coefficient of zero or less", "positive coefficients")
        if not self.source.strip():
            raise BadInputError(f"reaction {self.name}", "no source", "where it was seen, or why it is assumed")

    @property
    def equation(self) -> str:
        """The reaction as people write it."""
        sides = (self.reactants, self.products)
        return " -> ".join(" + ".join(name if n == 1 else f"{n:g} {name}" for n, name in side) for side in sides)


def unbalanced(reaction: Reaction, phases: Mapping[str, Phase] = PHASES) -> dict[str, float]:
    """Atoms that appear (positive) or vanish (negative) in the equation; empty if it balances.

    Raises
    ------
    BadInputError
        If a phase of the reaction is not in ``phases``.

    Examples
    --------
    >>> unbalanced(REACTIONS["Zn3N2 + Li"])
    {}
    >>> unbalanced(Reaction("lost", ((1, "Li3N"),), ((1, "Li"),), "an example", default=False))
    {'Li': -2.0, 'N': -1.0}
    """
    balance: dict[str, float] = {}
    for sign, side in ((-1, reaction.reactants), (1, reaction.products)):
        for coefficient, name in side:
            if name not in phases:
                raise BadInputError(f"reaction {reaction.name}", repr(name), f"one of {', '.join(phases)}")
            for symbol, number in atoms(phases[name].formula).items():
                balance[symbol] = balance.get(symbol, 0.0) + sign * coefficient * number
    return {symbol: number for symbol, number in balance.items() if abs(number) > TOLERANCE}


_ALLOY = (
    "assumed: downhill by about {} kJ per mole of equation with calorimetric enthalpies of the Li-Zn "
    "and Mg-Zn compounds; not seen in a source"
)

REACTIONS: dict[str, Reaction] = {
    reaction.name: reaction
    for reaction in (
        Reaction(
            "Zn3N2 + Li",
            ((9, "Li"), (1, "Zn3N2")),
            ((2, "Li3N"), (3, "LiZn")),
            f"doi {LZNC}: XRD of the product shows Li, LiZn and Li3N",
            default=True,
        ),
        Reaction(
            "Zn + Li",
            ((1, "Li"), (1, "Zn")),
            ((1, "LiZn"),),
            f"doi {LZNC}: LiZn is the zinc phase of the lithium-rich melt",
            default=True,
        ),
        Reaction(
            "CNT + Li, stage 1",
            ((1, "Li"), (6, "CNT")),
            ((1, "LiC6"),),
            "assumed: limit of intercalation into graphite; nanotubes differ between products",
            default=False,
            assumed=True,
        ),
        Reaction(
            "CNT + Li, stage 2",
            ((1, "Li"), (12, "CNT")),
            ((1, "LiC12"),),
            "assumed: second stage of intercalation into graphite; nanotubes differ between products",
            default=False,
            assumed=True,
        ),
        Reaction(
            "MgZn2 + Li",
            ((2, "Li"), (1, "MgZn2")),
            ((1, "Mg"), (2, "LiZn")),
            _ALLOY.format(29),
            default=False,
            assumed=True,
        ),
        Reaction(
            "Mg2Zn11 + Li",
            ((11, "Li"), (1, "Mg2Zn11")),
            ((2, "Mg"), (11, "LiZn")),
            _ALLOY.format(261),
            default=False,
            assumed=True,
        ),
    )
}
