"""Analyses of impedance records: what reaches the ledger, by names, units, areas and verdicts."""

import dataclasses

import numpy as np
import pytest

from limetal.analyses import apply
from limetal.analyses.impedance_series import Options, impedance_series, tell
from limetal.errors import BadInputError
from limetal.impedance.trends import trend
from limetal.records.base import About
from limetal.records.cells import CellContext
from limetal.records.impedance import ImpedanceRecord
from limetal.records.series import ImpedanceSeries, in_measured_order

F = np.logspace(6, -1, 71)
JW = 2j * np.pi * F
AREA = 1.13
CELL = CellContext("symmetric", AREA)
GAS = 8.314462618


def spectrum(rs=4.0, sei=12.0, ct=30.0, sigma=2.0, noise=3e-3, seed=0, label="", **more):
    """R, two arcs at 16 kHz and 160 Hz, and diffusion, with relative noise."""
    y1, y2 = (1e-5) ** 0.9 / sei, (1e-3) ** 0.85 / ct
    z = rs + sei / (1 + sei * y1 * JW**0.9) + ct / (1 + ct * y2 * JW**0.85) + sigma * (1 - 1j) / np.sqrt(2 * np.pi * F)
    rng = np.random.default_rng(seed)
    z = z * (1 + noise * (rng.standard_normal(71) + 1j * rng.standard_normal(71)))
    return ImpedanceRecord(F, z.real, z.imag, source="made", label=label, **more)


def numbers(outcome):
    """Entries by quantity, and by quantity and element."""
    found = {}
    for entry in outcome.entries:
        element = dict(entry.at).get("element")
        found[(entry.quantity, element) if element else entry.quantity] = entry
    return found


def ask(record, name, **options):
    return apply(record, "made", "made", [name], {name: options})


def test_a_given_circuit_gives_every_parameter_with_its_error():
    said = numbers(ask(spectrum(), "circuit", circuit="R(RQ)(RQ)W"))
    for quantity, element, truth in (
        ("element_resistance", "R0", 4.0),
        ("element_resistance", "R1", 12.0),
        ("element_resistance", "R2", 30.0),
        ("element_admittance", "Q1.Y", 1e-5**0.9 / 12),
        ("element_exponent", "Q2.n", 0.85),
        ("warburg_coefficient", "W1", 2.0),
        ("element_time_constant", "R1", 1e-5),
        ("arc_frequency", "R2", 1e3 / (2 * np.pi)),
    ):
        entry = said[quantity, element]
        assert entry.std > 0
        assert abs(entry.value - truth) < 4 * entry.std
        assert entry.std < 0.2 * truth
    assert said["circuit"].value.startswith("R0{R=")
    assert said["fit_residual"].value == pytest.approx(0.3, rel=0.2)


def test_resistances_get_the_names_of_the_field_by_a_rule_that_is_printed():
    said = numbers(ask(spectrum(), "circuit", circuit="R(RQ)(RQ)W"))
    assert said["series_resistance"].value == pytest.approx(4.0, rel=0.05)
    assert said["sei_resistance"].value == pytest.approx(12.0, rel=0.05)
    assert said["charge_transfer_resistance"].value == pytest.approx(30.0, rel=0.05)
    assert said["total_resistance"].value == pytest.approx(46.0, rel=0.02)
    assert "Hz" in said["sei_resistance"].note
    assert "areal_sei_resistance" not in said
    one = numbers(ask(spectrum(), "circuit", circuit="R(RQ)W"))
    assert "sei_resistance" not in one
    assert "charge_transfer_resistance" not in one


def test_the_sum_carries_the_correlation_of_its_parts():
    said = numbers(ask(spectrum(), "circuit", circuit="R(RQ)(RQ)W"))
    parts = [said[q] for q in ("series_resistance", "sei_resistance", "charge_transfer_resistance")]
    assert said["total_resistance"].value == pytest.approx(sum(p.value for p in parts), rel=1e-9)
    assert said["total_resistance"].std < np.sqrt(sum(p.std**2 for p in parts))


def test_areas_multiply_resistances_and_divide_capacities():
    bare = numbers(ask(spectrum(), "circuit", circuit="R(RC)(RQ)"))
    said = numbers(ask(spectrum(cell=CELL), "circuit", circuit="R(RC)(RQ)"))
    assert said["areal_series_resistance"].value == pytest.approx(AREA * bare["series_resistance"].value, rel=1e-9)
    areal, whole = said["areal_element_capacitance", "C1"], bare["element_capacitance", "C1"]
    assert areal.value == pytest.approx(whole.value / AREA, rel=1e-9)
    assert areal.unit == "F/cm2"
    assert not any(key[0].startswith("areal") for key in bare if isinstance(key, tuple))


