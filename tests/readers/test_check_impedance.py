"""Spectra with made-up mistakes are repaired, refused or doubted; their correct twins pass without a word."""

import numpy as np
import pytest

from limetal.errors import BadInputError
from limetal.readers._checks.impedance import checked
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

F = 10.0 ** np.arange(5, -2.1, -0.25)
OMEGA = 2j * np.pi * F
CELL = 10 + 40 / (1 + OMEGA * 8e-4) + 60 / (1 + (OMEGA * 0.5) ** 0.8) + OMEGA * 1e-6
SHUNT = 5e-4 + OMEGA * 2e-8
WARBURG = 5 + 30 / np.sqrt(OMEGA)
CAPACITOR = 3 + 1 / (OMEGA * 1e-4)
CELLS = {"cell": CELL, "Warburg": WARBURG, "capacitor": CAPACITOR, "upwards": CELL[::-1]}


def record(z=CELL, f=F, **other) -> ImpedanceRecord:
    return ImpedanceRecord(f, z.real.copy(), z.imag.copy(), source="x.txt", **other)


def beside(z=CELL, sign=1.0, factor=1.0) -> dict:
    return {"|Z|/Ohm": factor * np.abs(z), "Phase(Z)/deg": sign * np.angle(z, deg=True)}


@pytest.mark.parametrize("z", CELLS.values(), ids=CELLS)
def test_correct_spectrum_passes_without_a_word(z):
    f = F[::-1] if z is CELLS["upwards"] else F
    given = record(z, f, more=beside(z))
    got = checked(given)
    assert got.warnings == ()
    np.testing.assert_array_equal(got.impedance, given.impedance)


def test_noisy_and_drifting_spectra_pass_without_a_word():
    dice = np.random.default_rng(3)
    for scale in (0.01, 0.03):
        z = CELL * (1 + scale * dice.normal(size=F.size)) + 1j * scale * 10 * dice.normal(size=F.size)
        assert checked(record(z)).warnings == ()
    assert checked(record(CELL * np.linspace(1, 1.3, F.size))).warnings == ()


@pytest.mark.parametrize("z", [CELL, WARBURG, CAPACITOR], ids=["cell", "Warburg", "capacitor"])
def test_turned_sign_is_turned_back_and_said(z):
    got = checked(record(z.conj()))
    np.testing.assert_array_equal(got.impedance, z)
    assert len(got.warnings) == 1
    assert "was -Im Z, and was turned" in got.warnings[0]


def test_turned_sign_that_the_phase_contradicts_is_turned_back():
    got = checked(record(CELL.conj(), more=beside()))
    np.testing.assert_array_equal(got.impedance, CELL)
    assert "column 'Phase(Z)/deg'" in got.warnings[0]


def test_turned_sign_that_the_phase_confirms_is_refused():
    with pytest.raises(BadInputError, match=r"as column 'Phase.*' says, where .*the file may hold -Im Z"):
        checked(record(CELL.conj(), more=beside(sign=-1.0)))


def test_turned_sign_of_few_points_is_refused_and_its_twin_passes():
    few = slice(8, 11)
    with pytest.raises(BadInputError, match="positive at 3 of 3 points, and nothing beside it"):
        checked(record(CAPACITOR[few].conj(), F[few]))
    assert checked(record(CAPACITOR[few], F[few])).warnings == ()


def test_shunt_and_cable_are_only_doubted():
    got = checked(record(SHUNT))
    np.testing.assert_array_equal(got.impedance, SHUNT)
    assert got.warnings == (
        f"Im Z is positive at {F.size} of {F.size} points, and |Z| rises with frequency: an inductive object, such as a"
        " cable or a shunt",
    )


def test_shunt_with_turned_sign_is_doubted_or_turned_by_its_phase():
    coil = 1e-4 + OMEGA * 2e-6
    assert "its sign may be turned" in checked(record(coil.conj())).warnings[0]
    np.testing.assert_array_equal(checked(record(coil.conj(), more=beside(coil))).impedance, coil)


def test_resistor_with_a_little_inductance_is_doubted():
    got = checked(record(100 + OMEGA * 1e-8))
    assert "inductive, or the file holds -Im Z" in got.warnings[0]


def test_phase_written_with_the_other_sign_is_no_fault_where_the_spectrum_is_right():
    assert checked(record(more=beside(sign=-1.0))).warnings == ()


