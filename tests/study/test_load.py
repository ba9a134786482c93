"""Bad studies: every wrong place at once, each with line, column, the line itself, found, wanted, nearest."""

import random
import re
import unicodedata
from pathlib import Path

import pytest

from limetal.errors import BadInputError, StudyFileError
from limetal.run import load_study, run_study
from limetal.study import Study, data_path, find_study, read_study
from limetal.study.problems import nearest
from limetal.study.template import study_text

GOOD = """\
[study]
title = "a study"

[documents.P]
citation = "somebody"

[materials.resin]
source = "label"
density = "1.2 g/cm3"

[electrodes.Li]
kind = "lithium"
thickness = "50 um"
recipe = { by = "mass", parts = { Li = 1 } }

[electrodes.NCM]
kind = "positive"
active = "NCM811"
loading = "10 mg/cm2"

[cells.sym]
kind = "symmetric"
electrode = "Li"
area = "1.13 cm2"

[cells.full]
kind = "full"
negative = "Li"
positive = "NCM"
format = "coin"
rate = "C/3"
window = ["2.8 V", "4.3 V"]

[tests.file]
kind = "file"
cell = "sym"
file = "cell7.csv"
analyses = ["overview"]

[tests.made]
kind = "simulated"
cell = "sym"
basis = "a guess"
exchange_current_density = "2 mA/cm2"
film_resistance = "5 ohm cm2"
electrolyte_resistance = "1 ohm cm2"
protocol = [
  { current_density = "1 mA/cm2", capacity = "1 mAh/cm2", cycles = 2 },
]

[analyses.hysteresis]
settled_from = 0.3

[[claims]]
id = "d"
subject = "electrodes.Li"
quantity = "thickness"
value = "50 um"
document = "P"

[[claims]]
id = "eta"
subject = "cells.sym"
quantity = "hysteresis"
value = "~8 mV"
at = { current_density = "1 mA/cm2" }
"""


@pytest.fixture
def load(tmp_path):
    """Write a study beside its data file and read it as `limetal run` does."""
    (tmp_path / "cell7.csv").write_text("Time (h);U (V)\n0;0.1\n1;0.1\n")

    def write_and_load(text: str | bytes) -> Study:
        file = tmp_path / "my_study.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_study(file)

    return write_and_load


def problems(load, text: str) -> list[str]:
    """The problems of a study; each must point at a key of its own line with a caret."""
    with pytest.raises(StudyFileError) as caught:
        load(text)
    error = caught.value
    assert str(error) == "\n".join(error.problems)
    for shown in error.problems:
        head, line, caret = shown.split("\n")
        place = re.match(r"my_study\.toml:(\d+):(\d+): ", head)
        assert place, head
        number, column = int(place[1]), int(place[2])
        assert " found " in head
        assert ", want " in head
        assert line == f"    {number} | {text.split(chr(10))[number - 1]}".rstrip("\r") or not line.strip(
            " |0123456789"
        )
        margin = len(f"    {number} | ")
        assert caret.startswith(" " * (4 + len(str(number))) + " | ")
        assert caret.index("^") == margin + column - 1
        assert len(caret) <= max(len(line), margin + 1)
        assert set(caret[margin:].strip()) == {"^"}
    lines = [int(p.split(":")[1]) for p in error.problems]
    assert lines == sorted(lines), "in the order of the file"
    return list(error.problems)


def under_caret(problem: str) -> str:
    """The text that the caret marks."""
    _, line, caret = problem.split("\n")
    return line[caret.index("^") :][: caret.count("^")]


def test_the_good_twin_reads(load, tmp_path):
    study = load(GOOD)
    assert (study.name, study.folder) == ("my_study", tmp_path)
    assert study.model.electrodes["Li"].thickness.value == 50.0
    assert study.model.cells["full"].rate == pytest.approx(1 / 3)
    assert study.model.claims[1].written.bound == "~"
    line = 1 + GOOD.splitlines().index('value = "~8 mV"')
    assert study.place("claims", 1, "value") == f"my_study.toml:{line}"
    assert data_path(study, study.model.tests["file"].file) == tmp_path / "cell7.csv"


