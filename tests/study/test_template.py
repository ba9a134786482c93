"""A new study runs as it is, with and without raw files, and never overwrites."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limetal.cli import app
from limetal.errors import BadInputError
from limetal.run import load_study
from limetal.study.template import study_text, write_study

ROWS = "".join(f"{t * 0.1:.1f};{0.05 if (t // 10) % 2 == 0 else -0.05}\n" for t in range(60))


@pytest.fixture(autouse=True)
def in_tmp_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def limetal(*words: str) -> str:
    """What a command prints; it must succeed."""
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None, result.exception
    assert result.exit_code == 0
    assert result.stderr == ""
    return result.stdout


def test_new_study_runs_as_it_is(tmp_path):
    assert limetal("new", "study", "foil") == "wrote foil.toml; next: limetal run foil.toml\n"
    assert [p.name for p in tmp_path.iterdir()] == ["foil.toml"]
    assert "report: " in limetal("run", "foil.toml")
    report = tmp_path / "limetal-foil"
    assert (report / "report.html").is_file()
    assert (report / "results.json").is_file()
    ledger = (report / "tables" / "ledger.csv").read_text()
    assert "simulated" in ledger
    assert "composite" in ledger


def test_new_study_with_raw_files_runs(tmp_path):
    (tmp_path / "raw data").mkdir()
    first, second = tmp_path / "raw data" / "cell 7 (µ).csv", tmp_path / "7.csv"
    for file in (first, second):
        file.write_text("Time (h);U (V)\n" + ROWS)
    limetal("new", "study", "mine", "--data", str(first), "--data", "7.csv")
    tests = load_study("mine.toml").model.tests
    assert {t.file for t in tests.values() if t.kind == "file"} == {"raw data/cell 7 (µ).csv", "7.csv"}
    limetal("run", "mine.toml")
    ledger = (tmp_path / "limetal-mine" / "tables" / "ledger.csv").read_text(encoding="utf-8")
    assert ledger.count(",measured,") >= 2
    assert "7.csv" in ledger


def test_text_is_toml_with_every_part_of_a_study():
    study = tomllib.loads(study_text("foil"))
    assert study["study"]["title"] == "foil"
    assert {"documents", "electrodes", "cells", "tests", "claims"} <= set(study)
    assert study_text("foil").count("#") > 10


@pytest.mark.parametrize("path", ["a b.csv", "ü.csv", 'quo"te.csv', "back\\slash.csv", "new\nline.csv", "7"])
def test_any_file_name_is_written_as_toml(path):
    study = tomllib.loads(study_text("x", [path]))
    assert [t["file"] for t in study["tests"].values() if t["kind"] == "file"] == [path]


def test_files_of_one_name_make_two_tests():
    tests = tomllib.loads(study_text("x", ["a/cell.csv", "b/cell.csv"]))["tests"]
    assert [t["file"] for t in tests.values() if t["kind"] == "file"] == ["a/cell.csv", "b/cell.csv"]


def test_delete_character_in_a_file_name():
    tomllib.loads(study_text("x", ["a\x7fb.csv"]))


def test_existing_study_is_never_overwritten(tmp_path):
    file = tmp_path / "foil.toml"
    file.write_text("mine")
    for name in ("foil", "foil.toml"):
        with pytest.raises(BadInputError, match=r"foil.toml: found a file that exists, want another name"):
            write_study(name)
    assert file.read_text() == "mine"
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(BadInputError, match="a file that exists"):
        write_study("folder")


@pytest.mark.parametrize("name", ["a/b", "../a", "a b", "", ".toml", "a\nb", 'a"b', "a\\b", "~/x"])
def test_name_must_be_a_file_name(name, tmp_path):
    with pytest.raises(BadInputError, match="a name of letters, digits"):
        write_study(name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["foil", "foil.toml", "foil-2.1_b", "Fölie"])
def test_good_names(name):
    path = write_study(name)
    assert path == Path(name.removesuffix(".toml") + ".toml")
    assert load_study(path).model.study.title == name.removesuffix(".toml")


@pytest.mark.parametrize("name", [".", ".."])
def test_names_of_nothing_but_dots(name):
    with pytest.raises(BadInputError):
        write_study(name)


def test_missing_data_file_writes_nothing(tmp_path):
    (tmp_path / "there.csv").write_text("Time (h);U (V)\n" + ROWS)
    (tmp_path / "folder").mkdir()
    for missing in ("not_there.csv", "folder"):
        with pytest.raises(BadInputError, match=f"{missing}: found no such file, want a data file"):
            write_study("foil", [tmp_path / "there.csv", tmp_path / missing])
    assert not (tmp_path / "foil.toml").exists()
    assert write_study("foil", [tmp_path / "there.csv"]).exists()
