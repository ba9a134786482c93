"""Rate ladders from a record to numbers: laws, truth from a simulated cell, what cannot be told, and bad input."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.analyses.polarisation_ladder import FITTED, LINEAR, Options, polarisation_ladder, tell
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from limetal.simulate import Block, PlanarSymmetricCell, simulate
from support.cells import record, stepped

CURRENTS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
CELL = CellContext("symmetric", 1.5)


def ladder(exchange=2.0, film=3.0, electrolyte=0.5, currents=CURRENTS, cell=CELL, **more):
    blocks = tuple(Block(j, 1.0, 4) for j in currents)
    return simulate(PlanarSymmetricCell(exchange, film, electrolyte, **more), blocks, cell, points_per_half_cycle=20)


def of_voltages(millivolts, currents=CURRENTS, cycles=4, noise_V=0.0, resolution_V=0.0, seed=0):
    """Ladder with the cell voltage given at every current."""
    t, v, i, start = [], [], [], 0.0
    for j, u in zip(currents, millivolts, strict=True):
        for k in range(2 * cycles):
            t.append(start + np.linspace(0, 3600 / j, 30))
            start += 3600 / j
            v.append(np.full(30, (-1) ** k * u / 1e3))
            i.append(np.full(30, (-1) ** k * j / 1e3))
    v = np.concatenate(v) + np.random.default_rng(seed).normal(0, noise_V, 60 * cycles * len(currents))
    v = np.round(v / resolution_V) * resolution_V if resolution_V else v
    return record(np.concatenate(t), v, np.concatenate(i))


def numbers(findings, quantity, definition=None):
    return [
        n
        for n in findings.numbers
        if n.quantity == quantity and (definition is None or dict(n.at).get("definition") == definition)
    ]


def moved(rec, **columns):
    return dataclasses.replace(rec, **columns)


# truth


@settings(max_examples=15, deadline=None)
@given(st.floats(0.1, 8.0), st.floats(0, 20), st.floats(0, 5))
def test_a_simulated_cell_gives_back_its_kinetics_and_its_resistance(exchange, film, electrolyte):
    found = polarisation_ladder(ladder(exchange, film, electrolyte))
    assert found.fit.exchange_current_mA_cm2 == pytest.approx(exchange, rel=1e-3)
    assert found.fit.resistance_ohm_cm2 == pytest.approx(2 * film + electrolyte, rel=1e-2, abs=0.05)
    assert found.agrees


def test_the_overpotential_is_half_of_the_cell_voltage():
    findings = tell(polarisation_ladder(of_voltages([4, 8, 15, 22, 35, 66])))
    found = {dict(n.at)["current_density"]: n.value for n in numbers(findings, "overpotential")}
    assert found == pytest.approx(dict(zip(CURRENTS, [0.002, 0.004, 0.0075, 0.011, 0.0175, 0.033], strict=True)))


def test_the_linear_limit_counts_films_as_kinetics():
    """A fast electrode behind a film of 100 ohm cm2 looks like 0.26 mA/cm2: less than it has, never more."""
    found = polarisation_ladder(ladder(50.0, 100.0, 0.0, currents=(0.01, 0.02, 0.05, 0.1, 0.2)))
    assert found.linear.resistance_ohm_cm2 == pytest.approx(200 + 2 * 25.693 / 50, rel=1e-3)
    assert found.linear.exchange_current_mA_cm2 == pytest.approx(2 * 25.693 / found.linear.resistance_ohm_cm2, rel=1e-4)
    assert found.linear.exchange_current_mA_cm2 < 50


def test_a_known_electrolyte_is_taken_off():
    rec = ladder(2.0, 0.0, 4.0)
    bare, less = polarisation_ladder(rec), polarisation_ladder(rec, Options(electrolyte_resistance_ohm_cm2=4.0))
    assert bare.fit.resistance_ohm_cm2 == pytest.approx(4.0, rel=1e-3)
    assert less.fit.resistance_ohm_cm2 == pytest.approx(0.0, abs=1e-3)
    taken = bare.steps.voltage_V - less.steps.voltage_V
    np.testing.assert_allclose(taken, 4.0 * np.array(CURRENTS) / 1e3, rtol=1e-9)
    with pytest.raises(BadInputError, match="more than the whole cell has"):
        polarisation_ladder(rec, Options(electrolyte_resistance_ohm_cm2=80.0))


def test_temperature_is_that_of_the_cell_unless_the_option_says_another():
    rec = ladder(1.0, 2.0, 1.0, temperature_K=333.15)
    warm = rec.in_cell(dataclasses.replace(rec.cell, temperature_K=333.15))
    said = [polarisation_ladder(r, o) for r, o in ((warm, None), (rec, Options(temperature_K=333.15)), (rec, None))]
    assert [r.options.temperature_K for r in said] == [333.15, 333.15, 298.15]
    assert said[0].fit.exchange_current_mA_cm2 == said[1].fit.exchange_current_mA_cm2
    assert said[2].fit.exchange_current_mA_cm2 < said[0].fit.exchange_current_mA_cm2


def test_temperature_is_that_of_the_option():
    rec = ladder(1.0, 2.0, 1.0, temperature_K=333.15)
    assert polarisation_ladder(rec, Options(temperature_K=333.15)).fit.exchange_current_mA_cm2 == pytest.approx(1, 1e-3)


def test_noise_and_coarse_resolution_keep_the_truth_within_the_interval():
    """0.1 mV of noise, rounded to 1 mV, on 2 to 60 mV: the small steps weigh less than a part of themselves would."""
    inside = 0
    for seed in range(20):
        clean = ladder(3.0, 2.0, 1.0)
        v = clean.voltage_volt + np.random.default_rng(seed).normal(0, 3e-4, clean.rows)
        found = polarisation_ladder(moved(clean, voltage_volt=np.round(v, 3)))
        inside += found.fit.exchange_low <= 3.0 <= found.fit.exchange_high
    assert inside >= 17


# laws


def test_an_offset_of_the_voltmeter_and_swapped_leads_change_nothing():
    rec = ladder()
    same = polarisation_ladder(rec)
    for other in (
        moved(rec, voltage_volt=rec.voltage_volt + 1e-3),
        moved(rec, voltage_volt=-rec.voltage_volt, current_ampere=-rec.current_ampere),
    ):
        np.testing.assert_allclose(polarisation_ladder(other).steps.voltage_V, same.steps.voltage_V, rtol=1e-9)


def test_twice_the_area_halves_current_densities_and_doubles_areal_resistances():
    rec = ladder()
    one = polarisation_ladder(rec)
    two = polarisation_ladder(moved(rec, cell=CellContext("symmetric", 3.0)))
    np.testing.assert_allclose(two.steps.current_density_mA_cm2, one.steps.current_density_mA_cm2 / 2)
    assert two.fit.resistance_ohm_cm2 == pytest.approx(2 * one.fit.resistance_ohm_cm2, rel=1e-3)
    assert two.fit.exchange_current_mA_cm2 == pytest.approx(one.fit.exchange_current_mA_cm2 / 2, rel=1e-3)
    assert two.linear.resistance_ohm_cm2 == pytest.approx(2 * one.linear.resistance_ohm_cm2, rel=1e-6)


def test_thinned_rows_change_nothing_beyond_rounding():
    rec = ladder()
    keep = np.ones(rec.rows, bool)
    keep[5::20] = keep[9::20] = False
    kept = {name: getattr(rec, name)[keep] for name in ("test_time_second", "voltage_volt", "current_ampere")}
    thin = CyclingRecord(**kept, source="thinned", cell=CELL)
    np.testing.assert_allclose(polarisation_ladder(thin).steps.voltage_V, polarisation_ladder(rec).steps.voltage_V)


def test_order_of_the_steps_does_not_matter():
    one = polarisation_ladder(ladder())
    two = polarisation_ladder(ladder(currents=CURRENTS[::-1]))
    assert two.fit.exchange_current_mA_cm2 == pytest.approx(one.fit.exchange_current_mA_cm2, rel=1e-6)
    assert two.linear.resistance_ohm_cm2 == pytest.approx(one.linear.resistance_ohm_cm2, rel=1e-9)


def test_definitions_part_where_the_voltage_rises():
    t, _, i = stepped([(s * j, 3600 / j) for j in (1, 2, 4, 8) for s in (1, -1) * 3], 5.0)
    part = np.concatenate([np.linspace(0, 1, round(720 / j) + 1) for j in (1, 2, 4, 8) for _ in range(6)])
    rec = record(t, 10 * i * (0.5 + part), i)
    by = {d: polarisation_ladder(rec, Options(definition=d)).steps.voltage_V for d in ("mean", "plateau", "end")}
    np.testing.assert_allclose(by["mean"], 0.01 * np.array([1, 2, 4, 8]), rtol=0.02)
    np.testing.assert_allclose(by["plateau"], 0.011 * np.array([1, 2, 4, 8]), rtol=0.02)
    np.testing.assert_allclose(by["end"], 0.015 * np.array([1, 2, 4, 8]), rtol=0.03)


# what the ladder cannot tell


def test_no_single_pair_gives_8_mV_at_1_and_62_at_10():
    """R = 0 and 6.4 mA/cm2 would still need 73.6 mV at 10: the printed pair of one paper has no such cell."""
    findings = tell(polarisation_ladder(of_voltages([4, 8, 15, 22, 34, 60])))
    assert not numbers(findings, "effective_exchange_current_density", FITTED)
    assert any("no single exchange current and resistance" in w for w in findings.warnings)
    assert numbers(findings, "effective_exchange_current_density", LINEAR)


def test_one_pair_that_gives_all_points_is_not_doubted():
    findings = tell(polarisation_ladder(ladder(7.5, 0.3, 0.56)))
    assert not findings.warnings
    assert numbers(findings, "effective_exchange_current_density", FITTED)[0].value == pytest.approx(7.5, rel=1e-3)


def test_a_resistor_has_no_kinetics_but_a_lower_limit():
    findings = tell(polarisation_ladder(of_voltages([5, 10, 20, 30, 50, 100], noise_V=1e-4)))
    number = numbers(findings, "effective_exchange_current_density", FITTED)[0]
    assert number.bound == ">"
    assert number.std is None
    assert number.note.startswith("not identified")
    assert number.value > 2
    assert numbers(findings, "ohmic_areal_resistance")[0].value == "not identified"
    assert numbers(findings, "linear_polarisation_resistance")[0].value == pytest.approx(10.0, rel=0.01)


def test_large_overpotentials_leave_no_linear_resistance():
    findings = tell(polarisation_ladder(ladder(0.01, 0.0, 0.0)))
    assert not numbers(findings, "linear_polarisation_resistance")
    assert "the smallest is" in dict(findings.not_computed)["linear_polarisation_resistance"]
    more = tell(polarisation_ladder(ladder(0.01, 0.0, 0.0), Options(linear_below_V=0.5)))
    assert numbers(more, "linear_polarisation_resistance")


def test_three_currents_are_a_ladder_without_a_fit():
    findings = tell(polarisation_ladder(ladder(currents=(0.5, 1.0, 2.0))))
    assert len(numbers(findings, "overpotential")) == 3
    assert any(FITTED in what for what, _ in findings.not_computed)
    fitted = tell(polarisation_ladder(ladder(currents=(0.5, 1.0, 2.0, 4.0))))
    assert not any(FITTED in what for what, _ in fitted.not_computed)


def test_a_test_at_two_currents_is_no_ladder():
    assert tell(polarisation_ladder(ladder(currents=(0.1, 1.0)))).numbers == ()
    assert tell(polarisation_ladder(ladder(currents=(0.1, 1.0)), Options(fewest_currents=2))).numbers


def test_without_current_nothing_is_said_and_without_area_why():
    rec = ladder()
    assert tell(polarisation_ladder(moved(rec, current_ampere=None))) == tell(
        polarisation_ladder(ladder(currents=(1.0,)))
    )
    no_area = tell(polarisation_ladder(moved(rec, cell=CellContext("symmetric"))))
    assert no_area.not_computed == (
        ("polarisation ladder (overpotential against current)", "the electrode area is not given"),
    )


# returns and changes


def test_a_return_is_reported_as_a_change_and_not_fitted():
    rec = of_voltages([4, 8, 16, 24, 40, 80, 5], (*CURRENTS, 0.5))
    findings = tell(polarisation_ladder(rec))
    change = numbers(findings, "overpotential_change")[0]
    assert change.value == pytest.approx(25.0)
    assert dict(change.at) == {"current_density": 0.5, "cycle": 25.0}
    assert len(numbers(findings, "overpotential")) == 6
    assert numbers(findings, "linear_polarisation_resistance")[0].value == pytest.approx(8.0)
    used = tell(polarisation_ladder(rec, Options(use_returns=True)))
    assert numbers(used, "linear_polarisation_resistance")[0].value > 8.1


def test_the_error_of_a_change_is_that_of_both_visits():
    rec = of_voltages([40, 80, 120, 40], (0.5, 1.0, 1.5, 0.5), cycles=20, noise_V=4e-3)
    found = polarisation_ladder(rec)
    change = numbers(tell(found), "overpotential_change")[0]
    want = 100 * math.hypot(found.steps.std_V[0], found.steps.std_V[3]) / 0.04
    assert change.std == pytest.approx(want, rel=0.1)


def test_a_voltage_that_falls_with_rising_current_is_said():
    findings = tell(polarisation_ladder(of_voltages([4, 8, 16, 24, 10, 20])))
    assert any("a short circuit carries current" in w for w in findings.warnings)
    assert not any(
        "short circuit" in w for w in tell(polarisation_ladder(of_voltages([4, 8, 16, 24, 40, 80]))).warnings
    )


def test_unlike_cycles_of_a_step_are_said():
    rec = of_voltages([4, 8, 16, 24], (0.5, 1.0, 2.0, 3.0), cycles=6)
    late = rec.test_time_second > 0.6 * 12 * 3600 / 0.5
    first = np.abs(rec.current_ampere) < 0.6e-3
    v = np.where(late & first, 2 * rec.voltage_volt, rec.voltage_volt)
    assert any("unlike" in w for w in tell(polarisation_ladder(moved(rec, voltage_volt=v))).warnings)
    assert not any("unlike" in w for w in tell(polarisation_ladder(rec)).warnings)


def test_half_cycles_of_two_currents_make_no_cycle():
    """An odd number of half-cycles per step: the pair over the change of current is left out."""
    steps = [(s * j, 3600) for j, signs in ((1, (1, -1, 1)), (2, (-1, 1, -1)), (4, (1, -1, 1, -1))) for s in signs]
    found = polarisation_ladder(record(*stepped(steps, 60.0)))
    np.testing.assert_allclose(found.steps.current_density_mA_cm2, [1, 2, 4])
    np.testing.assert_allclose(found.steps.voltage_V, [0.01, 0.02, 0.04])


# pictures and options


def test_pictures_and_table_hold_the_steps():
    findings = tell(polarisation_ladder(of_voltages([4, 8, 16, 24, 40, 80, 5], (*CURRENTS, 0.5))))
    curve, time = findings.plots
    np.testing.assert_allclose(curve.series[0].y, np.array([2, 4, 8, 12, 20, 40]) / 1e3)
    assert curve.series[1].label == "return"
    assert len(curve.panels) == 1
    assert [s.label for s in time.spans] == ["0.5", "1", "2", "3", "5", "10", "0.5"]
    assert findings.tables[0].columns["visit"][1] == ["first"] * 6 + ["return"]


@pytest.mark.parametrize("cell", [None, CellContext("full"), CellContext("copper")])
def test_only_symmetric_cells(cell):
    with pytest.raises(BadInputError, match="want a symmetric cell"):
        polarisation_ladder(moved(ladder(), cell=cell))


@pytest.mark.parametrize(
    "bad",
    [
        {"definition": "median"},
        {"settled_from": 1.0},
        {"linear_below_V": 0.0},
        {"temperature_K": -1.0},
        {"relative_error": math.nan},
        {"agreement": 0.0},
        {"electrolyte_resistance_ohm_cm2": -1.0},
        {"fewest_currents": 1},
    ],
)
def test_options_that_mean_nothing_are_refused(bad):
    with pytest.raises(BadInputError, match=f"analyses.polarisation_ladder.{next(iter(bad))}"):
        Options(**bad)


def test_notes_say_whether_a_known_electrolyte_is_in_the_numbers():
    rec = ladder(1.0, 2.0, 1.0)
    bare, less = (tell(polarisation_ladder(rec, o)) for o in (None, Options(electrolyte_resistance_ohm_cm2=0.5)))
    words = {f: " ".join(n.note for n in f.numbers if n.quantity != "overpotential") for f in (bare, less)}
    assert "films and electrolyte" in words[bare]
    assert "less the ohmic drop of 0.5 ohm cm2 of electrolyte" in words[less]
    assert "films and electrolyte" not in words[less]