def test_half_of_the_arcs_is_one_interface_of_a_symmetric_cell_only():
    said = numbers(ask(spectrum(cell=CELL), "circuit", circuit="R(RQ)(RQ)W"))
    assert said["interface_resistance"].value == pytest.approx(0.5 * 42.0 * AREA, rel=0.03)
    half = CellContext("half", AREA)
    assert "interface_resistance" not in numbers(ask(spectrum(cell=half), "circuit", circuit="R(RQ)(RQ)W"))


def test_a_record_per_area_is_not_multiplied_again():
    said = numbers(ask(spectrum(per_area=True, cell=CELL), "circuit", circuit="R(RQ)(RQ)W"))
    assert said["areal_series_resistance"].value == pytest.approx(4.0, rel=0.05)
    assert "series_resistance" not in said
    assert ("areal_element_resistance", "R1") in said
    assert ("element_resistance", "R1") not in said
    assert said["interface_resistance"].value == pytest.approx(21.0, rel=0.03)


def test_what_the_data_do_not_hold_is_not_identified():
    outcome = ask(spectrum(ct=1e-6, sigma=1e-9), "circuit", circuit="R(RQ)(RQ)")
    lost = [e for e in outcome.entries if e.value == "not identified"]
    assert lost
    assert all(e.std is None for e in lost)
    assert any("not identified in R(RQ)(RQ)" in w for w in outcome.warnings)


def test_the_circuit_is_chosen_where_none_is_given():
    said = numbers(ask(spectrum(), "circuit"))
    assert "best of" in said["circuit"].note
    assert "AICc higher by" in said["runner_up"].value
    assert said["sei_resistance"].value == pytest.approx(12.0, rel=0.1)


def test_a_circuit_that_cannot_be_read_is_refused_with_its_column():
    with pytest.raises(BadInputError, match="column"):
        ask(spectrum(), "circuit", circuit="R(RQ")
    with pytest.raises(BadInputError, match="modulus"):
        ask(spectrum(), "circuit", weighting="moduli")


def test_too_few_points_are_no_error():
    record = spectrum()
    few = record.at_rows(slice(0, 71, 24), "few")
    outcome = ask(few, "circuit", circuit="R(RQ)(RQ)W")
    assert outcome.entries == ()
    assert "3 points" in outcome.not_computed[0][1]


def test_noise_and_verdict_of_the_kramers_kronig_test():
    said = numbers(ask(spectrum(noise=5e-3), "kramers_kronig"))
    assert said["kramers_kronig"].value == "consistent"
    assert said["impedance_noise"].value == pytest.approx(0.5, rel=0.25)
    with pytest.raises(BadInputError, match="'file' or 'periods'"):
        ask(spectrum(), "kramers_kronig", times="never")


def test_a_single_wrong_point_is_told_by_its_frequency():
    record = spectrum(noise=2e-3)
    real = record.impedance_real_ohm.copy()
    real[30] *= 1.1
    outcome = ask(ImpedanceRecord(F, real, record.impedance_imaginary_ohm, source="made"), "kramers_kronig")
    assert numbers(outcome)["outlier_frequency"].value == (pytest.approx(F[30]),)
    assert any("do not belong" in w for w in outcome.warnings)


def test_peaks_of_the_distribution_have_resistance_and_time():
    said = numbers(ask(spectrum(sigma=0.1), "drt"))
    times = [entry.value for key, entry in said.items() if key[0] == "relaxation_time"]
    assert min(abs(np.log10(t / 1e-5)) for t in times) < 0.1
    assert min(abs(np.log10(t / 1e-3)) for t in times) < 0.1
    with pytest.raises(BadInputError, match="hierarchical, ridge"):
        ask(spectrum(), "drt", method="hierarchic")
    few = ask(spectrum().at_rows(slice(0, 71, 8), "few"), "drt")
    assert "needs 15 frequencies" in few.not_computed[0][1]


def temperatures(energy=60.0, kelvin=(273.15, 283.15, 298.15, 313.15, 333.15)):
    """Spectra whose film follows ln(T/R) with this activation energy in kJ/mol."""
    records = []
    for i, t in enumerate(kelvin):
        film = 12.0 * t / 298.15 * np.exp(energy * 1e3 / GAS * (1 / t - 1 / 298.15))
        records.append(spectrum(sei=film, ct=0.3, sigma=1e-3, noise=1e-3, seed=i))
    return ImpedanceSeries(tuple(records), "temperature", kelvin, "five files")


