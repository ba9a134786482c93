"""Liquid electrolytes of the bundled studies: recipe, density and how well they conduct."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.materials.facts import Fact

__all__ = ["ELECTROLYTES", "Electrolyte"]


@dataclass(frozen=True)
class Electrolyte:
    """One electrolyte solution at 25 degC.

    Attributes
    ----------
    recipe
        Salt, solvents and additives in words, as methods sections write them.
    density
        Of the solution.
    conductivity
        Of the bulk solution; a separator divides it by its MacMullin number.
    transference_number
        Of Li+; how it was measured changes it more than the electrolyte does.

    Examples
    --------
    >>> ELECTROLYTES["LHCE"].conductivity.assumed
    True
    """

    name: str
    recipe: str
    density: Fact
    conductivity: Fact
    transference_number: Fact


def _density(value: float, std: float, source: str, *, assumed: bool = False) -> Fact:
    return Fact(value, std, "g/cm3", source, assumed=assumed, convention="solution at 25 degC")


def _conductivity(value: float, std: float, source: str, *, assumed: bool = False) -> Fact:
    return Fact(value, std, "mS/cm", source, assumed=assumed, convention="bulk solution at 25 degC")


def _transference(value: float, std: float, source: str) -> Fact:
    return Fact(value, std, "1", source, assumed=True, convention="of Li+, method not specified")


ELECTROLYTES: dict[str, Electrolyte] = {
    electrolyte.name: electrolyte
    for electrolyte in (
        Electrolyte(
            name="LiPF6-EC-DEC-FEC",
            recipe="1 M LiPF6 in EC/DEC 1:1 by volume with 5 % FEC",
            density=_density(
                1.27,
                0.03,
                "assumed near the 1.26 of 1 M LiPF6 EC/DEC without FEC; not verified",
                assumed=True,
            ),
            conductivity=_conductivity(
                7.5,
                1.0,
                "assumed below the 9.49 mS/cm of 1 M LiPF6 EC:EMC (Nyman 2008 in PyBaMM): DEC is thicker",
                assumed=True,
            ),
            transference_number=_transference(
                0.26, 0.1, "assumed as for LiPF6 EC:EMC, 0.259 (Nyman 2008 in PyBaMM); not verified"
            ),
        ),
        Electrolyte(
            name="LiTFSI-DOL-DME-LiNO3",
            recipe="1 M LiTFSI in DOL/DME 1:1 by volume with 1 % LiNO3",
            density=_density(1.13, 0.04, "recalled for 1 M LiTFSI DOL/DME, not verified", assumed=True),
            conductivity=_conductivity(11.0, 2.0, "recalled, near 10-13 mS/cm in papers, not verified", assumed=True),
            transference_number=_transference(0.4, 0.15, "recalled range for ethers, not verified"),
        ),
        Electrolyte(
            name="LHCE",
            recipe="LiFSI:DME:TTE 1:1:3 molar",
            density=_density(
                1.52,
                0.03,
                "assumed: ideal mixing, LiFSI with a partial density of 2.1-2.5 g/cm3, gives 1.50-1.54",
                assumed=True,
            ),
            conductivity=_conductivity(2.0, 1.0, "no source found; localised concentrates are near 1-4", assumed=True),
            transference_number=_transference(0.5, 0.2, "no source found; a guess between ethers and concentrates"),
        ),
    )
}
