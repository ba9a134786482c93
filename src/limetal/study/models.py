"""What a user may write in a study file: pydantic models that refuse every unknown key.

A quantity is text with a unit; it is kept as a `Written`, so that the rounding of its printed digits is known
to the audit. Cells, electrodes and tests are tagged unions: ``kind`` decides which keys are allowed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from limetal.errors import BadInputError
from limetal.quantities import QUANTITIES, SERIES_UNITS
from limetal.units import FIELD_UNITS, Written, read_c_rate, read_written

__all__ = [
    "AnodeFreeCell",
    "Cell",
    "Claim",
    "CopperCell",
    "CyclingBlock",
    "Electrode",
    "FileTest",
    "FullCell",
    "HalfCell",
    "LithiumElectrode",
    "MaterialNote",
    "PositiveElectrode",
    "Recipe",
    "ReplicateGroup",
    "SeriesTest",
    "SimulatedTest",
    "StudyModel",
    "SymmetricCell",
    "Test",
]


def _quantity(unit: str, *, zero: bool = False, negative: bool = False) -> PlainValidator:
    """Build the validator of a quantity in one field unit; a bound (``<``) is refused outside claims."""

    def read(text: object) -> Written:
        example = FIELD_UNITS[unit][1]
        try:
            written = read_written(text, unit)
        except BadInputError as error:
            raise PydanticCustomError("quantity", "{wanted}", {"found": error.found, "wanted": error.wanted}) from error
        if written.bound in "<>":
            wanted = f'a number without < or >, for example "{example}"'
            raise PydanticCustomError("quantity", "{wanted}", {"found": repr(text), "wanted": wanted})
        if not negative and (written.value < 0 or (written.value == 0 and not zero)):
            wanted = f'{"zero or more" if zero else "more than zero"}, for example "{example}"'
            raise PydanticCustomError("quantity", "{wanted}", {"found": repr(text), "wanted": wanted})
        return written

    return PlainValidator(read)


def _c_rate(text: object) -> float:
    try:
        return read_c_rate(text)
    except BadInputError as error:
        raise PydanticCustomError("quantity", "{wanted}", {"found": error.found, "wanted": error.wanted}) from error


Thickness = Annotated[Written, _quantity("um")]
Percent = Annotated[Written, _quantity("%", zero=True)]
Voltage = Annotated[Written, _quantity("V", zero=True)]
Area = Annotated[Written, _quantity("cm2")]
Diameter = Annotated[Written, _quantity("cm")]
Loading = Annotated[Written, _quantity("mg/cm2")]
SpecificCapacity = Annotated[Written, _quantity("mAh/g")]
ArealCapacity = Annotated[Written, _quantity("mAh/cm2")]
CurrentDensity = Annotated[Written, _quantity("mA/cm2")]
SpecificCurrent = Annotated[Written, _quantity("mA/g")]
Capacity = Annotated[Written, _quantity("Ah")]
Density = Annotated[Written, _quantity("g/cm3")]
ArealResistance = Annotated[Written, _quantity("ohm cm2", zero=True)]
ResistanceGrowth = Annotated[Written, _quantity("ohm cm2", zero=True, negative=True)]
Volume = Annotated[Written, _quantity("uL")]
ElectrolyteRatio = Annotated[Written, _quantity("g/Ah")]
Temperature = Annotated[Written, _quantity("K")]
Mass = Annotated[Written, _quantity("mg")]
Pressure = Annotated[Written, _quantity("MPa")]
CRate = Annotated[float, PlainValidator(_c_rate)]
Part = Annotated[float, Field(gt=0)] | Literal["unknown"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Head(_Table):
    """``[study]``: what the study is about."""

    title: str
    description: str = ""
    author: str = ""


class Document(_Table):
    """``[documents.X]``: a publication whose numbers the study holds."""

    citation: str
    doi: str = ""
    note: str = ""


class MaterialNote(_Table):
    """``[materials.X]``: a material the library lacks, or another value for one it has.

    ``unknown = true`` names a component nobody identified: it is carried as unknown, never as zero.
    """

    source: str
    formula: str = ""
    density: Density | None = None
    mixture: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    unknown: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> MaterialNote:
        if not (self.formula or self.density or self.mixture or self.unknown):
            wanted = "a formula, a density, a mixture or unknown = true"
            raise PydanticCustomError("incomplete", "{wanted}", {"found": "only a source", "wanted": wanted})
        if self.formula and self.density is None:
            wanted = 'a density beside the formula, for example density = "2.1 g/cm3"'
            raise PydanticCustomError("incomplete", "{wanted}", {"found": "a formula alone", "wanted": wanted})
        return self


class Recipe(_Table):
    """What is weighed in: ``parts`` by mass or by mole, then ``added`` as percent of the mass of the parts.

    An amount nobody gave is the word ``"unknown"``. ``carbon`` says whether carbon takes lithium from the melt.
    """

    by: Literal["mass", "mole"]
    parts: dict[str, Part] = Field(min_length=1)
    added: dict[str, Percent] = Field(default_factory=dict)
    carbon: Literal["inert", "LiC6", "LiC12"] = "inert"


class LithiumElectrode(_Table):
    """An electrode whose capacity is lithium: a foil, an alloy, a composite."""

    kind: Literal["lithium"]
    recipe: Recipe
    label: str = ""
    thickness: Thickness | None = None
    porosity: Percent | None = None
    cutoff: Voltage | None = None
    note: str = ""

    @model_validator(mode="after")
    def _some_solid(self) -> LithiumElectrode:
        if self.porosity is not None and self.porosity.value >= 100:
            context = {"found": repr(self.porosity.text), "wanted": "a porosity below 100 %", "key": "porosity"}
            raise PydanticCustomError("range", "{wanted}", context)
        return self


class PositiveElectrode(_Table):
    """A coated positive electrode. ``loading`` is the mass of active material on one face."""

    kind: Literal["positive"]
    active: str
    loading: Loading | None = None
    areal_capacity: ArealCapacity | None = None
    specific_capacity: SpecificCapacity | None = None
    formulation: dict[str, Percent] = Field(default_factory=dict)
    label: str = ""
    note: str = ""


Electrode = Annotated[LithiumElectrode | PositiveElectrode, Field(discriminator="kind")]


class _CellBase(_Table):
    label: str = ""
    note: str = ""
    assumed: tuple[str, ...] = ()
    separator: str = ""
    electrolyte: str = ""
    electrolyte_volume: Volume | None = None
    area: Area | None = None
    diameter: Diameter | None = None
    temperature: Temperature | None = None

    @model_validator(mode="after")
    def _assumed_keys(self) -> _CellBase:
        for key in self.assumed:
            if key not in type(self).model_fields or getattr(self, key) is None:
                wanted = "keys of this cell that nobody stated and the study assumes"
                context = {"found": repr(key), "wanted": wanted, "key": "assumed"}
                raise PydanticCustomError("unknown_key", "{wanted}", context)
        return self

    @model_validator(mode="after")
    def _one_size(self) -> _CellBase:
        if self.area is not None and self.diameter is not None:
            found, wanted = "both area and diameter", "one of them"
            raise PydanticCustomError("contradiction", "{wanted}", {"found": found, "wanted": wanted})
        return self


class SymmetricCell(_CellBase):
    """An electrode against itself."""

    kind: Literal["symmetric"]
    electrode: str
    thickness: Thickness | None = None


class HalfCell(_CellBase):
    """An electrode against lithium, stripped or cycled to a cut-off."""

    kind: Literal["half"]
    electrode: str
    thickness: Thickness | None = None
    cutoff: Voltage | None = None
    mass: Mass | None = None
    starts: Literal["charge", "discharge"] | None = None


class CopperCell(_CellBase):
    """Lithium against copper."""

    kind: Literal["copper"]
    electrode: str
    thickness: Thickness | None = None


class Collector(_Table):
    """A metal foil under the negative electrode; its mass is shared by ``faces`` coated faces."""

    material: str
    thickness: Thickness
    faces: Literal[1, 2]


class FullCell(_CellBase):
    """A negative against a positive electrode.

    ``areal_capacity`` is that of the positive electrode when the study gives it for the cell;
    ``areal_capacity_is`` says whether it counts one face or both faces of a two-sided electrode. ``mass`` is the active
    mass of the positive electrode; ``starts`` is ``discharge`` where that electrode is built charged (sulfur).
    """

    kind: Literal["full"]
    negative: str
    positive: str
    format: Literal["coin", "pouch"]
    negative_thickness: Thickness | None = None
    negative_collector: Collector | Literal["none"] | None = None
    areal_capacity: ArealCapacity | None = None
    areal_capacity_is: Literal["per face", "both faces"] | None = None
    capacity: Capacity | None = None
    one_C: SpecificCurrent | None = None
    rate: CRate | None = None
    window: tuple[Voltage, Voltage] | None = None
    electrolyte_ratio: ElectrolyteRatio | None = None
    pressure: Pressure | None = None
    mass: Mass | None = None
    starts: Literal["charge", "discharge"] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> FullCell:
        if self.areal_capacity is not None and self.areal_capacity_is is None:
            wanted = 'areal_capacity_is = "per face" or "both faces" beside areal_capacity'
            raise PydanticCustomError("incomplete", "{wanted}", {"found": "areal_capacity alone", "wanted": wanted})
        if self.window is not None and self.window[0].value >= self.window[1].value:
            found = f"{self.window[0].text} before {self.window[1].text}"
            raise PydanticCustomError("order", "{wanted}", {"found": found, "wanted": "the lower voltage first"})
        return self


class AnodeFreeCell(_CellBase):
    """A positive electrode against a bare collector: all lithium comes from the positive electrode."""

    kind: Literal["anode-free"]
    positive: str
    format: Literal["coin", "pouch"]
    negative_collector: Collector | None = None
    capacity: Capacity | None = None
    one_C: SpecificCurrent | None = None
    window: tuple[Voltage, Voltage] | None = None
    pressure: Pressure | None = None
    mass: Mass | None = None


Cell = Annotated[SymmetricCell | HalfCell | CopperCell | FullCell | AnodeFreeCell, Field(discriminator="kind")]


class ColumnNote(_Table):
    """Which column of a file holds a quantity, and in which unit."""

    column: str | int
    unit: str | None = None


class FileTest(_Table):
    """A raw instrument file; the path counts from the folder of the study file.

    ``symmetric`` names a test of a symmetric cell of the same lithium, which splits the polarisation of a full cell.
    """

    kind: Literal["file"]
    cell: str
    file: str
    reader: str | None = None
    record: str | None = None
    columns: dict[str, ColumnNote] = Field(default_factory=dict)
    current_density: CurrentDensity | None = None
    symmetric: str | None = None
    analyses: tuple[str, ...] | None = None
    note: str = ""


class SeriesTest(_Table):
    """Impedance spectra of one cell in order, of one file or several; ``at`` says where each stands."""

    kind: Literal["series"]
    cell: str
    files: tuple[str, ...] = Field(min_length=1)
    along: Literal["spectrum", "time", "cycle", "charge", "temperature"]
    at: tuple[str, ...] = ()
    reader: str | None = None
    columns: dict[str, ColumnNote] = Field(default_factory=dict)
    analyses: tuple[str, ...] | None = None
    note: str = ""

    @model_validator(mode="after")
    def _readable_places(self) -> SeriesTest:
        for text in self.at:
            try:
                read_written(text, SERIES_UNITS[self.along])
            except BadInputError as error:
                context = {"found": error.found, "wanted": error.wanted, "key": "at"}
                raise PydanticCustomError("quantity", "{wanted}", context) from error
        if not self.at and self.along not in {"spectrum", "cycle"}:
            wanted = f'at = ["..."], the {self.along} of each spectrum'
            context = {"found": f"no places along {self.along}", "wanted": wanted, "key": "along"}
            raise PydanticCustomError("incomplete", "{wanted}", context)
        return self


class CyclingBlock(_Table):
    """Equal cycles: plate and strip the same charge at one current density."""

    current_density: CurrentDensity
    capacity: ArealCapacity
    cycles: Annotated[int, Field(ge=1, le=100_000)]


class SimulatedTest(_Table):
    """A planar lithium symmetric cell, simulated. ``basis`` says where the parameters come from."""

    kind: Literal["simulated"]
    cell: str
    basis: str
    exchange_current_density: CurrentDensity
    film_resistance: ArealResistance
    electrolyte_resistance: ArealResistance
    film_growth_per_cycle: ResistanceGrowth | None = None
    protocol: tuple[CyclingBlock, ...] = Field(min_length=1)
    points_per_half_cycle: Annotated[int, Field(ge=4, le=10_000)] = 40
    analyses: tuple[str, ...] | None = None
    note: str = ""


Test = Annotated[FileTest | SeriesTest | SimulatedTest, Field(discriminator="kind")]


class ReplicateGroup(_Table):
    """Tests of replicate cells: the same electrode in cells of one kind under one protocol.

    ``against`` names another group, to which the difference is given.
    """

    tests: tuple[str, ...]
    label: str = ""
    against: str = ""
    quantities: tuple[str, ...] = ()
    note: str = ""


class Claim(_Table):
    """A published number: what it is a number of, its conditions, and where it is printed."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    subject: str
    quantity: str
    value: str
    at: dict[str, str] = Field(default_factory=dict)
    document: str = ""
    place: str = ""
    quote: str = ""

    @model_validator(mode="after")
    def _readable(self) -> Claim:
        if self.quantity in QUANTITIES and QUANTITIES[self.quantity].unit != "text":
            _read_claim(self.value, self.quantity, "value")
        for name, value in self.at.items():
            if name in QUANTITIES and QUANTITIES[name].unit not in {"text", "1/h"}:
                _read_claim(value, name, "at")
        return self

    @property
    def written(self) -> Written | None:
        """The number, or None when the claim is words."""
        unit = QUANTITIES[self.quantity].unit
        return None if unit == "text" else read_written(self.value, unit, where=f"claim {self.id}")

    @property
    def conditions(self) -> tuple[tuple[str, float | str], ...]:
        """The conditions in field units, in the order written."""
        return tuple((name, _condition(name, value)) for name, value in self.at.items())


def _condition(name: str, value: str) -> float | str:
    unit = QUANTITIES[name].unit
    if unit == "text":
        return value
    if unit == "1/h" and "C" in value:
        return read_c_rate(value)
    return read_written(value, unit).value


def _read_claim(value: str, quantity: str, key: str) -> None:
    try:
        read_written(value, QUANTITIES[quantity].unit)
    except BadInputError as error:
        raise PydanticCustomError(
            "quantity",
            "{wanted}",
            {"found": f"{error.found} for {quantity}", "wanted": error.wanted, "key": key},
        ) from error


class StudyModel(_Table):
    """The whole file."""

    study: Head
    documents: dict[str, Document] = Field(default_factory=dict)
    materials: dict[str, MaterialNote] = Field(default_factory=dict)
    electrodes: dict[str, Electrode] = Field(default_factory=dict)
    cells: dict[str, Cell] = Field(default_factory=dict)
    tests: dict[str, Test] = Field(default_factory=dict)
    groups: dict[str, ReplicateGroup] = Field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    analyses: dict[str, dict[str, str | int | float | bool]] = Field(default_factory=dict)
