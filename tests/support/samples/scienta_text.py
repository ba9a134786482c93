"""Text files of Scienta's SES: two regions, and one region with slices."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

BINDING_EV = np.array([540.0, 539.95, 539.9, 539.85])
O1S = np.array([40.9960699081421, 40.5534062385559, 42.2765865325928, 41.3153760433197])
KINETIC_EV = np.array([100.0, 100.1, 100.2])
SLICES = np.array([[5.0, 6.5, 7.25], [8.0, 9.5, 3.25]])
ANGLES = (-1.5, 1.5)


def number(value: float) -> str:
    """As SES writes: fifteen digits and four of the exponent."""
    mantissa, exponent = f"{value:.14E}".split("E")
    return f" {mantissa}E{exponent[0]}{int(exponent[1:]):04d}"


def region(index: int, name: str, axis: str, energy: np.ndarray, columns: np.ndarray, low_high: tuple[float, float],
           photon: float, second: list[str]) -> list[str]:  # fmt: skip
    scale = "Binding" if "Binding" in axis else "Kinetic"
    return [
        *(
            f"[Region {index}]",
            f"Region Name={name}",
            f"Dimension 1 name={axis} [eV]",
            f"Dimension 1 size={energy.size}",
        ),
        *(
            "Dimension 1 scale=" + " ".join(f"{e:g}" for e in energy),
            *second,
            "",
            f"[Info {index}]",
            f"Region Name={name}",
        ),
        *("Lens Mode=Transmission", "Pass Energy=50", "Number of Sweeps=10", f"Excitation Energy={photon:g}"),
        *(f"Energy Scale={scale}", "Acquisition Mode=Swept", "Energy Unit=Kinetic", f"Low Energy={low_high[0]:g}"),
        *(f"High Energy={low_high[1]:g}", "Step Time=203", f"Number of Slices={columns.shape[1]}"),
        *("Instrument=R3000-6MS014", "Location=Scienta", "User=AN", "Sample=Cu-HHTP", "Comments=;", "Date=2023-03-08"),
        *("Time=11:29:33", "DetectorMode=ADC", f"[Run Mode Information {index}]", "", "", "", f"[Data {index}]"),
        *(number(e) + "".join(" " + number(v) for v in row) for e, row in zip(energy, columns, strict=True)),
        "",
    ]


def two_regions_text() -> str:
    lines = ["[Info]", "Number of Regions=0002", "Version=1.3.1", ""]
    lines += region(1, "O1s", "Binding Energy", BINDING_EV, O1S[:, None], (110, 110.15), 650, [])
    lines += region(2, "Auger", "Kinetic Energy", KINETIC_EV, SLICES[0][:, None], (100, 100.2), 650, [])
    return "\r\n".join([*lines, ""])


def write_scienta_two_regions(folder: Path) -> Path:
    file = folder / "film.txt"
    file.write_bytes(two_regions_text().encode())
    return file


def slices_text() -> str:
    second = ["Dimension 2 name=Y-Scale [deg]", "Dimension 2 size=2", f"Dimension 2 scale={ANGLES[0]:g} {ANGLES[1]:g}"]
    lines = ["[Info]", "Number of Regions=1", "Version=1.2.2", ""]
    lines += region(1, "VB", "Kinetic Energy", KINETIC_EV, SLICES.T, (100, 100.2), 150, second)
    return "\n".join([*lines, ""])


def write_scienta_slices(folder: Path) -> Path:
    file = folder / "angles.txt"
    file.write_text(slices_text())
    return file


def _spectrum(columns: dict[str, np.ndarray | None], label: str) -> Expected:
    return Expected("photoelectrons", columns, label, 1e-12)


_KINETIC = {"kinetic_energy_electronvolt": KINETIC_EV, "binding_energy_electronvolt": None}
_O1S = {"binding_energy_electronvolt": BINDING_EV, "kinetic_energy_electronvolt": 650 - BINDING_EV, "intensity": O1S}
SAMPLES = (
    Sample(
        write_scienta_two_regions,
        (_spectrum(_O1S, "O1s"), _spectrum({**_KINETIC, "intensity": SLICES[0]}, "Auger")),
    ),
    Sample(
        write_scienta_slices,
        tuple(_spectrum({**_KINETIC, "intensity": SLICES[n]}, f"VB, Y-Scale [deg] {ANGLES[n]:g}") for n in range(2)),
    ),
)
