"""What files are: many at once, folders, patterns, and files that cannot be read."""

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import limetal
from limetal.cli import app
from limetal.errors import BadInputError
from limetal.reading import expand, look_at, look_at_many, table
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord
from limetal.records.files import write_records
from limetal.records.image import ImageRecord
from limetal.records.impedance import ImpedanceRecord

GOOD = "Time (h);Voltage (mV);I (mA)\n0,0;10,0;1\n0,5;12,0;1\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "broken.csv").write_text("Time (h);Voltage (mV)\n0;1\n1;x\n2;3\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.csv").write_text(GOOD)
    (tmp_path / "deep" / ".hidden.csv").write_text(GOOD)
    (tmp_path / "readme.md").write_text("no data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cli(*words):
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def spectrum(label="", **more):
    f = np.array([1e3, 1.0])
    return ImpedanceRecord(f, np.array([1.0, 2.0]), np.array([-0.1, -0.2]), source="x", label=label, **more)


def test_folders_and_patterns_stand_for_their_files(folder):
    assert expand(["."]) == ["a.csv", "broken.csv", "deep/b.csv"]
    assert expand(["deep", "deep/b.csv", "*.csv"]) == ["deep/b.csv", "a.csv", "broken.csv"]
    (folder / "empty").mkdir()
    for name in ("empty", "*.mpr"):
        with pytest.raises(BadInputError, match="found no file"):
            expand([name])


@pytest.mark.usefixtures("folder")
def test_a_file_that_cannot_be_read_does_not_stop_the_others():
    seen, failed = look_at_many(expand(["."]))
    assert [one.path for one in seen] == ["a.csv", "deep/b.csv"]
    assert [f.path for f in failed] == ["broken.csv"]
    assert "line 3" in failed[0].why
    with pytest.raises(BadInputError, match="line 3"):
        look_at("broken.csv")


@pytest.mark.usefixtures("folder")
def test_command_lists_what_failed_and_says_so_by_its_status():
    answer = cli("read", ".")
    assert answer.exit_code == 1
    lines = answer.stdout.splitlines()
    assert lines[0].split() == ["file", "kind", "format", "rows"]
    assert lines[1].split()[:2] == ["a.csv", "cycling"]
    assert "1 of 3 files cannot be read:" in lines
    assert cli("read", "a.csv", "deep/b.csv").exit_code == 0


@pytest.mark.usefixtures("folder")
def test_json_of_many_holds_the_failures():
    answer = cli("read", ".", "--json")
    data = json.loads(answer.stdout)
    assert set(data) == {"schema", "ledger", "verdicts", "warnings", "not_computed", "software"}
    assert [n["what"] for n in data["not_computed"]] == ["broken.csv"]
    assert {e["subject"] for e in data["ledger"]} == {"a.csv", "b.csv"}
    assert answer.exit_code == 1
    nothing = json.loads(cli("read", "broken.csv", "broken.csv", "deep/../broken.csv", "--json").stdout)
    assert nothing["ledger"] == []


def test_what_a_file_says_of_itself_is_said(folder):
    record = CyclingRecord(
        np.array([0.0, 1.0]),
        np.array([0.1, 0.2]),
        None,
        source="x",
        about=About(sample="cell 7", technique="GCPL", start_time="2024-05-01T12:00:00"),
        more={"Aux (°C)": np.array([25.0, 25.1])},
    )
    write_records((record,), folder / "c.parquet")
    said = {e.quantity: e.value for e in look_at("c.parquet").content.ledger}
    assert (said["sample"], said["technique"], said["start_time"]) == ("cell 7", "GCPL", "2024-05-01T12:00:00")
    assert said["columns"] == ("test_time_second / s", "voltage_volt / V", "Aux (°C)")
    assert said["number_of_points"] == 2
    rows = table([look_at("c.parquet")])
    assert rows[1][:4] == ("c.parquet", "cycling", "Battery Data Format (Parquet)", "2")


def test_parquet_keeps_origin_and_words(folder):
    made = CyclingRecord(np.array([0.0, 1.0]), np.ones(2), None, source="x", origin="simulated", warnings=("odd",))
    write_records((made,), folder / "c.parquet")
    back = limetal.read("c.parquet")
    assert back.origin == "simulated"
    assert back.warnings == ("odd",)


def test_side_file_is_json_ld_with_units(folder):
    write_records((spectrum(),), folder / "z.csv")
    side = json.loads((folder / "z.metadata.json").read_text(encoding="utf-8"))
    dataset = side["@graph"][0]
    assert side["@context"].startswith("https://schema.org")
    assert dataset["distribution"]["contentUrl"] == "z.csv"
    assert [v["unitText"] for v in dataset["variableMeasured"]] == ["Hz", "ohm", "ohm"]
    assert "propertyID" not in dataset["variableMeasured"][0]
    cycling = CyclingRecord(np.array([0.0, 1.0]), np.ones(2), None, source="x")
    write_records((cycling,), folder / "c.csv")
    side = json.loads((folder / "c.metadata.json").read_text(encoding="utf-8"))
    assert side["@graph"][0]["variableMeasured"][0]["propertyID"].endswith("battery-data-format#test_time_second")


def test_several_records_become_one_long_table_or_sheets(folder):
    records = (spectrum("spectrum 1"), spectrum("spectrum 2", more={"OK": np.array(["y", "n"])}))
    write_records(records, folder / "z.csv")
    long = pl.read_csv(folder / "z.csv")
    assert long["record"].to_list() == ["spectrum 1"] * 2 + ["spectrum 2"] * 2
    assert long["OK"].to_list() == [None, None, "y", "n"]
    write_records(records, folder / "z.xlsx")
    from limetal.readers import RawFile

    sheets = RawFile(folder / "z.xlsx").sheets
    assert [s.name for s in sheets] == ["spectrum 1", "spectrum 2"]
    assert sheets[1].rows[1] == [1000.0, 1.0, -0.1, "y"]


def test_records_of_two_kinds_need_sheets(folder):
    cycling = CyclingRecord(np.array([0.0, 1.0]), np.ones(2), None, source="x", label="cycling")
    with pytest.raises(BadInputError, match=r"records of cycling and impedance, want an \.xlsx file"):
        write_records((cycling, spectrum("z")), folder / "both.csv")
    assert not (folder / "both.csv").exists()
    write_records((cycling, spectrum("z")), folder / "both.xlsx")


def test_words_that_look_like_formulas_stay_words_in_a_workbook(folder):
    record = CyclingRecord(
        np.array([0.0, 1.0]), np.ones(2), None, source="x", more={"note": np.array(["=1+1", "http://a"], dtype=object)}
    )
    write_records((record,), folder / "c.xlsx")
    from limetal.readers import RawFile

    assert [row[2] for row in RawFile(folder / "c.xlsx").sheets[0].rows[1:]] == ["=1+1", "http://a"]


def test_image_is_no_table(folder):
    with pytest.raises(BadInputError, match="an image is no table"):
        write_records((ImageRecord(np.zeros((1, 2, 2), np.uint8), source="x"),), folder / "i.csv")


def test_one_record_of_several_is_chosen_by_label_or_kind(folder):
    rows = ["f,Z',Z''"] + [f"{f},{10 + k},{-1 / f}" for k in (0, 1) for f in (1000.0, 100.0, 10.0, 1.0)]
    (folder / "z.csv").write_text("\n".join(rows) + "\n")
    with pytest.raises(BadInputError, match=r"2 records \(spectrum 1, spectrum 2\), want one: record = 'spectrum 1'"):
        limetal.read("z.csv")
    assert limetal.read("z.csv", record="spectrum 2").impedance_real_ohm[0] == 11
    for name in ("impedance", "spectrum 3"):
        with pytest.raises(BadInputError, match=f"records called '{name}'"):
            limetal.read("z.csv", record=name)
    assert limetal.read("a.csv", record="cycling").rows == 2


def test_pictures_of_several_records_do_not_take_each_others_place(folder):
    rows = ["f,Z',Z''"] + [f"{f},{10 + k},{-1 / f}" for k in (0, 1) for f in (1000.0, 100.0, 10.0, 1.0)]
    (folder / "z.csv").write_text("\n".join(rows) + "\n")
    assert cli("analyse", "z.csv", "--out", "report").exit_code == 0
    assert len(list((folder / "report" / "figures").glob("*nyquist.svg"))) == 2
    assert cli("analyse", "a.csv", "--out", "one").exit_code == 0
    assert (folder / "one" / "figures" / "record_voltage.svg").exists()
