"""Tables of impedance and polarisation under the names the field uses, and what is refused."""

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from limetal.readers._kit.tables import roles_of
from support.data_files import real
from support.samples.common import FREQUENCY_HZ, Z_OHM


def text(folder, header, columns, sep=",", name="z.csv"):
    rows = [sep.join(f"{float(x):.12g}" for x in row) for row in zip(*columns, strict=True)]
    (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder / name


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("f,Z',Z''", (1, 1, 1)),
        ("freq,Zre,-Zim", (1, 1, -1)),
        ("frequency,real,imaginary", (1, 1, 1)),
        ("Frequency (Hz),Z' (Ohm),-Z'' (Ohm)", (1, 1, -1)),
        ("freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", (1, 1, -1)),
        ("f (kHz),Re Z (mΩ),Im Z (mΩ)", (1e-3, 1e3, 1e3)),
        ("Frequency [MHz],ZReal [kOhm],ZImag [kOhm]", (1e-6, 1e-3, 1e-3)),
        ("omega (rad/s),Z',Z''", (2 * np.pi, 1, 1)),
        ("f in Hz,Z' in Ohm,−Z'' in Ohm", (1, 1, -1)),
        ("frequency_hertz,impedance_real_ohm,impedance_imaginary_ohm", (1, 1, 1)),
        ("f,-Z',-Z''", (1, -1, -1)),
        ("# f (Hz), Z_re (ohm), minus Z_im (ohm)", (1, 1, -1)),
    ],
)
def test_header_variants(tmp_path, header, scale):
    columns = (FREQUENCY_HZ * scale[0], Z_OHM.real * scale[1], Z_OHM.imag * scale[2])
    spectrum = readers.read(text(tmp_path, header, columns))
    np.testing.assert_allclose(spectrum.frequency_hertz, FREQUENCY_HZ, rtol=1e-11)
    np.testing.assert_allclose(spectrum.impedance, Z_OHM, rtol=1e-10)
    says_units = not header.startswith(("f,", "freq,", "frequency,", "omega"))
    assert any("no unit" in w for w in spectrum.warnings) is not says_units


@pytest.mark.parametrize(
    "header", ["Z'' (foo)", "Re(Z)/Ohm * Area", "-Im(z)/Ohm * Area/2", "|I|/A", "Phase(Y)/deg", "I Range"]
)
def test_a_unit_nobody_knows_makes_no_column(header):
    assert roles_of(("freq/Hz", header))[1] is None
    assert roles_of(("freq/Hz", "Z'' (mohm)"))[1].times == 1e-3


def test_impedance_times_area_is_marked(tmp_path):
    file = text(tmp_path, "f (Hz),Z' (ohm cm2),Z'' (ohm cm2)", (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag))
    assert readers.read(file).per_area
    assert not readers.read(
        text(tmp_path, "f (Hz),Z' (ohm),Z'' (ohm)", (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag))
    ).per_area


def test_small_phase_without_a_unit_is_degrees_or_radians(tmp_path):
    z = 10 - 0.05j * np.ones(FREQUENCY_HZ.size)
    columns = (FREQUENCY_HZ, np.abs(z), np.angle(z, deg=True))
    with pytest.raises(BadInputError, match="degrees, or radians"):
        readers.read(text(tmp_path, "f,|Z|,phase", columns))
    np.testing.assert_allclose(readers.read(text(tmp_path, "f,|Z|,phase (deg)", columns)).impedance, z, rtol=1e-9)


def test_radians_are_read_where_the_header_says_so(tmp_path):
    file = text(tmp_path, "f (Hz),|Z| (ohm),phase (rad)", (FREQUENCY_HZ, np.abs(Z_OHM), np.angle(Z_OHM)))
    np.testing.assert_allclose(readers.read(file).impedance, Z_OHM, rtol=1e-10)


def test_garbled_number_names_its_line(tmp_path):
    file = text(tmp_path, "f,Z',Z''", (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag))
    lines = file.read_text().splitlines()
    lines[5] = lines[5].replace(",", ",x", 1)
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(BadInputError, match="line 6: found 'x"):
        readers.read(file)


def test_words_below_the_table_end_it(tmp_path):
    file = text(tmp_path, "f,Z',Z''", (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag))
    file.write_text(file.read_text() + "\nmeasured by nobody\n")
    assert readers.read(file).rows == FREQUENCY_HZ.size


def test_two_tables_below_each_other(tmp_path):
    file = text(tmp_path, "f,Z',Z''", (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag))
    file.write_text(file.read_text() + "\n" + file.read_text())
    assert [s.label for s in readers.read_all(file)] == ["spectrum 1", "spectrum 2"]