#: One change of the good study; the marked text; words of the message.
ONE_WRONG = [
    # unknown and missing keys
    (
        'thickness = "50 um"',
        'thicknes = "50 um"',
        "thicknes",
        "electrodes.Li.thicknes: found the unknown key",
        "did you mean 'thickness'?",
    ),
    (
        'format = "coin"',
        'fromat = "coin"',
        "fromat",
        "cells.full.fromat: found the unknown key",
        "did you mean 'format'?",
    ),
    ("recipe = { by", "recipe = { By", "By", "electrodes.Li.recipe.By: found the unknown key", "did you mean 'by'?"),
    ('title = "a study"', 'titel = "a study"', "titel", "study.titel: found the unknown key", "did you mean 'title'?"),
    ('basis = "a guess"\n', "", "tests.made", "tests.made: found no key 'basis'", "want a line basis = ..."),
    ('source = "label"\n', "", "materials.resin", "found no key 'source'", "a line source"),
    ('id = "eta"\n', "", "claims", "claims.1: found no key 'id'", "a line id"),
    # kinds and words
    ('kind = "file"', 'kind = "File"', "kind", "tests.file.kind: found kind = 'File'", "did you mean 'file'?"),
    ('by = "mass"', 'by = "maas"', "by", "found 'maas', want one of 'mass' or 'mole'", "did you mean 'mass'?"),
    ('format = "coin"', 'format = "can"', "format", "found 'can'", "'coin' or 'pouch'"),
    # quantities
    ('thickness = "50 um"', 'thickness = "50"', "thickness", "found '50'", 'for example "50 um"'),
    ('thickness = "50 um"', "thickness = 50", "thickness", "found 50", 'for example "50 um"'),
    ('thickness = "50 um"', 'thickness = "50 g"', "thickness", "which is a mass", "a length"),
    ('thickness = "50 um"', 'thickness = "0,05 mm"', "thickness", "comma in the number", "decimal point"),
    ('thickness = "50 um"', 'thickness = "-50 um"', "thickness", "found '-50 um'", "more than zero"),
    ('thickness = "50 um"', 'thickness = "0 um"', "thickness", "found '0 um'", "more than zero"),
    ('thickness = "50 um"', 'thickness = "<50 um"', "thickness", "found '<50 um'", "without < or >"),
    ('thickness = "50 um"', "thickness = true", "thickness", "found True", "a number with a unit"),
    ('film_resistance = "5 ohm cm2"', 'film_resistance = "5 ohm"', "film_resistance", "a resistance,", "ohm cm2"),
    ('rate = "C/3"', 'rate = "1 mA"', "rate", "found '1 mA'", "a C-rate"),
    ('rate = "C/3"', "rate = 0.3", "rate", "found 0.3", "a C-rate"),
    ('value = "50 um"', 'value = "50 J/m3"', "value", "for thickness", "a length"),
    (
        'at = { current_density = "1 mA/cm2" }',
        'at = { current_density = "1 mA" }',
        "at",
        "a current",
        "a current per area",
    ),
    # numbers and shapes
    ("parts = { Li = 1 }", "parts = {}", "parts", "found a table", "at least 1 entry"),
    ("parts = { Li = 1 }", "parts = { Li = -1 }", "Li", "found -1", "more than 0"),
    ('citation = "somebody"', "citation = 3", "citation", "found 3", "text in quotes"),
    ('id = "d"', 'id = "d d"', "id", "found 'd d'", "letters, digits"),
    # what contradicts itself
    (
        'area = "1.13 cm2"',
        'area = "1.13 cm2"\ndiameter = "12 mm"',
        "cells.sym",
        "both area and diameter",
        "one of them",
    ),
    ('["2.8 V", "4.3 V"]', '["4.3 V", "2.8 V"]', "cells.full", "4.3 V before 2.8 V", "lower voltage first"),
    (
        'format = "coin"',
        'format = "coin"\nareal_capacity = "3 mAh/cm2"',
        "cells.full",
        "areal_capacity alone",
        "per face",
    ),
    ('density = "1.2 g/cm3"', "", "materials.resin", "only a source", "a formula, a density"),
    # names that point elsewhere
    ('electrode = "Li"', 'electrode = "LI"', "electrode", "found 'LI'", "did you mean 'Li'?"),
    ('electrode = "Li"', 'electrode = "NCM"', "electrode", "found 'NCM'", "a lithium electrode of the study: Li"),
    ('positive = "NCM"', 'positive = "Li"', "positive", "found 'Li'", "a positive electrode of the study: NCM"),
    ('active = "NCM811"', 'active = "NMC811"', "active", "found 'NMC811'", "did you mean 'NCM811'?"),
    ("parts = { Li = 1 }", "parts = { Lu = 1 }", "Lu", "found 'Lu'", "a phase of the library"),
    ('area = "1.13 cm2"', 'separator = "Celgrad 2500"', "separator", "found 'Celgrad 2500'", "a known separator"),
    ('cell = "sym"\nfile', 'cell = "sim"\nfile', "cell", "found 'sim'", "did you mean 'sym'?"),
    ('cell = "sym"\nbasis', 'cell = "full"\nbasis', "cell", "a cell of kind 'full'", "a symmetric cell to simulate"),
    ('analyses = ["overview"]', 'analyses = ["ovreview"]', '"', "found 'ovreview'", "did you mean 'overview'?"),
    ('analyses = ["overview"]', 'reader = "newar"', "reader", "found 'newar'", "did you mean 'neware'?"),
    ("settled_from", "setled_from", "setled_from", "found 'setled_from'", "did you mean 'settled_from'?"),
    ("[analyses.hysteresis]", "[analyses.histeresis]", "analyses.histeresis", "found 'histeresis'", "'hysteresis'?"),
    (
        'subject = "electrodes.Li"',
        'subject = "electrode.Li"',
        "subject",
        "found 'electrode.Li'",
        "did you mean 'electrodes.Li'?",
    ),
    ('quantity = "thickness"', 'quantity = "thicknes"', "quantity", "found 'thicknes'", "did you mean 'thickness'?"),
    (
        "at = { current_density",
        "at = { curent_density",
        "curent_density",
        "found 'curent_density'",
        "'current_density'?",
    ),
    ('document = "P"', 'document = "p"', "document", "found 'p'", "did you mean 'P'?"),
    ('id = "eta"', 'id = "d"', "id", "the id 'd' a second time", "an id of its own"),
    ('file = "cell7.csv"', 'file = "cell8.csv"', "file", "no such file as 'cell8.csv'", "did you mean 'cell7.csv'?"),
    ('file = "cell7.csv"', 'file = "."', "file", "a folder as '.'", "a data file, from the study's folder"),
    ('file = "cell7.csv"', 'file = "no/such/x.csv"', "file", "no such file as 'no/such/x.csv'", "a data file"),
]

