"""Mistakes made on purpose in a test of a cell that says everything twice; each has a twin without the mistake."""

import contextlib
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.readers._checks.cycling import checked
from limetal.readers._checks.cycling_evidence import Evidence, counter_of
from limetal.records.cycling import CyclingRecord

STEP_ROWS = 40
STEP_S = 30.0
CURRENT_A = 2e-3
RESISTANCE_OHM = 20.0
CYCLES = 4
ALL = ("dates", "labels", "capacity", "energy", "counts")


def made(*keep, reset="step", signed=True, rest=True) -> CyclingRecord:
    """Charge, rest, discharge, rest of a 3.7 V cell; ``keep`` names what else its file says."""
    signs = np.tile([1, 0, -1, 0] if rest else [1, -1], CYCLES)
    n = signs.size * STEP_ROWS
    step = np.repeat(np.arange(signs.size), STEP_ROWS) + 1
    cycle = np.repeat(np.arange(CYCLES), n // CYCLES) + 1
    sign = np.repeat(signs, STEP_ROWS)
    time = np.arange(n) * STEP_S
    current = sign * CURRENT_A * (1 + 0.1 * np.sin(time / 500))
    flowed = np.concatenate([[0.0], (current[1:] + current[:-1]) / 2 * np.diff(time)]) / 3600
    flowed[np.concatenate([[True], np.diff(step) != 0])] = 0.0
    charge = np.cumsum(flowed)
    voltage = 3.7 + 300 * charge + RESISTANCE_OHM * current
    power = np.concatenate([[0.0], (voltage * current)[1:] + (voltage * current)[:-1]]) / 2 * STEP_S / 3600
    power[flowed == 0] = 0.0
    more = {}
    if "dates" in keep:
        more["Date Time"] = (
            (np.datetime64("2026-01-02T03:04:05") + time.astype("timedelta64[s]")).astype(str).astype(object)
        )
    if "labels" in keep:
        more["Step Type"] = np.array(["CC_DChg", "Rest", "CC_Chg"], dtype=object)[sign + 1]
    if "capacity" in keep or "two capacities" in keep:
        starts = {"step": step, "cycle": cycle, "never": np.ones_like(step)}[reset]
        into, out = (counted(np.maximum(way * flowed, 0), starts) for way in (1, -1))
        if "two capacities" in keep:
            more |= {"Charge_Capacity(Ah)": into, "Discharge_Capacity(Ah)": out}
        else:
            more["Capacity(Ah)"] = into - out if signed else np.where(sign > 0, into, np.where(sign < 0, out, 0.0))
    if "energy" in keep:
        more["Energy(Wh)"] = counted(np.abs(power), step)
    counts = {"cycle_count": cycle, "step_count": step} if "counts" in keep else {}
    return CyclingRecord(time, voltage, current, source="made.csv", more=more, **counts)


def counted(parts, starts):
    """Running sum that begins again where ``starts`` changes."""
    total = np.cumsum(parts)
    first = np.flatnonzero(np.concatenate([[True], np.diff(starts) != 0]))
    return total - np.repeat(total[first] - parts[first], np.diff(np.append(first, total.size)))


def scaled(record, **factors):
    """The same record with columns multiplied: time, voltage, current, or a header of a further column."""
    names = {"time": "test_time_second", "voltage": "voltage_volt", "current": "current_ampere"}
    more, columns = dict(record.more), {}
    for name, factor in factors.items():
        if name in names:
            columns[names[name]] = getattr(record, names[name]) * factor
        else:
            more[name] = more[name] * factor
    return replace(record, more=more, **columns)


def assert_same(record, other):
    for name in ("test_time_second", "voltage_volt", "current_ampere"):
        np.testing.assert_allclose(getattr(record, name), getattr(other, name), rtol=1e-12, err_msg=name)


# ---------------------------------------------------------------- twins: nothing is wrong, nothing is said


@pytest.mark.parametrize("reset", ["step", "cycle", "never"])
@pytest.mark.parametrize(
    "keep", [(), ALL, ("capacity",), ("two capacities", "counts"), ("dates", "labels"), ("energy",)]
)
def test_right_record_is_left_alone(keep, reset):
    record = made(*keep, reset=reset)
    assert checked(record) is record


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("rest", [True, False])
def test_counters_of_either_kind_agree(signed, rest):
    record = made("capacity", "counts", signed=signed, rest=rest)
    assert Evidence(record).ratios("charge")["Capacity(Ah)"] == pytest.approx(1, rel=0.02)
    assert checked(record).warnings == ()


def test_symmetric_cell_of_millivolts_is_left_alone():
    record = made("labels", "counts")
    cell = replace(record, voltage_volt=RESISTANCE_OHM * record.current_ampere)
    assert checked(cell).warnings == ()


def test_channel_without_a_cell_is_left_alone():
    record = made("counts")
    assert (
        checked(replace(record, voltage_volt=np.full(record.rows, 4e-5), current_ampere=np.zeros(record.rows))).warnings
        == ()
    )


def test_pause_within_a_test_is_left_alone():
    record = made(*ALL)
    dates = np.array(record.more["Date Time"], dtype="datetime64[s]")
    dates[record.rows // 2 :] += np.timedelta64(2, "h")
    later = replace(record, more={**record.more, "Date Time": dates.astype(str).astype(object)})
    assert checked(later).warnings == ()


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(("factor", "unit"), [(1e3, "mA, not A"), (1e-3, "A, not mA"), (1e6, "uA, not A")])
def test_current_is_repaired_if_charge_and_energy_say_so(factor, unit):
    right = made("capacity", "energy", "counts")
    record = checked(scaled(right, current=factor))
    assert_same(record, right)
    (warning,) = record.warnings
    assert warning.startswith(f"current is in {unit}")


@pytest.mark.parametrize("factor", [1e3, 1e-3])
def test_current_is_refused_if_charge_alone_says_so(factor):
    right = made("capacity", "counts")
    with pytest.raises(BadInputError) as caught:
        checked(scaled(right, current=factor))
    said = str(caught.value)
    assert f"made.csv: found a charge of {factor:.4g} times the file's own 'Capacity(Ah)'" in said
    assert "then it reaches 0.0022 A" in said
    assert "or 'Capacity(Ah)' is 1000 times" in said


def test_capacity_in_another_unit_is_refused_too():
    """The same contradiction: nobody can tell a current in mA from a capacity in kAh."""
    with pytest.raises(BadInputError, match="one reading"):
        checked(scaled(made("capacity", "counts"), **{"Capacity(Ah)": 1e3}))


def test_current_beyond_all_cyclers_is_repaired():
    big = scaled(made("capacity", "counts"), current=1e3, **{"Capacity(Ah)": 1e3})
    record = checked(scaled(big, current=1e3))
    np.testing.assert_allclose(record.current_ampere, big.current_ampere, rtol=1e-12)
    assert "its size both say so" in record.warnings[0]
    assert checked(big).warnings == ()


@pytest.mark.parametrize(("factor", "unit"), [(1 / 3600, "h, not s"), (1 / 60, "min, not s")])
def test_time_is_repaired_if_dates_and_charge_say_so(factor, unit):
    right = made(*ALL)
    record = checked(scaled(right, time=factor))
    assert_same(record, right)
    (warning,) = record.warnings
    assert warning.startswith(f"time is in {unit}")


@pytest.mark.parametrize("keep", [("dates",), ("capacity", "counts"), ("capacity", "energy", "counts")])
def test_time_is_refused_if_one_side_alone_says_so(keep):
    with pytest.raises(BadInputError, match=r"time is in h, not s \(then the test lasts 5\.325 h"):
        checked(scaled(made(*keep), time=1 / 3600))


def test_capacity_in_coulomb_is_said_where_dates_confirm_the_time():
    record = checked(scaled(made("dates", "capacity", "counts"), **{"Capacity(Ah)": 3600.0}))
    assert record.warnings == (
        "column 'Capacity(Ah)' counts 3600 times the charge that current and time give: one of them is wrong",
    )


def test_one_capacity_that_agrees_is_enough():
    record = made("two capacities", "counts")
    record = checked(scaled(record, **{"Charge_Capacity(Ah)": 1e3}))
    assert record.warnings == (
        "column 'Charge_Capacity(Ah)' counts 1000 times the charge that current and time give: is its unit right?",
    )


def test_odd_ratio_is_said():
    (warning,) = checked(scaled(made("capacity", "counts"), **{"Capacity(Ah)": 2.2})).warnings
    assert warning.startswith("column 'Capacity(Ah)' counts 2.2 times the charge")


def test_millivolts_are_repaired_if_energy_says_so():
    right = made("capacity", "energy", "counts")
    record = checked(scaled(right, voltage=1e3))
    assert_same(record, right)
    assert record.warnings[0].startswith("voltage is in mV, not V")


def test_millivolts_are_said_without_energy():
    record = checked(scaled(made("capacity", "counts"), voltage=1e3))
    assert [w for w in record.warnings if "looks like millivolts" in w] == list(record.warnings)


def test_volts_called_millivolts_are_refused():
    with pytest.raises(BadInputError, match=r"the voltage is in V, not mV \(then its median is 3\.\d+ V"):
        checked(scaled(made("capacity", "energy", "counts"), voltage=1e-3))


def test_energy_in_another_unit_is_no_harm():
    """A voltage of a cell is not doubted for the sake of an energy."""
    assert checked(scaled(made("capacity", "energy", "counts"), **{"Energy(Wh)": 1e3})).warnings == ()


# ---------------------------------------------------------------- time


def test_step_time_for_test_time_is_refused_or_said():
    record = made("dates", "counts")
    steps = record.test_time_second % (STEP_ROWS * STEP_S)
    with pytest.raises(BadInputError, match="time that falls"):
        replace(record, test_time_second=steps)
    # summed without the pauses of a magnitude that matters
    slow = replace(record, test_time_second=record.test_time_second * 0.3)
    assert "it was paused, or time is not the time of the whole test" in checked(slow).warnings[0]


def test_test_longer_than_its_dates_is_said():
    record = scaled(made("dates"), time=7.0)
    (warning,) = checked(record).warnings
    assert "is the unit of time right?" in warning


def test_jump_of_time_is_said():
    record = made()
    time = record.test_time_second.copy()
    time[100:] += 1e8
    (warning,) = checked(replace(record, test_time_second=time)).warnings
    assert warning.startswith("time jumps from 2970 s to 1.00003e+08 s at data row 101")


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "unix", "days", "ms"]
)
def test_dates_of_many_forms_are_understood(form):
    record = made("capacity", "counts")
    seconds = 1_767_323_045.0 + record.test_time_second
    moments = seconds.astype("datetime64[s]").astype(object)
    numbers = {"unix": seconds, "ms": seconds * 1e3, "days": seconds / 86_400 + 25_569}
    dates = numbers.get(form)
    if dates is None:
        dates = np.array([m.strftime(form) for m in moments], dtype=object)
    record = replace(record, more={**record.more, "DateTime": dates})
    assert Evidence(record).dates.seconds_a_second == pytest.approx(1, abs=1e-3)
    assert checked(record).warnings == ()
    assert checked(scaled(record, time=1 / 3600)).warnings[0].startswith("time is in h")