def test_the_activation_energy_of_a_temperature_series():
    said = numbers(ask(temperatures(), "impedance_series", circuit="R(RQ)"))
    entry = said["activation_energy", "R1"]
    assert abs(entry.value - 60.0) < max(3 * entry.std, 0.6)
    assert "ln(T/R)" in entry.note
    other = numbers(ask(temperatures(), "impedance_series", circuit="R(RQ)", form="ln(1/R)"))["activation_energy", "R1"]
    assert entry.value - other.value == pytest.approx(GAS * 300 / 1e3, rel=0.1)
    with pytest.raises(BadInputError, match=r"ln\(1/R\)"):
        ask(temperatures(), "impedance_series", form="ln(sigma T)")


def test_a_sudden_fall_is_a_possible_soft_short_with_its_place():
    ct = [30 + 0.2 * i for i in range(12)] + [10.0] * 4
    records = tuple(spectrum(ct=r, seed=i) for i, r in enumerate(ct))
    series = ImpedanceSeries(records, "cycle", tuple(10.0 * i for i in range(16)), "made")
    outcome = ask(series, "impedance_series", circuit="R(RQ)(RQ)W")
    (sign,) = [e for e in outcome.entries if e.quantity == "soft_short_sign"]
    assert sign.value == "possible soft short"
    assert "between 110 and 120" in sign.note
    quiet = ImpedanceSeries(records[:12], "cycle", series.at[:12], "made")
    calm = ask(quiet, "impedance_series", circuit="R(RQ)(RQ)W")
    assert not [e for e in calm.entries if e.quantity == "soft_short_sign"]
    table = outcome.tables[0]
    assert table.rows == 16
    assert table.columns["R2"][1][0] == pytest.approx(30, rel=0.05)


def test_a_trend_is_told_in_percent_of_the_median_with_its_slope():
    records = tuple(spectrum(ct=30 + 0.1 * i, seed=i) for i in range(12))  # 1 ohm per ten cycles, 11 ohm over 110
    series = ImpedanceSeries(records, "cycle", tuple(10.0 * i for i in range(12)), "made")
    outcome = ask(series, "impedance_series", circuit="R(RQ)(RQ)W")
    entry = numbers(outcome)["resistance_trend", "R2"]
    assert abs(entry.value - 100 * 0.1 * 11 / 30.55) < 3 * entry.std
    assert 0 < entry.std < 2.0
    assert entry.note.startswith("R2 rises: median slope of all pairs 0.0")
    assert "ohm per cycle over 110 cycle" in entry.note
    assert {e.at for e in outcome.entries if e.quantity == "resistance_trend"} >= {(("element", "R0"),)}


def test_resistances_that_no_spectrum_identifies_are_named():
    series = in_measured_order([spectrum(seed=i) for i in range(4)], "made")
    found = impedance_series(series, Options(circuit="R(RQ)(RQ)W"))
    assert not [w for w in tell(found).warnings if "not identified" in w]
    nowhere = trend("R9", found.trends.trends[0].at, np.full(4, np.nan))
    trends = dataclasses.replace(found.trends, trends=(*found.trends.trends, nowhere))
    findings = tell(dataclasses.replace(found, trends=trends))
    assert "not identified in any spectrum, so without a trend: R9" in findings.warnings
    assert not [n for n in findings.numbers if n.quantity == "resistance_trend"]  # four values: a slope without error


def test_one_circuit_is_chosen_for_a_whole_series():
    series = in_measured_order([spectrum(seed=i) for i in range(4)], "made")
    said = numbers(ask(series, "impedance_series"))
    assert "one circuit for 4 spectra" in said["circuit"].note


@pytest.mark.parametrize(
    ("records", "along", "at", "words"),
    [
        ((spectrum(),), "cycle", (1.0,), "1 spectra"),
        ((spectrum(), spectrum(per_area=True)), "cycle", (1.0, 2.0), "one unit for a series"),
        ((spectrum(), spectrum()), "cycle", (1.0,), "one number for each spectrum"),
        ((spectrum(), spectrum()), "cycle", (2.0, 1.0), "in the order of cycle"),
        ((spectrum(), spectrum()), "time", (1.0, 1.0), "in the order of time"),
    ],
)
def test_what_is_no_series_is_refused(records, along, at, words):
    with pytest.raises(BadInputError, match=words):
        ImpedanceSeries(records, along, at, "made")


def test_temperatures_may_come_in_any_order():
    assert ImpedanceSeries((spectrum(), spectrum()), "temperature", (310.0, 300.0), "made").unit == "K"


def test_spectra_of_one_file_follow_their_clocks_where_they_have_one():
    clock = [spectrum(about=About(start_time=f"2026-11-25T1{i}:30:00")) for i in range(3)]
    series = in_measured_order(clock, "made")
    assert (series.along, series.at) == ("time", (0.0, 1.0, 2.0))
    mixed = in_measured_order([clock[1], clock[0], clock[2]], "made")
    assert (mixed.along, mixed.at) == ("spectrum", (1.0, 2.0, 3.0))
