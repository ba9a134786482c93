"""Numbers and units as people write them, against pint as an independent oracle."""

import math
import subprocess
import sys

import pint
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.units import COMPUTED_UNITS, FIELD_UNITS, UM_PER_CM, field_unit, read_c_rate, read_quantity, read_written

UREG = pint.UnitRegistry()
NUMBERS = st.floats(min_value=1e-12, max_value=1e12) | st.floats(min_value=-1e12, max_value=-1e-12)
PLAIN_UNITS = sorted(FIELD_UNITS.keys() - {"1", "1/h"})

#: What people write; the field unit; the same number in pint's own spelling.
SPELLINGS = [
    # one unit, every way to write it
    ("0.5 mA cm-2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA cm⁻²", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA cm^-2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA cm**-2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA cm\N{MINUS SIGN}2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA/cm2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA/cm^2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA/cm²", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA / cm2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA·cm-2", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA·cm⁻²", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5 mA⋅cm⁻²", "mA/cm2", 0.5, "mA/cm**2"),
    ("0.5\N{NO-BREAK SPACE}mA\N{THIN SPACE}cm-2", "mA/cm2", 0.5, "mA/cm**2"),
    ("  0.5mA/cm2 ", "mA/cm2", 0.5, "mA/cm**2"),
    # another scale
    ("5 A/m2", "mA/cm2", 5, "A/m**2"),
    ("5 µA mm-2", "mA/cm2", 5, "uA/mm**2"),
    ("0.05 mm", "um", 0.05, "mm"),
    ("300 nm", "um", 300, "nm"),
    ("1.8 Ah/g", "mAh/g", 1.8, "A*h/g"),
    ("1800 Ah/kg", "mAh/g", 1800, "A*h/kg"),
    ("6480 C/g", "mAh/g", 6480, "C/g"),
    ("120 min", "h", 120, "min"),
    ("2 kHz", "Hz", 2, "kHz"),
    ("3.5 N/mm2", "MPa", 3.5, "N/mm**2"),
    ("1 mol-1 kg", "g/mol", 1, "kg/mol"),
    ("0.3 h-1", "1/h", 0.3, "1/h"),
    # charge: the A and the h together or apart
    ("1800 mAh g-1", "mAh/g", 1800, "mA*h/g"),
    ("1800 mAh g⁻¹", "mAh/g", 1800, "mA*h/g"),
    ("1800 mA h g-1", "mAh/g", 1800, "mA*h/g"),
    ("1800 mA h g⁻¹", "mAh/g", 1800, "mA*h/g"),
    ("1800 mA·h/g", "mAh/g", 1800, "mA*h/g"),
    ("1800 mAh·g⁻¹", "mAh/g", 1800, "mA*h/g"),
    ("2 mA h cm-2", "mAh/cm2", 2, "mA*h/cm**2"),
    ("1915 mAh cm⁻³", "mAh/cm3", 1915, "mA*h/cm**3"),
    ("553 Wh kg-1", "Wh/kg", 553, "W*h/kg"),
    ("553 W h kg⁻¹", "Wh/kg", 553, "W*h/kg"),
    ("553 mWh/g", "Wh/kg", 553, "mW*h/g"),
    ("1200 Wh L-1", "Wh/L", 1200, "W*h/liter"),
    ("1200 Wh l⁻¹", "Wh/L", 1200, "W*h/liter"),
    ("1.5 g Ah-1", "g/Ah", 1.5, "g/(A*h)"),
    ("1.5 g A h-1", "g/Ah", 1.5, "g/(A*h)"),
    ("1.5 g/(A h)", "g/Ah", 1.5, "g/(A*h)"),
    ("1.5 g A-1 h-1", "g/Ah", 1.5, "g/(A*h)"),
    # letters of other alphabets, each in every code point it has
    ("50 \N{MICRO SIGN}m", "um", 50, "um"),
    ("50 \N{GREEK SMALL LETTER MU}m", "um", 50, "um"),
    ("50um", "um", 50, "um"),
    ("80 µL", "uL", 80, "uL"),
    ("3.57 \N{LATIN CAPITAL LETTER A WITH RING ABOVE}", "angstrom", 3.57, "angstrom"),
    ("3.57 \N{ANGSTROM SIGN}", "angstrom", 3.57, "angstrom"),
    ("3.57 angstrom", "angstrom", 3.57, "angstrom"),
    ("39 \N{OHM SIGN}", "ohm", 39, "ohm"),
    ("39 \N{GREEK CAPITAL LETTER OMEGA}", "ohm", 39, "ohm"),
    ("3 Ω cm²", "ohm cm2", 3, "ohm*cm**2"),
    ("3 ohm cm2", "ohm cm2", 3, "ohm*cm**2"),
    ("3 mohm m2", "ohm cm2", 3, "mohm*m**2"),
    ("25.92°", "deg", 25.92, "degree"),
    ("25.92 deg", "deg", 25.92, "degree"),
    # percents
    ("8.7 wt%", "%", 8.7, "percent"),
    ("8.7 wt.%", "%", 8.7, "percent"),
    ("8.7 wt.-%", "%", 8.7, "percent"),
    ("8.7 vol%", "%", 8.7, "percent"),
    ("8.7 vol.%", "%", 8.7, "percent"),
    ("8.7 at.%", "%", 8.7, "percent"),
    ("8.7 at%", "%", 8.7, "percent"),
    ("8.7 mol%", "%", 8.7, "percent"),
    ("8.7%", "%", 8.7, "percent"),
    ("50 ppm", "%", 50, "ppm"),
    ("15 %", "1", 15, "percent"),
    ("1.9", "1", 1.9, "dimensionless"),
    # powers of ten
    ("1.3 × 10^6 J/m3", "J/m3", 1.3e6, "J/m**3"),
    ("1.3×10⁶ J m⁻³", "J/m3", 1.3e6, "J/m**3"),
    ("1.3 x 10^6 J/m^3", "J/m3", 1.3e6, "J/m**3"),
    ("1.3 · 10^6 J/m3", "J/m3", 1.3e6, "J/m**3"),
    ("1.3*10**6 J/m3", "J/m3", 1.3e6, "J/m**3"),
    ("1.3e6 J/m3", "J/m3", 1.3e6, "J/m**3"),
    ("1.3E+6 J/m3", "J/m3", 1.3e6, "J/m**3"),
    ("1.3 MJ m-3", "J/m3", 1.3, "MJ/m**3"),
    ("1.3 MPa", "J/m3", 1.3, "MPa"),
    ("2 × 10⁻³ V", "V", 2e-3, "V"),
    ("2 × 10^(-3) V", "V", 2e-3, "V"),
    (".5 V", "V", 0.5, "V"),
    ("5. V", "V", 5, "V"),
    # signs
    ("-8 mV", "V", -8, "mV"),
    ("\N{MINUS SIGN}8 mV", "V", -8, "mV"),
    ("\N{EN DASH}8 mV", "V", -8, "mV"),
    ("+8 mV", "V", 8, "mV"),
]


