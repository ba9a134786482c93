"""A large study without a fault must raise none; each fault put into it must be found by its relation alone."""

import random

import pytest

from limetal.ledger import Entry
from support.studies import claim, make, verdicts

BASE = """
[study]
title = "clean"
[electrodes.P]
kind = "lithium"
thickness = "50.0 um"
porosity = "10.0 %"
recipe = { by = "mass", parts = { Li = 2, Zn3N2 = 1, CNT = 0.6 } }
[electrodes.N]
kind = "positive"
active = "NCM811"
loading = "20.0 mg/cm2"
specific_capacity = "200 mAh/g"
formulation = { NCM811 = "96 %", "Super P" = "2 %", PVDF = "2 %" }
[electrodes.S]
kind = "positive"
active = "S"
loading = "3.00 mg/cm2"
specific_capacity = "1600 mAh/g"
[cells.pouch]
kind = "full"
format = "pouch"
negative = "P"
positive = "N"
negative_thickness = "80.0 um"
negative_collector = "none"
areal_capacity = "8.00 mAh/cm2"
areal_capacity_is = "both faces"
[cells.copper]
kind = "full"
format = "coin"
negative = "P"
positive = "N"
negative_thickness = "80.0 um"
negative_collector = { material = "Cu", thickness = "8.0 um", faces = 1 }
[cells.sulfur]
kind = "full"
format = "coin"
negative = "P"
positive = "S"
one_C = "1675 mA/g"
negative_thickness = "60.0 um"
negative_collector = "none"
[cells.cold]
kind = "symmetric"
electrode = "P"
temperature = "-20 degC"
[cells.warm]
kind = "symmetric"
electrode = "P"
[tests.t]
kind = "file"
cell = "cold"
file = "x.csv"
"""
ONE_VOLT = {"cutoff_voltage": "1.0 V"}
AT_1 = {"current_density": "1.00 mA/cm2"}
CLAIMS = (
    ("w", "electrodes.P.Li3N", "mass_fraction", "8.63 wt%", {}),
    ("phi", "electrodes.P.Li", "volume_fraction", "80.8 %", {}),
    ("rho", "electrodes.P", "density", "0.810 g/cm3", {}),
    ("rho0", "electrodes.P", "pore_free_density", "0.900 g/cm3", {}),
    ("pores", "electrodes.P", "porosity", "10.0 %", {}),
    ("free", "electrodes.P", "free_lithium_capacity", "1847 mAh/g", {}),
    ("strip", "electrodes.P", "strippable_capacity", "1946 mAh/g", ONE_VOLT),
    ("total", "electrodes.P", "total_lithium_capacity", "2145 mAh/g", {}),
    ("theory", "electrodes.P", "theoretical_specific_capacity", "1946 mAh/g", ONE_VOLT),
    ("q", "electrodes.P", "specific_capacity", "1750 mAh/g", ONE_VOLT),
    ("q0", "electrodes.P", "specific_capacity", "1460 mAh/g", {"cutoff_voltage": "0.1 V"}),
    ("v", "electrodes.P", "volumetric_capacity", "1418 mAh/cm3", ONE_VOLT),
    ("v0", "electrodes.P", "volumetric_capacity", "1183 mAh/cm3", {"cutoff_voltage": "0.1 V"}),
    ("a", "electrodes.P", "areal_capacity", "7.09 mAh/cm2", {"thickness": "50.0 um", **ONE_VOLT}),
    ("a0", "electrodes.P", "areal_capacity", "5.92 mAh/cm2", {"thickness": "50.0 um", "cutoff_voltage": "0.1 V"}),
    ("qN", "electrodes.N", "areal_capacity", "4.00 mAh/cm2", {}),
    ("qS", "cells.sulfur", "areal_capacity", "4.80 mAh/cm2", {"definition": "positive electrode"}),
    ("np", "cells.pouch", "np_ratio", "1.42", ONE_VOLT),
    ("np-thin", "cells.pouch", "np_ratio", "0.71", {"thickness": "40.0 um", **ONE_VOLT}),
    ("np-copper", "cells.copper", "np_ratio", "2.84", ONE_VOLT),
    ("np-sulfur", "cells.sulfur", "np_ratio", "1.77", ONE_VOLT),
    ("nsc", "cells.pouch", "normalised_specific_capacity", "1232 mAh/g", ONE_VOLT),
    ("nsc-copper", "cells.copper", "normalised_specific_capacity", "293 mAh/g", ONE_VOLT),
    ("d", "electrodes.P.CNT", "d_spacing", "3.435 angstrom", {"two_theta": "25.92 deg"}),
    ("j0", "cells.cold", "exchange_current_density", "0.500 mA/cm2", {}),
    ("h", "cells.cold", "hysteresis_mean", "80.0 mV", AT_1),
    ("gap", "cells.cold", "hysteresis_full_gap", "160.0 mV", AT_1),
    ("j0-25", "cells.warm", "exchange_current_density", "0.500 mA/cm2", {"temperature": "25 degC"}),
    ("j0-60", "cells.warm", "exchange_current_density", "10.0 mA/cm2", {"temperature": "60 degC"}),
    ("h-25", "cells.warm", "hysteresis", "95.0 mV", {"temperature": "25 degC", **AT_1}),
    ("h-60", "cells.warm", "hysteresis", "8.0 mV", {"temperature": "60 degC", **AT_1}),
    ("m", "tests.t", "hysteresis", "80.0 mV", {"temperature": "-20 degC", **AT_1}),
)
BOUNDS = (
    ("q-more", "electrodes.P", "specific_capacity", "> 1500 mAh/g", {"cutoff_voltage": "0.5 V"}),
    ("v-more", "electrodes.P", "volumetric_capacity", "1600 mAh/cm3", {"cutoff_voltage": "0.5 V"}),
    ("j0-less", "cells.cold", "exchange_current_density", "> 0.4 mA/cm2", {}),
    ("theory-any", "electrodes.P", "theoretical_specific_capacity", "1946 mAh/g", {}),
    ("m-500", "tests.t", "hysteresis", "300 mV", {"cycle": "500"}),
    ("m-ladder", "tests.t", "hysteresis_mean", "40.0 mV", {}),
)
MEASURED = tuple(
    Entry("tests.t", "hysteresis_mean", volt, 0.0002, "measured", "x.csv", at=(("current_density", j),))
    for j, volt in ((1.0, 0.0801), (0.5, 0.040))
)


