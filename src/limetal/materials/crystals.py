"""Unit cells: their volume, the density of the perfect crystal and the spacing of its planes.

References
----------
.. [1] International Tables for Crystallography, vol. B, section 1.1: metric tensors of a general cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from limetal.errors import BadInputError
from limetal.materials.facts import Fact
from limetal.materials.masses import AVOGADRO_PER_MOL, molar_mass_g_mol, molar_mass_std_g_mol

__all__ = [
    "CM3_PER_ANGSTROM3",
    "CU_KALPHA1_ANGSTROM",
    "Crystal",
    "d_spacing_angstrom",
    "two_theta_deg",
    "xray_density",
]

CM3_PER_ANGSTROM3 = 1e-24
#: Cu K-alpha1, the line nearly every laboratory pattern is indexed with.
CU_KALPHA1_ANGSTROM = 1.5406


@dataclass(frozen=True)
class Crystal:
    """A unit cell at room temperature.

    Attributes
    ----------
    space_group
        Hermann-Mauguin symbol in ASCII, ``-`` before the barred axis.
    a_angstrom, b_angstrom, c_angstrom, alpha_deg, beta_deg, gamma_deg
        The cell in the conventional setting.
    formula_units
        Z: how many of the phase's formula units fill one cell; a disordered alloy may hold a fraction.
    source
        Where the cell was seen; for an assumed cell, why it is believed.
    relative_std
        Relative standard uncertainty of all three lengths together: they move alike with temperature and
        composition. The default is the usual disagreement between published room-temperature cells.

    Examples
    --------
    >>> Crystal.cubic("Im-3m", 3.5092, 2, "an example").volume_angstrom3.__round__(2)
    43.21
    """

    space_group: str
    a_angstrom: float
    b_angstrom: float
    c_angstrom: float
    alpha_deg: float
    beta_deg: float
    gamma_deg: float
    formula_units: float
    source: str
    assumed: bool = field(default=False, kw_only=True)
    relative_std: float = field(default=1e-3, kw_only=True)

    def __post_init__(self) -> None:
        lengths = (self.a_angstrom, self.b_angstrom, self.c_angstrom)
        angles = (self.alpha_deg, self.beta_deg, self.gamma_deg)
        if not all(math.isfinite(x) and x > 0 for x in lengths):
            raise BadInputError("crystal", f"cell lengths {lengths}", "three positive lengths in angstrom")
        if not all(0 < x < 180 for x in angles) or _angle_factor(*angles) <= 0:
            raise BadInputError("crystal", f"cell angles {angles}", "three angles in degrees that close a cell")
        if not (math.isfinite(self.formula_units) and self.formula_units > 0):
            raise BadInputError("crystal", f"{self.formula_units} formula units in a cell", "a positive number")
        if not self.source.strip():
            raise BadInputError("crystal", "no source", "where the cell comes from, or why it is assumed")

    @classmethod
    def cubic(cls, space_group: str, a: float, z: float, source: str, *, assumed: bool = False) -> Crystal:
        """Cell with three equal edges and right angles."""
        return cls(space_group, a, a, a, 90.0, 90.0, 90.0, z, source, assumed=assumed)

    @classmethod
    def hexagonal(
        cls, space_group: str, a: float, c: float, z: float, source: str, *, assumed: bool = False
    ) -> Crystal:
        """Cell with two equal edges at 120 degrees; also the hexagonal setting of a rhombohedral crystal."""
        return cls(space_group, a, a, c, 90.0, 90.0, 120.0, z, source, assumed=assumed)

    @property
    def volume_angstrom3(self) -> float:
        """Volume of the cell."""
        root = math.sqrt(_angle_factor(self.alpha_deg, self.beta_deg, self.gamma_deg))
        return self.a_angstrom * self.b_angstrom * self.c_angstrom * root

    def facts(self) -> tuple[tuple[str, Fact], ...]:
        """Lengths and angles of the cell as facts, for lists and walks."""
        lengths = {"a": self.a_angstrom, "b": self.b_angstrom, "c": self.c_angstrom}
        angles = {"alpha": self.alpha_deg, "beta": self.beta_deg, "gamma": self.gamma_deg}
        note = f"{self.space_group}, {self.formula_units} formula units per cell"
        return tuple(
            (
                k,
                Fact(v, v * self.relative_std, "angstrom", self.source, assumed=self.assumed, convention=note),
            )
            for k, v in lengths.items()
        ) + tuple(
            (k, Fact(v, None, "deg", self.source, assumed=self.assumed, convention=note)) for k, v in angles.items()
        )


def _angle_factor(alpha_deg: float, beta_deg: float, gamma_deg: float) -> float:
    """Square of the volume of a cell with edges of one."""
    ca, cb, cg = (math.cos(math.radians(x)) for x in (alpha_deg, beta_deg, gamma_deg))
    return 1 - ca * ca - cb * cb - cg * cg + 2 * ca * cb * cg


def xray_density(formula: str, crystal: Crystal) -> Fact:
    """Density of the perfect crystal, ``Z M / (N_A V)``, in g/cm3.

    Real material is lighter by its pores and vacancies. The spread is that of the cell and of the atomic
    weights.

    Examples
    --------
    >>> round(xray_density("LiZn", Crystal.cubic("Fd-3m", 6.221, 8, "an example")).value, 2)
    3.99
    """
    mass_g = crystal.formula_units * molar_mass_g_mol(formula) / AVOGADRO_PER_MOL
    value = mass_g / (crystal.volume_angstrom3 * CM3_PER_ANGSTROM3)
    relative = math.hypot(3 * crystal.relative_std, molar_mass_std_g_mol(formula) / molar_mass_g_mol(formula))
    return Fact(
        value,
        value * relative,
        "g/cm3",
        f"computed from the cell: {crystal.source}",
        assumed=crystal.assumed,
        convention="X-ray density of the perfect crystal at room temperature",
    )


def d_spacing_angstrom(crystal: Crystal, h: int, k: int, l: int) -> float:  # noqa: E741 - the field's letters
    """Distance between neighbouring (h k l) planes of any cell, from the reciprocal metric.

    Examples
    --------
    >>> lithium = Crystal.cubic("Im-3m", 3.5092, 2, "an example")
    >>> round(d_spacing_angstrom(lithium, 1, 1, 0), 4)
    2.4814
    """
    if (h, k, l) == (0, 0, 0):
        raise BadInputError("planes", "(0 0 0)", "three whole numbers, not all zero")
    a, b, c = crystal.a_angstrom, crystal.b_angstrom, crystal.c_angstrom
    angles = [math.radians(x) for x in (crystal.alpha_deg, crystal.beta_deg, crystal.gamma_deg)]
    (ca, cb, cg), (sa, sb, sg) = [math.cos(x) for x in angles], [math.sin(x) for x in angles]
    x, y, z = h / a, k / b, l / c
    square = (x * sa) ** 2 + (y * sb) ** 2 + (z * sg) ** 2
    square += 2 * (x * y * (ca * cb - cg) + y * z * (cb * cg - ca) + x * z * (ca * cg - cb))
    return math.sqrt(_angle_factor(crystal.alpha_deg, crystal.beta_deg, crystal.gamma_deg) / square)


def two_theta_deg(spacing_angstrom: float, wavelength_angstrom: float = CU_KALPHA1_ANGSTROM) -> float:
    """Angle of the first-order reflection of planes this far apart.

    Raises
    ------
    BadInputError
        If the planes are closer than half a wavelength, so that no angle exists.

    Examples
    --------
    >>> round(two_theta_deg(2.4814), 2)
    36.17
    """
    if not (math.isfinite(spacing_angstrom) and spacing_angstrom > 0 and wavelength_angstrom > 0):
        raise BadInputError("planes", f"a spacing of {spacing_angstrom} angstrom", "positive lengths")
    sine = wavelength_angstrom / (2 * spacing_angstrom)
    if sine > 1:
        raise BadInputError(
            "planes",
            f"a spacing of {spacing_angstrom} angstrom",
            f"at least {wavelength_angstrom / 2} angstrom",
        )
    return 2 * math.degrees(math.asin(sine))