@pytest.mark.parametrize("direction", [1, -1])
def test_sweeps_below_each_other_are_parted_in_either_direction(tmp_path, direction):
    f, z = FREQUENCY_HZ[::direction], Z_OHM[::direction]
    file = text(tmp_path, "f,Z',Z''", [np.tile(c, 3) for c in (f, z.real, z.imag)])
    spectra = readers.read_all(file)
    assert len(spectra) == 3
    for spectrum in spectra:
        np.testing.assert_allclose(spectrum.impedance, z, rtol=1e-10)


def test_up_and_down_sweep_is_one_spectrum(tmp_path):
    f = np.concatenate([FREQUENCY_HZ, FREQUENCY_HZ[::-1]])
    z = np.concatenate([Z_OHM, 1.001 * Z_OHM[::-1]])
    assert readers.read(text(tmp_path, "f,Z',Z''", (f, z.real, z.imag))).rows == f.size


def test_numbers_without_headers_need_the_users_word(tmp_path):
    file = text(tmp_path, "1e6,10,0.1", (FREQUENCY_HZ, Z_OHM.real, -Z_OHM.imag))
    with pytest.raises(BadInputError, match="--column frequency=1:Hz"):
        readers.read(file)
    hints = {"frequency": ColumnHint(1, "kHz"), "z_real": ColumnHint(2, "ohm"), "minus_z_imag": ColumnHint(3, "ohm")}
    spectrum = readers.read(file, columns=hints)
    assert spectrum.frequency_hertz[0] == 1e9
    assert spectrum.impedance_imaginary_ohm[0] == -0.1
    with pytest.raises(BadInputError, match="column 9"):
        readers.read(file, columns={**hints, "z_real": ColumnHint(9, "ohm")})
    with pytest.raises(BadInputError, match="unit 'volt'"):
        readers.read(file, columns={**hints, "z_real": ColumnHint(2, "volt")})
    with pytest.raises(BadInputError, match="only frequency"):
        readers.read(file, columns={"frequency": ColumnHint(1, "Hz")})


def test_own_tables_come_back(tmp_path):
    from limetal.records.files import write_records

    file = text(tmp_path, "f (Hz),Z' (ohm),Z'' (ohm)", [np.tile(c, 2) for c in (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag)])
    spectra = readers.read_all(file)
    for name in ("back.csv", "back.xlsx"):
        write_records(spectra, tmp_path / name)
        back = readers.read_all(tmp_path / name)
        assert [s.label for s in back] == ["spectrum 1", "spectrum 2"]
        np.testing.assert_allclose(back[1].impedance, Z_OHM, rtol=1e-10)


# --------------------------------------------------------------------------------------------- polarisation


def test_polarisation_without_units_is_refused(tmp_path):
    columns = (np.linspace(-0.2, 0.2, 9), np.linspace(-1, 1, 9))
    with pytest.raises(BadInputError):
        readers.read(text(tmp_path, "Potential,Current", columns))
    curve = readers.read(text(tmp_path, "Potential (V),Current (mA)", columns))
    assert (curve.kind, curve.current_ampere[-1]) == ("polarisation", 1e-3)


def test_a_table_with_time_is_one_of_cycling(tmp_path):
    t = np.arange(9.0)
    file = text(tmp_path, "time/s,Ewe/V,I/mA", (t, 3 + t / 100, np.ones(9)))
    assert readers.read(file).kind == "cycling"


def test_overpotential_is_counted_from_equilibrium(tmp_path):
    columns = (np.linspace(-200, 200, 9), np.linspace(-1, 1, 9))
    curve = readers.read(text(tmp_path, "η (mV),j (A/cm2)", columns))
    assert curve.reference == "equilibrium"
    assert curve.potential_volt[0] == pytest.approx(-0.2)
    assert curve.current_density_mA_cm2[-1] == pytest.approx(1e3)
    assert curve.current_ampere is None


def test_published_lithium_curves_are_read():
    """Boyle et al., ACS Energy Lett. 5, 701 (2020), Fig. 4a: two electrolytes side by side."""
    dec, pc = readers.read_all(real("tafel_cv/DiffEC/Boyle2020_Fig4a_Li_transient_voltammetry.csv"))
    assert (dec.label, pc.label) == ("DEC", "PC")
    assert dec.potential_volt[0] == pytest.approx(-0.240040908)
    assert pc.current_density_mA_cm2[0] == pytest.approx(36.2095835)


def test_workbook_without_units_is_refused():
    with pytest.raises(BadInputError, match="sheet Sheet1"):
        readers.read(real("tafel_cv/potentiodynamic-polarization-handler/validate_two_step_scan.xlsx"))
