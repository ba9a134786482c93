"""Tables of text: LG4X, blocks and rows of CasaXPS, a German spreadsheet."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

BINDING_EV = np.array([290.0, 289.9, 289.8, 289.7])
COUNTS = np.array([1709.0, 1798.0, 1845.0, 1722.0])
OTHER = np.array([55.5, 60.25, 58.5])
PHOTON_EV = 1486.6


def write_lg4x(folder: Path) -> Path:
    rows = [f"{e:.1f},{c:g}" for e, c in zip(BINDING_EV, COUNTS, strict=True)]
    file = folder / "C1s_sample.csv"
    file.write_bytes("\r\n".join(["BE/eV,InC1s_sample", *rows, ""]).encode())
    return file


def casa_blocks_text(shift_eV: float = 0.0, separator: str = ",") -> str:
    """Two blocks as "Export to ASCII" stacks them; the binding energies carry CasaXPS' calibration."""
    lines = [
        '"Cycle 0:film:C 1s"',
        f",Characteristic Energy eV,{PHOTON_EV},Acquisition Time s,1.0",
        "Name,,C-C,C-O",
        "Position,,289.9,289.8",
        "FWHM,,1.1,1.2",
        "Area,,1500.5,200",
        "Lineshape,,GL(30),GL(30)",
        "K.E.,Counts,C-C,C-O,Background,Envelope,,B.E.,CPS,C-C,C-O,Background CPS,Envelope CPS",
    ]
    for e, c in zip(BINDING_EV, COUNTS, strict=True):
        lines.append(f"{PHOTON_EV - e:.1f},{c:g},12.5,1.5,5,17.5,,{e + shift_eV:.1f},{c:g},12.5,1.5,5,17.5")
    lines += ['"Cycle 1:film:O 1s"', f",Characteristic Energy eV,{PHOTON_EV},Acquisition Time s,1.0"]
    lines += ["Name,,", "Position,,", "FWHM,,", "Area,,", "Lineshape,,", "K.E.,Counts,,B.E.,CPS"]
    for i, c in enumerate(OTHER):
        lines.append(f"{PHOTON_EV - 530 + 0.1 * i:.1f},{c:g},,{530 - 0.1 * i + shift_eV:.1f},{c:g}")
    return "\n".join([*lines, ""]).replace(",", separator)


def write_casa_blocks(folder: Path) -> Path:
    file = folder / "casa.csv"
    file.write_text(casa_blocks_text())
    return file


def write_casa_rows(folder: Path) -> Path:
    """All spectra side by side, the shorter one with empty cells at its end."""
    lines = [
        'Name,,"C-C","C-O",,Name,,"oxide"',
        'Position,,"289.9","289.8",,Position,,"529.9"',
        'FWHM,,"1","1",,FWHM,,"1"',
        'Area,,"1","1",,Area,,"1"',
        'Lineshape,,"GL(30)","GL(30)",,Lineshape,,"GL(30)"',
        "",
        'B.E.,"Cycle 0:film.vms:C 1s:CPS","C 1s:C-C","C 1s:C-O",,B.E.,"Cycle 1:film.vms:O 1s:CPS","O 1s:oxide"',
    ]
    for i in range(4):
        right = f"{530 - 0.1 * i:.1f},{OTHER[i]:g},7" if i < 3 else ",,"
        lines.append(f"{BINDING_EV[i]:.1f},{COUNTS[i]:g},3,4,,{right}")
    file = folder / "rows.csv"
    file.write_text("\r\n".join([*lines, ""]), newline="")
    return file


def write_german_table(folder: Path) -> Path:
    """Semicolons, decimal commas, a byte order mark, an intensity beside its background."""
    lines = ["Binding Energy (eV);Intensity (counts/s);Background"]
    lines += [f"{e:.1f};{c:.1f};3,5".replace(".", ",") for e, c in zip(BINDING_EV, COUNTS, strict=True)]
    file = folder / "tabelle.csv"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode())
    return file


def _spectrum(data: np.ndarray, label: str, *, kinetic: bool = False) -> Expected:
    energy = BINDING_EV if data is COUNTS else 530 - 0.1 * np.arange(3)
    columns = {"binding_energy_electronvolt": energy, "intensity": data}
    columns["kinetic_energy_electronvolt"] = PHOTON_EV - energy if kinetic else None
    return Expected("photoelectrons", columns, label)


SAMPLES = (
    Sample(write_lg4x, (_spectrum(COUNTS, "InC1s_sample"),)),
    Sample(
        write_casa_blocks, (_spectrum(COUNTS, "film, C 1s", kinetic=True), _spectrum(OTHER, "film, O 1s", kinetic=True))
    ),
    Sample(write_casa_rows, (_spectrum(COUNTS, "film.vms, C 1s"), _spectrum(OTHER, "film.vms, O 1s"))),
    Sample(write_german_table, (_spectrum(COUNTS, None),)),
)
