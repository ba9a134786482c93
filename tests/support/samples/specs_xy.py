"""Text exports of SpecsLab 2 and of Prodigy."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

ENERGY_EV = np.array([139.87, 139.82, 139.77, 139.72, 139.67])
RATE = np.array([661.88211, 660.66791, 652.24468, 649.74585, 654.71606])
TRANSMISSION = np.array([2.441281, 2.4412355, 2.4411901, 2.4411446, 2.4410992])


def specslab2_text(axis: str = "binding") -> str:
    rows = [f"{e:.8g}  {r:.8g}  {t:.8g}" for e, r, t in zip(ENERGY_EV, RATE, TRANSMISSION, strict=True)]
    return "\r\n".join(
        [
            "# Created by:        SpecsLab2, Version 2.79-r33432",
            "# ",
            "# XY-Serializer Export Settings: as follows",
            "#   Comment Prefix:           #",
            "#   Counts Per Second:        yes",
            f"#   Kinetic Energy Axis:      {'no' if axis == 'binding' else 'yes'}",
            "#   Separate Scan Data:       no",
            "#   Transmission Function:    yes",
            "# ",
            f"# values in {axis} energy",
            "# Region:            P 2p",
            "# Acquisition Date:  02/27/15 10:01:10",
            "# Analysis Method:   XPS",
            "# Analyzer:          PHOIBOS HSA3500 150",
            "# Scan Mode:         FixedAnalyzerTransmission",
            "# Number of Scans:   50",
            "# Curves/Scan:       1",
            f"# Values/Curve:      {len(ENERGY_EV)}",
            "# Dwell Time:        0.1",
            "# Excitation Energy: 1486.61",
            f"# {axis.title()} Energy:    139.87",
            "# Pass Energy:       20",
            "# Eff. Workfunction: 4.425",
            "# Source:            XRayDummy",
            "# Comment:           ",
            "#",
            "# Cycle: 0",
            "#",
            "# Cycle: 0, Curve: 0",
            "#",
            "# ColumnLabels: energy counts/s transmission",
            "#",
            *rows,
            "",
        ]
    )


def write_specs_xy_specslab2(folder: Path) -> Path:
    file = folder / "p2p.xy"
    file.write_bytes(specslab2_text().encode())
    return file


def prodigy_text(end: str = "\n") -> str:
    """Two cycles of two scans, a region that does not scan the energy, and an external channel."""

    def region(name: str, mode: str, first: str) -> list[str]:
        return [
            *(f"# Region:                       {name}", "# Spectrum ID:                  20"),
            *("# Acquisition Date:             08/24/23 14:19:47 UTC", "# Analysis Method:              XPS"),
            *("# Analyzer:                     Phoibos", f"# Scan Mode:                    {mode}"),
            *("# Curves/Scan:                  1", f"# Values/Curve:                 {len(ENERGY_EV)}"),
            *("# Dwell Time:                   0.1", "# Excitation Energy:            1486.61", f"# {first}"),
            *("# Pass Energy:                  100", "# Eff. Workfunction:            4.1082"),
            *("# Source:                       XR 50", "# Comment:                      ", ""),
        ]

    def curve(cycle: int, scan: int, rate: np.ndarray, first: str = "energy") -> list[str]:
        x = [f"{e:.8g}" for e in ENERGY_EV] if first == "energy" else [str(i + 1) for i in range(rate.size)]
        return [
            *(f"# Cycle: {cycle}, Curve: 0, Scan: {scan}", "#"),
            *(
                "# Acquisition Date:             08/24/23 15:05:13 UTC",
                f"# ColumnLabels:                 {first} counts/s",
            ),
            *("#", *(f"{a}  {b:.8g}" for a, b in zip(x, rate, strict=True)), ""),
        ]

    def cycle(number: int) -> list[str]:
        return [f"# Cycle: {number}", "#", f'# Parameter: "Loop" = {number + 1}', "#", "# Number of Scans: 2", ""]

    lines = ["# Created by:        SpecsLab Prodigy, Version 4.100.1-r111001 ", "#", "# XY-Serializer Export Settings:"]
    lines += ["#   Comment Prefix:           #", "#   Energy Axis:              Binding Energy"]
    lines += ["#   Count Rate:               Counts per Second", "#   Separate Scan Data:       yes"]
    lines += ["#   External Channel Data:    yes", "#", "# Group:                        Alignment", "#"]
    lines += [*region("Align", "FixedEnergies", "Kinetic Energy:               780.61"), "# Cycle: 0", "#"]
    lines += ["# Number of Scans: 1", "", *curve(0, 0, RATE, "index")]
    lines += ["# Group:                        2 film", "#"]
    lines += region("P 2p", "FixedAnalyzerTransmission", "Binding Energy:               139.87")
    lines += cycle(0) + curve(0, 0, RATE) + curve(0, 1, RATE + 1)
    lines += cycle(1) + curve(1, 0, RATE + 2) + curve(1, 1, RATE + 3)
    lines += ["# External Channel Data Cycle: 1, Sample temperature [K] (Laser heater)", "#"]
    lines += ["# ColumnLabels: energy Sample temperature [K] (Laser heater)", "#"]
    lines += [f"{e:.8g}  300" for e in ENERGY_EV]
    return end.join([*lines, ""])


def write_specs_xy_prodigy(folder: Path) -> Path:
    file = folder / "loop.xy"
    file.write_text(prodigy_text())
    return file


_BINDING = {"binding_energy_electronvolt": ENERGY_EV, "kinetic_energy_electronvolt": None}


def _scan(cycle: int, scan: int) -> Expected:
    rate = RATE + 2 * cycle + scan
    return Expected("photoelectrons", {**_BINDING, "intensity": rate}, f"P 2p, cycle {cycle}, scan {scan}", 1e-7)


SAMPLES = (
    Sample(write_specs_xy_specslab2, (Expected("photoelectrons", {**_BINDING, "intensity": RATE}, "P 2p"),)),
    Sample(write_specs_xy_prodigy, (_scan(0, 0), _scan(0, 1), _scan(1, 0), _scan(1, 1))),
)
