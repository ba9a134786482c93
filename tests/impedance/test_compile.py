"""Compiled code is kept under a name that changes with the source of every file it can be made of."""

from __future__ import annotations

import ast
import inspect
import shutil
from pathlib import Path

import numba
from numba.core import event

from limetal.impedance import _compile, _first_use, _machine, _search

ROOM = Path(_compile.__file__).parent


def test_a_change_of_one_file_changes_the_name_of_all(tmp_path):
    for path in ROOM.glob("*.py"):
        shutil.copy(path, tmp_path)
    before = _compile.digest_of(tmp_path)
    assert before == _compile.digest_of(ROOM)
    (tmp_path / "circuit.py").write_text("another")
    assert _compile.digest_of(tmp_path) == before
    with (tmp_path / "_machine.py").open("a") as file:
        file.write("# another\n")
    assert _compile.digest_of(tmp_path) != before
    for function in (_machine.levenberg_marquardt, _search.solve):
        assert function.py_func.__qualname__.endswith(before)


def test_files_whose_compiled_code_holds_that_of_others_compile_this_way():
    for path in ROOM.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        imports = [node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
        if "cache=True" in source and path.name != "_compile.py":
            others = {name.rpartition(".")[2] for name in imports if name.startswith("limetal.impedance._")}
            compiling = {o for o in others if "njit" in (ROOM / f"{o}.py").read_text(encoding="utf-8")}
            assert not compiling, f"{path.name} compiles code of {compiling}"


def test_functions_keep_their_words():
    assert "downhill" in inspect.getdoc(_machine.levenberg_marquardt)


def test_the_first_use_says_once_that_functions_are_compiled(caplog):
    teller = _first_use.Teller()
    with caplog.at_level("INFO", logger="limetal"):
        event.register("numba:compile", teller)
        try:
            numba.njit("float64(float64)")(lambda x: x + 1.0)
            numba.njit("float64(float64)")(lambda x: x + 2.0)
        finally:
            event.unregister("numba:compile", teller)
    assert caplog.messages.count(_first_use.WORDS) in {1, 2}  # this listener, and that of the room if it has not yet
    assert teller.said


def test_every_module_that_compiles_says_so():
    for path in ROOM.glob("*.py"):
        if "import numba\n" in path.read_text() and path.name not in {"element.py", "_first_use.py"}:
            assert "_first_use" in path.read_text(), path.name
