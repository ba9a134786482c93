"""What a melt becomes: weighed components, complete reactions, the phases that are left, and their lithium."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from limetal.design.library import Library
from limetal.design.library import library as default_library
from limetal.design.uncertain import Uncertain, uncertain
from limetal.errors import BadInputError
from limetal.materials import REACTIONS, Phase, Reaction, atoms
from limetal.materials.masses import FARADAY_MAH_MOL, molar_mass_g_mol
from limetal.study.models import Recipe

__all__ = ["INTEGER_MASS_LITHIUM_MAH_G", "Composition", "PhaseShare", "compose"]

#: Papers that compute with rounded atomic masses take 3860 mAh/g for lithium; see `compose`.
INTEGER_MASS_LITHIUM_MAH_G = 3860.0
_CARBON = {"LiC6": "CNT + Li, stage 1", "LiC12": "CNT + Li, stage 2"}
_NOTHING_LEFT = 1e-9


@dataclass(frozen=True)
class PhaseShare:
    """One phase of a composition: mass and pore-free volume fraction in percent, and amount per gram."""

    phase: Phase
    mass_percent: float
    volume_percent: Uncertain
    amount_mol_g: float


@dataclass(frozen=True)
class Composition:
    """What a recipe gives, per gram of electrode without collector.

    Attributes
    ----------
    shares
        Phases in order of mass; empty if an amount is unknown.
    unknown
        Components whose identity or amount nobody gave; every number below is then None.
    pore_free_density_g_cm3
        With the uncertainty of the phase densities.
    free_lithium_mAh_g, strippable_mAh_g, total_lithium_mAh_g
        Metallic lithium only; all lithium that leaves up to ``cutoff_V``; every lithium atom.
    strippable_std_mAh_g
        Where the cut-off lies among the plateaus of an alloy nobody knows how much of its lithium leaves: the
        strippable capacity is then the middle, and this the standard deviation of a uniform spread.
    reactions
        The equations that ran.
    lithium_poor
        Words for what was left unreacted because lithium ran out; empty when it sufficed.
    """

    shares: tuple[PhaseShare, ...]
    unknown: tuple[str, ...]
    cutoff_V: float
    pore_free_density_g_cm3: Uncertain | None = None
    free_lithium_mAh_g: float | None = None
    strippable_mAh_g: float | None = None
    strippable_std_mAh_g: float | None = None
    total_lithium_mAh_g: float | None = None
    reactions: tuple[Reaction, ...] = ()
    lithium_poor: str = ""
    weighed_g: Mapping[str, float] = field(default_factory=dict)

    def mass_percent(self, name: str) -> float | None:
        """Mass fraction of a phase, or of several joined by ``+``; None if it is not there or not known."""
        found = [s.mass_percent for part in name.split("+") for s in self.shares if s.phase.name == part]
        return sum(found) if len(found) == len(name.split("+")) else None


def compose(
    recipe: Recipe,
    *,
    cutoff_V: float = 1.0,
    library: Library | None = None,
    integer_masses: bool = False,
    where: str = "recipe",
) -> Composition:
    """Composition of the product of a recipe, if every reaction of the library runs to its end.

    Parameters
    ----------
    recipe
        Parts by mass or by mole, additions as percent of the mass of the parts.
    cutoff_V
        Stripping limit against Li+/Li for the strippable capacity.
    library
        Materials; the built-in ones by default.
    integer_masses
        Compute with atomic masses rounded to integers and 3860 mAh/g for lithium, as some papers do: this tells
        whether a printed number differs only by that.
    where
        Place of the recipe, for messages.

    Raises
    ------
    BadInputError
        If a component is neither in the library nor declared unknown, or a mixture is asked for by mole.

    Examples
    --------
    The foil Li:Zn3N2:CNT = 2:1:0.6 by mass:

    >>> foil = compose(Recipe(by="mass", parts={"Li": 2, "Zn3N2": 1, "CNT": 0.6}))
    >>> {s.phase.name: round(s.mass_percent, 2) for s in foil.shares}
    {'Li': 47.82, 'LiZn': 26.89, 'CNT': 16.67, 'Li3N': 8.63}
    >>> round(foil.free_lithium_mAh_g), round(foil.strippable_mAh_g)
    (1847, 1946)
    """
    library = library or default_library()
    unknown = _unknown(recipe, library)
    if unknown:
        return Composition((), unknown, cutoff_V)
    weighed = _weigh(recipe, library, integer_masses, where)
    total_g = sum(weighed.values())
    moles = {name: grams / _molar_mass(library.phases[name], integer_masses) for name, grams in weighed.items()}
    ran = _react(moles, recipe)
    moles = {name: n for name, n in moles.items() if n > _NOTHING_LEFT * total_g}
    return _composition(moles, total_g, cutoff_V, library, ran, integer_masses, weighed)


def _unknown(recipe: Recipe, library: Library) -> tuple[str, ...]:
    found = [name for name, amount in recipe.parts.items() if amount == "unknown" or name in library.unknown]
    return tuple(found + [name for name in recipe.added if name in library.unknown])


def _weigh(recipe: Recipe, library: Library, integer_masses: bool, where: str) -> dict[str, float]:
    """Grams of every phase weighed in; mixtures are opened."""
    grams: dict[str, float] = {}
    for name, amount in recipe.parts.items():
        if name not in library.phases and name not in library.mixtures:
            raise BadInputError(f"{where}.{name}", "no known material", "a phase of the library or of [materials]")
        if recipe.by == "mole" and name in library.mixtures:
            raise BadInputError(f"{where}.{name}", "a mixture in a recipe by mole", "a recipe by mass")
        molar = _molar_mass(library.phases[name], integer_masses) if recipe.by == "mole" else 1.0
        _add(grams, name, float(amount) * molar, library)
    parts_g = sum(grams.values())
    for name, percent in recipe.added.items():
        if name not in library.phases and name not in library.mixtures:
            raise BadInputError(f"{where}.{name}", "no known material", "a phase of the library or of [materials]")
        _add(grams, name, parts_g * percent.value / 100, library)
    return grams


def _add(grams: dict[str, float], name: str, amount_g: float, library: Library) -> None:
    if name in library.mixtures:
        whole = sum(library.mixtures[name].values())
        for part, share in library.mixtures[name].items():
            grams[part] = grams.get(part, 0.0) + amount_g * share / whole
    else:
        grams[name] = grams.get(name, 0.0) + amount_g


def _react(moles: dict[str, float], recipe: Recipe) -> tuple[Reaction, ...]:
    """Run the reactions whose reactants are all there, each to the end of its scarcest reactant."""
    wanted = [r for r in REACTIONS.values() if r.default]
    if recipe.carbon != "inert":
        wanted.append(REACTIONS[_CARBON[recipe.carbon]])
    ran: list[Reaction] = []
    for reaction in wanted:
        if not all(name in moles for _, name in reaction.reactants):
            continue
        extent = min(moles[name] / n for n, name in reaction.reactants)
        for n, name in reaction.reactants:
            moles[name] -= n * extent
        for n, name in reaction.products:
            moles[name] = moles.get(name, 0.0) + n * extent
        ran.append(reaction)
    return tuple(ran)


def _molar_mass(phase: Phase, integer_masses: bool) -> float:
    if not integer_masses:
        return phase.molar_mass_g_mol
    return sum(n * round(molar_mass_g_mol(symbol)) for symbol, n in atoms(phase.formula).items())


def _composition(
    moles: dict[str, float],
    total_g: float,
    cutoff_V: float,
    library: Library,
    ran: tuple[Reaction, ...],
    integer_masses: bool,
    weighed: dict[str, float],
) -> Composition:
    phases = library.phases
    mass = {name: n * _molar_mass(phases[name], integer_masses) for name, n in moles.items()}
    volume = {
        name: grams / uncertain(phases[name].density.value, phases[name].density.std, name)
        for name, grams in mass.items()
    }
    volume_total = sum(volume.values())
    shares = tuple(
        PhaseShare(phases[name], 100 * grams / total_g, 100 * volume[name] / volume_total, moles[name] / total_g)
        for name, grams in sorted(mass.items(), key=lambda item: -item[1])
    )
    per_mol = INTEGER_MASS_LITHIUM_MAH_G * 7 if integer_masses else FARADAY_MAH_MOL
    released = {s.phase.name: s.phase.lithium_released(cutoff_V) for s in shares}
    least, most = ({n: both[k] for n, both in released.items()} for k in (0, 1))
    lithium = {s.phase.name: s.amount_mol_g * s.phase.lithium_per_formula * per_mol for s in shares}
    return Composition(
        shares=shares,
        unknown=(),
        cutoff_V=cutoff_V,
        pore_free_density_g_cm3=total_g / volume_total,
        free_lithium_mAh_g=lithium.get("Li", 0.0),
        strippable_mAh_g=sum(q * (least[n] + most[n]) / 2 for n, q in lithium.items()),
        strippable_std_mAh_g=sum(q * (most[n] - least[n]) for n, q in lithium.items()) / math.sqrt(12) or None,
        total_lithium_mAh_g=sum(lithium.values()),
        reactions=ran,
        lithium_poor=_lithium_poor(moles, ran, phases, total_g),
        weighed_g=weighed,
    )


def _lithium_poor(
    moles: Mapping[str, float], ran: tuple[Reaction, ...], phases: Mapping[str, Phase], total_g: float
) -> str:
    left = []
    for reaction in ran:
        if moles.get("Li", 0.0) > 0:
            break
        for _, name in reaction.reactants:
            grams = moles.get(name, 0.0) * phases[name].molar_mass_g_mol
            if name != "Li" and grams > 1e-6 * total_g:
                left.append(f"{100 * grams / total_g:.1f} wt% {name}")
    return " and ".join(dict.fromkeys(left))