@pytest.mark.parametrize(("text", "unit", "number", "in_pint"), SPELLINGS)
def test_spelling_reads_as_pint_would(text, unit, number, in_pint):
    oracle = UREG.Quantity(number, in_pint).to(FIELD_UNITS[unit][0]).magnitude
    assert read_quantity(text, unit) == pytest.approx(oracle, rel=1e-12)


@pytest.mark.parametrize("spelling", ["°C", "degC", "℃", "deg C", " °C"])
def test_celsius_has_an_offset(spelling):
    assert read_quantity(f"25{spelling}" if spelling[0] in "° ℃" else f"25 {spelling}", "K") == 298.15
    assert read_quantity(f"-40 {spelling}", "K") == 233.15


def test_celsius_has_no_offset_in_its_uncertainty():
    written = read_written("25 ± 2 °C", "K")
    assert (written.value, written.std, written.rounding) == (298.15, 2.0, 0.5)


# ---------------------------------------------------------------------------------- words around the number


@pytest.mark.parametrize(
    ("text", "unit", "bound", "value"),
    [
        ("~8 mV", "V", "~", 0.008), ("~ 8 mV", "V", "~", 0.008), ("≈ 8 mV", "V", "~", 0.008),
        ("<62 mV", "V", "<", 0.062), ("< 62 mV", "V", "<", 0.062), ("≤ 62 mV", "V", "<", 0.062),
        ("<= 62 mV", "V", "<", 0.062), ("> 500 h", "h", ">", 500.0), ("≥ 500 h", "h", ">", 500.0),
        (">=500 h", "h", ">", 500.0), ("= 500 h", "h", "=", 500.0), ("500 h", "h", "=", 500.0),
    ],
)  # fmt: skip
def test_bounds(text, unit, bound, value):
    written = read_written(text, unit)
    assert (written.bound, written.value, written.text) == (bound, pytest.approx(value, rel=1e-12), text)


