"""Powder patterns as text, as five programs and three neutron or synchrotron beamlines write them."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, TWO_THETA_DEG

_STD = np.round(np.sqrt(COUNTS), 4)
_ROWS = list(zip(TWO_THETA_DEG, COUNTS, _STD, strict=True))


def write_eva(folder: Path) -> Path:
    """DIFFRAC.EVA: a line of keys, then two columns."""
    file = folder / "scan.xy"
    keys = '\'Id: "LMZG 3" Comment: "pressed" Operator: "Emmy" Anode: "Cu" Scantype: "Coupled TwoTheta/Theta" '
    file.write_text(keys + 'TimePerStep: "96" \n' + "".join(f"{x:.4f} {y:.3f}\n" for x, y, _ in _ROWS), newline="\r\n")
    return file


def write_data_viewer(folder: Path) -> Path:
    """Export of PANalytical's Data Viewer."""
    file = folder / "scan.csv"
    head = """[Measurement conditions]
Sample identification,LMZG 3
Comment - 1,"Configuration=Spinner PW3064, Owner=User-1, Creation date=1/20/2009 6:26:00 PM"
Anode material,Cu
K-Alpha1 wavelength,1.5405980
K-Alpha2 wavelength,1.5444260
Ratio K-Alpha2/K-Alpha1,0.500
Generator voltage, 45
Tube current, 40
File date and time,20/May/2021 15:55
Scan axis,Gonio
Scan step size,0.02
No. of points, 24
Scan type,CONTINUOUS
Time per step,50.165
[Scan points]
Angle,Intensity
"""
    file.write_text(head + "".join(f"{x:.9f},{y:.1f}\n" for x, y, _ in _ROWS), newline="\r\n")
    return file


def write_headed(folder: Path) -> Path:
    """Three columns under a comment that names them."""
    file = folder / "scan.xye"
    file.write_text("# Two-Theta Intensity Error\n" + "".join(f"{x:.6f} {y:.6f} {s:.6f}\n" for x, y, s in _ROWS))
    return file


def write_decimal_comma(folder: Path) -> Path:
    """A spreadsheet's csv in a German locale, with a column more."""
    file = folder / "scan.csv"
    rows = "".join(f"{x:.2f};{y:.1f};{y / 2:.2f}\n".replace(".", ",") for x, y, _ in _ROWS)
    file.write_text("Sample: LMZG 3\n2Theta (deg);Intensity (counts);Background\n" + rows, encoding="utf-8-sig")
    return file


def write_11_bm(folder: Path) -> Path:
    """Beamline 11-BM at APS: comments that say what the angle is, and a calibrated wavelength."""
    file = folder / "scan.xye"
    head = """/* /data/apr17/11bmb_3294.mda APR 12, 2017 01:23:16.472073
# Run no. =               3294
# Scan time =             APR 12, 2017 01:23:16.472073
# User sample name =      LMZG 3
# Temp (K) =              300.03
# Start 2theta (deg) =    10.0
# Nominal 2theta step (deg) =     0.02
# Calibrated wavelength = 0.414581
# */
"""
    file.write_text(head + "".join(f" {x:.10f} {y:.6f} {s:.6f}\n" for x, y, s in _ROWS))
    return file


def write_ill(folder: Path) -> Path:
    """D1A at ILL: start, step and end, all intensities, then all deviations."""
    file = folder / "scan.dat"
    head = f"""D1A5 Title: 1.9114 A  LMZG 3
     Ident:           14113 to  14122
1.9114 A  LMZG 3                                           2theta
    24     -1.000   100.018    1  100000.0       0.0
{TWO_THETA_DEG[0]:10.4f}{0.02:10.4f}{TWO_THETA_DEG[-1]:10.4f}
"""
    blocks = [np.round(values, 1) for values in (COUNTS, _STD)]
    lines = ["".join(f"{v:8.1f}" for v in block[at : at + 10]) for block in blocks for at in (0, 10, 20)]
    file.write_text(head + "\n".join(lines) + "\n")
    return file


def write_psi(folder: Path) -> Path:
    """HRPT at PSI, numbers without decimals that touch each other."""
    file = folder / "scan.dat"
    head = f"""HRPT, LMZG 3,a4=3.0,N18
lambda=  1.49400, T= 295.000, dT=  0.100, Date=2001-06-16 06:25:59
{TWO_THETA_DEG[0]:8.3f}{0.02:8.3f}{TWO_THETA_DEG[-1]:8.3f} 18000000., sample="LMZG 3"
"""
    blocks = [np.round(COUNTS) + 1_000_000, np.round(_STD)]
    lines = ["".join(f"{v:7.0f}." for v in block[at : at + 10]) for block in blocks for at in (0, 10, 20)]
    file.write_text(head + "\n".join(lines) + "\n Filelist='HRPT/2001/2455-2490'\n")
    return file


def _expect(**columns) -> tuple[Expected, ...]:
    return (Expected("diffraction", {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS, **columns}, ""),)


SAMPLES = (
    Sample(write_eva, _expect(intensity_std=None)),
    Sample(write_data_viewer, _expect(intensity_std=None)),
    Sample(write_headed, _expect(intensity_std=_STD)),
    Sample(write_decimal_comma, _expect(intensity_std=None)),
    Sample(write_11_bm, _expect(intensity_std=_STD)),
    Sample(write_ill, _expect(intensity_std=np.round(_STD, 1))),
    Sample(write_psi, _expect(intensity=COUNTS + 1_000_000, intensity_std=np.round(_STD))),
)