#: The same, where more than the wrong place is told, or another line.
TOLD_BADLY = [
    (
        "[electrodes.Li]",
        "[electrods.x]\n[electrodes.Li]",
        "electrods.x",
        "electrods: found the unknown key",
        "did you mean 'electrodes'?",
    ),
    (', capacity = "1 mAh/cm2"', "", "{", "tests.made.protocol.0: found no key 'capacity'", "a line capacity = ..."),
    (', capacity = "1 mAh/cm2"', ', capcity = "1 mAh/cm2"', "capcity", "tests.made.protocol.0.capcity", "'capacity'?"),
    (
        'kind = "symmetric"',
        'kind = "symetric"',
        "kind",
        "cells.sym.kind: found kind = 'symetric'",
        "did you mean 'symmetric'?",
    ),
    ("cycles = 2", "cycles = 0", "cycles", "found 0", "at least 1"),
    ("cycles = 2", 'cycles = "two"', "cycles", "found 'two'", "integer"),
]


@pytest.mark.parametrize(("old", "new", "marked", "found", "wanted"), ONE_WRONG)
def test_one_wrong_place_is_told_once(load, old, new, marked, found, wanted):
    assert GOOD.count(old) >= 1
    (problem,) = problems(load, GOOD.replace(old, new, 1))
    assert under_caret(problem) == marked
    assert found in problem.split("\n")[0]
    assert wanted in problem.split("\n")[0]


