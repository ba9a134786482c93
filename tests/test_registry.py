"""Plug-ins: found without being imported, loaded by name, joined by other packages, and all described."""

import dataclasses
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from limetal import readers, registry
from limetal.analyses import Analysis
from limetal.claims import Relation
from limetal.errors import BadInputError, LimetalError
from limetal.quantities import QUANTITIES
from limetal.readers import Reader
from limetal.readers._template import reader_text, write_reader
from limetal.records.cycling import CELL_KINDS, CyclingRecord

KINDS = {"limetal.readers": Reader, "limetal.analyses": Analysis, "limetal.claims.relations": Relation}
PLUGINS = [(room, name) for room in registry.ROOMS for name in registry.names(room)]
every_plugin = pytest.mark.parametrize(("room", "name"), PLUGINS)


def python(code: str, *, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter, with a folder of packages in front of its path."""
    first = f"import sys\nsys.path.insert(0, {str(path)!r})\n" if path else ""
    command = [sys.executable, "-W", "error", "-c", first + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def examples(module: object) -> list[doctest.Example]:
    return [e for test in doctest.DocTestFinder().find(module) for e in test.examples]


def forget() -> None:
    """Make the registry look again."""
    importlib.invalidate_caches()
    registry.names.cache_clear()
    registry.load.cache_clear()


@pytest.fixture
def room_folder(tmp_path):
    """A folder that belongs to limetal.readers for the time of a test."""
    readers.__path__.append(str(tmp_path))
    before = set(sys.modules)
    forget()
    yield tmp_path
    readers.__path__.remove(str(tmp_path))
    forget()
    for module in set(sys.modules) - before:
        if module.startswith("limetal.readers."):
            del sys.modules[module]


# -------------------------------------------------------------------------------------------------- finding


def test_rooms_are_those_of_the_house():
    assert set(registry.ROOMS) == set(KINDS)


def test_names_lists_the_files_that_stand_there():
    for room in registry.ROOMS:
        folder = Path(importlib.import_module(room).__file__).parent
        files = {p.stem for p in folder.glob("[!_]*.py")}
        assert files <= set(registry.names(room))
        assert list(registry.names(room)) == sorted(registry.names(room))
        assert files, f"{room} is empty"


def test_what_a_plugin_says_without_being_imported_is_what_it_says():
    for name in registry.names("limetal.analyses"):
        takes = registry.load("limetal.analyses", name).takes.__name__
        assert registry.said("limetal.analyses", name, "takes") == takes, name
    assert registry.said("limetal.analyses", "no such", "takes") == ""


def test_an_analysis_of_cycling_does_not_wait_for_a_compiler():
    code = (
        "import sys, numpy as np\n"
        "from limetal.analyses import apply\n"
        "from limetal.records.cycling import CyclingRecord\n"
        "record = CyclingRecord(np.arange(9.0), np.ones(9), None, source='x')\n"
        "apply(record, 'x', 'x', (), {})\n"
        "print([m for m in ('numba', 'matplotlib', 'pydantic') if m in sys.modules])\n"
    )
    done = python(code)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_listing_names_imports_no_plugin():
    code = (
        "from limetal import registry\n"
        "for room in registry.ROOMS:\n"
        "    names = registry.names(room)\n"
        "    assert names\n"
        "    print([n for n in names if room + '.' + n in sys.modules])\n"
    )
    answer = python("import sys\n" + code)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "[]\n[]\n[]\n", "")


@pytest.mark.parametrize(
    ("room", "wrong", "words"),
    [
        ("limetal.readers", "newar", "^reader: found 'newar', want one of .*nearest: 'neware'"),
        ("limetal.analyses", "hysteresys", "^analysis: found .*nearest: 'hysteresis'"),
        ("limetal.claims.relations", "brag", "^relation: found .*nearest: 'bragg'"),
        ("limetal.readers", "_base", "^reader: found '_base', want one of .*delimited"),
        ("limetal.readers", "", "^reader: found ''"),
        ("limetal.readers", "../evil", "^reader: found"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(room, wrong, words):
    with pytest.raises(BadInputError, match=words):
        registry.load(room, wrong)


def test_loading_twice_gives_the_same_object():
    for room, name in PLUGINS:
        assert registry.load(room, name) is registry.load(room, name)


# ---------------------------------------------------------------------------------------------- one file


def test_file_without_plugin_says_what_is_missing(room_folder):
    (room_folder / "half_done.py").write_text('"""Nothing yet."""\n')
    assert "half_done" in registry.names("limetal.readers")
    with pytest.raises(LimetalError, match=r"limetal.readers.half_done has no PLUGIN: its last line should be PLUGIN"):
        registry.load("limetal.readers", "half_done")


def test_file_with_underscore_is_no_plugin(room_folder):
    before = set(registry.names("limetal.readers"))
    forget()
    (room_folder / "_helper.py").write_text("")
    (room_folder / "acme.py").write_text(reader_text("acme"))
    assert set(registry.names("limetal.readers")) - before == {"acme"}


def test_file_dropped_into_the_room_reads(room_folder, tmp_path_factory, monkeypatch):
    data = tmp_path_factory.mktemp("data")
    file = data / "cell.txt"
    file.write_text("ACME 1.0\n0\t3.0\t1.0\n1\t3.1\t-2.0\n2\t3.2\t0\n")
    with pytest.raises(BadInputError):
        readers.read(file)
    monkeypatch.chdir(room_folder)
    assert write_reader("acme") == Path("acme.py")
    forget()
    assert "acme" in registry.names("limetal.readers")
    assert readers.recognise(file) == "acme"
    record = readers.read(file)
    assert isinstance(record, CyclingRecord)
    assert record.test_time_second.tolist() == [0.0, 60.0, 120.0]
    assert record.voltage_volt.tolist() == [3.0, 3.1, 3.2]
    assert record.current_ampere.tolist() == [0.001, -0.002, 0.0]
    file.write_text("ACME 1.0\n0\t3.0\t1.0\n1\tnot a number\t-2.0\n")
    with pytest.raises(BadInputError, match=r"cell.txt, line 3: found '1\\tnot a number\\t-2.0', want three numbers"):
        readers.read(file)


def test_new_reader_passes_its_own_example(room_folder):
    (room_folder / "acme.py").write_text(reader_text("acme"))
    module = importlib.import_module("limetal.readers.acme")
    assert doctest.testmod(module).attempted >= 3
    assert doctest.testmod(module).failed == 0


def test_new_reader_never_overwrites(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "acme.py"
    file.write_text("mine")
    with pytest.raises(BadInputError, match=r"acme.py: found a file that exists"):
        write_reader("acme")
    assert file.read_text() == "mine"


@pytest.mark.parametrize("wrong", ["", "Acme", "a b", "../acme", "acme.py", "7up", "a-b", "é"])
def test_new_reader_needs_the_name_of_a_module(wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInputError, match="small letters"):
        write_reader(wrong)
    assert list(tmp_path.iterdir()) == []
    assert write_reader("acme_2").exists()


# --------------------------------------------------------------------------------- plug-ins of other packages


def distribution(folder: Path, entry_points: str, modules: dict[str, str]) -> None:
    """Put a package with entry points into a folder, as pip would."""
    info = folder / "friends-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: friends\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)


def test_entry_point_joins_a_room_without_being_imported(tmp_path):
    distribution(
        tmp_path, "[limetal.readers]\nfriendly = friends_reader:PLUGIN\n", {"friends_reader": reader_text("friend")}
    )
    file = tmp_path / "cell.txt"
    file.write_text("FRIEND 1.0\n0\t3.0\t1.0\n1\t3.1\t1.0\n")
    answer = python(
        "from limetal import registry\n"
        "print('friendly' in registry.names('limetal.readers'), 'friends_reader' in sys.modules)\n"
        "import limetal\n"
        "from limetal.readers import recognise\n"
        f"print(recognise({str(file)!r}), limetal.read({str(file)!r}).voltage_volt.tolist())\n",
        path=tmp_path,
    )
    assert answer.stderr == ""
    assert answer.stdout == "True False\nfriendly [3.0, 3.1]\n"


def test_a_file_of_limetal_wins_over_an_entry_point_of_its_name(tmp_path):
    distribution(tmp_path, "[limetal.readers]\nneware = nowhere:PLUGIN\n", {})
    answer = python(
        "from limetal import registry\n"
        "print(registry.names('limetal.readers').count('neware'))\n"
        "print(type(registry.load('limetal.readers', 'neware')).__name__)\n",
        path=tmp_path,
    )
    assert (answer.stdout, answer.stderr) == ("1\nReader\n", "")


@pytest.mark.parametrize("target", ["nowhere:PLUGIN", "friends_reader:PLUGIN"])
def test_broken_entry_point_is_one_sentence(target, tmp_path):
    distribution(tmp_path, f"[limetal.readers]\nfriendly = {target}\n", {"friends_reader": "import no_such_module\n"})
    answer = python(
        "from limetal import registry\n"
        "from limetal.errors import LimetalError\n"
        "try:\n    registry.load('limetal.readers', 'friendly')\n"
        "except LimetalError as error:\n    print(error)\n",
        path=tmp_path,
    )
    assert "friendly" in answer.stdout
    assert answer.stderr == ""


# ------------------------------------------------------------------------------------------ walk of all rooms


@every_plugin
def test_plugin_is_of_its_room_and_described(room, name):
    plugin = registry.load(room, name)
    module = importlib.import_module(f"{room}.{name}")
    assert type(plugin) is KINDS[room]
    assert plugin is module.PLUGIN
    assert module.__doc__
    assert len(module.__doc__.splitlines()[0]) > 20


@every_plugin
def test_plugin_registers_on_its_last_line(room, name):
    text = Path(importlib.import_module(f"{room}.{name}").__file__).read_text(encoding="utf-8")
    last_statement = text.rstrip().rpartition("\nPLUGIN = ")[2]
    assert last_statement.startswith(KINDS[room].__name__ + "(")
    assert "\n\n" not in last_statement


@pytest.mark.parametrize("name", registry.names("limetal.readers"))
def test_reader_is_documented(name):
    reader = registry.load("limetal.readers", name)
    assert reader.title
    assert reader.documented_at
    assert reader.looks_like.__doc__
    assert reader.read.__doc__
    assert examples(importlib.import_module(f"limetal.readers.{name}"))


def test_tables_of_any_origin_are_asked_last_and_by_few():
    ranks = {n: registry.load("limetal.readers", n).rank for n in registry.names("limetal.readers")}
    assert {n for n, rank in ranks.items() if rank == 2} <= {"delimited", "workbook"}


@pytest.mark.parametrize("name", registry.names("limetal.analyses"))
def test_analysis_is_documented(name):
    plugin = registry.load("limetal.analyses", name)
    assert plugin.title
    assert plugin.sources
    assert all(len(s) > 10 for s in plugin.sources)
    assert isinstance(plugin.takes, type)
    assert set(plugin.cells) <= set(CELL_KINDS)
    assert plugin.analyse.__doc__
    assert plugin.tell.__doc__
    assert examples(importlib.import_module(f"limetal.analyses.{name}"))


@pytest.mark.parametrize("name", registry.names("limetal.analyses"))
def test_options_are_a_frozen_dataclass_with_defaults(name):
    options = registry.load("limetal.analyses", name).options
    assert dataclasses.is_dataclass(options)
    assert options.__dataclass_params__.frozen
    assert options.__doc__
    assert options() == options()
    for field in dataclasses.fields(options):
        assert field.default is not dataclasses.MISSING, f"{field.name} has no default"
        assert isinstance(field.default, bool | int | float | str), "a study file can give it"


@pytest.mark.parametrize("name", registry.names("limetal.claims.relations"))
def test_relation_is_documented(name):
    relation = registry.load("limetal.claims.relations", name)
    assert relation.name
    assert relation.check.__doc__
    assert "References\n" in relation.check.__doc__
    assert relation.quantities
    assert set(relation.quantities) <= set(QUANTITIES)
    assert relation.sources


def test_relations_have_names_of_their_own():
    names = [registry.load("limetal.claims.relations", n).name for n in registry.names("limetal.claims.relations")]
    assert len(set(names)) == len(names)
