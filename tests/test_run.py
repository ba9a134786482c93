"""The pipeline on the bundled studies, on a user's study with a raw file, and on broken input."""

import numpy as np
import pytest

import limetal
from limetal.errors import BadInputError, StudyFileError
from limetal.ledger import ORIGINS
from limetal.physics.kinetics import symmetric_cell_voltage_V
from limetal.records.cycling import CellContext
from limetal.records.files import write_record
from limetal.run import analyse, design_study, load_study, run, run_study, simulated_record
from limetal.simulate import Block, PlanarSymmetricCell, simulate
from support.data_files import real
from support.full_cells import make
from support.studies import claim

STUDY = """
[study]
title = "mine"
[electrodes.Li]
kind = "lithium"
thickness = "50 um"
recipe = { by = "mass", parts = { Li = 1 } }
[cells.sym]
kind = "symmetric"
electrode = "Li"
area = "2 cm2"
[tests.raw]
kind = "file"
cell = "sym"
file = "raw.csv"
"""


def raw_file(folder, half_cycles=20, volt=0.05, milliampere=2.0):
    """Write time in hours, millivolts and milliamperes, with semicolons and decimal commas."""
    rows = ["Time (h);Voltage (mV);Current (mA)"]
    for k in range(half_cycles):
        sign = 1 if k % 2 == 0 else -1
        for part in np.linspace(0, 1, 20):
            values = (k + part, 1e3 * sign * volt, sign * milliampere)
            rows.append(";".join(f"{v:.6f}".replace(".", ",") for v in values))
    (folder / "raw.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def lznc():
    return run("lznc")


@pytest.fixture(scope="module")
def lmzg():
    return run("lmzg")


def verdict_of(content, relation, *claims):
    found = [v for v in content.verdicts if v.relation == relation and set(claims) <= set(v.claims)]
    assert found, f"no verdict of {relation} on {claims}"
    return found[0]


def test_lznc_holds_what_the_paper_has(lznc):
    electrodes = set(lznc.ledger.subjects("electrodes"))
    assert {f"electrodes.{n}" for n in ("Li", "LZ", "LC", "LZN", "LZC", "LZNC")} <= electrodes
    assert sum(bool(e.claim) and e.number is not None for e in lznc.ledger) >= 100
    assert {e.origin for e in lznc.ledger} == {"stated", "derived", "assumed", "simulated"}


@pytest.mark.parametrize(
    ("relation", "claims", "word", "computed"),
    [
        ("density closure", ("q-grav", "q-vol"), "disagrees", 0.900),
        ("reference of the utilisation", ("q-theory", "q-grav"), "disagrees", 1946),
        ("theoretical capacity", ("q-theory",), "agrees", 1846.6),
        ("composition by reaction", ("w-Li3N",), "agrees", 8.63),
        ("Bragg: spacing and angle", ("d002-before",), "disagrees", 3.437),
        ("Bragg: spacing and angle", ("d002-after",), "agrees", 3.731),
        ("exchange current and hysteresis", ("hysteresis-LZNC-1",), "disagrees", 0.2494),
        ("N/P balance", ("np-coin",), "agrees", 3.83),
        ("N/P balance", ("np-pouch",), "agrees", 1.915),
        ("normalised capacity (NSC)", ("NSC-pouch",), "agrees", 947.4),
        ("thickness and areal capacity", ("qA-8um",), "agrees", 1.532),
        ("thickness and areal capacity", ("qA-100um",), "agrees", 19.15),
    ],
)
def test_contradictions_of_the_paper_are_found(lznc, relation, claims, word, computed):
    found = verdict_of(lznc, relation, *claims)
    assert found.verdict == word
    assert found.computed == pytest.approx(computed, rel=2e-3)


def test_slurry_of_the_paper_does_not_sum_to_hundred(lznc):
    sums = {v.claims[0].split(".")[1]: v.verdict for v in lznc.verdicts if v.relation == "formulation sum"}
    assert sums["NCM811_15"] == sums["NCM811_20"] == "disagrees"
    assert sums["NCM811_5"] == sums["Ni98"] == "agrees"


def test_lmzg_carries_its_unknown_component(lmzg):
    found = {(e.subject, e.quantity): e.value for e in lmzg.ledger}
    assert found["electrodes.LMZG", "strippable_capacity"] == "unknown"
    assert found["materials.G", "definition"] == "unknown"
    assert found["materials.MgZn_20_80.Mg", "mole_fraction"] == pytest.approx(40.2, abs=0.05)


def test_panels_4a_to_4d_are_drawn(lznc):
    names = {p.name for s in lznc.sections for p in s.plots}
    assert {"voltage_time", "voltage_profiles", "hysteresis_current", "voltage_time_1", "hysteresis_current_2"} <= names
    compared = next(s for s in lznc.sections if s.key == "comparison")
    assert len(compared.plots[0].series) >= 5
    assert "simulated" in compared.plots[0].caption


def test_every_entry_and_verdict_is_complete(lznc, lmzg):
    for content in (lznc, lmzg):
        assert all(e.origin in ORIGINS and e.source for e in content.ledger)
        assert all(v.explanation and v.claims for v in content.verdicts)
        assert sum(content.counts[w] for w in ("agrees", "disagrees", "cannot tell")) > 70


def test_a_raw_file_of_a_user(tmp_path):
    raw_file(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text(
        STUDY + claim("h", "tests.raw", "hysteresis", "50 mV", current_density="1 mA/cm2"), encoding="utf-8"
    )
    content = run(path)
    entry = content.ledger.find("tests.raw", "hysteresis_mean", "measured")[0]
    assert entry.value == pytest.approx(0.05, rel=1e-6)
    assert dict(entry.at)["current_density"] == pytest.approx(1.0)
    assert content.ledger.find("tests.raw", "areal_resistance")[0].value == pytest.approx(50.0, rel=1e-6)
    assert "raw.csv" in entry.source
    assert "settled_from=0.2" in entry.source
    assert [(v.relation, v.verdict) for v in content.verdicts] == [("stated and measured", "agrees")]


def test_a_stated_current_density_serves_a_file_without_current(tmp_path):
    raw_file(tmp_path)
    rows = (tmp_path / "raw.csv").read_text().splitlines()
    (tmp_path / "raw.csv").write_text("\n".join(row.rsplit(";", 1)[0] for row in rows) + "\n")
    path = tmp_path / "mine.toml"
    path.write_text(STUDY + 'current_density = "2 mA/cm2"\n')
    content = run(path)
    entry = content.ledger.find("tests.raw", "areal_resistance", "derived")[0]
    assert entry.value == pytest.approx(1e3 * 0.05 / 2.0, rel=1e-6)
    assert dict(content.ledger.find("tests.raw", "hysteresis_mean")[0].at)["current_density"] == 2.0
    assert content.ledger.find("tests.raw", "current_density")[0].origin == "stated"
    assert not any("areal_resistance" in what for what, _ in content.not_computed)
    raw_file(tmp_path)
    assert any("is not used, the file has a current" in w for w in run(path).warnings)


def test_options_of_a_study_reach_the_analysis(tmp_path):
    raw_file(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text(STUDY + "[analyses.hysteresis]\nsettled_from = 0.5\n")
    assert "settled_from=0.5" in run(path).ledger.find("tests.raw", "hysteresis_mean")[0].source
    path.write_text(STUDY + "[analyses.hysteresis]\nsetled_from = 0.5\n")
    with pytest.raises(StudyFileError, match="did you mean 'settled_from'"):
        run(path)
    path.write_text(STUDY + '[analyses.hysteresis]\nsettled_from = "half"\n')
    with pytest.raises(BadInputError, match=r"want a value like 0\.2"):
        run(path)


def test_a_broken_file_is_named_with_its_line_in_the_study(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(STUDY)
    (tmp_path / "raw.csv").write_text("Time (h);Voltage (mV)\n0;1\n1;x\n2;3\n")
    with pytest.raises(BadInputError, match=r"^mine\.toml:15, tests\.raw: .*raw\.csv, line 3.*found.*want") as caught:
        run(path)
    assert "\n" not in str(caught.value)


def test_side_by_side_gives_the_same(lmzg):
    other = run("lmzg", jobs=2)
    assert [e.as_json() for e in other.ledger] == [e.as_json() for e in lmzg.ledger]


def test_only_some_tests():
    content = run("lmzg", only=["simulated_LMZG"])
    assert {e.subject for e in content.ledger if e.origin == "simulated"} == {"tests.simulated_LMZG"}
    with pytest.raises(BadInputError, match="--only: found 'nope'"):
        run("lmzg", only=["nope"])


def test_design_reads_no_data():
    content = design_study(load_study("lznc"))
    assert {e.origin for e in content.ledger} == {"stated", "derived", "assumed"}
    assert content.verdicts == ()


def test_simulated_record_follows_the_parameters_of_the_study():
    study = load_study("lznc")
    test = study.model.tests["rate_LZNC"]
    record = simulated_record(study, "rate_LZNC")
    j = test.protocol[-1].current_density.value
    want = symmetric_cell_voltage_V(
        j, test.exchange_current_density.value, test.film_resistance.value, test.electrolyte_resistance.value
    )
    growth = test.film_growth_per_cycle
    if growth is None or growth.value == 0:
        assert record.voltage_volt.max() == pytest.approx(float(want), rel=1e-9)
    assert record.voltage_volt.max() == pytest.approx(float(want), rel=0.2)


def test_more_charge_than_lithium_is_refused(tmp_path):
    text = STUDY.replace(
        'kind = "file"\ncell = "sym"\nfile = "raw.csv"',
        """kind = "simulated"
cell = "sym"
basis = "a test"
exchange_current_density = "1 mA/cm2"
film_resistance = "0 ohm cm2"
electrolyte_resistance = "0 ohm cm2"
protocol = [{ current_density = "1 mA/cm2", capacity = "11 mAh/cm2", cycles = 1 }]""",
    )
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=r"at most the 10\.3 mAh/cm2 the foil holds"):
        run(path)


def test_analyse_without_a_study(tmp_path):
    raw_file(tmp_path)
    silent = analyse(tmp_path / "raw.csv")
    assert any("--cell kind=symmetric" in why for _, why in silent.not_computed)
    assert "hysteresis_mean" not in {e.quantity for e in silent.ledger}
    told = analyse(tmp_path / "raw.csv", cell=CellContext("symmetric", 2.0))
    assert next(e for e in told.ledger if e.quantity == "hysteresis_mean").value == pytest.approx(0.05)
    full = analyse(tmp_path / "raw.csv", cell=CellContext("full", 2.0))
    assert "hysteresis_mean" not in {e.quantity for e in full.ledger}
    with pytest.raises(BadInputError, match="cell of kind symmetric"):
        analyse(tmp_path / "raw.csv", cell=CellContext("full"), analyses=["hysteresis"])


def test_study_and_analyse_say_the_same_of_a_real_file(tmp_path):
    file = real("cycling/limetal_symmetric/NickAlba_Data_Figure_3bc_PHJ_13_201.csv")
    path = tmp_path / "mine.toml"
    path.write_text(STUDY.replace('"raw.csv"', repr(str(file))))
    in_study = {e.quantity: e.value for e in run_study(load_study(path)).ledger.find("tests.raw") if not dict(e.at)}
    alone = {e.quantity: e.value for e in analyse(file, cell=CellContext("symmetric", 2.0)).ledger if not dict(e.at)}
    for name in ("hysteresis_end", "hysteresis_mean", "hysteresis_plateau", "hysteresis_full_gap", "half_cycles"):
        assert in_study[name] == alone[name]


def test_real_neware_file_in_a_study(tmp_path):
    file = real("cycling/neware/nw4-120-1-6-53.ndax")
    path = tmp_path / "mine.toml"
    text = STUDY.replace('"raw.csv"', repr(str(file))).replace('kind = "symmetric"', 'kind = "copper"')
    path.write_text(text)
    content = run(path)
    assert content.ledger.find("tests.raw", "number_of_points", "measured")[0].value == 18_700
    assert any(s.key == "tests.raw" and s.plots for s in content.sections)


def test_public_functions_are_the_pipeline():
    assert limetal.analyse is analyse
    assert {v.verdict for v in limetal.audit("lmzg")} <= {"agrees", "disagrees", "cannot tell"}


def test_defaults_of_a_simulation_are_printed_and_what_the_cell_states_is_not_assumed_again(tmp_path):
    text = STUDY.replace(
        'kind = "file"\ncell = "sym"\nfile = "raw.csv"',
        """kind = "simulated"
cell = "sym"
basis = "a test"
exchange_current_density = "1 mA/cm2"
film_resistance = "0 ohm cm2"
electrolyte_resistance = "0 ohm cm2"
protocol = [{ current_density = "1 mA/cm2", capacity = "1 mAh/cm2", cycles = 1 }]""",
    )
    path = tmp_path / "mine.toml"

    def assumed(more):
        path.write_text(text.replace('area = "2 cm2"', more))
        return {e.quantity: e for e in run(path).ledger.find("tests.raw", origin="assumed")}

    silent = assumed("")
    assert silent["temperature"].value == 298.15
    assert silent["area"].value == 1.0
    assert (silent["film_growth"].value, silent["film_growth"].source) == (0.0, "default of limetal: none")
    assert silent["film_resistance"].source == "a test"
    told = assumed('area = "2 cm2"\ntemperature = "60 degC"')
    assert {"temperature", "area"}.isdisjoint(told)


SPLIT = """
[study]
title = "A full cell and its symmetric partner"
[electrodes.Li]
kind = "lithium"
recipe = { by = "mass", parts = { Li = 1 } }
thickness = "50 um"
[electrodes.NCM]
kind = "positive"
active = "NCM811"
loading = "10 mg/cm2"
[cells.sym]
kind = "symmetric"
electrode = "Li"
area = "1 cm2"
[cells.full]
kind = "full"
negative = "Li"
positive = "NCM"
format = "coin"
area = "1 cm2"
[tests.full]
kind = "file"
cell = "full"
file = "full.csv"
symmetric = "sym"
[tests.sym]
kind = "file"
cell = "sym"
file = "sym.csv"
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_cell_is_split_by_the_symmetric_test_it_names(tmp_path, jobs):
    (tmp_path / "split.toml").write_text(SPLIT)
    symmetric = simulate(PlanarSymmetricCell(1e6, 5.0, 10.0), (Block(1.0, 1.0, 4),), CellContext("symmetric", 1.0))
    write_record(symmetric, tmp_path / "sym.csv")
    write_record(make([1.0, 1.0, 1.0], current_mA=1.0, resistance_ohm=60.0).record, tmp_path / "full.csv")
    content = run(tmp_path / "split.toml", jobs=jobs)
    assert [s.key for s in content.sections if s.key.startswith("tests.")] == ["tests.full", "tests.sym"]
    least, most = (e for e in content.ledger.find("tests.full", "lithium_polarisation"))
    # 20 ohm cm2 at 1 mA/cm2: one electrode has half of what is not electrolyte, in both directions
    assert least.number == pytest.approx(20e-3, rel=1e-3)
    assert most.number == pytest.approx(0.0, abs=1e-9)
    assert "symmetric cell of sym" in least.note
    alone = run(tmp_path / "split.toml", only=["full"])
    assert any("no symmetric cell" in why for _, why in alone.not_computed)


def test_a_partner_that_is_no_symmetric_test_is_refused(tmp_path):
    (tmp_path / "split.toml").write_text(SPLIT.replace('symmetric = "sym"', 'symmetric = "full"'))
    for name in ("sym.csv", "full.csv"):
        (tmp_path / name).write_text("x")
    with pytest.raises(StudyFileError, match="a test of a symmetric cell: sym"):
        run(tmp_path / "split.toml")