def test_modulus_in_another_unit_is_refused():
    with pytest.raises(BadInputError, match=r"0\.001 times as much in every row"):
        checked(record(more=beside(factor=1e-3)))
    assert checked(record(more={"|Z|/kOhm": np.abs(CELL) / 1e3})).warnings == ()


def test_modulus_of_other_numbers_is_refused():
    with pytest.raises(BadInputError, match="root of the squares"):
        checked(record(more={"|Z|/Ohm": np.abs(WARBURG)}))


def test_real_and_imaginary_part_swapped_are_refused():
    swapped = CELL.imag + 1j * CELL.real
    with pytest.raises(BadInputError, match="phase of Re Z and Im Z swapped"):
        checked(record(swapped, more={"Phase(Z)/deg": np.angle(CELL, deg=True)}))
    with pytest.raises(BadInputError, match="Re Z"):
        checked(record(swapped))


def test_frequency_swapped_with_real_part_is_refused():
    with pytest.raises(BadInputError, match="are frequency and Re Z swapped"):
        checked(ImpedanceRecord(CELL.real, F, CELL.imag, source="x"))


def test_frequencies_in_uneven_steps_pass():
    f = np.array([9e4, 5e4, 4.7e4, 1e3, 700.0, 33.0, 30.0, 2.0, 0.1])
    z = 10 + 40 / (1 + 2j * np.pi * f * 8e-4)
    assert checked(record(z, f)).warnings == ()


@pytest.mark.parametrize(
    ("factor", "unit"), [(1e-3, "kilohertz"), (1e3, "millihertz"), (2 * np.pi, "radians per second")]
)
def test_frequencies_that_the_header_contradicts_are_refused(factor, unit):
    header = About(settings={"FREQINIT": "1,00000E+005\tInitial Fre&q. (Hz)"})
    with pytest.raises(BadInputError, match=unit):
        checked(record(f=factor * F, about=header))
    assert checked(record(about=header)).warnings == ()


def test_frequencies_that_are_round_in_radians_are_refused():
    with pytest.raises(BadInputError, match="2 pi times powers of ten"):
        checked(record(f=2 * np.pi * F))


def test_spectrum_faster_than_a_period_is_doubted():
    clock = np.cumsum(1e-5 * (1 + np.arange(F.size)))
    assert "less than a period of its lowest frequency" in checked(record(test_time_second=clock)).warnings[0]
    assert checked(record(test_time_second=np.cumsum(1 / F + 1))).warnings == ()
    assert checked(record(test_time_second=np.arange(F.size) / 100)).warnings == ()  # a count, no clock


def test_repeated_points_are_dropped_with_their_row():
    twice = np.concatenate([np.arange(F.size), [3, 4]])
    got = checked(record(CELL[twice], F[twice], more={"Pt": twice.astype(float)}))
    np.testing.assert_array_equal(got.frequency_hertz, F)
    np.testing.assert_array_equal(got.more["Pt"], np.arange(F.size))
    assert got.warnings == ("2 points that repeat an earlier one in every number left out",)


def test_frequencies_measured_twice_are_kept():
    z = np.concatenate([CELL, 1.01 * CELL])
    f = np.concatenate([F, F])
    got = checked(record(z, f))
    assert got.rows == 2 * F.size
    assert got.warnings == ("the frequency begins anew 1 times: 2 sweeps stand in one table",)
    monitor = checked(record(np.array([10 - 1j, 10.1 - 1j, 10.2 - 1.1j]), np.full(3, 100.0)))
    assert monitor.warnings == ()


def test_negative_real_part_is_doubted_or_refused():
    z = CELL.copy()
    z[0] = complex(-1.0, z[0].imag)
    assert "Re Z is negative at 1 of" in checked(record(z)).warnings[0]
    with pytest.raises(BadInputError, match="its sign may be turned, or Re Z and Im Z swapped"):
        checked(record(-CELL.real + 1j * CELL.imag))


def test_frequencies_beyond_any_potentiostat_are_doubted():
    assert "is the unit right" in checked(record(f=1e6 * F)).warnings[-1]


def test_two_points_pass():
    assert checked(record(np.array([10 - 1j, 12 - 3j]), np.array([100.0, 10.0]))).warnings == ()