# ---------------------------------------------------------------- signs


@pytest.mark.parametrize("keep", [("labels", "counts"), ("labels", "two capacities", "counts")])
def test_magnitude_gets_its_sign_if_labels_and_voltage_say_so(keep):
    right = made(*keep)
    record = checked(replace(right, current_ampere=np.abs(right.current_ampere)))
    assert_same(record, right)
    assert record.warnings[0].startswith(
        "current is a magnitude in the file: its sign was taken from column 'Step Type'"
    )


def test_magnitude_without_other_evidence_is_said():
    record = made("labels")
    record = replace(record, current_ampere=np.abs(record.current_ampere), voltage_volt=np.full(record.rows, 3.7))
    assert checked(record).warnings == (
        "current is positive in rows that column 'Step Type' calls discharge: it has no sign, or the other sign",
    )


def test_magnitude_over_cycles_is_said():
    record = made("counts")
    record = replace(record, current_ampere=np.abs(record.current_ampere), voltage_volt=np.full(record.rows, 3.7))
    assert checked(record).warnings == (
        "current is never negative over several cycles: it may be a magnitude without sign",
    )


@pytest.mark.parametrize("keep", [("labels", "counts"), ("two capacities", "counts")])
def test_turned_sign_is_turned_back_if_the_file_and_the_voltage_say_so(keep):
    right = made(*keep)
    record = checked(scaled(right, current=-1.0))
    assert_same(record, right)
    assert record.warnings[0].startswith("the sign of current was turned:")


