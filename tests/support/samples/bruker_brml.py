"""Bruker BRML: the present layout with views, and the older one without."""

import zipfile
from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, TWO_THETA_DEG

_AXIS = '<ScanAxisInfo AxisId="{0}" AxisName="{0}" VisibleName="{0}" Unit="°"><Start>10</Start></ScanAxisInfo>'
VIEWS = """<DataViews>
  <RawDataView xsi:type="FixedRawDataView" Start="0" Length="1" LogicName="MeasuredTime" Unit="s" />
  <RawDataView xsi:type="FixedRawDataView" Start="1" Length="1" LogicName="AbsorptionFactor" Unit="" />
  <RawDataView xsi:type="VaryingRawDataView" Start="2" Length="2"><Varying xsi:type="VaryingStepData2D"
    LogicName="ScanAxes" VectorLength="2"><FieldDefinitions FieldName="TwoTheta" AxisId="TwoTheta" />
    <FieldDefinitions FieldName="Theta" AxisId="Theta" /></Varying></RawDataView>
  <RawDataView xsi:type="VaryingRawDataView" Start="4" Length="1"><Varying LogicName="RecSpace" VectorLength="1">
    <FieldDefinitions FieldName="RecSpX" AxisId="RecSpX" /></Varying></RawDataView>
  <RawDataView xsi:type="RecordedRawDataView" Start="5" Length="{channels}" MeasuredDataIndex="0"><Recording
    VisibleName="LYNXEYE: PSD counter" LogicName="ScanCounter"><Unit Prefix="None" Base="Counts" /></Recording>
  </RawDataView></DataViews>"""

ONE_CHANNEL = VIEWS.format(channels=1)


def raw_data(datums, axes=("TwoTheta", "Theta"), views=ONE_CHANNEL, flag="Measured", kind="LockedCoupled"):
    data = "".join(f"<Datum>{row}</Datum>\n" for row in datums)
    return f"""<?xml version="1.0"?>
<RawData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <MeasurementStatus>Measured</MeasurementStatus>
  <TimeStampStarted>2025-05-19T14:24:14.9928324-06:00</TimeStampStarted>
  <DataRoutes><DataRoute RouteFlag="{flag}">
    <ScanInformation ScanName="{kind}" VisibleName="{kind}"><MeasurementPoints>{len(datums)}</MeasurementPoints>
      <TimePerStep>0.4</TimePerStep><ScanAxes>{"".join(_AXIS.format(a) for a in axes)}</ScanAxes></ScanInformation>
    {data}{views}
  </DataRoute></DataRoutes>
  <FixedInformation><Drives><InfoData LogicName="Phi"><Position Unit="°" Value="7.7" /></InfoData></Drives>
    <Instrument><PrimaryTracks><Tube LogicName="Tube"><WaveLengthAlpha1 Unit="Å" Value="1.5406" />
    <WaveLengthAlpha2 Unit="Å" Value="1.54439" /><WaveLengthBeta Unit="Å" Value="1.39222" />
    <WaveLengthRatio Unit="" Value="0.5" /><TubeMaterial>Cu</TubeMaterial><Generator><Voltage Unit="kV" Value="40" />
    </Generator></Tube></PrimaryTracks></Instrument></FixedInformation>
</RawData>
"""


CONTAINER = """<?xml version="1.0"?><DataContainer><CreatingVersion>7.5.2.0</CreatingVersion><ExperimentInfo>
<InstrumentDescription><DeviceTypeDesc>Bruker AXS D8</DeviceTypeDesc></InstrumentDescription></ExperimentInfo>
<MeasurementInfo UserName="Lab" SampleName="LMZG 3" Comment="pressed" /></DataContainer>"""


def write(folder: Path, *members: str) -> Path:
    file = folder / "scan.brml"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Experiment0/DataContainer.xml", CONTAINER)
        for at, member in enumerate(members):
            archive.writestr(f"Experiment0/RawData{at}.xml", member)
        archive.writestr("experimentCollection.xml", "<ExperimentCollection />")
    return file


def full(angles=TWO_THETA_DEG, counts=COUNTS):
    return [f"76.8,1,{x:.4f},{x / 2:.4f},-0.1,{y:g}" for x, y in zip(angles, counts, strict=True)]


def write_brml_with_views(folder: Path) -> Path:
    """Two scans of the present layout."""
    return write(folder, raw_data(full()), raw_data(full(TWO_THETA_DEG + 20)))


def write_brml_without_views(folder: Path) -> Path:
    """A scan of the older layout: time, absorber, axes in order, counts."""
    rows = [f"0.5,1,{x:.4f},{y:g}" for x, y in zip(TWO_THETA_DEG, COUNTS, strict=True)]
    return write(folder, raw_data(rows, axes=("TwoTheta",), views="", kind="TwoThetaScan"))


_ONE = {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS}
SAMPLES = (
    Sample(
        write_brml_with_views,
        (
            Expected("diffraction", {**_ONE, "omega_degree": TWO_THETA_DEG / 2}, "scan 1"),
            Expected("diffraction", {**_ONE, "two_theta_degree": TWO_THETA_DEG + 20}, "scan 2"),
        ),
    ),
    Sample(write_brml_without_views, (Expected("diffraction", {**_ONE, "omega_degree": None}, ""),)),
)