def audit(folder, claims, base=BASE):
    (folder / "x.csv").write_text("Time (s),Voltage (V)\n0,0.1\n1,0.1\n")
    text = "".join(claim(ident, subject, quantity, value, **at) for ident, subject, quantity, value, at in claims)
    return verdicts(make(folder, text, base=base), MEASURED)


def test_a_clean_study_agrees_with_itself(tmp_path):
    found = audit(tmp_path, CLAIMS)
    assert [(v.relation, v.claims, v.explanation) for v in found if v.verdict != "agrees"] == []
    assert {c[0] for c in CLAIMS} <= {name for v in found for name in v.claims}
    assert len({v.relation for v in found}) == 13


def test_bounds_and_other_conditions_contradict_nothing(tmp_path):
    found = audit(tmp_path, CLAIMS + BOUNDS)
    assert [(v.relation, v.claims, v.explanation) for v in found if v.verdict == "disagrees"] == []


@pytest.mark.parametrize(
    ("ident", "value", "relation"),
    [
        ("w", "9.63 wt%", "composition by reaction"), ("phi", "70.8 %", "stated and derived"),
        ("rho", "0.950 g/cm3", "stated and derived"), ("rho0", "0.950 g/cm3", "stated and derived"),
        ("pores", "20.1 %", "stated and derived"), ("free", "1946 mAh/g", "stated and derived"),
        ("strip", "1847 mAh/g", "stated and derived"), ("strip", "2211 mAh/g", "capacity above the lithium"),
        ("total", "1946 mAh/g", "stated and derived"), ("theory", "1847 mAh/g", "reference of the utilisation"),
        ("theory", "1909 mAh/g", "theoretical capacity"), ("q", "2211 mAh/g", "capacity above the lithium"),
        ("q", "1501 mAh/g", "density closure"), ("v", "1618 mAh/cm3", "density closure"),
        ("a", "8.09 mAh/cm2", "thickness and areal capacity"), ("a", "10.09 mAh/cm2", "capacity above the lithium"),
        ("qN", "5.50 mAh/cm2", "stated and derived"), ("qS", "9.60 mAh/cm2", "stated and derived"),
        ("np", "2.84", "N/P balance"), ("np-thin", "1.42", "N/P balance"), ("np-copper", "1.42", "N/P balance"),
        ("np-sulfur", "2.77", "N/P balance"), ("nsc", "939 mAh/g", "normalised capacity (NSC)"),
        ("nsc-copper", "616 mAh/g", "normalised capacity (NSC)"), ("d", "3.57 angstrom", "Bragg: spacing and angle"),
        ("h", "70.0 mV", "exchange current and hysteresis"), ("gap", "80.0 mV", "exchange current and hysteresis"),
        ("h-25", "8.0 mV", "exchange current and hysteresis"), ("m", "95.0 mV", "stated and measured"),
    ],
)  # fmt: skip
def test_every_fault_is_found(tmp_path, ident, value, relation):
    claims = [(c[0], c[1], c[2], value if c[0] == ident else c[3], c[4]) for c in CLAIMS]
    found = audit(tmp_path, claims)
    assert (relation, True) in {(v.relation, ident in v.claims) for v in found if v.verdict == "disagrees"}


@pytest.mark.parametrize(
    ("old", "new", "relation"),
    [
        ('Super P" = "2 %"', 'Super P" = "6 %"', "formulation sum"),
        ('"8.00 mAh/cm2"', '"4.00 mAh/cm2"', "positive electrode capacity"),
        ('porosity = "10.0 %"', 'porosity = "30.0 %"', "density closure"),
    ],
)
def test_faults_of_the_inputs_are_found(tmp_path, old, new, relation):
    assert old in BASE
    found = audit(tmp_path, CLAIMS, BASE.replace(old, new))
    assert relation in {v.relation for v in found if v.verdict == "disagrees"}


@pytest.mark.parametrize("seed", range(12))
def test_true_bounds_are_never_called_wrong(tmp_path, seed):
    """Any of the clean claims, made into a bound that holds, contradicts nothing."""
    rng = random.Random(seed)
    claims = []
    for ident, subject, quantity, value, at in CLAIMS:
        number, _, unit = value.partition(" ")
        bound = rng.choice(("", "", "<", ">"))
        if bound:
            number = f"{bound} {float(number) * (1.2 if bound == '<' else 0.8):.3f}"
        claims.append((ident, subject, quantity, f"{number} {unit}".strip(), at))
    found = audit(tmp_path, claims)
    assert [(v.relation, v.claims, v.explanation) for v in found if v.verdict == "disagrees"] == []