@pytest.mark.parametrize("text", ["~8 mV", "< 62 mV", "≥ 3 V", "=> 3 V", "<> 3 V", "~~ 3 V"])
def test_a_bound_is_no_plain_number(text):
    with pytest.raises(BadInputError, match=r"plain number|number with a unit"):
        read_quantity(text, "V")
    assert read_quantity(text.lstrip("~<>=≥ "), "V") > 0


def test_tilde_operator_is_about():
    assert read_written("\N{TILDE OPERATOR}8 mV", "V").bound == "~"


@pytest.mark.parametrize(
    ("text", "unit", "value", "std"),
    [
        ("1800 ± 20 mAh/g", "mAh/g", 1800.0, 20.0), ("1800±20 mAh/g", "mAh/g", 1800.0, 20.0),
        ("1800 +/- 20 mAh/g", "mAh/g", 1800.0, 20.0), ("1.8 ± 0.02 Ah/g", "mAh/g", 1800.0, 20.0),
        ("8.7(2) wt%", "%", 8.7, 0.2), ("8.70(2) wt%", "%", 8.7, 0.02), ("8.7(12) wt%", "%", 8.7, 1.2),
        ("12(3) um", "um", 12.0, 3.0), ("1.23(4)", "1", 1.23, 0.04), ("50 mm", "um", 5e4, None),
    ],
)  # fmt: skip
def test_printed_uncertainty(text, unit, value, std):
    written = read_written(text, unit)
    assert written.value == pytest.approx(value, rel=1e-12)
    assert written.std == (None if std is None else pytest.approx(std, rel=1e-12))


def test_power_of_ten_behind_the_uncertainty_belongs_to_both():
    try:
        written = read_written("1.3 ± 0.1 × 10^6 J/m3", "J/m3")
    except BadInputError:
        return  # refusing is as good
    assert (written.value, written.std) == (1.3e6, 1e5)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("50 ± -5 um"),
        pytest.param("50 ± 1e999 um"),
        pytest.param(f"50({'9' * 400}) um"),
        "50 ± um",
        "50 ± nan um",
        "50 um ± 5 um",
    ],
)
def test_impossible_uncertainty_is_refused(text):
    with pytest.raises(BadInputError):
        read_written(text, "um")


@pytest.mark.parametrize(
    ("text", "unit", "tight", "loose"),
    [
        ("50 um", "um", 0.5, 5.0), ("50. um", "um", 0.5, 0.5), ("50.0 um", "um", 0.05, 0.05),
        ("1800 mAh/g", "mAh/g", 0.5, 50.0), ("1801 mAh/g", "mAh/g", 0.5, 0.5), ("0 um", "um", 0.5, 0.5),
        ("0.05 mm", "um", 5.0, 5.0), ("1.3e6 J/m3", "J/m3", 5e4, 5e4), ("1.30e6 J/m3", "J/m3", 5e3, 5e3),
        ("1.3 × 10^6 J/m3", "J/m3", 5e4, 5e4), ("10e3 V", "V", 500.0, 5e3), ("-0.20 V", "V", 0.005, 0.005),
        ("25 degC", "K", 0.5, 0.5), ("8.7 wt%", "%", 0.05, 0.05), ("2 h", "s", 1800.0, 1800.0),
        ("1.9", "1", 0.05, 0.05), ("100", "1", 0.5, 50.0), (100, "1", 0.5, 50.0), (0.25, "1", 0.005, 0.005),
    ],
)  # fmt: skip
def test_rounding_of_printed_digits(text, unit, tight, loose):
    written = read_written(text, unit)
    assert written.rounding == pytest.approx(tight, rel=1e-12)
    assert written.loose_rounding == pytest.approx(loose, rel=1e-12)


