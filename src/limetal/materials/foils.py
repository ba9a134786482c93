"""Collector foils and the laminate of a pouch: metal, density and the thicknesses that are sold."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.materials.facts import Fact
from limetal.materials.phases import PHASES
from limetal.units import UM_PER_CM

__all__ = ["FOILS", "Foil"]

MG_PER_G = 1e3


@dataclass(frozen=True)
class Foil:
    """A foil, or the laminate a pouch is made of.

    Attributes
    ----------
    thickness
        A usual product.
    thinnest, thickest
        The range on sale.
    density
        Of the foil as it is; for a laminate the mean over its layers.
    """

    name: str
    use: str
    density: Fact
    thickness: Fact
    thinnest: Fact
    thickest: Fact

    @property
    def areal_mass_mg_cm2(self) -> float:
        """Mass per area at the usual thickness.

        Examples
        --------
        >>> round(FOILS["laminate"].areal_mass_mg_cm2, 1)
        17.7
        """
        return self.density.value * MG_PER_G * self.thickness.value / UM_PER_CM


def _um(value: float, std: float | None, source: str, *, assumed: bool = False) -> Fact:
    return Fact(value, std, "um", source, assumed=assumed)


_LACEY = "14 um Al and 8 um Cu in the NMC811|graphite notebook of github.com/mjlacey/cellmodels"
_SOLD = "thicknesses on sale for lithium cells, seen at suppliers, spread not measured"

FOILS: dict[str, Foil] = {
    "Cu": Foil(
        name="Cu",
        use="negative collector",
        density=PHASES["Cu"].density,
        thickness=_um(8.0, 1.0, _LACEY),
        thinnest=_um(4.5, None, "thinnest in recent papers, recalled and not verified", assumed=True),
        thickest=_um(12.0, None, _SOLD),
    ),
    "Al": Foil(
        name="Al",
        use="positive collector",
        density=PHASES["Al"].density,
        thickness=_um(14.0, 2.0, _LACEY),
        thinnest=_um(10.0, None, _SOLD),
        thickest=_um(16.0, None, _SOLD),
    ),
    "laminate": Foil(
        name="laminate",
        use="pouch",
        density=Fact(
            1.57,
            0.2,
            "g/cm3",
            "computed: 17.7 mg/cm2 of nylon, 40-60 um Al and CPP over 113 um; other models use 1.4 to 1.8",
            assumed=True,
            convention="mean over nylon, aluminium, polypropylene and glue",
        ),
        thickness=_um(113.0, 10.0, "88, 113, 122 and 153 um on sale at tobmachine.com"),
        thinnest=_um(88.0, None, "88, 113, 122 and 153 um on sale at tobmachine.com"),
        thickest=_um(153.0, None, "88, 113, 122 and 153 um on sale at tobmachine.com"),
    ),
}
