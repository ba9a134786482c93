"""What a written table says about itself: JSON inside a Parquet file, JSON-LD beside any file.

The JSON-LD uses schema.org (`Dataset`, `variableMeasured`), QUDT units where the vocabulary has them, and the terms of
the Battery Data Format ontology for its own columns. No number rests on it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from limetal.records.base import About, Record

__all__ = ["METADATA_KEY", "about_from", "metadata_of", "sidecar"]

#: Key of the metadata of a Parquet file under which limetal keeps its own.
METADATA_KEY = "limetal"
_BDF = "https://w3id.org/battery-data-alliance/ontology/battery-data-format#"
_BDF_NAMES = frozenset({"test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_count"})
_QUDT = {
    "s": "SEC", "V": "V", "A": "A", "1": "UNITLESS", "Hz": "HZ", "ohm": "OHM", "deg": "DEG", "eV": "EV", "N": "N",
    "mm": "MilliM", "um": "MicroM", "MPa": "MegaPA", "%": "PERCENT", "K": "K", "Ah": "A-HR",
}  # fmt: skip


def metadata_of(record: Record) -> dict[str, Any]:
    """What a Parquet file keeps of a record beside its columns.

    Examples
    --------
    >>> import numpy as np
    >>> from limetal.records.cycling import CyclingRecord
    >>> record = CyclingRecord(np.array([0.0, 1.0]), np.zeros(2), None, source="x", origin="simulated")
    >>> metadata_of(record)["origin"]
    'simulated'
    """
    about = {name: value for name, value in dataclasses.asdict(record.about).items() if value}
    return {
        "kind": record.kind,
        "source": record.source,
        "origin": record.origin,
        "label": record.label,
        "about": about,
        "warnings": list(record.warnings),
    }


def about_from(text: str) -> tuple[About, str, tuple[str, ...]]:
    """Return what a Parquet file says about its one record: `About`, origin and warnings; nothing if it cannot be read.

    Examples
    --------
    >>> about_from('[{"origin": "simulated", "about": {"sample": "cell 7"}, "warnings": ["w"]}]')
    (About(instrument='', software='', technique='', start_time='', sample='cell 7', comment='', settings={}),
     'simulated', ('w',))
    >>> about_from("no json")[1]
    'measured'
    """
    try:
        found = json.loads(text)
        first = found[0] if isinstance(found, list) and len(found) == 1 else {}
        given = first.get("about", {})
        words = {f.name: str(given.get(f.name, "")) for f in dataclasses.fields(About) if f.name != "settings"}
        settings = {str(k): str(v) for k, v in given.get("settings", {}).items()}
        origin = "simulated" if first.get("origin") == "simulated" else "measured"
        return About(**words, settings=settings), origin, tuple(map(str, first.get("warnings", ())))
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return About(), "measured", ()


def sidecar(records: Sequence[Record], file_name: str) -> dict[str, Any]:
    """JSON-LD of a table file: one schema.org Dataset for each record in it.

    Examples
    --------
    >>> import numpy as np
    >>> from limetal.records.cycling import CyclingRecord
    >>> record = CyclingRecord(np.array([0.0, 1.0]), np.zeros(2), None, source="x")
    >>> dataset = sidecar([record], "cell.bdf.csv")["@graph"][0]
    >>> dataset["variableMeasured"][1]["unitCode"]
    'http://qudt.org/vocab/unit/V'
    """
    graph = [_dataset(record, file_name, number) for number, record in enumerate(records, start=1)]
    return {"@context": "https://schema.org/", "@graph": graph}


def _dataset(record: Record, file_name: str, number: int) -> dict[str, Any]:
    about = record.about
    dataset: dict[str, Any] = {
        "@type": "Dataset",
        "@id": f"#record-{number}",
        "name": record.label or about.sample or file_name,
        "distribution": {"@type": "DataDownload", "contentUrl": file_name},
        "isBasedOn": record.source,
        "measurementTechnique": about.technique or record.kind,
        "additionalProperty": [
            {"@type": "PropertyValue", "name": "origin", "value": record.origin},
            {"@type": "PropertyValue", "name": "rows", "value": record.rows},
            *({"@type": "PropertyValue", "name": k, "value": v} for k, v in about.settings.items()),
            *({"@type": "PropertyValue", "name": "warning", "value": w} for w in record.warnings),
        ],
        "variableMeasured": [_variable(record, name) for name in record.columns()]
        + [{"@type": "PropertyValue", "name": name} for name in record.more],
    }
    said = {
        "temporalCoverage": about.start_time,
        "description": about.comment,
        "instrument": about.instrument,
        "creator": about.software,
    }
    return dataset | {key: value for key, value in said.items() if value}


def _variable(record: Record, name: str) -> dict[str, Any]:
    column = next(c for c in record.COLUMNS if c.name == name)
    unit = column.unit or str(getattr(record, f"{name}_unit", ""))
    variable: dict[str, Any] = {"@type": "PropertyValue", "name": name, "description": column.label}
    if unit:
        variable["unitText"] = unit
    if unit in _QUDT:
        variable["unitCode"] = f"http://qudt.org/vocab/unit/{_QUDT[unit]}"
    if record.kind == "cycling" and name in _BDF_NAMES:
        variable["propertyID"] = _BDF + name
    return variable
