"""Positive electrodes: what the formula allows, what cells deliver, and how dense solid and electrode are."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.materials.crystals import Crystal, xray_density
from limetal.materials.facts import Fact
from limetal.materials.masses import capacity_mAh_g, molar_mass_g_mol, molar_mass_std_g_mol

__all__ = ["CATHODES", "Cathode"]

LACEY = "NMC811|graphite notebook of github.com/mjlacey/cellmodels"


@dataclass(frozen=True)
class Cathode:
    """One active material of the positive electrode.

    Attributes
    ----------
    formula
        Discharged for the oxides and phosphate, charged for sulfur: what is weighed when it is mixed.
    electrons
        Electrons per formula unit behind ``theoretical_capacity``.
    theoretical_capacity, practical_capacity
        mAh per gram of the formula; practical between ``lower_voltage`` and ``upper_voltage`` at a slow rate.
    mean_voltage
        Average on discharge against Li+/Li.
    solid_density, electrode_density
        Of the crystal without pores, and of a pressed coating with its pores, binder and carbon.
    holds_lithium
        Whether a new cell brings the lithium with the cathode.

    Examples
    --------
    >>> round(CATHODES["NCM811"].theoretical_capacity.value, 1)
    275.5
    """

    name: str
    formula: str
    electrons: float
    holds_lithium: bool
    theoretical_capacity: Fact
    practical_capacity: Fact
    mean_voltage: Fact
    lower_voltage: Fact
    upper_voltage: Fact
    solid_density: Fact
    electrode_density: Fact


def _theory(formula: str, electrons: float) -> Fact:
    value = capacity_mAh_g(formula, electrons)
    return Fact(
        value,
        value * molar_mass_std_g_mol(formula) / molar_mass_g_mol(formula),
        "mAh/g",
        "computed: z F / M with IUPAC 2021 atomic weights and CODATA 2018 F",
        convention=f"{electrons:g} electrons per {formula}",
    )


def _practical(value: float, std: float, source: str, *, assumed: bool = False) -> Fact:
    return Fact(value, std, "mAh/g", source, assumed=assumed, convention="per gram of active material")


def _mean(value: float, std: float, source: str, *, assumed: bool = False) -> Fact:
    return Fact(value, std, "V", source, assumed=assumed, convention="mean on discharge vs Li+/Li")


def _limit(value: float, source: str, *, assumed: bool = False) -> Fact:
    return Fact(value, None, "V", source, assumed=assumed, convention="limit of the window vs Li+/Li")


def _pressed(value: float, std: float, source: str, *, assumed: bool = False) -> Fact:
    return Fact(
        value,
        std,
        "g/cm3",
        source,
        assumed=assumed,
        convention="electrode density: pressed coating with pores",
    )


_WINDOW = "usual laboratory window, not verified in a source"
_ESTIMATE = "estimate from similar materials, not verified"
_OXIDE_CELL = "recalled cell of {}, not verified; densities in use for NCM811 are 4.7 to 5.0 g/cm3"

CATHODES: dict[str, Cathode] = {
    cathode.name: cathode
    for cathode in (
        Cathode(
            name="NCM811",
            formula="LiNi0.8Co0.1Mn0.1O2",
            electrons=1,
            holds_lithium=True,
            theoretical_capacity=_theory("LiNi0.8Co0.1Mn0.1O2", 1),
            practical_capacity=_practical(198, 5, f"195 in the {LACEY}; 200 for 3.0-4.3 V in doi 10.1039/d2dt02246j"),
            mean_voltage=_mean(3.86, 0.03, LACEY),
            lower_voltage=_limit(3.0, "3.0-4.3 V in doi 10.1039/d2dt02246j"),
            upper_voltage=_limit(4.3, "3.0-4.3 V in doi 10.1039/d2dt02246j"),
            solid_density=xray_density(
                "LiNi0.8Co0.1Mn0.1O2",
                Crystal.hexagonal("R-3m", 2.872, 14.20, 3, _OXIDE_CELL.format("NCM811"), assumed=True),
            ),
            electrode_density=_pressed(3.4, 0.1, f"3.5 in the {LACEY}; 3.262 for Chen 2020 in PyBaMM"),
        ),
        Cathode(
            name="Ni98",
            formula="LiNi0.98Co0.01Mn0.01O2",
            electrons=1,
            holds_lithium=True,
            theoretical_capacity=_theory("LiNi0.98Co0.01Mn0.01O2", 1),
            practical_capacity=_practical(
                240,
                8,
                "assumed near the 1C = 245 mAh/g of Ni96 half cells, doi 10.1038/s41467-024-54637-9",
                assumed=True,
            ),
            mean_voltage=_mean(3.85, 0.05, _ESTIMATE, assumed=True),
            lower_voltage=_limit(2.8, _WINDOW, assumed=True),
            upper_voltage=_limit(4.3, _WINDOW, assumed=True),
            solid_density=xray_density(
                "LiNi0.98Co0.01Mn0.01O2",
                Crystal.hexagonal("R-3m", 2.877, 14.20, 3, _OXIDE_CELL.format("LiNiO2"), assumed=True),
            ),
            electrode_density=_pressed(3.4, 0.1, _ESTIMATE, assumed=True),
        ),
        Cathode(
            name="LFP",
            formula="LiFePO4",
            electrons=1,
            holds_lithium=True,
            theoretical_capacity=_theory("LiFePO4", 1),
            practical_capacity=_practical(162, 3, "160 to 165 in github.com/mjlacey/cellmodels"),
            mean_voltage=_mean(3.375, 0.02, "LFP notebook of github.com/mjlacey/cellmodels"),
            lower_voltage=_limit(2.5, _WINDOW, assumed=True),
            upper_voltage=_limit(3.8, _WINDOW, assumed=True),
            solid_density=xray_density(
                "LiFePO4",
                Crystal(
                    "Pnma",
                    10.332,
                    6.010,
                    4.692,
                    90.0,
                    90.0,
                    90.0,
                    4,
                    "recalled cell of triphylite, not verified; it reproduces 3.60 g/cm3",
                    assumed=True,
                ),
            ),
            electrode_density=_pressed(2.3, 0.15, _ESTIMATE, assumed=True),
        ),
        Cathode(
            name="S",
            formula="S",
            electrons=2,
            holds_lithium=False,
            theoretical_capacity=_theory("S", 2),
            practical_capacity=_practical(1200, 150, _ESTIMATE, assumed=True),
            mean_voltage=_mean(2.1, 0.05, "recalled mean of the two plateaus, not verified", assumed=True),
            lower_voltage=_limit(1.7, _WINDOW, assumed=True),
            upper_voltage=_limit(2.8, _WINDOW, assumed=True),
            solid_density=xray_density(
                "S",
                Crystal(
                    "Fddd",
                    10.4646,
                    12.8660,
                    24.4860,
                    90.0,
                    90.0,
                    90.0,
                    128,
                    "recalled cell of alpha-S8, not verified; it reproduces 2.07 g/cm3",
                    assumed=True,
                ),
            ),
            electrode_density=_pressed(0.9, 0.2, _ESTIMATE, assumed=True),
        ),
    )
}
