"""Words and units of mechanical tests and of thickness series: what the header of a column says.

Only whole names are recognised (``Strain``, not everything that contains it), because ``True strain`` or
``Strain rate`` are other quantities with plausible numbers. Machines speak the language of the operator, so names
are known in English, German, French, Spanish and Italian, with and without accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from limetal.readers._kit.columns import read_unit as read_time_unit

__all__ = [
    "KGF_N", "LBF_N", "MM_PER_INCH", "MPA_PER_KSI", "MPA_PER_PSI", "SPECIMEN_NAMES", "TENSILE_NAMES",
    "THICKNESS_NAMES",
    "Heading", "Unit", "plain", "quantity_of", "read_heading", "read_unit",
]  # fmt: skip

# Exact by definition (NIST SP 811, appendix B).
MM_PER_INCH = 25.4
LBF_N = 4.4482216152605
KGF_N = 9.80665
MPA_PER_PSI = LBF_N / MM_PER_INCH**2
MPA_PER_KSI = 1e3 * MPA_PER_PSI

#: Spelling -> dimension and factor to the unit of the record. Case counts here: mN is not MN.
_EXACT: dict[str, tuple[str, float]] = {
    "N": ("force", 1.0), "kN": ("force", 1e3), "mN": ("force", 1e-3), "MN": ("force", 1e6), "uN": ("force", 1e-6),
    "daN": ("force", 10.0), "cN": ("force", 1e-2), "nN": ("force", 1e-9),
    "mm": ("length", 1.0), "um": ("length", 1e-3), "nm": ("length", 1e-6), "cm": ("length", 10.0), "m": ("length", 1e3),
    "Pa": ("stress", 1e-6), "kPa": ("stress", 1e-3), "MPa": ("stress", 1.0), "GPa": ("stress", 1e3),
    "V": ("voltage", 1.0), "mV": ("voltage", 1e-3), "A": ("current", 1.0), "mA": ("current", 1e-3),
    "uA": ("current", 1e-6), "Ah": ("capacity", 1.0), "mAh": ("capacity", 1e-3), "uAh": ("capacity", 1e-6),
    "A.h": ("capacity", 1.0), "mA.h": ("capacity", 1e-3), "K": ("temperature", 1.0), "C": ("temperature", 1.0),
    "As": ("capacity", 1 / 3600), "A.s": ("capacity", 1 / 3600),
}  # fmt: skip
#: Spellings whose case does not matter, because no other unit could be meant.
_LOWER: dict[str, tuple[str, float]] = {
    "n": ("force", 1.0), "kn": ("force", 1e3), "newton": ("force", 1.0), "newtons": ("force", 1.0),
    "kilonewton": ("force", 1e3), "dan": ("force", 10.0),
    "lbf": ("force", LBF_N), "lb": ("force", LBF_N), "lbs": ("force", LBF_N), "pound-force": ("force", LBF_N),
    "pounds-force": ("force", LBF_N), "klbf": ("force", 1e3 * LBF_N), "kip": ("force", 1e3 * LBF_N),
    "kips": ("force", 1e3 * LBF_N), "ozf": ("force", LBF_N / 16),
    "kgf": ("force", KGF_N), "kp": ("force", KGF_N), "kg": ("force", KGF_N), "gf": ("force", KGF_N / 1e3),
    "g": ("force", KGF_N / 1e3), "tonf": ("force", 1e3 * KGF_N), "tf": ("force", 1e3 * KGF_N),
    "millimeter": ("length", 1.0), "millimetre": ("length", 1.0), "millimeters": ("length", 1.0),
    "mm.": ("length", 1.0),
    "micron": ("length", 1e-3), "microns": ("length", 1e-3), "micrometer": ("length", 1e-3), "um": ("length", 1e-3),
    "micrometers": ("length", 1e-3), "micrometre": ("length", 1e-3), "cm": ("length", 10.0), "mm": ("length", 1.0),
    "in": ("length", MM_PER_INCH), "inch": ("length", MM_PER_INCH), "inches": ("length", MM_PER_INCH),
    '"': ("length", MM_PER_INCH), "mil": ("length", MM_PER_INCH / 1e3), "mils": ("length", MM_PER_INCH / 1e3),
    "thou": ("length", MM_PER_INCH / 1e3), "ft": ("length", 12 * MM_PER_INCH),
    "kpa": ("stress", 1e-3), "gpa": ("stress", 1e3), "mpa": ("stress", 1.0), "megapascal": ("stress", 1.0),
    "n/mm2": ("stress", 1.0), "kn/mm2": ("stress", 1e3), "n/m2": ("stress", 1e-6), "n/cm2": ("stress", 1e-2),
    "kgf/mm2": ("stress", KGF_N), "kg/mm2": ("stress", KGF_N), "kgf/cm2": ("stress", KGF_N / 100),
    "kg/cm2": ("stress", KGF_N / 100), "psi": ("stress", MPA_PER_PSI), "ksi": ("stress", MPA_PER_KSI),
    "lbf/in2": ("stress", MPA_PER_PSI), "bar": ("stress", 0.1), "mbar": ("stress", 1e-4),
    "%": ("strain", 1.0), "percent": ("strain", 1.0), "pct": ("strain", 1.0), "perc": ("strain", 1.0),
    "mm/mm": ("strain", 100.0), "m/m": ("strain", 100.0), "in/in": ("strain", 100.0), "in./in.": ("strain", 100.0),
    "-": ("strain", 100.0), "1": ("strain", 100.0), "fraction": ("strain", 100.0), "um/um": ("strain", 100.0),
    "um/m": ("strain", 1e-4), "ue": ("strain", 1e-4), "ustrain": ("strain", 1e-4), "microstrain": ("strain", 1e-4),
    "ppm": ("strain", 1e-4), "mm/m": ("strain", 0.1), "\u2030": ("strain", 0.1), "millistrain": ("strain", 0.1),
    "mm2": ("area", 1.0), "cm2": ("area", 100.0), "m2": ("area", 1e6), "um2": ("area", 1e-6),
    "in2": ("area", MM_PER_INCH**2), "sq.mm": ("area", 1.0),
    "v": ("voltage", 1.0), "volt": ("voltage", 1.0), "volts": ("voltage", 1.0),
    "a": ("current", 1.0), "amp": ("current", 1.0), "amps": ("current", 1.0), "ampere": ("current", 1.0),
    "ah": ("capacity", 1.0), "mah": ("capacity", 1e-3),
    "degc": ("temperature", 1.0), "\u00b0c": ("temperature", 1.0), "deg c": ("temperature", 1.0),
    "celsius": ("temperature", 1.0), "kelvin": ("temperature", 1.0), "k": ("temperature", 1.0),
}  # fmt: skip
#: A lower-case prefix that could be another one in another case: left to the exact table.
_CASE_COUNTS = {"mN", "MN", "mPa", "Mm", "MM2", "MV", "MA", "MAh", "Nm", "NM", "M", "G", "KG", "Mn", "PA", "pa", "UM"}
_CELSIUS = {"c", "degc", "\u00b0c", "deg c", "celsius"}
_KELVIN_OF_ZERO_CELSIUS = 273.15
_WEIGHTS = {"kg", "g", "lb", "lbs", "kg/mm2", "kg/cm2"}
_MICRO = ("\u00c2\u00b5", "\u00ce\u00bc", "\u00b5", "\u03bc")


@dataclass(frozen=True)
class Unit:
    """A unit, as ``value * factor + offset`` in the unit of the record.

    ``is_weight``: the unit of a mass stands for the force that holds it.
    """

    text: str
    dimension: str
    factor: float
    offset: float = 0.0
    is_weight: bool = False


@dataclass(frozen=True)
class Heading:
    """Header of a column: the text of the file, its name in plain small letters, its unit (None if it has none)."""

    text: str
    name: str
    unit: str | None


def _spelling(text: str) -> str:
    text = text.strip().strip("()[]{}").strip()
    for micro in _MICRO:
        text = text.replace(micro, "u")
    text = (
        text.replace("\u00c2", "").replace("\u00b2", "2").replace("\u00b3", "3").replace("^", "").replace("\u03b5", "e")
    )
    text = re.sub(r"\s*([/*·])\s*", r"\1", text).replace("*", ".").replace("·", ".")
    text = re.sub(r"(?i)\bsq(?:uare)?\.?\s*", "sq.", text)
    return re.sub(r"^(k?N|kgf?|lbf)[ .](mm|cm|m|in)-2$", r"\1/\g<2>2", text)


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    """Return the unit that ``text`` spells, None if it spells none.

    Examples
    --------
    >>> read_unit("(lbf)").factor, read_unit("N/mm²").dimension, read_unit("mPa") is None
    (4.4482216152605, 'stress', True)
    >>> read_unit("sec").dimension, read_unit("µm/m").factor
    ('time', 0.0001)
    """
    clean = _spelling(text)
    if not clean or len(clean) > 20:
        return None
    found = _EXACT.get(clean)
    lower = clean.lower()
    if found is None and clean not in _CASE_COUNTS:
        found = _LOWER.get(lower)
    if found is not None:
        offset = _KELVIN_OF_ZERO_CELSIUS if lower in _CELSIUS else 0.0
        return Unit(text.strip(), found[0], found[1], offset, lower in _WEIGHTS)
    time = read_time_unit(clean, "time")
    if time is not None and time.factor is not None:
        return Unit(text.strip(), "time", time.factor)
    return None


#: Quantity -> names in plain letters, the best first. ``position`` is a place or a length, of which only the change
#: deforms the specimen; ``travel`` is the channel that a test method chose for its strain.
TENSILE_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": (
        "time", "test time", "elapsed time", "total time", "running time", "zeit", "prufzeit", "pruefzeit", "temps",
        "temps d'essai", "temps ecoule", "tiempo", "tempo",
        "时间", "時間", "t",
    ),
    "force": (
        "standard force", "force standard", "standardkraft", "force", "load", "tensile force", "tensile load",
        "axial force", "axial load", "compressive load", "compressive force", "flexure load", "flexural load",
        "flexure force", "kraft", "prufkraft", "pruefkraft", "last", "zugkraft", "effort", "charge", "force axiale",
        "fuerza", "carga", "forza", "carico", "fuerza estandar", "forza standard", "standard load cell", "kuvvet",
        "力", "负荷", "载荷", "试验力", "荷重", "試験力", "load cell", "load channel", "f",
    ),
    "stress": (
        "stress", "tensile stress", "engineering stress", "eng stress", "eng. stress", "nominal stress", "axial stress",
        "compressive stress", "flexure stress", "flexural stress", "spannung", "zugspannung", "contrainte", "tension",
        "esfuerzo", "tensione", "sforzo", "应力", "応力", "sigma", "\u03c3",
    ),
    "displacement": (
        "crosshead displacement", "crosshead travel", "crosshead", "crosshead extension", "stroke",
        "axial displacement",
        "tensile displacement", "displacement", "disp", "disp.", "traversenweg", "kolbenweg", "standardweg traverse",
        "course traverse", "course", "deplacement", "deplacement traverse", "desplazamiento", "spostamento", "corsa",
        "weg", "travel", "tensile extension", "compressive extension", "compressive displacement", "flexure extension",
        "flexure displacement", "flexural displacement", "deflection", "actuator displacement", "extension",
        "elongation", "deformation", "allongement", "verlangerung", "elongacion", "alargamiento", "allungamento",
        "delta l", "\u03b4l", "change in length", "verformung", "位移", "変位", "ストロ\u30fcク", "u",
    ),
    "extension": (
        "extensometer", "extensometer extension", "extensometer displacement", "gauge extension", "gage extension",
        "strain gauge extension", "extensometre", "extensometro", "feindehnung", "lvdt", "clip gauge", "clip gage",
        "ext", "standard extensometer", "变形",
    ),
    "strain": (
        "strain", "tensile strain", "engineering strain", "eng strain", "eng. strain", "nominal strain", "axial strain",
        "extensometer strain", "compressive strain", "flexure strain", "flexural strain", "dehnung", "deformation",
        "deformacion", "deformazione", "deformacion unitaria", "应变", "epsilon", "\u03b5", "elongation", "extension",
    ),
    "travel": ("standard travel", "course standard", "standardweg"),
    "position": (
        "crosshead absolute", "absolute crosshead travel", "traverse absolue", "traverse absolut", "traverse abs",
        "crosshead position",
        "grip to grip separation", "grip separation", "tool separation", "ecartement entre outils",
        "ecartement entre mors", "werkzeugabstand", "einspannlange", "position", "length", "longitud", "longueur",
        "lange", "gauge length", "gage length",
    ),
}  # fmt: skip

#: The same of a thickness series; ``thickness_change`` counts from the start.
THICKNESS_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": ("test time", "time", "total time", "elapsed time", "zeit", "temps", "tiempo", "tempo", "t"),
    "thickness": (
        "thickness", "cell thickness", "pouch thickness", "electrode thickness", "sample thickness", "total thickness",
        "dicke", "zelldicke", "epaisseur", "espesor", "spessore", "cell height",
    ),
    "thickness_change": (
        "thickness change", "change in thickness", "change of thickness", "delta thickness", "δthickness", "δd", "δt",
        "expansion", "cell expansion", "electrode expansion", "swelling", "dilation", "dilatation",
        "height change", "dickenanderung", "ausdehnung", "quellung", "gonflement", "hinchazon", "displacement",
        "cell displacement", "deformation",
    ),
    "strain": (
        "strain", "hoop strain", "axial strain", "thickness strain", "swelling strain", "cell strain", "surface strain",
        "relative thickness change", "relative expansion", "expansion", "swelling", "dehnung", "deformation",
        "thickness change",
    ),
    "pressure": ("pressure", "stack pressure", "cell pressure", "druck", "pression", "presion"),
    "voltage": (
        "voltage", "cell voltage", "potential", "cell potential", "ecell", "spannung", "zellspannung", "tension",
        "voltaje", "u", "v", "e", "voltage volt",
    ),
    "current": ("current", "cell current", "strom", "courant", "corriente", "i"),
    "capacity": ("capacity", "kapazitat", "capacite", "capacidad", "q"),
    "temperature": ("temperature", "cell temperature", "surface temperature", "temperatur", "temperatura", "temp"),
    "cycle": ("cycle", "cycle number", "cycle index", "cycle count", "cycle no", "zyklus"),
}  # fmt: skip

#: What a heading says about the specimen -> names, for blocks of metadata.
SPECIMEN_NAMES: Mapping[str, tuple[str, ...]] = {
    "gauge_length": (
        "gauge length", "gage length", "initial gauge length", "original gauge length", "l0", "lo", "l 0", "l0 sw",
        "gage length, standard travel", "gauge length, standard travel", "l0 - course standard", "l0 - standardweg",
        "anfangsmesslange", "messlange", "messlange standardweg", "longueur initiale", "longueur de reference",
        "longitud inicial", "longitud calibrada", "gauge length l0", "gage length l0", "extensometer gauge length",
    ),
    "area": (
        "area", "cross-section", "cross section", "cross-sectional area", "cross sectional area", "section", "s0",
        "specimen area", "probenquerschnitt", "querschnitt", "section initiale", "surface", "seccion", "sezione",
    ),
    "width": (
        "width", "specimen width", "largeur", "largeur eprouvette", "breite", "probenbreite", "b0", "ancho",
        "larghezza",
    ),
    "thickness": (
        "thickness", "specimen thickness", "epaisseur", "epaisseur eprouvette", "dicke", "probendicke", "a0", "espesor",
        "spessore",
    ),
    "diameter": (
        "diameter", "specimen diameter", "diametre", "diametre eprouvette", "durchmesser", "probendurchmesser", "d0",
        "diametro",
    ),
}  # fmt: skip


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Name in small letters without accents, with one space between words.

    Examples
    --------
    >>> plain("Course_Traverse"), plain("Épaisseur éprouvette"), plain("Temps d’essai")
    ('course traverse', 'epaisseur eprouvette', "temps d'essai")
    """
    text = text.replace("\u2019", "'").replace("ß", "ss").replace("_", " ")
    letters = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", text).strip(" .:\t\"'").lower()


