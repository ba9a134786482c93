"""Rigaku RASX: a scan, and two in one archive."""

import zipfile
from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, TWO_THETA_DEG


def conditions(axis: str = "TwoThetaTheta", unit: str = "counts", points: int = 24) -> str:
    return f"""\ufeff<?xml version="1.0" encoding="utf-8"?>
<MeasurementConditions xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <GeneralInformation><Operator>Administrator</Operator><Comment /><SampleName>LMZG 3</SampleName><Type>RAS_RAW</Type>
    <SystemName>SmartLabXE</SystemName></GeneralInformation>
  <HWConfigurations>
    <XrayGenerator><TargetAtomicNumber>29</TargetAtomicNumber><TargetName>Cu</TargetName>
      <Current>50</Current><Voltage>40</Voltage><WavelengthKbeta>1.392246</WavelengthKbeta>
      <WavelengthKalpha1>1.540593</WavelengthKalpha1><WavelengthKalpha2>1.544414</WavelengthKalpha2></XrayGenerator>
  </HWConfigurations>
  <Axes><Axis Name="Temp" Unit="C" Offset="0" Position="150" State="Fixed" Resolution="1" /></Axes>
  <ScanInformation><AxisName>{axis}</AxisName><Mode>CONTINUOUS</Mode><Step>0.0200</Step><Speed>12.0000</Speed>
    <SpeedUnit>deg/min</SpeedUnit><PositionUnit>deg</PositionUnit><IntensityUnit>{unit}</IntensityUnit>
    <StartTime>2020-08-03T20:16:09Z</StartTime><DataCount>{points}</DataCount></ScanInformation>
</MeasurementConditions>
"""


def profile(angles, counts, factors=None) -> str:
    factors = [1] * len(counts) if factors is None else factors
    return "\ufeff" + "".join(f"{x:.4f}\t{y:g}\t{a:g}\r\n" for x, y, a in zip(angles, counts, factors, strict=True))


def write(folder: Path, *scans: tuple[str, str]) -> Path:
    file = folder / "scan.rasx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, (points, said) in enumerate(scans):
            archive.writestr(f"Data{at}/Profile{at}.txt", points)
            archive.writestr(f"Data{at}/MesurementConditions{at}.xml", said)
        archive.writestr("root.xml", '<Root Version="1.1.0.0"><Data0 Type="Profile" /></Root>')
    return file


def write_rasx(folder: Path) -> Path:
    """One scan."""
    return write(folder, (profile(TWO_THETA_DEG, COUNTS), conditions()))


def write_rasx_two_scans(folder: Path) -> Path:
    """Two scans, in the order of their numbers."""
    return write(
        folder,
        (profile(TWO_THETA_DEG, COUNTS), conditions("TwoTheta")),
        (profile(TWO_THETA_DEG + 5, COUNTS), conditions("OmegaTwoTheta")),
    )


_ONE = {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS}
SAMPLES = (
    Sample(write_rasx, (Expected("diffraction", _ONE, ""),)),
    Sample(
        write_rasx_two_scans,
        (
            Expected("diffraction", _ONE, "scan 1"),
            Expected("diffraction", {**_ONE, "two_theta_degree": TWO_THETA_DEG + 5}, "scan 2"),
        ),
    ),
)