@given(st.integers(-999_999, 999_999), st.integers(0, 6))
def test_rounding_is_half_of_the_last_decimal(digits, decimals):
    text = f"{digits / 10**decimals:.{decimals}f}"
    written = read_written(f"{text} V", "V")
    assert written.rounding == pytest.approx(0.5 * 10.0**-decimals, rel=1e-12)
    assert written.loose_rounding >= written.rounding
    assert abs(written.value - digits / 10**decimals) <= 1e-9


# --------------------------------------------------------------------------------------------- properties


@given(NUMBERS, st.sampled_from(PLAIN_UNITS))
def test_any_number_in_its_own_field_unit_comes_back(number, unit):
    assert read_quantity(f"{number!r} {unit}", unit) == pytest.approx(number, rel=1e-13)


@given(NUMBERS)
def test_a_number_without_unit_comes_back(number):
    assert read_quantity(number, "1") == pytest.approx(number, rel=1e-13)
    assert read_quantity(str(number), "1") == pytest.approx(number, rel=1e-13)


SCALED = {
    "um": ("nm", "mm", "m"), "cm": ("mm", "m"), "cm2": ("mm2", "m2"), "cm3": ("mm3", "mL"), "mA": ("uA", "A"),
    "mA/cm2": ("A/cm2", "uA/cm2", "A/m2"), "mAh/cm2": ("Ah/cm2", "mAh/mm2"), "mAh/g": ("Ah/g", "mAh/mg", "mAh/kg"),
    "s": ("h", "min", "ms"), "h": ("s", "min"), "V": ("mV", "uV", "kV"), "ohm": ("mohm", "kohm", "Mohm"),
    "MPa": ("kPa", "GPa", "Pa"), "J/m3": ("kJ/m3", "MJ/m3", "J/cm3"), "g/cm3": ("kg/m3", "mg/mm3"),
    "mg/cm2": ("g/m2", "g/cm2"), "kJ/mol": ("J/mol",), "eV": ("meV", "keV"), "Hz": ("mHz", "kHz", "MHz"),
    "Wh/kg": ("kWh/kg", "mWh/g"), "mS/cm": ("S/cm", "S/m"), "uL": ("mL", "nL"),
}  # fmt: skip


@given(NUMBERS, st.sampled_from([(u, s) for u, scales in SCALED.items() for s in scales]))
def test_another_scale_agrees_with_pint(number, pair):
    unit, scaled = pair
    spelled = scaled.replace("Ah", "A*h").replace("Wh", "W*h").replace("m2", "m**2").replace("m3", "m**3")
    oracle = UREG.Quantity(number, spelled).to(FIELD_UNITS[unit][0]).magnitude
    assert read_quantity(f"{number!r} {scaled}", unit) == pytest.approx(oracle, rel=1e-12)


@given(st.text(st.sampled_from("VgAh%°/*^()-.,;$#'\" \\±~µ×"), max_size=8), st.sampled_from(["1", "V", "K", "%"]))
@example("$", "V")
def test_no_text_breaks_the_reader(text, unit):
    try:
        value = read_quantity(f"1{text}", unit)
    except BadInputError:
        return
    assert math.isfinite(value)


# ------------------------------------------------------------------------------------------------ refusals

