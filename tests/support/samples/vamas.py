"""VAMAS files as four programs write them, each line as the standard (ISO 14976) orders it."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

FIRST = "VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4"
UNKNOWN = "1E+37"
COUNTS = np.array([120.0, 131.0, 180.0, 260.0, 190.0, 140.0, 118.0, 95.0])
TRANSMISSION = np.array([27.05, 27.11, 27.17, 27.23, 27.29, 27.35, 27.41, 27.47])
KINETIC_EV = 1196.69 + 0.1 * np.arange(8)
BINDING_EV = 295.0 - 0.25 * np.arange(8)


def kratos_block(name: str, etch_s: str, data: np.ndarray, first_eV: float = 1196.69) -> list[str]:
    comment = [
        "   Lens Mode:Hybrid   Resolution:Pass energy 20   Iris(Aperture):slot(Slot)",
        "   Anode:Mono(Al (Mono))(150 W)   Step(meV): 100.0   Dwell(ms): 260        Sweeps: 3",
        "Charge Neutraliser : On",
    ]
    turns = np.column_stack([data, TRANSMISSION]).ravel()
    return [
        *(name, "film A", "2024", "5", "14", "10", "41", "24", "0", str(len(comment)), *comment, "XPS"),
        *("16384", "16384", etch_s, "Mono(Al (Mono))", "1486.69", "150", UNKNOWN, UNKNOWN, "6000", "6000"),
        *(UNKNOWN, UNKNOWN, "FAT", "20", UNKNOWN, "-4.455", "0", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        *("C", "1s", "-1", "Kinetic Energy", "eV", f"{first_eV}", "0.1", "2", "Intensity", "d", "Transmission", "d"),
        *("pulse counting", "0.26", "3", "0", UNKNOWN, UNKNOWN, UNKNOWN, "0", str(turns.size)),
        *(f"{data.min():g}", f"{data.max():g}", "27.05", "27.47", *(f"{v:g}" for v in turns)),
    ]


def kratos_text() -> str:
    head = [FIRST, "Not Specified", "Kratos Axis", "Not Specified", "/C=/data/film.dset", "0", "MAP", "REGULAR", "2"]
    head += ["1", "32768", "32768", "1", "Etch Time", "s", "0", "0", "0", "0", "2"]
    blocks = kratos_block("C 1s/2", "0", COUNTS) + kratos_block("C 1s/5", "30", COUNTS[::-1])
    return "\r\n".join([*head, *blocks, "end of experiment", ""])


def write_vamas_kratos(folder: Path) -> Path:
    file = folder / "film.vms"
    file.write_bytes(kratos_text().encode())
    return file


def write_vamas_supra(folder: Path) -> Path:
    """Two empty lines before the mark, LF, and a decimal comma from a German Windows."""
    text = kratos_text().replace("\r\n", "\n").replace(".", ",").replace("Not Specified", "Not specified")
    file = folder / "supra.vms"
    file.write_text("\n\n" + text)
    return file


def multipak_text() -> str:
    def block(number: int, species: str, shell: str) -> list[str]:
        return [
            *(f"Block No.{number} ", "Sample ID : 1", "2019 ", "1 ", "22 ", "-1", "-1", "-1", "-1", "2"),
            *("IntensityCalCoeff: 180.254000 0.348000 ", "0", "XPS", "Al mono", "1486.60", "24.600000", "2000", "800"),
            *("45.000000", "270.000000", "FAT", "46.950000", "5.000000", "4.190000", "0", "100.000000", "100.000000"),
            *("45.000000", "90.000000", species, f"{shell}\0", "-1", "Binding Energy", "eV", "295.000000"),
            *("-0.250000", "1", "Intensity", "c/s", "pulse counting", "0.400000", "1", "0", "9.399414e-003", "90"),
            *("-0.250000", "0", "8", "95.000000", "260.000000", *(f"{v:f}" for v in COUNTS)),
        ]

    head = [
        FIRST,
        "Ulvac-Phi,Inc.",
        "PHI VersaProbe II ",
        " ",
        "22012013 ",
        "3",
        "exported from PHI-MultiPak",
        " ",
        " ",
    ]
    head += ["NORM", "REGULAR", "2 ", "0", "0", "0", "0", "0", "2 "]
    return "\r\n".join([*head, *block(1, "C", "1s"), *block(2, "Li", "1s"), "end of experiment", ""])


def write_vamas_multipak(folder: Path) -> Path:
    """PHI MultiPak: binding energies falling, counts a second, a NUL after the transition."""
    file = folder / "multipak.npl"
    file.write_bytes(multipak_text().encode())
    return file


CASA_COMMENT = [
    "Casa Info Follows",
    "1",
    "Calib M = 281.4 A = 284.8 BE ADD",
    "0",
    "1",
    "CASA region (*C 1s*) (*U 2 Tougaard*) 1191 1195 1 4 0 0 79.760588 -1450 0 0 (*C 1s*) 12.011 0 1",
    "1",
    "CASA comp (*C 1s C-C*) (*LF(0.9,1.1,50,300,3)*) Area 739.26841 1e-020 702855.85 -1 1 MFWHM 1.1454559 0.26 6.5 "
    "-1 1 Position 1193.5 1191 1195 -1 1 RSF 1 MASS 12.011 INDEX -1 (*C 1s*) CONST (**) UNCORRECTEDRSF 1",
    "File = D:/export/film.sle",
    "Analyzer lens = LargeArea:1.5kV",
]


def casa_text() -> str:
    """An irregular scan that CasaXPS saved: the energy is the first variable, and limits are placeholders."""
    turns = np.column_stack([KINETIC_EV, COUNTS, TRANSMISSION]).ravel()
    head = [FIRST, *["Not Specified"] * 4, "4", "Casa Info Follows CasaXPS Version 2.3.26PR1.0", "0"]
    head += ["Created by SpecsLab Prodigy, Version 4.100.1-r111001 ", "CasaRowLabel:1 as-loaded"]
    head += ["NORM", "IRREGULAR", "1", "1", "Value", "d", "0", "0", "0", "0", "1"]
    block = ["C1s", "1 as-loaded", *["0"] * 7, str(len(CASA_COMMENT)), *CASA_COMMENT, "XPS", "0", "Al", "1486.61"]
    block += ["1e+037"] * 5 + ["FAT"] + ["1e+037"] * 8 + ["C", "1s", "-1", "3", "Kinetic Energy", "eV"]
    block += ["Intensity", "d", "transmission", "d", "pulse counting", "1", "1", *["1e+037"] * 4, "1", "MFP Exponent"]
    block += ["d", "0", str(turns.size), *["0", "1"] * 3, *(f"{v:.6g}" for v in turns)]
    return "\r\n".join([*head, *block, "end of experiment", ""])


def write_vamas_casaxps(folder: Path) -> Path:
    file = folder / "casa.vms"
    file.write_bytes(casa_text().encode())
    return file


def depth_text(first_complete: bool = True) -> str:
    """A depth profile (SDP) whose list leaves date, comment and abscissa out of all blocks but the first."""
    head = [FIRST, "Lab", "Axis", "Me", "profile", "0", "SDP", "REGULAR", "1", "1", "Sputter time", "min", "-2", "8"]
    head += ["9", "0", "0", "0", "2"]

    def block(minutes: str, data: np.ndarray, complete: bool) -> list[str]:
        head = ["1", "as kept by the standard", "XPS"] if complete else []
        return [
            *("C 1s", "film", "2024", "5", "14", "10", "41", "24", "1", *head, minutes, "Al", "18", "1", "1", "1486.6"),
            *("150", "0", "0", "54", "0", "FAT", "20", "1", "4.5", "0", "0", "0", "0", "0", "C", "1s", "-1"),
            *("Kinetic energy", "eV", "1196.69", "0.1", "1", "Intensity", "c/s", "pulse counting", "0.2", "2", "0"),
            *("2000", "1", "3", "3", "45", "0", "SDP", "0", "0", "0", "0", "8", "95", "260"),
            *(f"{v:g}" for v in data),
        ]

    blocks = block("0", COUNTS, first_complete) + block("0.5", COUNTS[::-1], False)
    return "\n".join([*head, *blocks, "end of experiment"])


def write_vamas_depth_profile(folder: Path) -> Path:
    file = folder / "profile.vms"
    file.write_text(depth_text())
    return file


_KINETIC = {"kinetic_energy_electronvolt": KINETIC_EV, "binding_energy_electronvolt": None}
_BINDING = {"binding_energy_electronvolt": BINDING_EV, "kinetic_energy_electronvolt": None, "intensity": COUNTS}


def _kinetic(data: np.ndarray, label: str | None) -> Expected:
    return Expected("photoelectrons", {**_KINETIC, "intensity": data}, label)


_LEVELS = (_kinetic(COUNTS, "C 1s/2"), _kinetic(COUNTS[::-1], "C 1s/5"))
SAMPLES = (
    Sample(write_vamas_kratos, _LEVELS),
    Sample(write_vamas_supra, _LEVELS),
    Sample(
        write_vamas_multipak,
        (Expected("photoelectrons", _BINDING, "Block No.1"), Expected("photoelectrons", _BINDING, "Block No.2")),
    ),
    Sample(write_vamas_casaxps, (_kinetic(COUNTS, None),)),
    Sample(
        write_vamas_depth_profile,
        (_kinetic(COUNTS, "C 1s, etched 0 s"), _kinetic(COUNTS[::-1], "C 1s, etched 30 s")),
    ),
)