@pytest.mark.parametrize(("old", "new", "marked", "found", "wanted"), TOLD_BADLY)
def test_one_wrong_place_is_told_once_too(load, old, new, marked, found, wanted):
    assert GOOD.count(old) >= 1
    (problem,) = problems(load, GOOD.replace(old, new, 1))
    assert under_caret(problem) in {marked, marked.partition(".")[0]}
    assert found in problem.split("\n")[0]
    assert wanted in problem.split("\n")[0]


def test_missing_key_near_a_misspelt_one_is_told_once(load):
    (problem,) = problems(load, GOOD.replace("exchange_current_density", "exchange_curent_density"))
    assert "unknown key 'exchange_curent_density'" in problem
    assert "did you mean 'exchange_current_density'?" in problem


def test_missing_kind_names_the_kinds(load):
    (problem,) = problems(load, GOOD.replace('kind = "symmetric"', 'knid = "symmetric"'))
    assert "'symmetric'" in problem
    assert "'anode-free'" in problem or "'copper'" in problem


def test_all_wrong_places_at_once(load):
    text = GOOD
    for old, new in [
        ('title = "a study"', 'titel = "a study"'),
        ('thickness = "50 um"', 'thickness = "50"'),
        ('electrode = "Li"', 'electrode = "LI"'),
        ('file = "cell7.csv"', 'file = "cell8.csv"'),
        ("film_resistance", "film_resistence"),
        ("settled_from", "setled_from"),
        ('id = "eta"', 'id = "d"'),
        ('quantity = "thickness"', 'quantity = "thicknes"'),
    ]:
        text = text.replace(old, new, 1)
    found = problems(load, text)
    assert [under_caret(p) for p in found] == [
        "titel", "thickness", "electrode", "file", "film_resistence", "setled_from", "quantity", "id",
    ]  # fmt: skip


def test_error_counts_its_places(load):
    with pytest.raises(StudyFileError) as caught:
        load(GOOD.replace('title = "a study"', "titel = 1").replace('area = "1.13 cm2"', 'area = "1 cm"'))
    assert caught.value.found == "2 wrong places"
    assert caught.value.path == "my_study.toml"
    assert isinstance(caught.value, BadInputError)


def test_indented_and_inline_keys_are_marked(load):
    (problem,) = problems(load, GOOD.replace('thickness = "50 um"', '    thicknes = "50 um"'))
    assert under_caret(problem) == "thicknes"
    (problem,) = problems(load, GOOD.replace("Li = 1 }", "Li = 1, MgZn3 = 2 }"))
    assert under_caret(problem) == "MgZn3"
    assert "did you mean 'MgZn2'?" in problem


def test_windows_line_ends(load):
    text = GOOD.replace("\n", "\r\n").replace("thickness =", "thicknes =")
    (problem,) = problems(load, text)
    assert under_caret(problem) == "thicknes"
    assert "\r" not in problem


