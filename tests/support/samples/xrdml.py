"""PANalytical XRDML of several versions."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, K_ALPHA_1, K_ALPHA_2, TWO_THETA_DEG, join

_START, _END = TWO_THETA_DEG[0], TWO_THETA_DEG[-1]


def document(version: str, scans: str, *, kind: str = "Scan", wavelength: str = "") -> str:
    """The elements around the scans, as Data Collector writes them."""
    used = wavelength or (
        f'<usedWavelength intended="K-Alpha"><kAlpha1 unit="Angstrom">{K_ALPHA_1}</kAlpha1>'
        f'<kAlpha2 unit="Angstrom">{K_ALPHA_2}</kAlpha2><kBeta unit="Angstrom">1.39225</kBeta>'
        "<ratioKAlpha2KAlpha1>0.5000</ratioKAlpha2KAlpha1></usedWavelength>"
    )
    space = f"http://www.xrdml.com/XRDMeasurement/{version}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="{space}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" status="Completed">
	<comment><entry>Goniometer=PW3050/60 (Theta/2Theta); Minimum step size 2Theta:0.001</entry></comment>
	<sample type="To be analyzed"><id>LMZG-3</id><name></name></sample>
	<xrdMeasurement measurementType="{kind}" status="Completed" sampleMode="Reflection">
		{used}
		<incidentBeamPath><radius unit="mm">240.00</radius>
			<xRayTube id="1010048" name="Empyrean Cu LFF HR"><tension unit="kV">45</tension>
			<current unit="mA">40</current><anodeMaterial>Cu</anodeMaterial></xRayTube></incidentBeamPath>
{scans}
	</xrdMeasurement>
</xrdMeasurements>
"""


def scan(points: str, positions: str, *, axis: str = "Gonio", status: str = "Completed", after: str = "") -> str:
    return f"""		<scan appendNumber="0" mode="Continuous" scanAxis="{axis}" status="{status}">
			<header><startTimeStamp>2024-03-08T11:13:20-06:00</startTimeStamp>
				<author><name>User</name></author>
				<source><applicationSoftware version="4.0a">Data Collector</applicationSoftware>
				<instrumentControlSoftware version="7.3A">EMPYREAN</instrumentControlSoftware></source></header>
			<dataPoints>{positions}{points}</dataPoints>{after}
		</scan>"""


def span(axis: str, start: float, end: float) -> str:
    return (
        f'<positions axis="{axis}" unit="deg"><startPosition>{start:.8f}</startPosition>'
        f"<endPosition>{end:.8f}</endPosition></positions>"
    )


def fixed(axis: str, at: float) -> str:
    return f'<positions axis="{axis}" unit="deg"><commonPosition>{at}</commonPosition></positions>'


GONIO = span("2Theta", _START, _END) + span("Omega", _START / 2, _END / 2)
TIME = '<commonCountingTime unit="seconds">10.160</commonCountingTime>'


def write_xrdml_1_5(folder: Path) -> Path:
    """Version 1.5: intensities, multiplied by the factor of the attenuator already."""
    file = folder / "scan.xrdml"
    points = f'{TIME}<intensities unit="counts">{join(COUNTS)}</intensities>'
    file.write_text(document("1.5", scan(points, GONIO)), encoding="utf-8")
    return file


FACTORS = np.where(np.abs(np.arange(24) - 11) < 3, 178.0, 1.0)


def write_xrdml_2_1_attenuated(folder: Path) -> Path:
    """Version 2.1 with a byte order mark: counts of the detector, and the factors beside them."""
    file = folder / "attenuated.xrdml"
    points = (
        f"<beamAttenuationFactors>{join(FACTORS, '{:.2f}')}</beamAttenuationFactors>"
        f'{TIME}<counts unit="counts">{join(COUNTS)}</counts>'
    )
    file.write_text(document("2.1", scan(points, GONIO, axis="2Theta-Omega")), encoding="utf-8-sig", newline="\r\n")
    return file


LISTED = np.cumsum(np.where(np.arange(24) % 2, 0.02, 0.05)) + 20.0


def write_xrdml_listed(folder: Path) -> Path:
    """Angles as a list, at a fixed angle of incidence, on a hot stage."""
    file = folder / "listed.xrdml"
    positions = (
        f'<positions axis="2Theta" unit="deg"><listPositions>{join(LISTED, "{:.4f}")}</listPositions></positions>'
        + fixed("Omega", 1.5)
    )
    points = f'<countingTimes unit="seconds">{join(np.full(24, 2.5))}</countingTimes>'
    points += f'<intensities unit="counts">{join(COUNTS)}</intensities>'
    values = '<nonAmbientValues unit="K">423.0 424.0</nonAmbientValues>'
    hot = f'<nonAmbientPoints type="Temperature">{values}</nonAmbientPoints>'
    file.write_text(document("1.0", scan(points, positions, axis="2Theta", after=hot)), encoding="utf-8")
    return file


def write_xrdml_two_scans(folder: Path) -> Path:
    """A repeated scan, its second pass aborted, and an omega scan between them."""
    file = folder / "two.xrdml"
    whole = f'{TIME}<counts unit="counts">{join(COUNTS)}</counts>'
    rocking = scan(whole, fixed("2Theta", 34.0) + span("Omega", 16.0, 18.0), axis="Omega")
    short = f'{TIME}<counts unit="counts">{join(COUNTS[:10])}</counts>'
    ends = span("2Theta", _START, TWO_THETA_DEG[9]) + span("Omega", _START / 2, TWO_THETA_DEG[9] / 2)
    scans = "\n".join([scan(whole, GONIO), rocking, scan(short, ends, status="Aborted")])
    file.write_text(document("2.3", scans, kind="Repeated scan"), encoding="utf-8")
    return file


_WHOLE = {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS, "omega_degree": TWO_THETA_DEG / 2}
SAMPLES = (
    Sample(write_xrdml_1_5, (Expected("diffraction", _WHOLE, ""),)),
    Sample(write_xrdml_2_1_attenuated, (Expected("diffraction", {**_WHOLE, "intensity": COUNTS * FACTORS}),)),
    Sample(
        write_xrdml_listed,
        (Expected("diffraction", {"two_theta_degree": LISTED, "intensity": COUNTS, "omega_degree": None}),),
    ),
    Sample(
        write_xrdml_two_scans,
        (
            Expected("diffraction", _WHOLE, "scan 1"),
            Expected("diffraction", {name: values[:10] for name, values in _WHOLE.items()}, "scan 3"),
        ),
    ),
)
