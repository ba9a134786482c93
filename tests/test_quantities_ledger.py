"""The vocabulary, and the ledger that holds its words."""

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.ledger import ORIGINS, SCHEMA, Entry, Ledger
from limetal.quantities import QUANTITIES, quantity
from limetal.units import COMPUTED_UNITS, FIELD_UNITS

#: The contract of HOUSE.md, typed from it.
ENTRY_KEYS = ["subject", "quantity", "value", "std", "unit", "origin", "source", "note"]
WORDS = sorted(QUANTITIES)


def entry(**changes) -> Entry:
    given = {
        "subject": "electrodes.Li",
        "quantity": "thickness",
        "value": 50.0,
        "std": 2.0,
        "origin": "stated",
        "source": "Results, p. 3",
    }
    return Entry(**{**given, **changes})


# ---------------------------------------------------------------------------------------------- vocabulary


@pytest.mark.parametrize("name", WORDS)
def test_every_word_has_unit_symbol_and_one_sentence(name):
    word = QUANTITIES[name]
    assert word.name == name
    assert name.isidentifier()
    assert word.unit in FIELD_UNITS or word.unit in COMPUTED_UNITS or word.unit == "text"
    assert word.symbol or word.unit == "text"
    assert word.meaning[0].isupper() or not word.meaning[0].isalpha()
    assert word.meaning.endswith(".")
    assert word.meaning.count(". ") == 0, "one sentence"
    assert quantity(name) is word


def test_no_word_is_defined_twice():
    from limetal.quantities import _ROWS

    assert len(_ROWS) == len(QUANTITIES)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("thicknes", "thickness"), ("np-ratio", "np_ratio"), ("hysteresis_mid", "hysteresis_"), ("Density", "density")],
)
def test_unknown_word_names_the_nearest(wrong, near):
    with pytest.raises(BadInputError, match=f"such as '{near}") as caught:
        quantity(wrong, where="claims.3")
    assert caught.value.where == "claims.3"
    assert repr(wrong) in str(caught.value)


@pytest.mark.parametrize("wrong", ["", "qqqqqqqq", "thickness ", "__class__"])
def test_unknown_word_with_no_neighbour_is_refused_with_the_command(wrong):
    with pytest.raises(BadInputError, match="limetal list quantities"):
        quantity(wrong)


# --------------------------------------------------------------------------------------------------- entry


def test_json_has_exactly_the_published_keys_in_order():
    made = entry(note="fresh", at=(("cycle", 1.0),), claim="d", rounding=0.5, loose_rounding=5.0, bound="~")
    assert made.as_json() == {
        "subject": "electrodes.Li",
        "quantity": "thickness",
        "value": 50.0,
        "std": 2.0,
        "unit": "um",
        "origin": "stated",
        "source": "Results, p. 3",
        "note": "fresh",
    }
    assert list(made.as_json()) == ENTRY_KEYS
    assert SCHEMA == "limetal/1"


@pytest.mark.parametrize("value", [1.5, "unknown", (1.0, 2.0), ("a", 1.0)])
def test_json_text_comes_back_equal(value):
    made = entry(value=value, std=None)
    back = json.loads(json.dumps(made.as_json(), allow_nan=False))
    assert back["value"] == (list(value) if isinstance(value, tuple) else value)
    assert back["std"] is None


@pytest.mark.parametrize("name", WORDS)
def test_entry_takes_its_unit_from_the_vocabulary(name):
    assert entry(quantity=name).unit == QUANTITIES[name].unit


@pytest.mark.parametrize("key", ["value", "std"])
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_entry_refuses_what_is_no_number(key, wrong):
    assert entry(**{key: 1.0}).value
    with pytest.raises(BadInputError, match="finite number") as caught:
        entry(**{key: wrong})
    assert caught.value.where == "electrodes.Li thickness"


def test_entry_refuses_nan_in_a_list():
    assert entry(value=(1.0, 2.0)).number is None
    with pytest.raises(BadInputError, match="finite number"):
        entry(value=(1.0, math.nan))