#: What is refused; the unit wanted; a word of the message; the twin that is right.
REFUSED = [
    ("50", "um", '"50 um"', "50 um"),
    (50, "um", '"50 um"', "50 um"),
    (50.0, "um", '"50 um"', "50 um"),
    ("0.087", "%", "wt%", "0.087 %"),
    ("1.3e6 J/m2", "J/m3", "an energy per area", "1.3e6 J/m3"),
    ("1.3e6 J/m3", "J/m2", "an energy per volume", "1.3e6 J/m2"),
    ("1 mA", "mA/cm2", "a current,", "1 mA/cm2"),
    ("1 mA/cm2", "mA", "a current per area", "1 mA"),
    ("1 mAh", "mAh/cm2", "a charge,", "1 mAh/cm2"),
    ("1 mAh/cm3", "mAh/cm2", "a charge per volume", "1 mAh/cm2"),
    ("3 ohm", "ohm cm2", "a resistance,", "3 ohm cm2"),
    ("3 ohm cm", "ohm cm2", "a resistivity", "3 ohm cm2"),
    ("3.57 A", "angstrom", "a current", "3.57 Å"),
    ("2 h", "mA", "a time", "2 mA"),
    ("5 um", "1", "a length", "5"),
    ("0.5C", "mA/cm2", "a charge", "0.5 mA/cm2"),
    ("0,5 V", "V", "comma", "0.5 V"),
    ("1,500 mAh/g", "mAh/g", "comma", "1500 mAh/g"),
    ("~ 0,5 V", "V", "comma", "0.5 V"),
    ("nan V", "V", "a number with a unit", "1 V"),
    ("NaN", "1", "a number", "1"),
    (math.nan, "1", "a number", 1.0),
    ("inf V", "V", "a number with a unit", "1 V"),
    (math.inf, "1", "a number", 1.0),
    (-math.inf, "1", "a number", -1.0),
    ("1e999 V", "V", "finite", "1e99 V"),
    ("1 × 10^999 V", "V", "finite", "1 × 10^9 V"),
    ("-1e999", "1", "finite", "-1e9"),
    ("9" * 400 + " V", "V", "finite", "9" * 40 + " V"),
    ("", "V", '"8 mV"', "8 mV"),
    ("   ", "V", '"8 mV"', "8 mV"),
    ("V", "V", '"8 mV"', "8 V"),
    ("about 8 mV", "V", '"8 mV"', "8 mV"),
    ([], "1", "a number", 1),
    (["1 V"], "V", "a number with a unit", "1 V"),
    ({"value": 1}, "1", "a number", 1),
    (True, "1", "a number", 1),
    (False, "V", "a number with a unit", "0 V"),
    (None, "1", "a number", 0),
    (b"1 V", "V", "a number with a unit", "1 V"),
    ("1 foo", "um", "not a unit limetal knows", "1 m"),
    ("0.5mAcm-2", "mA/cm2", "not a unit limetal knows", "0.5mA cm-2"),
    ("1.2.3 V", "V", "not a unit", "1.23 V"),
    ("1-2 V", "V", "not a unit", "2 V"),
    ("1.3 × 106 J/m3", "J/m3", "not a unit", "1.3 × 10⁶ J/m3"),  # the raised 6 was lost in copying
    ("0x10 V", "V", "not a unit", "16 V"),
    ("1_000 V", "V", "not a unit", "1000 V"),
    ("1 (V", "V", "not a unit", "1 (V)"),
]


@pytest.mark.parametrize(("bad", "unit", "word", "twin"), REFUSED)
def test_refusal_names_the_place_and_the_remedy(bad, unit, word, twin):
    with pytest.raises(BadInputError) as caught:
        read_quantity(bad, unit, where="cells.coin.x")
    assert str(caught.value).startswith("cells.coin.x: found ")
    assert word in str(caught.value)
    assert math.isfinite(read_quantity(twin, unit))


@pytest.mark.parametrize("junk", ["V/", "V**", "()V", "$", "€", "'V'", "V # x", "\\", "×"])
def test_unit_that_pint_cannot_parse_is_refused(junk):
    with pytest.raises(BadInputError, match="not a unit"):
        read_quantity(f"1 {junk}", "V")


@pytest.mark.parametrize("junk", ["V;", "V!", "V?", '"V', "V\x00"])
def test_junk_behind_a_unit_is_refused(junk):
    with pytest.raises(BadInputError):
        read_quantity(f"1 {junk}", "V")


def test_very_long_unit_is_refused():
    with pytest.raises(BadInputError):
        read_quantity("1 " + "V*" * 3000 + "V", "V")


def test_tower_of_powers_is_refused_at_once():
    code = (
        "from limetal.units import read_quantity\n"
        "try:\n    read_quantity('1 V**9**9**9', 'V')\n"
        "except ValueError:\n    print('refused')"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=5, check=True)
    assert answer.stdout == "refused\n"


@pytest.mark.parametrize(
    ("bad", "unit", "twin"),
    [
        ("25 %", "deg", "25 deg"),
        ("5 deg", "%", "5 %"),
        ("5 deg", "1", "5"),
        ("1 rpm", "Hz", "1 Hz"),
        ("1 rad/s", "Hz", "1 Hz"),
    ],
)
def test_an_angle_is_no_plain_number(bad, unit, twin):
    assert read_quantity(twin, unit) > 0
    with pytest.raises(BadInputError):
        read_quantity(bad, unit)