#: "Strain 1" in brackets behind a name says which channel it is, and nothing of a unit.
_CHANNEL = re.compile(
    r"(?:strain|extension|displacement|load|force|crosshead|standard force|dehnung|extensometer|axial)(?:\s*\d)?",
    re.IGNORECASE,
)
_KNOWN = frozenset(n for table in (TENSILE_NAMES, THICKNESS_NAMES) for names in table.values() for n in names)


@lru_cache(maxsize=4096)
def read_heading(text: str, known: frozenset[str] = _KNOWN) -> Heading:
    """Split the header of a column into name and unit.

    Examples
    --------
    >>> for text in ("Load (N)", "stress/N/mm²", "Tensile strain (Strain 1) (mm/mm)", "Force_kN", "True strain (%)"):
    ...     heading = read_heading(text)
    ...     print(heading.name, heading.unit)
    load N
    stress N/mm²
    tensile strain mm/mm
    force kN
    true strain %
    """
    clean = text.strip().strip("\"'\ufeff").strip().lstrip("#%").strip()
    bracket = re.fullmatch(r"(.*\S)\s*[(\[{]([^()\[\]{}]*)[)\]}]\.?", clean, re.DOTALL)
    if bracket:
        inner = bracket[2].strip()
        if _CHANNEL.fullmatch(inner):
            return Heading(text, _known_name(bracket[1], known), None)
        name = re.sub(
            r"\s*[(\[]([^()\[\]]*)[)\]]$", lambda m: "" if _CHANNEL.fullmatch(m[1].strip()) else m[0], bracket[1]
        )
        return Heading(text, _known_name(name.rstrip(" /,"), known), inner or None)
    for at in (i for i, c in enumerate(clean) if c == "/"):
        if clean[:at].strip() and read_unit(clean[at + 1 :]):
            return Heading(text, _known_name(clean[:at], known), clean[at + 1 :].strip())
    match = re.fullmatch(r"(.*?\S)\s*(?:,|;|:|\s+in\s|_|\s)\s*(\S+)", clean)
    if match and _known_name(match[1], known) in known and plain(clean) not in known and read_unit(match[2]):
        return Heading(text, _known_name(match[1], known), match[2])
    return Heading(text, _known_name(clean, known), None)