def test_file_of_a_test_is_found_from_the_folder_of_the_study(load, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert load(GOOD).model.tests["file"].file == "cell7.csv"
    (tmp_path / "cell7.csv").unlink()
    (elsewhere / "cell7.csv").write_text("not this one")
    (problem,) = problems(load, GOOD)
    assert "no such file" in problem


def test_names_are_not_checked_against_nothing(tmp_path):
    """Without the rooms above, only the study itself is checked."""
    file = tmp_path / "my_study.toml"
    file.write_text(GOOD.replace("NCM811", "somethinium").replace('file = "cell7.csv"', f'file = "{file}"'))
    assert read_study(file).model.electrodes["NCM"].active == "somethinium"
    with pytest.raises(StudyFileError, match="somethinium"):
        load_study(file)


@pytest.mark.parametrize("value", ['"a lot"', "true", '"0.3"'])
def test_option_of_a_wrong_type_is_named(load, value):
    """The value of an option is checked against its default when the analysis runs."""
    assert run_study(load(GOOD), only=["made"]).ledger.find("tests.made", "hysteresis_mean")
    study = load(GOOD.replace("settled_from = 0.3", f"settled_from = {value}"))
    with pytest.raises(BadInputError, match=r"analyses.hysteresis.settled_from: found .*, want a value like 0\.\d"):
        run_study(study, only=["made"])


# --------------------------------------------------------------------------------------- where no key stands


def test_problem_of_an_implied_table_is_shown_where_it_is_named(load):
    (problem,) = problems(load, GOOD + '\n[electrodes.Cu.recipe]\nby = "mass"\nparts = { Cu = 1 }\n')
    assert "electrodes.Cu: found no key 'kind'" in problem
    assert under_caret(problem).startswith("electrodes.Cu")


def test_caret_under_a_line_with_tabs(load):
    with pytest.raises(StudyFileError) as caught:
        load(GOOD.replace('thickness = "50 um"', '\t\tthicknes = "50 um"'))
    _, line, caret = str(caught.value).expandtabs(8).split("\n")
    assert line.index("thicknes") == caret.index("^")


@pytest.mark.parametrize("strange", ["\x85", "\u2028"])
def test_line_shown_is_the_line_meant(load, strange):
    (problem,) = problems(load, GOOD.replace("[study]", f"# a{strange}b\n[study]").replace("thickness =", "thicknes ="))
    assert under_caret(problem) == "thicknes"


def test_wide_letters_do_not_break_the_message(load):
    (problem,) = problems(load, GOOD.replace("Li = 1 }", "'锂µ' = 1, Li = 1 }"))
    assert unicodedata.normalize("NFC", under_caret(problem)) == "'锂µ'"


# ------------------------------------------------------------------------------------------------ broken files


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[study]\ntitle = \n", 2, "invalid value"),
        ('[study]\ntitle = "x\n', 2, "llegal character"),
        ('[study]\ntitle = """x\n\n', 3, "nterminated string"),
        ('[study]\ntitle = "x"\ntitle = "y"\n', 3, "annot overwrite"),
        ("[study]\n[study]\n", 2, "cannot declare"),
        ("[study\n", 1, ""),
        ("study]\n", 1, ""),
        ('[study]\ntitle = "x" y\n', 2, ""),
        ('[study]\ntitle: "x"\n', 2, ""),
        ('{"study": {"title": "x"}}\n', 1, ""),
        ("Time (h);U (V)\n0;1\n", 1, ""),
        ("<html></html>", 1, ""),
    ],
)
def test_broken_toml_names_the_line(load, text, line, words):
    with pytest.raises(StudyFileError) as caught:
        load(text)
    (problem,) = caught.value.problems
    head, shown = problem.split("\n")[:2]
    assert re.match(rf"my_study\.toml:{line}\b", head)
    assert head.endswith(", want valid TOML")
    assert words in head
    assert shown == f"    {line} | {text.split(chr(10))[line - 1]}"


def test_broken_toml_names_the_column(load):
    with pytest.raises(StudyFileError, match=r"^my_study\.toml:2:13: "):
        load('[study]\ntitle = "x" y\n')


def test_empty_file(load):
    for text in ("", "\n \n\t\n"):
        with pytest.raises(BadInputError, match=r"my_study.toml: found an empty file, want a study file"):
            load(text)
    with pytest.raises(StudyFileError, match="found no key 'study'"):
        load("# nothing but a comment\n")


