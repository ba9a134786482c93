"""Fits that others published, read from their own files: Zahner's models and results."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limetal.readers import read_all
from limetal.records.impedance import ImpedanceRecord


def spectrum(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and impedance of the one spectrum of a file."""
    (record,) = (r for r in read_all(path) if isinstance(r, ImpedanceRecord))
    return record.frequency_hertz, record.impedance


# --------------------------------------------------------------------------------------------------------- Zahner


@dataclass(frozen=True)
class VendorFit:
    """What Zahner Analysis wrote beside a fit; errors are parts of the value."""

    values: dict[str, float]
    errors: dict[str, float]
    overall: dict[str, float]


def vendor_fit(path: Path) -> VendorFit:
    """The result, by the names limetal gives the parameters of `vendor_circuit`.

    W and k of a finite diffusion are told in Wo's terms: R = W/sqrt(k), tau = 1/k.
    """
    stored = json.loads(path.read_text(encoding="utf-8"))
    values, errors = {}, {}
    for element, parameters in stored["model"].items():
        kind, number = element.rstrip("0123456789"), element.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        got = {name: p["value"] for name, p in parameters.items()}
        error = {name: p["error"] / 100 for name, p in parameters.items()}
        if kind == "FI":
            values |= {f"Wo{number}.R": got["W"] / math.sqrt(got["k"]), f"Wo{number}.tau": 1 / got["k"]}
            errors |= {f"Wo{number}.R": math.hypot(error["W"], error["k"] / 2), f"Wo{number}.tau": error["k"]}
        elif kind == "CPE":
            values |= {f"Q{number}.Y": got["Y_0"], f"Q{number}.n": got["α"]}
            errors |= {f"Q{number}.Y": error["Y_0"], f"Q{number}.n": error["α"]}
        else:
            values |= {element: got[kind]}
            errors |= {element: error[kind]}
    return VendorFit(values, errors, stored["overall"])


def vendor_circuit(path: Path) -> str:
    """Circuit of an .isfx file with its values, in Boukamp's notation; every element keeps its number."""
    tree = ElementTree.parse(path).getroot().find("parsed-tree")
    assert tree is not None
    return _written(tree[0], inside=False)


def _written(node: ElementTree.Element, inside: bool) -> str:
    if node.tag == "serial-connect":
        text = " ".join(_written(part, inside=False) for part in node)
        return f"[{text}]" if inside else text
    if node.tag == "parallel-connect":
        return f"({' '.join(_written(part, inside=True) for part in node)})"
    values = [float(p.attrib["value"]) for p in node.findall("parameter")]
    name = node.attrib["name"]
    number = name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if node.tag == "finite-diffusion":
        return f"Wo{number}{{R={values[0] / math.sqrt(values[1]):.17g}, tau={1 / values[1]:.17g}}}"
    if node.tag == "constant-phase-element":  # by the capacitance at a frequency, the third number, in Hz
        at = 2 * math.pi * values[2]
        return f"Q{number}{{Y={values[0] * at ** (1 - values[1]):.17g}, n={values[1]:.17g}}}"
    assert node.tag in {"resistor", "capacitor", "inductor"}, node.tag
    return f"{name}{{{values[0]:.17g}}}"
