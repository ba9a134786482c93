"""The command line as a user meets it: exit codes, one clear message, nothing half-written, silence in a pipe."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import limetal
from limetal.__main__ import main
from limetal.catalogue import catalogue
from limetal.errors import BadInputError
from limetal.ledger import ORIGINS
from limetal.quantities import QUANTITIES
from limetal.study.template import study_text
from limetal.units import FIELD_UNITS

#: The contract of HOUSE.md, typed from it.
TOP_KEYS = ["schema", "ledger", "verdicts", "warnings", "not_computed", "software"]
ENTRY_KEYS = ["subject", "quantity", "value", "std", "unit", "origin", "source", "note"]
VERDICT_KEYS = ["relation", "verdict", "claims", "stated", "computed", "std", "unit", "explanation"]
VERDICT_WORDS = {"agrees", "disagrees", "cannot tell"}

SMALL_STUDY = """\
[study]
title = "small"

[electrodes.Li]
kind = "lithium"
thickness = "50 um"
recipe = { by = "mass", parts = { Li = 1 } }

[cells.sym]
kind = "symmetric"
electrode = "Li"
area = "2 cm2"

[tests.made]
kind = "simulated"
cell = "sym"
basis = "a guess"
exchange_current_density = "2 mA/cm2"
film_resistance = "5 ohm cm2"
electrolyte_resistance = "1 ohm cm2"
protocol = [{ current_density = "1 mA/cm2", capacity = "1 mAh/cm2", cycles = 2 }]

[tests.again]
kind = "simulated"
cell = "sym"
basis = "a guess"
exchange_current_density = "1 mA/cm2"
film_resistance = "5 ohm cm2"
electrolyte_resistance = "1 ohm cm2"
protocol = [{ current_density = "1 mA/cm2", capacity = "1 mAh/cm2", cycles = 2 }]