def _known_name(text: str, known: frozenset[str]) -> str:
    """Plain name, without the number of a channel where only that keeps it from being known."""
    name = plain(text)
    if name not in known:
        bare = re.sub(r"[\s.#]*\d+$", "", name)
        name = bare if bare in known and bare not in {"t", "f", "u", "l"} else name
    return name


#: Dimension of a quantity in the unit of a column -> the quantity it then is.
_BY_DIMENSION: Mapping[str, Mapping[str, str]] = {
    "time": {"time": "time"},
    "force": {"force": "force", "stress": "stress"},
    "stress": {"stress": "stress"},
    "displacement": {"length": "displacement", "strain": "strain"},
    "extension": {"length": "extension", "strain": "strain"},
    "strain": {"strain": "strain", "length": "extension"},
    "travel": {"length": "travel", "strain": "strain"},
    "position": {"length": "position"},
}


def quantity_of(heading: Heading) -> tuple[str, int] | None:
    """Quantity of a mechanical test that a heading names, and how well (0 best); None if it names another.

    A ``Strain`` in millimetres is an extension, an ``Extension`` in percent a strain.

    Examples
    --------
    >>> quantity_of(read_heading("Strain (mm)"))[0], quantity_of(read_heading("Strain (%)"))[0]
    ('extension', 'strain')
    >>> quantity_of(read_heading("True strain (%)")) is None
    True
    """
    unit = read_unit(heading.unit) if heading.unit else None
    for quantity, names in TENSILE_NAMES.items():
        name = "lvdt" if heading.name.startswith("lvdt") else heading.name
        if name not in names:
            continue
        if heading.unit is None or unit is None:
            return quantity, names.index(name)
        if unit.dimension in _BY_DIMENSION[quantity]:
            return _BY_DIMENSION[quantity][unit.dimension], names.index(name)
    return None