@pytest.mark.parametrize(("text", "ohm"), [("3 kΩ", 3000.0), ("3 mΩ", 0.003), ("3 MΩ", 3e6)])
def test_prefix_before_the_ohm_sign(text, ohm):
    assert read_quantity(text, "ohm") == pytest.approx(ohm, rel=1e-12)


@pytest.mark.parametrize("text", ["1e100 GV", "1e-999 V"])
def test_numbers_out_of_range_after_conversion_are_refused(text):
    with pytest.raises(BadInputError, match=r"finite|range"):
        read_quantity(text, "V")


# ----------------------------------------------------------------------------------------------- field units


@pytest.mark.parametrize("unit", sorted(FIELD_UNITS.keys() - {"1/h"}))
def test_example_of_a_field_unit_reads_in_it(unit):
    assert read_quantity(FIELD_UNITS[unit][1], unit) > 0
    assert field_unit(unit) == unit


def test_example_of_the_rate_reads_as_c_rate():
    assert read_c_rate(FIELD_UNITS["1/h"][1]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("unit", PLAIN_UNITS)
def test_field_unit_reads_itself_as_one(unit):
    assert read_quantity(f"1 {unit}", unit) == 1.0


def test_length_factor_agrees_with_pint():
    assert UREG.Quantity(1, "cm").to("um").magnitude == pytest.approx(UM_PER_CM, rel=1e-12)


@pytest.mark.parametrize("unit", ["degC", "mA/cm", "", "V "])
def test_unknown_field_unit_is_refused(unit):
    with pytest.raises(BadInputError, match="one of 1, %, um"):
        field_unit(unit)
    with pytest.raises(BadInputError, match="one of 1, %, um"):
        read_quantity("1 V", unit)


def test_result_does_not_depend_on_what_was_read_before():
    with pytest.raises(BadInputError):
        read_quantity("1 J/m2", "J/m3")
    assert read_quantity("1 J/m2", "J/m2") == 1.0
    with pytest.raises(BadInputError):
        read_quantity("1 J/m2", "J/m3")


# --------------------------------------------------------------------------------------------------- C-rates


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("C/3", 1 / 3), ("C/2", 0.5), ("C / 20", 0.05), ("C/2.5", 0.4), ("0.5C", 0.5), ("0.5 C", 0.5), ("1C", 1.0),
        ("C", 1.0), ("10 C", 10.0), ("2C/3", 2 / 3), (" C/3 ", 1 / 3), (".2C", 0.2), ("1e-2C", 0.01),
    ],
)  # fmt: skip
def test_c_rates(text, rate):
    assert read_c_rate(text) == pytest.approx(rate, rel=1e-12)


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_c_rate_and_its_inverse_agree(x):
    assert read_c_rate(f"{x!r}C") == pytest.approx(x, rel=1e-12)
    assert read_c_rate(f"C/{x!r}") * x == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("bad", "twin"),
    [
        ("0.5", "0.5C"), (0.5, "0.5C"), ("0.5 mA", "0.5C"), ("c/3", "C/3"), ("C3", "C/3"), ("C/", "C"), ("C/0", "C/1"),
        ("C/-3", "C/3"), ("C/2/3", "C/2"), ("1/3 C", "C/3"), ("C/3h", "C/3"), ("nan C", "1C"), ("C/nan", "C/1"),
        ("0,5C", "0.5C"), ("", "C"), (None, "C"), (True, "1C"), (["C/3"], "C/3"), ("0.5 1/h", "0.5C"),
    ],
)  # fmt: skip
def test_refused_c_rates(bad, twin):
    with pytest.raises(BadInputError, match="a C-rate") as caught:
        read_c_rate(bad, where="cells.full.rate")
    assert caught.value.where == "cells.full.rate"
    assert read_c_rate(twin) > 0


@pytest.mark.parametrize("bad", ["1e999C", "C/1e999", "-1C", "0C"])
def test_impossible_c_rates_are_refused(bad):
    with pytest.raises(BadInputError):
        read_c_rate(bad)


@pytest.mark.parametrize("unit", COMPUTED_UNITS)
def test_a_unit_only_results_have_is_never_read(unit):
    assert field_unit(unit) == unit
    with pytest.raises(BadInputError, match="limetal computes values in"):
        read_quantity("1e-5", unit, where="claim")
