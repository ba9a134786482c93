"""SpecsLab 2 XML, of serializer 1.3 (one channel) and 1.6 (five channels, indented)."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

SCANS = np.array([[1146.0, 1106, 1171, 1145, 1143, 1148], [1137.0, 1056, 1290, 1197, 1160, 1139]])
START_EV, STEP_EV = 253.6, 0.5
#: Shift of each channel in units of the pass energy; at 50 eV and steps of 0.5 eV these are whole steps.
SHIFTS = (-0.02, -0.01, 0.0, 0.01, 0.02)
_HEAD = """<?xml version="1.0"?>
<!-- CORBA XML document created by XMLSerializer {version} at 2014-11-28 10:07:39 UTC, from SL 2.55-r18120 -->
<!DOCTYPE any [
<!ELEMENT any (any|struct|sequence|string|double|ulong)?>
<!ATTLIST any name NMTOKEN #IMPLIED version CDATA #IMPLIED>
]>
"""


def _double(name: str, value: object, kind: str = "double") -> str:
    return f'<{kind} name="{name}">{value}</{kind}>'


def _counts(counts: np.ndarray) -> str:
    text = "\n".join(f"{c:g}" for c in counts)
    return (
        '<struct type_id="IDL:specs.de/Serializer/ScanData:1.0" type_name="ScanData">'
        f'<sequence name="counts" length="{counts.size}"><ulong type_name="Counts">{text}\n</ulong>'
        '</sequence><sequence name="scaling_factors" length="0" type_name="DoubleSeq"><double/></sequence></struct>'
    )


def region(name: str, scans: list[np.ndarray], *, values: int, head: int = 0, tail: int = 0, mode: str = "",
           shifts: tuple[float, ...] = (0.0,)) -> str:  # fmt: skip
    detectors = "".join(
        f'<struct type_name="Detector">{_double("shift", s)}{_double("gain", 1)}</struct>' for s in shifts
    )
    mode = mode or "FixedAnalyzerTransmission"
    definition = [
        _double("analysis_method", "XPS", "string"), _double("analyzer_lens", "MediumArea", "string"),
        f'<struct name="scan_mode" type_name="ScanMode">{_double("name", mode, "string")}'
        f'{_double("flags", 2, "ulong")}</struct>',
        _double("num_scans", len(scans), "ulong"), _double("curves_per_scan", 1, "ulong"),
        _double("values_per_curve", values, "ulong"), _double("dwell_time", 0.1), _double("scan_delta", STEP_EV),
        _double("excitation_energy", 1253.6), _double("kinetic_energy", START_EV), _double("pass_energy", 50),
        _double("effective_workfunction", 4.5),
    ]  # fmt: skip
    cycle = "".join(map(_counts, scans))
    return (
        '<struct type_id="IDL:specs.de/Serializer/RegionData:1.0" type_name="RegionData">'
        + _double("name", name, "string")
        + f'<struct name="region" type_name="RegionDef">{"".join(definition)}</struct>'
        + _double("mcd_head", head, "ulong")
        + _double("mcd_tail", tail, "ulong")
        + '<struct name="analyzer_info" type_name="AnalyzerInfo">'
        + _double("name", "PHOIBOS HSA3000 SCD", "string")
        + f'<sequence name="detectors" length="{len(shifts)}">{detectors}</sequence></struct>'
        + '<sequence name="cycles" length="1"><struct type_name="Cycle">'
        + _double("time", 1418123417, "ulong")
        + f'<sequence name="scans" length="{len(scans)}">{cycle}</sequence></struct></sequence>'
        + '<sequence name="compact_cycles" length="0" type_name="CompactCycleSeq"/>'
        + f'<sequence name="transmission" length="{values}"><double>{" ".join(["1.5"] * values)}</double></sequence>'
        + "</struct>"
    )


def document(regions: str, version: str = "1.3") -> str:
    return (
        _HEAD.format(version=version)
        + f'<any version="{version}"><sequence length="1" type_id="IDL:specs.de/Serializer/RegionGroupSeq:1.0">'
        + '<struct type_id="IDL:specs.de/Serializer/RegionGroup:1.0" type_name="RegionGroup">'
        + _double("name", "Group1", "string")
        + f'<sequence name="regions">{regions}</sequence></struct></sequence></any>\n'
    )


def write_specs_xml_one_channel(folder: Path) -> Path:
    """Two scans; a region that does not scan the energy is left out."""
    fixed = region("Align", [SCANS[0]], values=6, mode="FixedEnergies")
    file = folder / "cro.xml"
    text = document(region("CrO overview", list(SCANS), values=6) + fixed)
    file.write_bytes(text.replace("><", ">\r\n<").encode())
    return file


def write_specs_xml_channels(folder: Path) -> Path:
    """Five channels: every channel saw the same spectrum, each at its own shift."""
    spectrum = np.concatenate([[0, 0], SCANS[0], [0, 0]])  # nominal energies with two points before and after
    moved = [round(s * 50 / STEP_EV) for s in SHIFTS]
    raw = np.zeros((10, 5))
    for channel, steps in enumerate(moved):
        for point in range(10):
            source = point + steps
            raw[point, channel] = spectrum[source] if 0 <= source < 10 else 0
    file = folder / "mcd.xml"
    text = document(region("C1s", [raw.ravel()], values=6, head=2, tail=2, shifts=SHIFTS), "1.6")
    file.write_text(text.replace("><struct", ">\n        <struct"))
    return file


_AXIS = {"kinetic_energy_electronvolt": START_EV + STEP_EV * np.arange(6), "binding_energy_electronvolt": None}
SAMPLES = (
    Sample(
        write_specs_xml_one_channel,
        (Expected("photoelectrons", {**_AXIS, "intensity": SCANS.sum(axis=0)}, "CrO overview"),),
    ),
    Sample(write_specs_xml_channels, (Expected("photoelectrons", {**_AXIS, "intensity": 5 * SCANS[0]}, "C1s"),)),
)
