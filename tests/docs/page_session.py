"""Run a page of the documentation as its reader would: top to bottom, in one folder.

What is run, by the kind of the code block:

* a block with ``:caption: NAME`` is a file the reader makes; it is written to NAME;
* ``console``: lines that begin with ``$ `` are commands for the shell. The lines below a command, if any, must be
  what it prints (stdout and stderr together), see `fits`. A command must succeed unless the next
  one is ``$ echo $?``, whose output is then the status wanted;
* ``python`` with ``>>>`` is a session, compared in the same way;
* everything else (``sh``, ``bat``, ``text``) is only read by people.
"""

import contextlib
import doctest
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<kind>[^\n`]*)\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One code block of a page."""

    kind: str
    caption: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    found = []
    for match in _FENCE.finditer(page):
        kind = match["kind"].replace("{code-block}", "").strip()
        body, caption = match["body"], ""
        while option := re.match(r":(\w+): *(.*)\n", body):
            caption = option[2] if option[1] == "caption" else caption
            body = body[option.end() :]
        found.append(Block(kind, caption, body.removeprefix("\n"), page[: match.start()].count("\n") + 1))
    return found


def commands(text: str) -> list[tuple[str, str]]:
    """Commands of a console block, each with the output shown below it."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, output = found[-1]
            found[-1] = (command, f"{output}{line}\n")
    return found


def fits(wanted: str, got: str) -> bool:
    """Whether an output is the one shown.

    ``...`` alone on a line stands for any lines or none, inside a line for any part of that line.
    """
    pattern = ""
    for line in wanted.strip().splitlines():
        inside = "[^\n]*".join(re.escape(part) for part in line.rstrip().split("..."))
        pattern += "(?:[^\n]*\n)*" if line.strip() == "..." else f"{inside}\n"
    printed = "".join(f"{line.rstrip()}\n" for line in got.strip().splitlines())
    return re.fullmatch(pattern, printed) is not None


def environment(folder: Path, source: Path) -> dict[str, str]:
    """Environment in which ``limetal`` and ``python`` are those of this test run, reading limetal from ``source``."""
    tools = folder / "tools"
    tools.mkdir(parents=True)
    for name, words in {"python": "", "python3": "", "limetal": " -m limetal"}.items():
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n', encoding="utf-8")
        (tools / name).chmod(0o755)
    # the commands of all pages share compiled code, also where the machine keeps none
    compiled = Path(tempfile.gettempdir()) / f"limetal-pages-{sys.implementation.cache_tag}"
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    paths = [str(source), *([os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else [])]
    return {
        **inherited,
        "PYTHONPYCACHEPREFIX": str(compiled),
        "PYTEST_ADDOPTS": "-n 0",
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": os.pathsep.join(paths),
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


def run_page(page: Path, folder: Path, env: dict[str, str]) -> int:
    """Run a page in a folder; returns how many commands and sessions were run."""
    done = 0
    names: dict[str, object] = {}
    for block in blocks(page.read_text(encoding="utf-8")):
        where = f"{page.name}, line {block.line}"
        if block.caption:
            file = folder / block.caption
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8", newline="\n")
        elif block.kind == "console":
            done += _run_console(block.text, folder, env, where)
        elif block.kind == "python" and ">>>" in block.text:
            _run_python(block.text, folder, names, where)
            done += 1
    return done


def _run_console(text: str, folder: Path, env: dict[str, str], where: str) -> int:
    status: int | None = None
    shown = commands(text)
    for index, (command, wanted) in enumerate(shown):
        if command == "echo $?":
            assert wanted.strip() == str(status), f"{where}: status {status} after {shown[index - 1][0]!r}"
            continue
        result = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        status = result.returncode
        asked = index + 1 < len(shown) and shown[index + 1][0] == "echo $?"
        assert asked or status == 0, f"{where}: $ {command}\nended with status {status}:\n{result.stdout}"
        if wanted.strip():
            assert fits(wanted, result.stdout), f"{where}: $ {command}\nshown:\n{wanted}\nprinted:\n{result.stdout}"
    return len(shown)


def _run_python(text: str, folder: Path, names: dict[str, object], where: str) -> None:
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    session = doctest.DocTestParser().get_doctest(text, names, where, where, 0)
    report: list[str] = []
    with contextlib.chdir(folder):
        runner = doctest.DocTestRunner(verbose=False, optionflags=options)
        result = runner.run(session, out=report.append, clear_globs=False)
    names.update(session.globs)
    assert result.failed == 0, "".join(report)
