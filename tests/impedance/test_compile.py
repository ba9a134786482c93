"""Compiled code is kept under a name that changes with the source of every file it can be made of."""

from __future__ import annotations

import ast
import inspect
import shutil
from pathlib import Path

from limetal.impedance import _compile, _machine, _search

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
