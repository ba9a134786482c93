"""Replicates: what several cells of one kind say together, and how they differ from those of another kind.

A group takes what its tests have given (`limetal.analyses.Outcome`) and gives an outcome of its own: entries of origin
*derived* whose source names the tests, pictures with bands, tables. It reads no file.
"""

from __future__ import annotations

from limetal.analyses import Outcome
from limetal.errors import BadInputError
from limetal.exhibits import Plot, Table
from limetal.groups.members import (
    Group,
    Lives,
    PerCycle,
    alike,
    currents,
    lives_of,
    per_cycle,
    scalars_of,
)
from limetal.groups.numbers import (
    Told,
    differences,
    lives_told,
    means_told,
    scalars_told,
    source_of,
    survivors_warning,
)
from limetal.groups.pictures import cycles_plot, cycles_table, lives_table, survival_plot, survival_table
from limetal.ledger import Entry

__all__ = ["Group", "summarise"]

#: Per-cycle quantities that are drawn and put into the ledger only where the study names them: others say the same.
SECONDARY = frozenset(
    {
        "hysteresis_end", "hysteresis_plateau", "hysteresis_full_gap", "charge_energy", "discharge_energy",
        "charge_capacity", "specific_charge_capacity", "areal_charge_capacity", "mean_charge_voltage",
        "mean_discharge_voltage", "plated_capacity", "areal_plated_capacity",
    }
)  # fmt: skip
#: Capacities of which the first that is known is taken: per mass, per area, of the cell.
CAPACITIES = (
    ("specific_discharge_capacity", "areal_discharge_capacity", "discharge_capacity"),
    ("areal_stripped_capacity", "stripped_capacity"),
)
EFFICIENCY = "coulombic_efficiency"


def summarise(group: Group, against: Group | None = None) -> Outcome:
    """What the cells of a group say together.

    Parameters
    ----------
    group
        Tests of replicate cells.
    against
        Another group: its difference to this one is given, and both are drawn in one picture.

    Returns
    -------
    Outcome
        Means at the first and last cycle that all cells reach, with t-intervals; median and restricted mean of lives;
        differences to the other group.

    Raises
    ------
    BadInputError
        If the cells are of different kinds.

    Examples
    --------
    >>> def cell(name, life):
    ...     entry = Entry(f"tests.{name}", "life", life, None, "measured", f"{name}.csv")
    ...     return Outcome(name, (entry,), (), (), (), ())
    >>> names = ("a", "b", "c")
    >>> members = tuple(cell(n, t) for n, t in zip(names, (310.0, 250.0, 400.0)))
    >>> done = summarise(Group("groups.Li", "Li", members, names, ("symmetric",) * 3))
    >>> [(e.quantity, e.value) for e in done.entries]
    [('number_of_cells', 3.0), ('median_life', 310.0), ('restricted_mean_life', 320.0)]
    """
    if against is not None and against.kind != group.kind:
        raise BadInputError(
            f"{group.subject}.against", f"cells of kind {against.kind}", f"cells of kind {group.kind}, as this group"
        )
    found = per_cycle(group)
    chosen = {name: one for name, one in found.items() if _shown(name, group, found)}
    every = [lives for lives in lives_of(group) if group.wants(lives.quantity)]
    told = Told((_size(group),), tuple(_odd_currents([group])))
    for one in chosen.values():
        told = told.plus(means_told(group, one))
    told = told.plus(Told(tuple(scalars_told(group, s) for s in scalars_of(group))))
    for lives in every:
        told = told.plus(lives_told(group, lives))
    told = told.plus(Told(warnings=tuple(_survivors(group, chosen)), not_computed=tuple(_absent(group, found, every))))
    plots, tables = _plots(group, chosen), _tables(group, found, every)
    if every:
        plots += [survival_plot([(group, _first(every))])]
    if against is not None:
        theirs = per_cycle(against)
        common = {name: theirs[name] for name in chosen if name in theirs}
        told = told.plus(differences(group, against, chosen, common))
        told = told.plus(Told(warnings=tuple(_odd_currents([group, against]))))
        plots += _compared(group, against, chosen, common, every)
    subject = group.subject
    return Outcome(
        name=subject.split(".", 1)[-1],
        entries=told.entries,
        plots=tuple(plots),
        tables=tuple(tables),
        warnings=tuple(f"{subject}: {w}" for w in dict.fromkeys(told.warnings)),
        not_computed=told.not_computed,
        title=f"Group {group.label}" + (f" against {against.label}" if against is not None else ""),
        words=f"{group.size} cell{'s' * (group.size != 1)}: {', '.join(group.names)}.",
    )


