"""UXD with angles, and with counts alone."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, TWO_THETA_DEG

FILE = """; C:\\DATA\\LMZG3.raw(Diffrac Plus V1.01 file) converted by XCH V1.0
_FILEVERSION=2
_SAMPLE='LMZG 3'
_USER='Department of Chemistry'
_GONIOMETER_RADIUS=200.500000
_DATEMEASURED='04-Mar-2010 20:59:14'
_WL_UNIT='A'
_WL1=1.540600
_WL2=1.544390
_WL3=1.392220
_WLRATIO=0.500000
_ANODE='Cu'
"""


def one_range(points: str, *, number: int = 1, drive: str = "COUPLED", start: float = 10.0, keys: str = "") -> str:
    return f"""; (Data for Range number {number})
_DRIVE='{drive}'
_STEPTIME=0.500000
_STEPSIZE=0.020000
_STEPMODE='C'
_START={start:.6f}
_THETA={start / 2:.6f}
_2THETA={start:.6f}
{keys}{points}"""


def pairs(angles, counts, word="_2THETACOUNTS") -> str:
    return f"{word}\n" + "".join(f"{x:10.4f}  {y:8g}\n" for x, y in zip(angles, counts, strict=True))


def alone(counts, word="_COUNTS", in_line=5) -> str:
    lines = [counts[at : at + in_line] for at in range(0, len(counts), in_line)]
    return f"{word}\n" + "".join("".join(f"{y:8g}" for y in line) + "\n" for line in lines)


def write(folder: Path, *ranges: str, newline: str = "\r\n") -> Path:
    file = folder / "scan.uxd"
    file.write_text(FILE + "".join(ranges), encoding="cp1252", newline=newline)
    return file


def write_uxd(folder: Path) -> Path:
    """Two ranges: angles and counts, and rates alone."""
    rates = one_range(alone(COUNTS / 4, "_CPS"), number=2, start=40.0)
    return write(folder, one_range(pairs(TWO_THETA_DEG, COUNTS)), rates)


SAMPLES = (
    Sample(
        write_uxd,
        (
            Expected("diffraction", {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS}, "scan 1"),
            Expected("diffraction", {"two_theta_degree": TWO_THETA_DEG + 30, "intensity": COUNTS / 4}, "scan 2"),
        ),
    ),
)
