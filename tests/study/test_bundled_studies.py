"""The two bundled studies: they read without a problem, and they say what their documents print."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path

import pytest

from limetal.study import Known, Study, read_study
from limetal.study.models import Claim, SimulatedTest
from limetal.units import read_quantity

RT_F_MV = 25.69
#: Printed as 8:1:1; a share of a coating is written in percent.
PRINTED_AS_PARTS = {"w-S-composite", "w-S-SuperP", "w-S-PVDF"}
SEED_OF_DOCUMENT = {"P": "002_*.txt", "S": "000_*.txt"}

#: Typed from the Supporting Information: electrode, cycle, Rs, RSEI, Rct in ohm, every digit as printed.
TABLE_S1 = (
    ("LMZG", "1", "3.917", "6.42", "28.7"),
    ("LMZG", "30", "4.04", "6.117", "23.69"),
    ("LMZG", "50", "2.985", "3.829", "16.19"),
    ("Li", "1", "3.653", "63.75", "39.13"),
    ("Li", "30", "4.408", "10.56", "40.26"),
    ("Li", "50", "3.977", "4.202", "18.15"),
)
TABLE_S1_COLUMNS = ("series_resistance", "sei_resistance", "charge_transfer_resistance")


def library() -> Known:
    """Names of the library, or nothing to check against where that room cannot be imported."""
    try:
        from limetal import materials
    except ImportError:
        return Known()
    return Known(
        phases=tuple(materials.PHASES),
        cathodes=tuple(materials.CATHODES),
        additives=tuple(materials.ADDITIVES),
        separators=tuple(materials.SEPARATORS),
        electrolytes=tuple(materials.ELECTROLYTES),
        collectors=tuple(materials.FOILS),
    )


@pytest.fixture(params=["lznc", "lmzg"])
def study(request: pytest.FixtureRequest) -> Study:
    return read_study(request.param, library())


@pytest.fixture
def lznc() -> Study:
    return read_study("lznc", library())


@pytest.fixture
def lmzg() -> Study:
    return read_study("lmzg", library())


def claim(study: Study, ident: str) -> Claim:
    return next(c for c in study.model.claims if c.id == ident)


# ------------------------------------------------------------------------------------------ contents


@pytest.mark.parametrize(("name", "electrodes", "cells"), [("lznc", 13, 15), ("lmzg", 10, 7)])
def test_a_bundled_study_reads_without_a_problem(name, electrodes, cells):
    model = read_study(name, library()).model
    assert len(model.electrodes) >= electrodes
    assert len(model.cells) >= cells


@pytest.mark.parametrize(("name", "wanted"), [("lznc", 60), ("lmzg", 18)])
def test_a_bundled_study_holds_the_numbers_of_its_document(name, wanted):
    assert sum(c.written is not None for c in read_study(name).model.claims) >= wanted


def test_every_claim_names_document_place_and_quote(study):
    model = study.model
    silent = [c.id for c in model.claims if not (c.document in model.documents and c.place and c.quote)]
    assert silent == []


def test_no_value_is_stated_twice_under_the_same_conditions_at_the_same_place(study):
    seen = [(c.subject, c.quantity, c.value, tuple(c.at.items()), c.place) for c in study.model.claims]
    assert len(set(seen)) == len(seen)


def test_every_lznc_electrode_counts_lithium_up_to_one_volt(lznc):
    lithium = [e for e in lznc.model.electrodes.values() if e.kind == "lithium"]
    assert [e.cutoff.text for e in lithium] == ["1 V"] * 7


def test_the_unidentified_component_of_lmzg_stays_unknown(lmzg):
    assert lmzg.model.materials["G"].unknown
    recipes = {n: e.recipe.parts for n, e in lmzg.model.electrodes.items() if n.startswith("LMZG")}
    assert len(recipes) == 4
    assert all(set(parts.values()) == {"unknown"} and "G" in parts for parts in recipes.values())


def test_an_electrode_without_g_holds_none(lmzg):
    recipes = [e.recipe.parts for n, e in lmzg.model.electrodes.items() if re.match(r"LMZ(_|$)", n)]
    assert len(recipes) == 4
    assert not any("G" in parts for parts in recipes)


# ------------------------------------------------------------------------------------------ Table S1


@pytest.mark.parametrize(("electrode", "cycle", *TABLE_S1_COLUMNS), TABLE_S1)
def test_table_s1_is_there_digit_by_digit(
    lmzg, electrode, cycle, series_resistance, sei_resistance, charge_transfer_resistance
):
    printed = (series_resistance, sei_resistance, charge_transfer_resistance)
    for quantity, digits in zip(TABLE_S1_COLUMNS, printed, strict=True):
        values = [
            c.value
            for c in lmzg.model.claims
            if (c.subject, c.quantity, c.at) == (f"cells.{electrode}_symmetric", quantity, {"cycle": cycle})
        ]
        assert values == [f"{digits} ohm"]


def test_table_s1_holds_no_other_row(lmzg):
    assert sum(c.quantity in TABLE_S1_COLUMNS for c in lmzg.model.claims) == 3 * len(TABLE_S1)


# ------------------------------------------------------------------------------------------ simulated tests


def cell_voltage_mV(test: SimulatedTest, cycle: int, current_mA_cm2: float = 1.0) -> float:
    """The formula printed above the tests of lznc.toml."""
    growth = test.film_growth_per_cycle.value if test.film_growth_per_cycle else 0.0
    film = test.film_resistance.value + growth * (cycle - 1)
    kinetic = 2 * RT_F_MV * math.asinh(current_mA_cm2 / (2 * test.exchange_current_density.value))
    return 2 * (kinetic + film * current_mA_cm2) + test.electrolyte_resistance.value * current_mA_cm2


@pytest.mark.parametrize(
    ("name", "cycles", "start_mV", "end_mV"),
    [
        ("long_Li", 300, 29.6, 100.2),
        ("long_LZ", 450, 22.4, 100.0),
        ("long_LZN", 600, 13.1, 59.9),
        ("long_LC", 600, 18.8, 66.7),
        ("long_LZNC", 600, 8.0, 8.0),
    ],
)
def test_assumed_kinetics_meet_the_printed_hysteresis(lznc, name, cycles, start_mV, end_mV):
    test = lznc.model.tests[name]
    assert sum(block.cycles for block in test.protocol) == cycles
    assert cell_voltage_mV(test, 1) == pytest.approx(start_mV, abs=0.06)
    assert cell_voltage_mV(test, cycles) == pytest.approx(end_mV, abs=0.2)


def test_the_rate_ladder_says_that_it_misses_the_printed_bound(lznc):
    test = lznc.model.tests["rate_LZNC"]
    assert cell_voltage_mV(test, 1, 10.0) == pytest.approx(75.8, abs=0.1)
    assert cell_voltage_mV(test, 1, 10.0) > read_quantity("62 mV", "V") * 1e3
    assert "76 mV" in test.basis


@pytest.mark.parametrize("electrode", ["Li", "LMZG"])
def test_the_simulated_cells_of_lmzg_start_from_table_s1(lmzg, electrode):
    area_cm2 = 1.131
    rows = {(e, c): [float(x) for x in numbers] for e, c, *numbers in TABLE_S1}
    series, sei, transfer = rows[electrode, "1"]
    test = lmzg.model.tests[f"simulated_{electrode}"]
    assert f"{area_cm2} cm2" in test.basis
    assert test.electrolyte_resistance.value == pytest.approx(series * area_cm2, rel=1e-3)
    assert test.film_resistance.value == pytest.approx(sei * area_cm2 / 2, rel=1e-3)
    assert test.exchange_current_density.value == pytest.approx(2 * RT_F_MV / (transfer * area_cm2), rel=1e-3)
    film_after_50 = test.film_resistance.value + 49 * test.film_growth_per_cycle.value
    assert film_after_50 == pytest.approx(rows[electrode, "50"][1] * area_cm2 / 2, abs=0.02)


def test_every_simulated_test_says_that_it_is_assumed(study):
    bases = [test.basis for test in study.model.tests.values()]
    assert bases
    assert all(basis.startswith("assumed:") and "not a measurement" in basis for basis in bases)


# ------------------------------------------------------------------------------------------ quotes


def plain(text: str) -> str:
    """Text without LaTeX, HTML, white space and the many forms of one dash."""
    text = re.sub(r"<[^<>\n]{1,4}>", "", text)
    for latex, sign in (
        (r"\times", "×"),
        (r"\sim", "~"),
        (r"\mu", "µ"),
        (r"\circ", "°"),
        (r"\alpha", "α"),
        (r"\lambda", "λ"),
        (r"\AA", "Å"),
    ):
        text = text.replace(latex, sign)
    text = text.replace("μ", "µ").replace("\N{MINUS SIGN}", "-").replace("–", "-").replace("‑", "-")
    text = re.sub(r"\\(?:text|mathrm|mathbf)", "", text)
    return re.sub(r"[\s\\${}^_]", "", text)


def seed_text(document: str) -> str:
    named = os.environ.get("LIMETAL_SEEDS")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "seeds"
    files = sorted(folder.glob(SEED_OF_DOCUMENT[document])) if folder.is_dir() else []
    if not files:
        pytest.skip(f"the text of document {document} is not in {folder}; name its folder in LIMETAL_SEEDS")
    return plain(files[0].read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("printed", "quoted"),
    [
        (r"$1.3 \times 10^6 \text{ J/m}^2$", "1.3 × 10^6 J/m^2"),
        (r"LiNi<sub>0.8</sub>Co<sub>0.1</sub>", r"$\text{LiNi}_{0.8}\text{Co}_{0.1}$"),
        (r"(1800  $\text{mA h g}^{-1}$ )", "(1800 mA h g−1)"),
        (r"50  $\mu\text{m}$ -thick", "50 μm-thick"),
    ],
)
def test_plain_makes_print_and_quote_alike(printed, quoted):
    assert plain(printed) == plain(quoted)


def test_plain_keeps_digits_and_signs_apart():
    assert plain("<62 mV at 10") != plain("62 mV at 10")
    assert plain("1.3 × 10^6 J/m^2") != plain("1.3 × 10^6 J/m^3")


def test_every_quote_stands_in_its_document(study):
    texts = {name: seed_text(name) for name in study.model.documents}
    missing = [(c.id, c.quote) for c in study.model.claims if plain(c.quote) not in texts[c.document]]
    assert missing == []


def test_a_quote_with_a_wrong_digit_is_not_found(lznc):
    quote = claim(lznc, "np-pouch").quote
    assert plain(quote) in seed_text("P")
    assert plain(quote.replace("1.9", "1.8")) not in seed_text("P")


def test_the_printed_digits_of_every_number_stand_in_its_quote(study):
    absent = []
    for one in study.model.claims:
        if one.written is not None and one.id not in PRINTED_AS_PARTS:
            number = re.search(r"\d+(?:\.\d+)?", one.value)
            if not re.search(rf"(?<![\d.]){re.escape(number[0])}(?!\.?\d)", one.quote):
                absent.append((one.id, one.value, one.quote))
    assert absent == []


def test_lost_tildes_are_read_as_about(lznc):
    hysteresis = claim(lznc, "hysteresis-LZNC-1")
    assert "-8 mV" in hysteresis.quote
    assert hysteresis.written.bound == "~"
    assert hysteresis.written.value == pytest.approx(0.008)