def _size(group: Group) -> Entry:
    note = "replicates: cells of one kind that are taken to differ by chance only"
    return Entry(group.subject, "number_of_cells", float(group.size), None, "derived", source_of(group), note)


def _shown(name: str, group: Group, found: dict[str, PerCycle]) -> bool:
    """Whether a quantity gets numbers in the ledger and a picture."""
    if group.quantities:
        return name in group.quantities
    for names in CAPACITIES:
        if name in names:
            return name == next(n for n in names if n in found)
    return name not in SECONDARY


def _absent(group: Group, found: dict[str, PerCycle], every: list[Lives]) -> list[tuple[str, str]]:
    """Quantities that were asked for and no test gives."""
    have = {*found, *(lives.quantity for lives in every), *(s.quantity for s in scalars_of(group))}
    why = "no per-cycle table and no two tests of the group give it"
    return [(f"{group.subject} {name}", why) for name in group.quantities if name not in have]


def _survivors(group: Group, chosen: dict[str, PerCycle]) -> list[str]:
    """One warning for all quantities whose cells end alike."""
    sharing: dict[str, list[str]] = {}
    for name, one in chosen.items():
        if words := survivors_warning(group, one):
            sharing.setdefault(words, []).append(name)
    return [f"{', '.join(names)}: {words}" for words, names in sharing.items()]


def _odd_currents(groups: list[Group]) -> list[str]:
    """Say if the cells were cycled at different currents."""
    seen = [(name, j) for g in groups for name, j in zip(g.names, currents(g), strict=True) if j is not None]
    if all(alike((("current_density", seen[0][1]),), (("current_density", j),)) for _, j in seen):
        return []
    listed = ", ".join(f"{name} {j:.3g}" for name, j in seen)
    return [
        f"the cells were cycled at different current densities (median in mA/cm2: {listed}): they are no replicates"
    ]


def _plots(group: Group, chosen: dict[str, PerCycle]) -> list[Plot]:
    capacity = next((n for names in CAPACITIES for n in names if n in chosen), None)
    plots = []
    for name, one in chosen.items():
        if name == EFFICIENCY and capacity is not None:
            continue  # below the capacity
        below = [(group, chosen[EFFICIENCY])] if name == capacity and EFFICIENCY in chosen else None
        plots.append(cycles_plot([(group, one)], below))
    return plots


def _tables(group: Group, found: dict[str, PerCycle], every: list[Lives]) -> list[Table]:
    wanted = {name: one for name, one in found.items() if group.wants(name)}
    tables = [cycles_table(group, wanted)] if wanted else []
    if every:
        tables += [lives_table(group, every), survival_table(_first(every))]
    return tables


def _first(every: list[Lives]) -> Lives:
    """Lives that are drawn: in hours, else whatever is there."""
    return next((lives for lives in every if lives.quantity == "life"), every[0])


def _compared(
    group: Group, other: Group, mine: dict[str, PerCycle], theirs: dict[str, PerCycle], every: list[Lives]
) -> list[Plot]:
    plots = [cycles_plot([(group, mine[name]), (other, theirs[name])]) for name in mine if name in theirs]
    if every:
        lives = _first(every)
        twins = [t for t in lives_of(other) if t.quantity == lives.quantity and alike(t.at, lives.at)]
        plots += [survival_plot([(group, lives), (other, twin)]) for twin in twins[:1]]
    return plots