def test_turned_sign_is_said_if_voltage_alone_says_so():
    (warning,) = checked(scaled(made("counts"), current=-1.0)).warnings
    assert warning == "voltage falls when current rises (15 of 15 steps): one of them has the other sign"


def test_turned_labels_do_not_turn_the_current():
    record = made("labels", "counts")
    turned = {"CC_Chg": "CC_DChg", "CC_DChg": "CC_Chg", "Rest": "Rest"}
    labels = np.array([turned[x] for x in record.more["Step Type"]], dtype=object)
    other = checked(replace(record, more={"Step Type": labels}))
    assert_same(other, record)
    assert "calls discharge" in other.warnings[0]


# ---------------------------------------------------------------- magnitudes and rows


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ({"voltage": 2.5}, "more than a cell has"),
        ({"voltage": 1e-5}, "no voltage above"),
        ({"current": 1e6}, "looks like milliamperes"),
        ({"time": 1e-6}, "is the unit of time right?"),
        ({"time": 1e6}, "years: is the unit of time right?"),
    ],
)
def test_what_no_cell_does_is_said(factors, said):
    assert any(said in w for w in checked(scaled(made(), **factors)).warnings)
    assert checked(made()).warnings == ()


def test_repeated_rows_are_said():
    record = made("labels", "capacity", "counts")
    twice = np.repeat(np.arange(record.rows), np.where(np.arange(record.rows) % 50 == 7, 2, 1))
    (warning,) = checked(record.at_rows(twice, "")).warnings
    assert warning == f"{twice.size - record.rows} of {twice.size} rows are the row before them once more"


