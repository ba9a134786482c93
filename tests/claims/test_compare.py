"""Agreement within rounding and uncertainty, and how often a true number is called wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertainties import ufloat

from limetal.claims.compare import as_uncertain, compare, or_with_integer_masses
from limetal.ledger import Entry
from limetal.units import read_written


def printed(text, unit="mAh/g", quantity="specific_capacity"):
    w = read_written(text, unit)
    return Entry(
        "electrodes.x", quantity, w.value, w.std, "stated", "here", claim="c", rounding=w.rounding,
        loose_rounding=w.loose_rounding, bound=w.bound,
    )  # fmt: skip


@settings(deadline=None)  # the first unit wakes pint
@given(st.floats(1, 9999), st.integers(0, 3))
def test_a_rounded_number_agrees_with_what_it_was_rounded_from(value, digits):
    entry = printed(f"{value:.{digits}f} mAh/g")
    assert compare(as_uncertain(entry), value).word == "agrees"


@settings(deadline=None)  # the first unit wakes pint
@given(st.floats(1, 9999), st.integers(1, 3))
def test_one_unit_of_the_last_digit_off_disagrees(value, digits):
    entry = printed(f"{value:.{digits}f} mAh/g")
    assert compare(as_uncertain(entry), entry.value + 1.01 * 10.0**-digits).word == "disagrees"


def test_rounding_bounds_add_up():
    """8.7 + 16.7 is 25.4 within 0.1: two bounds of 0.05; 25.51 is not."""
    total = as_uncertain(printed("8.7 mAh/g")) + as_uncertain(printed("16.7 mAh/g"))
    assert compare(total, 25.49).word == "agrees"
    assert compare(total, 25.51).word == "disagrees"


def test_the_same_number_twice_is_not_two_numbers():
    x = as_uncertain(printed("8.7 mAh/g"))
    assert compare(x - x + 1.0, 1.0).tolerance == 0.0


@pytest.mark.parametrize(
    ("text", "computed", "word"),
    [
        ("<62 mAh/g", 30, "agrees"),
        ("<62 mAh/g", 62.4, "agrees"),
        ("<62 mAh/g", 70, "disagrees"),
        (">500 mAh/g", 900, "agrees"),
        (">503 mAh/g", 400, "disagrees"),
        ("~8 mAh/g", 8.9, "agrees"),
        ("8 mAh/g", 8.9, "disagrees"),
        ("1800 mAh/g", 1830, "cannot tell"),
        ("1800 mAh/g", 1860, "disagrees"),
        ("1800 ± 30 mAh/g", 1855, "agrees"),
        ("1800 ± 30 mAh/g", 1930, "disagrees"),
    ],
)
def test_bounds_about_and_fill_zeros(text, computed, word):
    entry = printed(text)
    assert compare(as_uncertain(entry), computed, entry.bound).word == word


def test_a_number_printed_with_its_uncertainty_has_no_fill_zeros():
    entry = printed("1800 ± 3 mAh/g")
    assert compare(as_uncertain(entry), 1840.0).word == "disagrees"


def test_coverage_of_the_tolerance():
    """With normal errors of the stated size, 95 % of true numbers must be called right."""
    rng = np.random.default_rng(7)
    truth, std_a, std_b = 100.0, 2.0, 1.5
    a, b = truth + std_a * rng.standard_normal(4000), truth + std_b * rng.standard_normal(4000)
    right = np.mean([compare(ufloat(x, std_a), ufloat(y, std_b)).word == "agrees" for x, y in zip(a, b, strict=True)])
    assert right == pytest.approx(0.9545, abs=0.015)


def test_integer_masses_are_tried_only_when_standard_ones_fail():
    stated = as_uncertain(printed("1842 mAh/g"))
    outcome, words = or_with_integer_masses(stated, 1846.6, 1841.5, "=")
    assert outcome.word == "agrees"
    assert "rounded to integers" in words
    outcome, words = or_with_integer_masses(stated, 1842.2, 1700.0, "=")
    assert (outcome.word, words) == ("agrees", "")
    outcome, _ = or_with_integer_masses(stated, 1900.0, 1905.0, "=")
    assert outcome.word == "disagrees"


def test_text_is_no_number():
    with pytest.raises(ValueError, match="not a number"):
        as_uncertain(Entry("a", "definition", "words", None, "stated", "here"))
