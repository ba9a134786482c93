"""Porous separators: thickness, pores, and how much they hinder the ions."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.materials.facts import Fact
from limetal.units import UM_PER_CM

__all__ = ["SEPARATORS", "Separator"]

MG_PER_G = 1e3
PERCENT = 100.0


@dataclass(frozen=True)
class Separator:
    """One separator.

    Attributes
    ----------
    thickness, porosity
        Of the dry film without pressure.
    macmullin_number
        Conductivity of the electrolyte over that of the soaked separator, tortuosity over porosity.
    solid_density
        Of the polymer without pores.
    """

    name: str
    polymer: str
    thickness: Fact
    porosity: Fact
    macmullin_number: Fact
    solid_density: Fact

    @property
    def areal_mass_mg_cm2(self) -> float:
        """Mass of the dry separator per area.

        Examples
        --------
        >>> round(SEPARATORS["Celgard 2500"].areal_mass_mg_cm2, 2)
        1.02
        """
        solid_um = self.thickness.value * (1 - self.porosity.value / PERCENT)
        return self.solid_density.value * MG_PER_G * solid_um / UM_PER_CM

    @property
    def pore_volume_uL_cm2(self) -> float:
        """Electrolyte that fits into the pores per area.

        Examples
        --------
        >>> round(SEPARATORS["Celgard 2500"].pore_volume_uL_cm2, 3)
        1.375
        """
        uL_per_cm3 = 1e3
        return self.thickness.value * self.porosity.value / PERCENT / UM_PER_CM * uL_per_cm3


_FILM = "dry film, no pressure"

SEPARATORS: dict[str, Separator] = {
    separator.name: separator
    for separator in (
        Separator(
            name="Celgard 2500",
            polymer="polypropylene",
            thickness=Fact(25.0, 1.0, "um", "maker's value, recalled and not verified", assumed=True, convention=_FILM),
            porosity=Fact(
                55.0,
                3.0,
                "%",
                "maker's value, recalled and not verified; one public record says 41 %",
                assumed=True,
                convention=_FILM,
            ),
            macmullin_number=Fact(
                4.5,
                0.3,
                "1",
                "recalled from the Landesfeind separator study, not verified",
                assumed=True,
                convention="tortuosity / porosity",
            ),
            solid_density=Fact(0.91, 0.01, "g/cm3", "handbook value of PP, not verified", assumed=True),
        ),
        Separator(
            name="PE 9 um",
            polymer="polyethylene",
            thickness=Fact(9.0, 1.0, "um", "typical product, no source verified", assumed=True, convention=_FILM),
            porosity=Fact(42.0, 4.0, "%", "typical product, no source verified", assumed=True, convention=_FILM),
            macmullin_number=Fact(
                6.0,
                2.0,
                "1",
                "assumed: tortuosity 2.5 at 42 % porosity, no source verified",
                assumed=True,
                convention="tortuosity / porosity",
            ),
            solid_density=Fact(0.94, 0.01, "g/cm3", "handbook value of PE, not verified", assumed=True),
        ),
    )
}