def test_repeated_numbers_are_said():
    record = made("counts")
    numbers = np.arange(record.rows)
    assert checked(replace(record, more={"Data_Point": numbers})).warnings == ()
    numbers[5] = numbers[4]
    assert checked(replace(record, more={"Data_Point": numbers})).warnings == (
        "1 rows have the 'Data_Point' of the row before them",
    )


def test_nothing_is_said_twice():
    record = scaled(made(), voltage=1e3)
    once = checked(record)
    assert checked(once).warnings == once.warnings


@pytest.mark.parametrize(
    ("header", "factor", "way"),
    [
        ("Capacity(Ah)", 1, 0), ("Charge_Capacity(Ah)", 1, 1), ("Discharge_Capacity(Ah)", 1, -1),
        ("capacity_mAh", 1e-3, 0), ("(Q-Qo)/mA.h", 1e-3, 0), ("Q discharge/mA.h", 1e-3, -1),
        ("Q charge/discharge/mA.h", 1e-3, 0), ("Amp-hr", 1, 0), ("AmpHrs", 1, 0), ("Capacity (mAh)", 1e-3, 0),
        ("charging_capacity_ah", 1, 1), ("Discharge Capacity / Ah", 1, -1), ("DChg. Cap.(mAs)", 1e-3 / 3600, -1),
        ("Ah-Cyc-Discharge", 1, -1), ("Ah[Ah]", 1, 0), ("Cap. [Ah]", 1, 0), ("Chg. Cap.(µAh)", 1e-6, 1),
        ("Capacity/mA·h", 1e-3, 0), ("充电容量(mAh)", 1e-3, 1), ("Charge Capacity (mAh)", 1e-3, 1),
        ("discharge_capacity_Ah", 1, -1), ("(Q-Qo)/C", 1 / 3600, 0),
    ],
)  # fmt: skip
def test_spellings_of_capacity(header, factor, way):
    counter = counter_of(header)
    assert counter is not None
    assert (counter.quantity, counter.way) == ("charge", way)
    assert counter.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    "header",
    ["Spec. Cap.(mAh/g)", "dQ/dV(mAh/V)", "Nominal Capacity (Ah)", "Temperature (C)", "T1[°C]", "Capacity", "dQ/mA.h",
     "Energy(Wh)", "I Range", "Current (A)", "Capacity loss/Ah"],
)  # fmt: skip
def test_what_is_no_counter_of_charge(header):
    counter = counter_of(header)
    assert counter is None or counter.quantity != "charge"


# ---------------------------------------------------------------- whatever comes


VALUES = st.floats(-1e300, 1e300) | st.sampled_from([0.0, -0.0, 1e-300, 1e300, 1.0, -1.0])
ANY = st.one_of(VALUES, st.sampled_from([np.nan, np.inf, -np.inf]))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_only_bad_input_leaves_the_check(data):
    n = data.draw(st.integers(2, 30))
    column = st.lists(VALUES, min_size=n, max_size=n).map(np.array)
    loose = st.lists(ANY, min_size=n, max_size=n).map(np.array)
    words = st.lists(
        st.sampled_from(["Chg", "DChg", "", "Rest", "2026-01-02 03:04:05", "99/99/9999 99:99"]), min_size=n, max_size=n
    )
    time = np.sort(data.draw(column))
    counts = data.draw(st.none() | st.lists(st.integers(-3, 3), min_size=n, max_size=n).map(np.array))
    more = {
        "Capacity(Ah)": data.draw(loose), "Energy(Wh)": data.draw(loose), "Discharge_Capacity(mAh)": data.draw(loose),
        "Date": data.draw(loose | words.map(lambda w: np.array(w, dtype=object))),
        "Step Type": np.array(data.draw(words), dtype=object), "Data_Point": data.draw(loose),
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.suppress(BadInputError):
            record = CyclingRecord(
                time, data.draw(column), data.draw(st.none() | column), cycle_count=counts, source="x", more=more
            )
            assert checked(record).rows == n