def test_empty_file_with_a_byte_order_mark(load):
    with pytest.raises(BadInputError, match="an empty file"):
        load(b"\xef\xbb\xbf")


def test_byte_order_mark_is_passed_over(load):
    assert load(b"\xef\xbb\xbf" + GOOD.encode()).model == load(GOOD).model


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04\xff\xfe\x00", GOOD.encode("utf-16"), "[study]\ntitle = 'für'\n".encode("latin-1"), bytes(range(256))],
    ids=["zip", "utf-16", "latin-1", "every byte"],
)
def test_binary_file_is_no_study(load, data):
    with pytest.raises(BadInputError, match="found bytes that are no UTF-8 text, want a study file in UTF-8") as caught:
        load(data)
    assert "my_study.toml" in caught.value.where


def test_folder_is_no_study(tmp_path):
    with pytest.raises(BadInputError, match=r"found a folder, want a study file \(.toml\)"):
        load_study(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "near"), [("lzmg", "lmzg"), ("lnzc", "lznc"), ("LZNC", "lznc"), ("lznc.toml", "lznc")]
)
def test_unknown_study_suggests_a_bundled_one(wrong, near, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInputError, match=f"^{wrong}: found no such file or study, .*; did you mean '{near}'"):
        find_study(wrong)
    assert find_study(near).is_file()


@pytest.mark.parametrize("wrong", ["zzzzzz", "no/such/file.toml", "a\0b"])
def test_unknown_study_names_the_bundled_ones(wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInputError, match=r"one of the bundled studies lmzg, lznc$"):
        find_study(wrong)


def test_own_file_goes_before_a_bundled_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("lznc").write_text(study_text("mine"))
    assert load_study("lznc").model.study.title == "mine"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("[" * 3000 + "]" * 3000, id="deep"),
        pytest.param("9" * 5000, id="long number"),
    ],
)
def test_value_that_python_cannot_take_is_refused(load, value):
    try:
        load(f'[study]\ntitle = "x"\nx = {value}\n')
    except BadInputError as error:
        refusal = str(error)
    assert "my_study.toml" in refusal


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("~nobody-of-that-name/x.csv", id="home of nobody"),
        pytest.param("x" * 300, id="long name"),
        "a\\u0000b",
    ],
)
def test_file_that_cannot_exist_is_no_such_file(load, file):
    (problem,) = problems(load, GOOD.replace('file = "cell7.csv"', f'file = "{file}"'))
    assert "found no such file" in problem


def test_study_name_that_is_too_long():
    with pytest.raises(BadInputError, match="no such file or study"):
        find_study("x" * 300)


JUNK = [
    '""',
    "3",
    "-1",
    "1e400",
    "nan",
    "true",
    "[]",
    "{}",
    '[""]',
    "{ a = 1 }",
    "[[1]]",
    "1979-05-27",
    '"Li"',
    '"50 um"',
]


def test_garbled_studies_are_read_or_refused_in_words(load):
    """Lines lost, doubled and swapped, values of the wrong type: never another error than ours."""
    dice = random.Random(0)
    read = refused = 0
    for _ in range(500):
        lines = GOOD.splitlines()
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(lines))
            key, equals, _ = lines[at].partition(" = ")
            kind = dice.randrange(4)
            if kind == 0:
                del lines[at]
            elif kind == 1:
                lines.insert(at, lines[dice.randrange(len(lines))])
            elif equals:
                lines[at] = f"{key} = {dice.choice(JUNK)}"
        try:
            load("\n".join(lines))
        except StudyFileError as error:
            refused += all(p.startswith("my_study.toml:") for p in error.problems)
        else:
            read += 1
    assert read + refused == 500
    assert refused > 250


def test_nearest_word():
    assert nearest("Thickness", ["label", "thickness"]) == "thickness"
    assert nearest("qqq", ["label", "thickness"]) == ""
    assert nearest("x", []) == ""
