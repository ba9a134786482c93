"""Groups in a study: errors with their lines, numbers in the ledger, sections in the report; and without a study."""

import json

import numpy as np
import pytest

from limetal.__main__ import main
from limetal.errors import BadInputError, StudyFileError
from limetal.records.files import write_record
from limetal.run import load_study, run
from support.cells import record, uniform

HEAD = """\
[study]
title = "replicates"
[electrodes.Li]
kind = "lithium"
recipe = { by = "mass", parts = { Li = 1 } }
[electrodes.NCM]
kind = "positive"
active = "NCM811"
[cells.sym]
kind = "symmetric"
electrode = "Li"
area = "1 cm2"
[cells.full]
kind = "full"
negative = "Li"
positive = "NCM"
format = "coin"
"""


def table_of(name, cell="sym", file="a.csv"):
    return f'[tests.{name}]\nkind = "file"\ncell = "{cell}"\nfile = "{file}"\nanalyses = ["hysteresis", "life"]\n'


def cell_file(path, level, dies_after=None, cycles=20):
    """File of a symmetric cell at one level whose voltage grows five times after some cycles."""
    levels = np.full(2 * cycles, level)
    if dies_after is not None:
        levels[2 * dies_after :] *= 5
    t, v = uniform(levels.tolist(), points=12)
    write_record(record(t, v, 1e-3 * np.repeat(np.where(np.arange(2 * cycles) % 2 == 0, 1, -1), 12)), path)


@pytest.fixture
def folder(tmp_path):
    for name, level, dies in (("a", 0.010, None), ("b", 0.011, 15), ("c", 0.012, None)):
        cell_file(tmp_path / f"{name}.csv", level, dies)
    for name, level, dies in (("d", 0.030, 12), ("e", 0.034, 10), ("f", 0.032, None)):
        cell_file(tmp_path / f"{name}.csv", level, dies)
    return tmp_path


def study(folder, more):
    text = HEAD + "".join(table_of(n, file=f"{n}.csv") for n in "abcdef") + more
    (folder / "made.toml").write_text(text, encoding="utf-8")
    return folder / "made.toml"


GROUPS = """
[groups.LZNC]
tests = ["a", "b", "c"]
against = "Li"
label = "composite"
note = "one batch"
[groups.Li]
tests = ["d", "e", "f"]
"""


def test_numbers_pictures_and_sections_of_groups(folder):
    content = run(study(folder, GROUPS))
    entries = content.ledger.find("groups.LZNC")
    assert {e.origin for e in entries} == {"derived"}
    assert {e.source for e in entries} == {"tests a, b, c"}
    assert content.ledger.number("groups.LZNC", "number_of_cells") == 3
    assert content.ledger.find("groups.LZNC", "median_life")[0].value == "not reached"
    assert content.ledger.find("groups.Li", "median_life")[0].value == pytest.approx(12, abs=0.05)
    difference = content.ledger.find("groups.LZNC.minus.Li", "hysteresis_mean")[0]
    assert difference.value == pytest.approx(-0.021 * (1 - 0.4 * (1 - np.exp(-5)) / 5), rel=0.01)
    assert "composite minus Li, 3 against 3 cells" in difference.note
    assert content.ledger.number("groups.LZNC.over.Li", "p_value") is not None
    keys = [s.key for s in content.sections]
    assert keys.index("groups.LZNC") < keys.index("tests.a")
    section = content.sections[keys.index("groups.LZNC")]
    assert section.title == "Group composite against Li"
    assert section.words == "3 cells: a, b, c. one batch"
    assert [p.name for p in section.plots] == [
        "replicates_hysteresis_mean", "survival_life", "replicates_hysteresis_mean_compared", "survival_life_compared",
    ]  # fmt: skip
    assert [t.name for t in section.tables] == ["per_cycle", "lives", "survival_life"]


def test_a_study_without_groups_has_none(folder):
    content = run(study(folder, ""))
    assert not [e for e in content.ledger if e.subject.startswith("groups")]


def test_only_some_tests_leave_a_group_out_and_say_so(folder):
    content = run(study(folder, GROUPS), only=["a", "b", "c", "d"])
    assert ("groups.Li", "not run: tests e, f") in content.not_computed
    assert ("groups.LZNC against Li", "groups.Li was not computed") in content.not_computed
    assert content.ledger.number("groups.LZNC", "number_of_cells") == 3
    assert not content.ledger.find("groups.LZNC.minus.Li")