[[claims]]
id = "too-much"
subject = "electrodes.Li"
quantity = "theoretical_specific_capacity"
value = "9999 mAh/g"
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def files(here) -> Path:
    """A study, a good file, and one file of every bad kind."""
    rows = [f"{t / 10:.1f};{0.05 if (t // 10) % 2 == 0 else -0.05}" for t in range(60)]
    header = "Time (h);U (V)"
    (here / "small.toml").write_text(SMALL_STUDY)
    (here / "good.csv").write_text("\n".join([header, *rows]) + "\n")
    (here / "nan.csv").write_text("\n".join([header, *rows[:5], "0.5;NaN", *rows[6:]]) + "\n")
    (here / "gap.csv").write_text("\n".join([header, *rows[:5], "0.5;", *rows[6:]]) + "\n")
    (here / "falling.csv").write_text("\n".join([header, *rows[:5], "0.05;0.05", *rows[6:]]) + "\n")
    (here / "still.csv").write_text("\n".join([header, *["1.0;0.05"] * 9]) + "\n")
    (here / "one.csv").write_text(f"{header}\n0;0.05\n")
    (here / "empty.csv").write_bytes(b"")
    (here / "binary.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20)
    (here / "binary.toml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    (here / "broken.toml").write_text("[study]\ntitle = \n")
    (here / "wrong.toml").write_text(SMALL_STUDY.replace("thickness", "thicknes"))
    (here / "folder.csv").mkdir()
    for bad in ("nan", "falling", "missing"):
        test = f'[tests.file]\nkind = "file"\ncell = "sym"\nfile = "{bad}.csv"\n\n[[claims]]'
        (here / f"study_{bad}.toml").write_text(SMALL_STUDY.replace("[[claims]]", test))
    return here


class Answer:
    """What one call of the program gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def limetal_(monkeypatch, capfd):
    """Call the program's main function in this process."""

    def call(*words: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["limetal", *words])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return call


def program(*words: str) -> subprocess.CompletedProcess[str]:
    """Call the program in a process of its own, its output in pipes."""
    command = [sys.executable, "-W", "error", "-m", "limetal", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, hidden files too, with its content."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))
    }


# ------------------------------------------------------------------------------------- the program as a process


def test_run_of_a_study_succeeds_though_a_claim_disagrees(files):
    first = program("run", "small.toml")
    assert (first.returncode, first.stderr) == (0, "")
    assert "1 claim: 0 agree, 1 disagree, 0 cannot be told" in first.stdout
    assert f"report: {files / 'limetal-small' / 'report.html'}" in first.stdout
    assert "\r" not in first.stdout
    before = tree(files / "limetal-small")
    second = program("run", "small.toml", "--jobs", "2")
    assert (second.returncode, second.stderr) == (0, "")
    assert tree(files / "limetal-small") == before
    assert {"report.html", "results.json", "tables/ledger.csv", "tables/verdicts.csv", "figures"} <= set(before)
    assert any(name.endswith(".svg") for name in before)
    assert not [p for p in files.iterdir() if p.name.startswith(".")]


@pytest.mark.usefixtures("files")
def test_mistake_is_one_message_without_a_traceback():
    answer = program("run", "nowhere")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.startswith("limetal: nowhere: found no such file or study, want ")


def test_version_of_the_module_and_the_command():
    wanted = f"limetal {limetal.__version__}\n"
    assert program("--version").stdout == wanted
    command = Path(sys.executable).with_name("limetal.exe" if os.name == "nt" else "limetal")
    if command.exists():
        answer = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60, check=True)
        assert answer.stdout == wanted


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("words", [["list", "quantities"], ["design", "lznc", "--json"]])
def test_reader_of_a_pipe_may_leave_early(words):
    process = subprocess.Popen(
        [sys.executable, "-m", "limetal", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in {0, 1}
    assert error == ""


# ------------------------------------------------------------------------------------------------- mistakes

MISTAKES = [
    # studies
    (["run", "lzmg"], "lzmg: found no such file or study", "did you mean 'lmzg'?"),
    (["audit", "nowhere.toml"], "nowhere.toml: found no such file or study", "lmzg, lznc"),
    (["run", "folder.csv"], "folder.csv: found a folder", "a study file"),
    (["run", "empty.csv"], "empty.csv: found an empty file", "limetal new study NAME"),
    (["run", "binary.toml"], "binary.toml: found bytes that are no UTF-8 text", "UTF-8"),
    (["run", "good.csv"], "good.csv:1", "want valid TOML"),
    (["run", "broken.toml"], "broken.toml:2", "want valid TOML"),
    (["run", "wrong.toml"], "wrong.toml:6:1: electrodes.Li.thicknes", "did you mean 'thickness'?"),
    (["design", "wrong.toml"], "wrong.toml:6:1: electrodes.Li.thicknes", "did you mean 'thickness'?"),
    (["run", "study_missing.toml"], "study_missing.toml:35:1: tests.file.file: found no such file", "missing.csv"),
    (["run", "study_nan.toml"], "study_nan.toml:35, tests.file: ", "nan.csv, line 7"),
    (["run", "study_falling.toml"], "study_falling.toml:35, tests.file: ", "falling.csv, line 7"),
    (["run", "study_nan.toml", "--jobs", "2"], "study_nan.toml:35, tests.file: ", "nan.csv, line 7"),
    (["run", "small.toml", "--only", "junk"], "--only: found 'junk'", "made, again"),
    (["run", "small.toml", "--style", "junk"], "--style: found 'junk'", "single, double, slide"),
    (["run", "small.toml", "--out", "good.csv"], "good.csv: found a file", "a folder for the report"),
    (["run", "small.toml", "--job", "2"], "No such option: --job", "--jobs"),
    (["run", "small.toml", "--jobs", "0"], "--jobs", "1"),
    (["run", "small.toml", "--jobs", "two"], "--jobs", "integer"),
    (["run"], "Missing argument", "study"),
    (["rnu", "small.toml"], "No such command 'rnu'", "run"),
    (["simulate", "small.toml", "junk", "--to", "x.csv"], "found 'junk'", "made, again"),
    (["simulate", "small.toml", "made", "--to", "x.txt"], "x.txt: found the ending '.txt'", ".csv, .parquet or .xlsx"),
    (["simulate", "small.toml", "made", "--to", "no/x.csv"], "no/x.csv: found no such folder", "existing folder"),
    # data
    (["analyse", "missing.csv"], "missing.csv: found no such file", "an instrument file"),
    (["analyse", "folder.csv"], "folder.csv: found no file", "a folder with data files"),
    (["analyse", "empty.csv"], "empty.csv: found an empty file", "an instrument file"),
    (["analyse", "binary.csv"], "binary.csv: found binary data of no known format", "a file limetal can read"),
    (["analyse", "nan.csv"], "nan.csv, line 7: found 'NaN' in column 'U (V)'", "a number"),
    (["analyse", "gap.csv"], "gap.csv, line 7", "a number"),
    (["analyse", "falling.csv"], "falling.csv, line 7: found time that falls", "time"),
    (["analyse", "still.csv"], "still.csv", "time"),
    (["analyse", "one.csv"], "one.csv", "at least two rows"),
    (["analyse", "good.csv", "nan.csv", "--as", "hysteresys"], "found 'hysteresys'", "nearest: 'hysteresis'"),
    (["analyse", "good.csv", "--circuit", "R(RQ"], 'circuit "R(RQ", column 5', "want ')'"),
    (["analyse", "good.csv", "--option", "circuit.weight=unit"], "--option: found 'circuit.weight'", "weighting"),
    (["analyse", "good.csv", "--option", "circuit"], "--option: found 'circuit'", "ANALYSIS.KEY=VALUE"),
    (["analyse", "good.csv", "--at", "25 degC"], "--at: found no --series", "--series"),
    (["analyse", "good.csv", "--series", "temperatur"], "--series: found 'temperatur'", "temperature"),
    (["analyse", "good.csv", "--series", "cycle"], "good.csv: found a record of cycling", "impedance spectra"),
    (["analyse", "good.csv", "--as", "hysteresys"], "found 'hysteresys'", "nearest: 'hysteresis'"),
    (["analyse", "good.csv", "--as", "hysteresis"], "good.csv", "--cell kind=symmetric"),
    (["analyse", "good.csv", "--cell", "junk"], "--cell: found 'junk'", "KEY=VALUE"),
    (["analyse", "good.csv", "--cell", "kind=symetric"], "--cell: found kind=symetric", "did you mean 'symmetric'"),
    (["analyse", "good.csv", "--cell", "area=1 cm2"], "--cell: found no kind", "kind=one of"),
    (["analyse", "good.csv", "--cell", "kind=half", "--cell", "area=1"], "--cell area: found '1'", "1.13 cm2"),
    (["analyse", "good.csv", "--column", "junk"], "--column: found 'junk'", "time=HEADER:UNIT"),
    (["analyse", "good.csv", "--column", "time=9:h"], "columns.time: found column 9", "between 1 and 2"),
    (["analyse", "good.csv", "--reader", "newar"], "found 'newar'", "nearest: 'neware'"),
    (["analyse", "good.csv", "--reader", "neware"], "good.csv", "found"),
    (["analyse", "good.csv", "one.csv", "--out", "report"], "--out: found 2 files", "one file"),
    (["analyse", "good.csv", "--out", "nan.csv"], "nan.csv: found a file", "a folder for the report"),
    (["read", "missing.csv", "--to", "x.csv"], "missing.csv: found no such file", "an instrument file"),
    (["read", "nan.csv", "--to", "x.parquet"], "nan.csv, line 7", "a number"),
    (["read", "good.csv", "--to", "x.xls"], "x.xls: found the ending '.xls'", ".csv, .parquet or .xlsx"),
    (["read", "good.csv", "nan.csv", "--to", "x.csv"], "--to: found 2 files", "one file"),
    (["read"], "Missing argument", "files"),
    # the rest
    (["list", "studys"], "found 'studys'", "did you mean 'studies'?"),
    (["new", "study", "small"], "small.toml: found a file that exists", "another name"),
    (["new", "study", "a/b"], "found 'a/b'", "letters, digits"),
    (["new", "study", "fresh", "--data", "missing.csv"], "missing.csv: found no such file", "a data file"),
    (["new", "reader", "Acme"], "found 'Acme'", "small letters"),
    (["new", "stduy", "x"], "No such command 'stduy'", "study"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "found", "wanted"), MISTAKES, ids=lambda v: " ".join(v) if isinstance(v, list) else ""
)
def test_mistake_gives_status_2_one_message_and_nothing_written(limetal_, files, words, found, wanted):
    before = tree(files)
    answer = limetal_(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert found in answer.err
    assert wanted in answer.err
    assert "Traceback" not in answer.err
    assert answer.err.endswith("\n")
    if answer.err.startswith("limetal: "):
        assert answer.err.count("\n") == 1, "one sentence"
    else:
        assert re.match(r"Usage: |\w+\.(toml|csv):\d+", answer.err), "usage, or the line of the study"
    assert tree(files) == before


def test_the_twins_of_the_mistakes_pass(limetal_, files):
    for words in (
        ["run", "small.toml", "--only", "made", "--style", "single", "--out", "a"],
        ["audit", "small.toml"],
        ["design", "small.toml"],
        ["simulate", "small.toml", "made", "--to", "x.csv"],
        ["analyse", "good.csv", "good.csv"],
        ["analyse", "good.csv", "--as", "hysteresis", "--cell", "kind=symmetric", "--cell", "area=1 cm2"],
        ["analyse", "good.csv", "--column", "time=1:h", "--column", "voltage=U (V):mV", "--reader", "delimited"],
        ["analyse", "good.csv", "--out", "b"],
        ["read", "good.csv", "--to", "y.parquet"],
        ["new", "study", "fresh", "--data", "good.csv"],
        ["new", "reader", "acme"],
    ):
        answer = limetal_(*words)
        assert (words, answer.code, answer.err) == (words, 0, "")
        assert answer.out
    made = {p.name for p in files.iterdir()}
    assert {"a", "b", "x.csv", "y.parquet", "fresh.toml", "acme.py"} <= made
    assert not any(name.startswith(".") for name in made)


@pytest.mark.usefixtures("files")
def test_message_names_the_argument_that_was_given(limetal_):
    assert "--only" not in limetal_("simulate", "small.toml", "junk", "--to", "x.csv").err


@pytest.mark.usefixtures("files")
def test_message_names_the_header_that_was_asked_for(limetal_):
    answer = limetal_("analyse", "good.csv", "--column", "time=nothing:h")
    assert answer.code == 2
    assert "nothing" in answer.err


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "words",
    [
        ["--cell", "kind=symmetric", "--cell", "kind=half"],
        ["--column", "time=1:h", "--column", "time=1:s"],
    ],
)
def test_key_given_twice_is_refused(limetal_, words):
    assert limetal_("analyse", "good.csv", *words).code == 2


# --------------------------------------------------------------------------------------------------- reports


def test_report_replaces_its_own_files_and_keeps_those_of_others(limetal_, files):
    out = files / "report"
    (out / "tables").mkdir(parents=True)
    (out / "notes.txt").write_text("mine")
    (out / "tables" / "mine.csv").write_text("mine too")
    assert limetal_("run", "small.toml", "--out", "report").code == 0
    whole = tree(out)
    assert limetal_("run", "small.toml", "--out", "report", "--only", "made").code == 0
    part = tree(out)
    assert part["notes.txt"] == whole["notes.txt"] == b"mine"
    assert part["tables/mine.csv"] == b"mine too"
    assert any("again" in name for name in whole)
    assert not any("again" in name for name in part), "files of an earlier report are gone"
    assert limetal_("run", "small.toml", "--out", "report").code == 0
    assert tree(out) == whole


def test_failure_leaves_an_earlier_report_as_it_was(limetal_, files):
    assert limetal_("run", "small.toml", "--out", "report").code == 0
    before = tree(files)
    assert limetal_("run", "study_nan.toml", "--out", "report").code == 2
    assert tree(files) == before


def test_file_of_another_origin_is_not_overwritten(limetal_, files):
    (files / "report").mkdir()
    (files / "report" / "results.json").write_text("mine")
    before = tree(files)
    answer = limetal_("run", "small.toml", "--out", "report")
    assert answer.code == 2
    assert "results.json: found a file that is not from an earlier report" in answer.err
    assert tree(files) == before


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
@pytest.mark.parametrize("kind", ["empty folder", "link to a folder", "link to a file"])
def test_folders_and_links_of_others_are_kept(limetal_, files, kind):
    (files / "report").mkdir()
    (files / "data").mkdir()
    (files / "data" / "x.txt").write_text("x")
    if kind == "empty folder":
        (files / "report" / "kept").mkdir()
    else:
        (files / "report" / "kept").symlink_to(files / ("data" if "folder" in kind else "data/x.txt"))
    was_link = (files / "report" / "kept").is_symlink()
    assert limetal_("run", "small.toml", "--out", "report").code == 0
    assert (files / "report" / "kept").exists()
    assert (files / "report" / "kept").is_symlink() == was_link


def test_results_json_is_what_audit_prints(limetal_, files):
    assert limetal_("run", "small.toml").code == 0
    printed = limetal_("audit", "small.toml", "--json").out
    assert json.loads((files / "limetal-small" / "results.json").read_text(encoding="utf-8")) == json.loads(printed)


# ------------------------------------------------------------------------------------------------------ JSON


def check_schema(text: str) -> dict:
    """Hold a JSON text against the contract of HOUSE.md."""

    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    data = json.loads(text, parse_constant=no_constant)
    assert list(data) == TOP_KEYS
    assert data["schema"] == "limetal/1"
    assert data["ledger"]
    for entry in data["ledger"]:
        assert list(entry) == ENTRY_KEYS
        assert entry["origin"] in ORIGINS
        assert entry["unit"] == QUANTITIES[entry["quantity"]].unit
        assert isinstance(entry["value"], int | float | str | list)
        assert entry["std"] is None or entry["std"] >= 0
        assert entry["source"]
    for verdict in data["verdicts"]:
        assert list(verdict) == VERDICT_KEYS
        assert verdict["verdict"] in VERDICT_WORDS
        assert verdict["explanation"]
        assert all(isinstance(claim, str) for claim in verdict["claims"])
    assert all(isinstance(w, str) for w in data["warnings"])
    assert all(list(n) == ["what", "why"] and n["why"] for n in data["not_computed"])
    assert data["software"]["limetal"] == limetal.__version__
    return data


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "words",
    [
        ["audit", "small.toml", "--json"],
        ["audit", "lmzg", "--json"],
        ["design", "small.toml", "--json"],
        ["design", "lznc", "--json"],
        ["analyse", "good.csv", "--json"],
        ["analyse", "good.csv", "good.csv", "--json"],
        ["analyse", "good.csv", "--json", "--cell", "kind=symmetric"],
        ["read", "good.csv", "--json"],
        ["read", "good.csv", "good.csv", "--json"],
    ],
    ids=" ".join,
)
def test_json_is_the_published_schema(limetal_, words):
    answer = limetal_(*words)
    assert (answer.code, answer.err) == (0, "")
    check_schema(answer.out)


def test_json_of_a_bundled_study_has_verdicts_and_all_origins(limetal_, here):
    answer = limetal_("run", "lznc", "--out", "report")
    assert (answer.code, answer.err) == (0, "")
    data = check_schema((here / "report" / "results.json").read_text(encoding="utf-8"))
    assert {"agrees", "disagrees"} <= {v["verdict"] for v in data["verdicts"]} <= VERDICT_WORDS
    assert {e["origin"] for e in data["ledger"]} == {"stated", "derived", "simulated", "assumed"}
    assert len(data["ledger"]) > 200


@pytest.mark.usefixtures("files")
def test_json_of_a_disagreement_names_the_claim(limetal_):
    answer = limetal_("audit", "small.toml", "--json")
    assert answer.code == 0
    (verdict,) = [v for v in check_schema(answer.out)["verdicts"] if v["verdict"] == "disagrees"]
    assert verdict["claims"] == ["too-much"]
    assert verdict["stated"] == 9999
    assert verdict["unit"] == "mAh/g"


def test_files_of_one_name_can_be_told_apart(limetal_, files):
    (files / "other").mkdir()
    (files / "other" / "good.csv").write_text("Time (h);U (V)\n0;1\n1;1\n")
    data = check_schema(limetal_("read", "good.csv", "other/good.csv", "--json").out)
    assert len({e["subject"] for e in data["ledger"]}) == 2


# --------------------------------------------------------------------------------------------- read and list


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("ending", [".csv", ".bdf.csv", ".parquet", ".bdf.parquet"])
def test_record_written_with_to_reads_back_equal(limetal_, ending):
    assert limetal_("simulate", "small.toml", "made", "--to", "made.csv").code == 0
    answer = limetal_("read", "made.csv", "--to", f"back{ending}")
    assert (answer.code, answer.err) == (0, "")
    assert f"wrote back{ending}" in answer.out
    made, back = limetal.read("made.csv"), limetal.read(f"back{ending}")
    for name in ("test_time_second", "voltage_volt", "current_ampere"):
        assert getattr(made, name).tolist() == getattr(back, name).tolist()
    table = pl.read_parquet(f"back{ending}") if ending.endswith("parquet") else pl.read_csv(f"back{ending}")
    assert table.columns[:3] == ["test_time_second", "voltage_volt", "current_ampere"]
    assert table.height == made.rows


def test_json_beside_to_is_json_alone(limetal_, files):
    answer = limetal_("read", "good.csv", "--json", "--to", "x.csv")
    assert answer.code == 0
    check_schema(answer.out)
    assert (files / "x.csv").is_file()


@pytest.mark.usefixtures("files")
def test_words_of_analyse(limetal_):
    bare = limetal_("analyse", "good.csv").out
    assert "--cell kind=symmetric" in bare, "says what to add"
    told = limetal_("analyse", "good.csv", "--cell", "kind=symmetric", "--cell", "diameter=12 mm").out
    assert "hysteresis mean" in told
    assert "0.05 V" in told
    assert "measured" in told


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("studies", ["lmzg", "lznc"]),
        ("readers", ["delimited", "neware"]),
        ("analyses", ["circuit", "drt", "hysteresis", "impedance_series", "kramers_kronig", "overview"]),
        ("relations", ["Bragg"]),
        ("quantities", sorted(QUANTITIES)),
        ("units", sorted(FIELD_UNITS)),
        ("materials", ["density", "assumed: ", "NCM811"]),
        ("elements", ["Q, CPE", "Warburg", "Gerischer", "R_ion (ohm)"]),
    ],
)
def test_list(limetal_, here, what, words):
    answer = limetal_("list", what)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == list(catalogue(what))
    assert all(line.strip() for line in answer.out.splitlines())
    assert [w for w in words if w not in answer.out] == []
    assert list(here.iterdir()) == []


def test_list_alone_lists_studies(limetal_):
    assert limetal_("list").out == limetal_("list", "studies").out
    with pytest.raises(BadInputError, match="one of studies, readers"):
        catalogue("")


def test_every_command_has_help(limetal_):
    for words in ([], ["run"], ["audit"], ["analyse"], ["read"], ["design"], ["simulate"], ["list"], ["new"]):
        answer = limetal_(*words, "--help")
        assert (answer.code, answer.err) == (0, "")
        assert "Usage:" in answer.out
        assert limetal_(*words, "-h").out == answer.out


def test_new_study_from_the_command_line_is_the_template(limetal_, here):
    assert limetal_("new", "study", "foil").code == 0
    assert (here / "foil.toml").read_text(encoding="utf-8") == study_text("foil")