def test_entry_refuses_unknown_words():
    with pytest.raises(BadInputError, match="such as 'thickness'"):
        entry(quantity="thicknes")
    with pytest.raises(BadInputError, match="one of stated, measured, derived, simulated, assumed"):
        entry(origin="guessed")
    with pytest.raises(BadInputError, match="a source for every number"):
        entry(source="")


def test_entry_refuses_a_negative_uncertainty():
    with pytest.raises(BadInputError):
        entry(std=-1.0)


def test_the_five_origins():
    assert list(ORIGINS) == ["stated", "measured", "derived", "simulated", "assumed"]
    assert [entry(origin=o).as_json()["origin"] for o in ORIGINS] == list(ORIGINS)


@pytest.mark.parametrize(("value", "number"), [(1.5, 1.5), (2, 2.0), ("unknown", None), ((1.0, 2.0), None), (0.0, 0.0)])
def test_number_of_an_entry(value, number):
    assert entry(value=value).number == number


def test_entry_and_ledger_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry().value = 1.0
    ledger = Ledger((entry(),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        ledger.entries = ()
    with pytest.raises(TypeError):
        ledger.entries[0] = entry()


# -------------------------------------------------------------------------------------------------- ledger


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(
        (
            entry(value=49.0, claim="d-claim"),
            entry(value="unknown", origin="derived"),
            entry(value=50.0, origin="derived"),
            entry(value=51.0, origin="measured"),
            entry(subject="electrodes.LZ", quantity="density", value=1.0, claim="rho"),
            entry(subject="electrodes.LZ", quantity="definition", value="words", claim="w"),
            entry(subject="electrodes.LZ.phases.LiZn", quantity="mass_fraction", value=8.7, origin="derived"),
            entry(subject="cells.a", quantity="np_ratio", value=1.9),
        )
    )


def test_adding_leaves_the_old_ledger_alone(ledger):
    more = ledger.plus([entry(subject="cells.b")])
    assert (len(ledger), len(more)) == (8, 9)
    assert more.entries[:8] == ledger.entries
    assert list(more)[-1].subject == "cells.b"
    assert ledger.plus([]) == ledger


def test_find_combines_what_is_given(ledger):
    assert len(ledger.find()) == 8
    assert [e.value for e in ledger.find("electrodes.Li", "thickness", "derived")] == ["unknown", 50.0]
    assert [e.subject for e in ledger.find(origin="measured")] == ["electrodes.Li"]
    assert len(ledger.find(quantity="thickness")) == 4
    assert ledger.find("electrodes") == ()


def test_number_is_the_first_number_that_is_no_claim(ledger):
    assert ledger.number("electrodes.Li", "thickness") == 50.0
    assert ledger.number("cells.a", "np_ratio") == 1.9
    assert ledger.number("electrodes.LZ", "density") is None
    assert ledger.number("nowhere", "density") is None


def test_claims_are_stated_numbers_with_an_id(ledger):
    assert [e.claim for e in ledger.claims("thickness")] == ["d-claim"]
    assert [e.claim for e in ledger.claims("density", "electrodes.LZ")] == ["rho"]
    assert ledger.claims("density", "electrodes.Li") == ()
    assert ledger.claims("definition") == ()
    assert ledger.claims("np_ratio") == ()


def test_subjects_of_a_room(ledger):
    assert ledger.subjects("electrodes") == ("electrodes.Li", "electrodes.LZ")
    assert ledger.subjects("cells") == ("cells.a",)
    assert ledger.subjects("tests") == ()
    assert ledger.subjects("electrode") == ()


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(sorted(ORIGINS)), st.floats(-1e6, 1e6)), max_size=9))
def test_every_entry_is_found_exactly_once(rows):
    ledger = Ledger().plus(entry(quantity=q, origin=o, value=v) for q, o, v in rows)
    assert sum(len(ledger.find(quantity=q)) for q in WORDS) == len(rows)
    assert sum(len(ledger.find(origin=o)) for o in ORIGINS) == len(rows)
    assert [e.value for e in ledger] == [v for _, _, v in rows]
