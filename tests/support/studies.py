"""Small studies for tests."""

from pathlib import Path

from limetal.claims import Case, Verdict, audit, stated_entries
from limetal.design import design, library
from limetal.ledger import Ledger
from limetal.study import Study, read_study

FOIL = """
[study]
title = "test"
[electrodes.foil]
kind = "lithium"
thickness = "50 um"
cutoff = "1 V"
recipe = { by = "mass", parts = { Li = 2, Zn3N2 = 1, CNT = 0.6 } }
[electrodes.mystery]
kind = "lithium"
recipe = { by = "mass", parts = { Li = 1, G = "unknown" } }
[materials.G]
unknown = true
source = "nobody said"
[electrodes.cathode]
kind = "positive"
active = "NCM811"
loading = "5.4 mg/cm2"
specific_capacity = "200 mAh/g"
formulation = { NCM811 = "80 %", "Super P" = "10 %", PVDF = "10 %" }
[cells.sym]
kind = "symmetric"
electrode = "foil"
[cells.full]
kind = "full"
format = "coin"
negative = "foil"
positive = "cathode"
negative_thickness = "20 um"
negative_collector = "none"
diameter = "10 mm"
electrolyte = "LiPF6-EC-DEC-FEC"
electrolyte_volume = "80 uL"
"""
#: A pouch cell that counts both faces, and a lithium-sulfur cell.
CELLS = """
[electrodes.thick]
kind = "positive"
active = "NCM811"
loading = "20.0 mg/cm2"
specific_capacity = "200 mAh/g"
[electrodes.S]
kind = "positive"
active = "S"
loading = "3.00 mg/cm2"
specific_capacity = "1600 mAh/g"
[cells.pouch]
kind = "full"
format = "pouch"
negative = "foil"
positive = "thick"
negative_thickness = "80.0 um"
negative_collector = "none"
areal_capacity = "8.00 mAh/cm2"
areal_capacity_is = "both faces"
[cells.sulfur]
kind = "full"
format = "coin"
negative = "foil"
positive = "S"
negative_thickness = "60.0 um"
negative_collector = "none"
"""


def make(folder: Path, more: str = "", base: str = FOIL) -> Study:
    """Write a study and read it."""
    path = folder / "made.toml"
    path.write_text(base + more, encoding="utf-8")
    return read_study(path)


def claim(ident: str, subject: str, quantity: str, value: str, **at: str) -> str:
    """TOML text of a claim."""
    conditions = ", ".join(f'{k} = "{v}"' for k, v in at.items())
    text = f'[[claims]]\nid = "{ident}"\nsubject = "{subject}"\nquantity = "{quantity}"\nvalue = "{value}"\n'
    return text + (f"at = {{ {conditions} }}\n" if at else "")


def verdicts(study: Study, more_entries=()) -> tuple[Verdict, ...]:
    """Audit a study without running its tests."""
    ledger = Ledger(design(study).entries).plus(stated_entries(study)).plus(more_entries)
    return audit(Case(ledger, study, library(study)))


def of(study: Study, relation: str, more_entries=()) -> list[Verdict]:
    """Verdicts of one relation."""
    return [v for v in verdicts(study, more_entries) if v.relation == relation]