def test_a_bad_member_is_named(folder):
    (folder / "b.csv").write_text("nothing to read\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"made.toml:\d+, tests.b"):
        run(study(folder, GROUPS))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[groups.X]\ntests = ["a", "q"]\n', "groups.X.tests.1: found 'q', want a test of the study: a, b, c"),
        ('[groups.X]\ntests = ["a", "b", "a"]\n', "found the test 'a' a second time, want every test once"),
        ('[groups.X]\ntests = ["a"]\n', "groups.X.tests: found one test, want two or more tests"),
        ("[groups.X]\ntests = []\n", "groups.X.tests: found no test, want two or more tests"),
        ('[groups.X]\nlabel = "x"\n', "found no key 'tests'"),
        ('[groups.X]\ntests = ["a", "b"]\nagainst = "Y"\n', "groups.X.against: found 'Y', want another group"),
        ('[groups.X]\ntests = ["a", "b"]\nagainst = "X"\n', "groups.X.against: found 'X', want another group"),
        ('[groups.X]\ntests = ["a", "b"]\nquantities = ["hysteresys_mean"]\n', "did you mean 'hysteresis_mean'"),
        ('[groups.X]\ntests = ["a", "b"]\ntest = 1\n', "found the unknown key 'test'"),
        (
            table_of("g", "full") + '[groups.X]\ntests = ["a", "g"]\n',
            "found cells of kind full and symmetric, want cells of one kind",
        ),
        (
            table_of("g", "full")
            + table_of("h", "full")
            + '[groups.X]\ntests = ["a", "b"]\nagainst = "Y"\n[groups.Y]\ntests = ["g", "h"]\n',
            "groups.X.against: found a group of cells of kind full, want one of cells of kind symmetric",
        ),
    ],
)
def test_wrong_places_are_told_with_their_line(folder, more, words):
    with pytest.raises(StudyFileError) as error:
        load_study(study(folder, more))
    assert words in str(error.value)
    shown = str(error.value).splitlines()[1]
    assert shown.strip().split(" | ")[1].startswith(("tests", "against", "quantities", "test", "[groups"))


def test_a_claim_may_be_about_a_group(folder):
    claim = '[[claims]]\nid = "x"\nsubject = "groups.Li"\nquantity = "median_life"\nvalue = "12 h"\n'
    assert load_study(study(folder, GROUPS + claim)).model.claims[0].subject == "groups.Li"
    with pytest.raises(StudyFileError, match=r"groups\.NAME"):
        load_study(study(folder, GROUPS + claim.replace("groups.Li", "groups.Lu")))


# ------------------------------------------------------------------------------------------- without a study


@pytest.fixture
def ask(monkeypatch):
    """Run ``limetal analyse`` and return its exit status."""

    def run_it(*words):
        monkeypatch.setattr("sys.argv", ["limetal", "analyse", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0

    return run_it


def test_files_are_replicates(folder, capsys, ask):
    files = [folder / f"{n}.csv" for n in "abc"]
    only = ("--as", "hysteresis", "--as", "life", "--cell", "kind=symmetric", "--cell", "area=1 cm2")
    assert ask(*files, *only, "--replicates", "--json", "--out", folder / "report") == 0
    answer = json.loads(capsys.readouterr().out)
    own = [e for e in answer["ledger"] if e["subject"] == "replicates"]
    assert {e["quantity"]: e["value"] for e in own}["number_of_cells"] == 3
    assert {e["source"] for e in own} == {"tests a.csv, b.csv, c.csv"}
    assert [e for e in answer["ledger"] if e["subject"] == "b.csv"]
    assert (folder / "report" / "figures" / "replicates.survival_life.svg").exists()
    assert (folder / "report" / "tables" / "a.hysteresis.csv").exists()
    assert ask(*files, *only, "--json") == 0
    assert not [e for e in json.loads(capsys.readouterr().out)["ledger"] if e["subject"] == "replicates"]


def test_one_file_is_a_group_of_one_and_a_bad_one_is_named(folder, capsys, ask):
    only = ("--as", "life", "--cell", "kind=symmetric", "--replicates")
    assert ask(folder / "b.csv", *only) == 0
    assert "one cell, ended" in capsys.readouterr().out
    (folder / "c.csv").write_text("nothing to read\n", encoding="utf-8")
    assert ask(folder / "a.csv", folder / "b.csv", folder / "c.csv", *only) == 1
    out = capsys.readouterr().out
    assert "1 of 3 files cannot be read" in out
    assert "c.csv" in out
    assert "2 cells, 1 ended" in out


def test_replicates_need_the_kind_of_the_cells(folder, capsys, ask):
    assert ask(folder / "a.csv", "--replicates") == 2
    assert "--replicates: found no --cell, want the kind of the cells" in capsys.readouterr().err
