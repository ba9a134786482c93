"""Phases of lithium composites: formula, density, and when they give up their lithium.

The density of a crystalline phase is computed from its cell; carbon nanotubes have one of their own.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from limetal.materials.crystals import (
    CU_KALPHA1_ANGSTROM,
    Crystal,
    d_spacing_angstrom,
    two_theta_deg,
    xray_density,
)
from limetal.materials.facts import Fact
from limetal.materials.masses import FARADAY_MAH_MOL, atoms, molar_mass_g_mol

__all__ = [
    "CU_KALPHA1_ANGSTROM",
    "PHASES",
    "Crystal",
    "LithiumRelease",
    "Phase",
    "d_spacing_angstrom",
    "two_theta_deg",
    "xray_density",
]

#: A phase counts as stripped this many standard uncertainties above its last plateau.
PLATEAU_COVERAGE = 2.0
LZNC = "10.1038/s41467-026-69155-z"


@dataclass(frozen=True)
class LithiumRelease:
    """When a phase gives its lithium up on stripping, against Li+/Li.

    Attributes
    ----------
    released_by
        A potential at which all of its lithium has left in practice; None if it stays.
    equilibrium
        The highest potential at which lithium and the phase's last lithium-poor neighbour are in equilibrium:
        no lithium-bearing form is stable above it. Kinetics can keep a phase far beyond it.
    product
        Name of the phase that is left, or None if nothing is left (or the lithium stays).
    source
        Where it was seen that the lithium leaves, or stays.
    """

    released_by: Fact | None
    equilibrium: Fact | None
    product: str | None
    source: str
    assumed: bool

    @property
    def released_by_V(self) -> float | None:
        """The potential of `released_by`, None if the lithium stays."""
        return None if self.released_by is None else self.released_by.value


@dataclass(frozen=True)
class Phase:
    """One solid phase.

    Attributes
    ----------
    name
        The name studies use; a Greek letter only where two forms are in the table.
    formula
        Formula unit.
    density
        Of the solid without pores.
    crystal
        None if the phase is no crystal with one cell.
    lithium_release
        None if the phase holds no lithium.

    Examples
    --------
    >>> PHASES["LiZn"].lithium_release.product
    'Zn'
    >>> round(PHASES["Li3N"].density_g_cm3, 2)
    1.3
    """

    name: str
    formula: str
    density: Fact
    crystal: Crystal | None = None
    lithium_release: LithiumRelease | None = None

    @property
    def density_g_cm3(self) -> float:
        """Density of the solid without pores."""
        return self.density.value

    @property
    def molar_mass_g_mol(self) -> float:
        """Molar mass of the formula unit."""
        return molar_mass_g_mol(self.formula)

    @property
    def lithium_per_formula(self) -> float:
        """Lithium atoms per formula unit, removable or not."""
        return atoms(self.formula).get("Li", 0.0)

    @property
    def lithium_capacity_mAh_g(self) -> float:
        """Charge of all lithium in a gram of the phase, removable or not."""
        return self.lithium_per_formula * FARADAY_MAH_MOL / self.molar_mass_g_mol

    def lithium_released(self, cutoff_V: float) -> tuple[float, float]:
        """Share of the lithium that leaves on stripping to ``cutoff_V`` against Li+/Li: at least, at most.

        All of it leaves from the potential at which that was seen, or from clearly (two standard uncertainties)
        above the last plateau; none leaves at 0 V but from metal; between the two the share is not known here.

        Examples
        --------
        >>> [PHASES[name].lithium_released(1.0) for name in ("Li", "LiZn", "Li3N")]
        [(1.0, 1.0), (1.0, 1.0), (0.0, 0.0)]
        >>> PHASES["LiZn"].lithium_released(0.2)
        (0.0, 1.0)
        """
        release = self.lithium_release
        if release is None or release.released_by is None:
            return 0.0, 0.0
        last = release.equilibrium
        done = release.released_by.value if last is None else last.value + PLATEAU_COVERAGE * (last.std or 0.0)
        if cutoff_V >= min(done, release.released_by.value):
            return 1.0, 1.0
        return (0.0, 0.0) if cutoff_V <= 0 else (0.0, 1.0)


_NOT_VERIFIED = "handbook value, not verified; it reproduces {}"
_COD = "Crystallography Open Database {}, {}"
_WYCKOFF = "Wyckoff, Crystal Structures (1963)"


def _cell(space_group: str, cell: tuple[float, ...], z: float, source: str) -> Crystal:
    a, b, c, alpha, beta, gamma = cell
    return Crystal(space_group, a, b, c, alpha, beta, gamma, z, source)


def _handbook(space_group: str, cell: tuple[float, ...], z: float, checks: str) -> Crystal:
    """Cell from memory that only its density and strongest line have been checked against."""
    source = _NOT_VERIFIED.format(checks)
    return dataclasses.replace(_cell(space_group, cell, z, source), assumed=True)


def _cubic(a: float) -> tuple[float, ...]:
    return (a, a, a, 90.0, 90.0, 90.0)


def _hexagonal(a: float, c: float) -> tuple[float, ...]:
    return (a, a, c, 90.0, 90.0, 120.0)


_CELLS: dict[str, Crystal] = {
    "Li": _cell("Im-3m", _cubic(3.51004), 2, "Nadler and Kempter, Anal. Chem. 31 (1959) 2109, at 25 degC"),
    "LiZn": _handbook("Fd-3m", _cubic(6.221), 8, "3.99 g/cm3 and (220) at 41.0 deg"),
    # The cell was refined for LiZn3.175; as four atoms per cell it holds 0.8 units of the nominal LiZn4.
    "LiZn4": Crystal(
        "Cmcm",
        2.7680,
        4.7942,
        4.3864,
        90.0,
        90.0,
        90.0,
        0.8,
        "assumed: average cell of LiZn3.175, Pavlyuk et al., Acta Cryst. B 70 (2014) 212, filled as LiZn4",
        assumed=True,
        relative_std=0.01,
    ),
    "Li3N": _cell("P6/mmm", _hexagonal(3.652, 3.866), 1, _COD.format(1544904, "Kawada et al. 1986, 20 degC")),
    "beta-Li3N": _handbook("P63/mmc", _hexagonal(3.552, 6.311), 2, "1.68 g/cm3 and (002) at 28.3 deg"),
    "Zn": _cell("P63/mmc", _hexagonal(2.6648, 4.9467), 2, _COD.format(9008522, _WYCKOFF)),
    "Zn3N2": dataclasses.replace(
        _cell(
            "Ia-3",
            _cubic(9.7691),
            16,
            "cell in the Zinknitrid article of the German Wikipedia; other sources print 9.73 to 9.79",
        ),
        relative_std=0.002,
    ),
    "LiZnN": _handbook("F-43m", _cubic(4.9139), 4, "4.83 g/cm3 and (111) at 31.5 deg"),
    "graphite": _cell(
        "P63/mmc",
        _hexagonal(2.464, 6.711),
        4,
        _COD.format(9011577, "Trucano and Chen, Nature 258 (1975) 136"),
    ),
    "LiC6": _handbook("P6/mmm", _hexagonal(4.305, 3.706), 1, "2.21 g/cm3 and (001) at 24.0 deg"),
    "LiC12": _handbook("P6/mmm", _hexagonal(4.288, 7.065), 1, "2.23 g/cm3 and (002) at 25.2 deg"),
    "Mg": _cell("P63/mmc", _hexagonal(3.20927, 5.21033), 2, _COD.format(9008506, _WYCKOFF)),
    "MgZn2": _handbook("P63/mmc", _hexagonal(5.221, 8.567), 4, "5.10 g/cm3 and (112) at 40.4 deg"),
    "Mg2Zn11": _handbook("Pm-3", _cubic(8.552), 3, "6.12 g/cm3; its lines were not checked"),
    "Cu": _cell("Fm-3m", _cubic(3.61496), 4, _COD.format(9008468, _WYCKOFF)),
    "Al": _cell("Fm-3m", _cubic(4.04958), 4, _COD.format(9008460, _WYCKOFF)),
    "Li2O": _cell("Fm-3m", _cubic(4.619), 4, _COD.format(9009059, _WYCKOFF)),
    "LiF": _handbook("Fm-3m", _cubic(4.0263), 4, "2.64 g/cm3 and (200) at 45.0 deg; COD 9008667 prints 4.0173"),
    "Li2CO3": _handbook("C2/c", (8.3593, 4.9725, 6.1975, 90.0, 114.83, 90.0), 4, "2.10 g/cm3 and (110) at 21.3 deg"),
    "S": _handbook("Fddd", (10.4646, 12.8660, 24.4860, 90.0, 90.0, 90.0), 128, "2.07 g/cm3"),
    "Li2S": _handbook("Fm-3m", _cubic(5.72), 4, "1.63 g/cm3 and (111) at 27.0 deg"),
}

_FORMULAS = {name: {"graphite": "C", "beta-Li3N": "Li3N"}.get(name, name) for name in _CELLS}

_CARBON_NANOTUBE_DENSITY = Fact(
    2.1,
    # Triangular distribution from 1.3 (wide bore) over 2.1 to 2.26 (graphite): its standard deviation.
    0.21,
    "g/cm3",
    "no source verified: between bundles with bore (1.3) and graphite (2.26)",
    assumed=True,
    convention="wall density; tubes counted with their bore are 1.3-2.1",
)


def _stripped(volt: float, product: str | None, source: str, equilibrium: Fact | None, assumed: bool) -> LithiumRelease:
    return LithiumRelease(
        Fact(volt, None, "V", source, assumed=assumed, convention="cut-off vs Li+/Li, practical"),
        equilibrium,
        product,
        source,
        assumed,
    )


def _formation(formula: str, gibbs_kJ_mol: float, source: str, assumed: bool) -> Fact:
    """Potential at which a lithium compound falls apart into its other elements, ``-dG / (n F)``."""
    volt = -gibbs_kJ_mol / (atoms(formula)["Li"] * FARADAY_MAH_MOL * 3.6e-3)
    note = "thermodynamic limit vs Li+/Li; in practice the compound is inert far beyond it"
    return Fact(volt, None, "V", f"computed from {gibbs_kJ_mol} kJ/mol: {source}", assumed=assumed, convention=note)


def _stays(equilibrium: Fact | None, source: str, assumed: bool) -> LithiumRelease:
    return LithiumRelease(None, equilibrium, None, source, assumed)


_ALLOY_PLATEAU = Fact(
    0.28,
    0.05,
    "V",
    "recalled from coulometric titrations of the Li-Zn system, not verified",
    assumed=True,
    convention="last plateau (LiZn4 / Zn) vs Li+/Li",
)
_XRD = f"in-situ XRD during stripping to 1 V, Results and Fig. 3a of doi {LZNC}"
_NITRIDE_GIBBS = _formation(
    "Li3N", -128.64, "J. Chem. Thermodyn. 10 (1978), as quoted elsewhere, not verified", assumed=True
)
_NO_MEASUREMENT = "no measurement found: assumed to stay like other {}"
_GRAPHITE_PLATEAU = Fact(
    0.21,
    0.02,
    "V",
    "recalled from staging curves, not verified",
    assumed=True,
    convention="last plateau vs Li+/Li",
)
_GRAPHITE = "assumed: recalled staging curves end near 0.3 V, disordered carbon near 1 V, not verified"
_HANDBOOK_GIBBS = "handbook value, not verified"

_RELEASES: dict[str, LithiumRelease] = {
    "Li": LithiumRelease(
        Fact(0.0, 0.0, "V", "definition of the Li+/Li scale", convention="without overpotential"),
        Fact(0.0, 0.0, "V", "definition of the Li+/Li scale"),
        None,
        "definition of the Li+/Li scale",
        assumed=False,
    ),
    "LiZn": _stripped(1.0, "Zn", f"LiZn fades and Zn appears: {_XRD}", _ALLOY_PLATEAU, assumed=False),
    "LiZn4": _stripped(1.0, "Zn", f"assumed as for LiZn, of which it is a step: {_XRD}", _ALLOY_PLATEAU, assumed=True),
    "LiC6": _stripped(1.0, "graphite", _GRAPHITE, _GRAPHITE_PLATEAU, assumed=True),
    "LiC12": _stripped(1.0, "graphite", _GRAPHITE, _GRAPHITE_PLATEAU, assumed=True),
    "Li3N": _stays(_NITRIDE_GIBBS, f"its peaks stay unchanged: {_XRD}", assumed=False),
    "beta-Li3N": _stays(_NITRIDE_GIBBS, "assumed to stay like the alpha form", assumed=True),
    "LiZnN": _stays(None, _NO_MEASUREMENT.format("nitrides"), assumed=True),
    "Li2O": _stays(
        _formation("Li2O", -561.2, _HANDBOOK_GIBBS, assumed=True),
        _NO_MEASUREMENT.format("SEI compounds"),
        True,
    ),
    "LiF": _stays(
        _formation("LiF", -587.7, _HANDBOOK_GIBBS, assumed=True),
        _NO_MEASUREMENT.format("SEI compounds"),
        True,
    ),
    "Li2CO3": _stays(None, _NO_MEASUREMENT.format("SEI compounds"), assumed=True),
    "Li2S": _stripped(
        4.0,
        "S",
        "assumed: recalled first charge of Li2S cathodes, not verified",
        _formation("Li2S", -432.6, _HANDBOOK_GIBBS, assumed=True),
        assumed=True,
    ),
}

PHASES: dict[str, Phase] = {
    name: Phase(
        name=name,
        formula=_FORMULAS[name],
        density=xray_density(_FORMULAS[name], crystal),
        crystal=crystal,
        lithium_release=_RELEASES.get(name),
    )
    for name, crystal in _CELLS.items()
} | {"CNT": Phase("CNT", "C", _CARBON_NANOTUBE_DENSITY)}
