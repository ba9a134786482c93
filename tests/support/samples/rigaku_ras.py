"""Rigaku RAS: two scans in one file."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, TWO_THETA_DEG


def header(axis: str = "Theta/2-Theta", internal: str = "TwoThetaTheta", points: int = 24, extra: str = "") -> str:
    return f"""*RAS_HEADER_START
*DISP_UNIT_Y "counts"
*FILE_COMMENT "pressed"
*FILE_OPERATOR "rigaku"
*FILE_SAMPLE "LMZG 3"
*FILE_TYPE "RAS_RAW"
*HW_ATTACHMENT_NAME "標準|Standard"
*HW_GONIOMETER_NAME "SmartLab|SmartLab"
*HW_XG_TARGET_NAME "Cu"
*HW_XG_WAVE_LENGTH_ALPHA1 "1.540593"
*HW_XG_WAVE_LENGTH_ALPHA2 "1.544414"
*HW_XG_WAVE_LENGTH_BETA "1.392250"
*MEAS_COND_XG_WAVE_TYPE "Ka"
*MEAS_DATA_COUNT "{points}.0000000000"
*MEAS_SCAN_AXIS_X "{axis}"
*MEAS_SCAN_AXIS_X_INTERNAL "{internal}"
*MEAS_SCAN_MODE "CONTINUOUS"
*MEAS_SCAN_SPEED "12.000000"
*MEAS_SCAN_SPEED_UNIT "deg/min"
*MEAS_SCAN_START_TIME "12/05/15 22:01:01"
*MEAS_SCAN_STEP "0.0200000000"
*MEAS_SCAN_UNIT_X "deg"
*MEAS_SCAN_UNIT_Y "counts"
{extra}*RAS_HEADER_END
"""


def rows(angles, counts, factors=None) -> str:
    factors = [1.0] * len(counts) if factors is None else factors
    body = "".join(f"{x:.4f} {y:.4f} {a:.4f}\n" for x, y, a in zip(angles, counts, factors, strict=True))
    return f"*RAS_INT_START\n{body}*RAS_INT_END\n"


def write(folder: Path, *parts: str) -> Path:
    file = folder / "scan.ras"
    text = "*RAS_DATA_START\n" + "".join(parts) + "*RAS_DATA_END\n"
    file.write_bytes(text.replace("\n", "\r\n").encode("cp932"))
    return file


def write_ras_two_scans(folder: Path) -> Path:
    """Two scans, names in Shift-JIS."""
    second = header("2-Theta/Omega", "TwoThetaOmega")
    return write(folder, header(), rows(TWO_THETA_DEG, COUNTS), second, rows(TWO_THETA_DEG + 30, COUNTS[::-1]))


SAMPLES = (
    Sample(
        write_ras_two_scans,
        (
            Expected("diffraction", {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS}, "scan 1"),
            Expected("diffraction", {"two_theta_degree": TWO_THETA_DEG + 30, "intensity": COUNTS[::-1]}, "scan 2"),
        ),
    ),
)
