"""The front door: commands, options, messages. No science; every command imports what it needs when it runs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limetal.ledger import Entry
    from limetal.reading import Failure
    from limetal.records.cycling import CellContext
    from limetal.report import Content

__all__ = ["app"]

app = typer.Typer(
    name="limetal",
    help="A laboratory for lithium-metal electrodes: recipes, cells, tests and published claims in one ledger.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
new = typer.Typer(help="Write a starting point: a study, or a reader.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(new, name="new")

StudyName = Annotated[str, typer.Argument(help="A study file (.toml) or the name of a bundled study (lznc, lmzg).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (schema limetal/1) instead of words.")]
Files = Annotated[list[str], typer.Argument(help="Instrument files.")]
CellWords = Annotated[
    list[str] | None,
    typer.Option(
        "--cell",
        metavar="KEY=VALUE",
        help="What no file tells: kind=symmetric, area='1.13 cm2', diameter='12 mm', mass='12 mg' (active), "
        "capacity='2.5 mAh' (of C rates), np=1.9, starts=discharge, temperature='25 degC'.",
    ),
]
ColumnWords = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="KEY=HEADER[:UNIT]",
        help="Which column holds what: time=t:h, voltage=2:mV; frequency, z_real, z_imag; potential, current.",
    ),
]
ReaderName = Annotated[
    str | None, typer.Option("--reader", help="Reader to use instead of the one the content suggests.")
]
JOBS = typer.Option("--jobs", "-j", min=1, help="Tests or files computed side by side.")


def _version(show: bool) -> None:
    if show:
        import limetal

        typer.echo(f"limetal {limetal.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the program as a whole."""


@app.command()
def run(
    study: StudyName,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the report; default limetal-STUDY.")
    ] = None,
    jobs: Annotated[int, JOBS] = 1,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="TEST", help="Run only this test; may repeat.")
    ] = None,
    style: Annotated[
        str, typer.Option(help="Size of the figures: single (85 mm), double (180 mm) or slide.")
    ] = "double",
) -> None:
    """Run a study: design, read, simulate, analyse, audit; write report.html, results.json, tables, figures."""
    from limetal.errors import BadInputError
    from limetal.report import STYLES, write_report
    from limetal.run import load_study, run_study

    if style not in STYLES:
        raise BadInputError("--style", repr(style), f"one of {', '.join(STYLES)}")
    progress = Progress()
    loaded = load_study(study)
    content = run_study(loaded, jobs=jobs, only=only or (), progress=progress.step)
    folder = write_report(content, out or Path(f"limetal-{loaded.name}"), style=STYLES[style], progress=progress.say)
    progress.done()
    _summary(content)
    typer.echo(f"report: {folder / 'report.html'}")


@app.command()
def audit(study: StudyName, as_json: AsJson = False, jobs: Annotated[int, JOBS] = 1) -> None:
    """Print only the verdicts on the claims of a study."""
    from limetal.run import load_study, run_study

    progress = Progress()
    content = run_study(load_study(study), jobs=jobs, progress=progress.step)
    progress.done()
    if as_json:
        _print_json(content)
        return
    for verdict in content.verdicts:
        typer.echo(f"{verdict.verdict:<12} {verdict.relation}: {', '.join(verdict.claims)}")
        typer.echo(f"{'':<12} {verdict.explanation}")
    _summary(content)


@app.command()
def analyse(
    files: Files,
    as_json: AsJson = False,
    only: Annotated[
        list[str] | None, typer.Option("--as", metavar="ANALYSIS", help="Run this analysis; may repeat.")
    ] = None,
    circuit: Annotated[
        str | None, typer.Option(help="Equivalent circuit of impedance spectra: R(RQ)(RQ)W or R0-p(R1,CPE1)-W1.")
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(
            metavar="ALONG",
            help="Spectra of one cell in this order, along spectrum, time, cycle, charge or temperature.",
        ),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="VALUE", help="Where each spectrum of a series stands, in order: '25 degC', 50."),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="ANALYSIS.KEY=VALUE", help="A choice of an analysis; may repeat."),
    ] = None,
    cell: CellWords = None,
    column: ColumnWords = None,
    reader: ReaderName = None,
    replicates: Annotated[
        bool,
        typer.Option(
            "--replicates", help="The files are tests of replicate cells: also give means, intervals, lives of all."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Also write a report into this folder (one file, a series or replicates)."),
    ] = None,
    jobs: Annotated[int | None, JOBS] = None,
) -> None:
    """Say what files say, without a study.

    A folder stands for all files in it, a quoted pattern for all it matches. Of several files, one that cannot be read
    does not stop the others: they are listed at the end, and the exit status is 1.
    """
    progress = Progress()
    from limetal.analysing import Asked, analyse_many, analyse_series, with_replicates
    from limetal.errors import BadInputError
    from limetal.reading import expand

    names = expand(files)
    progress.say(names[0])
    asked = Asked(_cell(cell or []), tuple(only or ()), _options(option or [], circuit), reader, _columns(column or []))
    if at and series is None:
        raise BadInputError("--at", "no --series", "--series with it, for example --series temperature")
    if replicates and (series is not None or asked.cell is None):
        found = "--series beside it" if series is not None else "no --cell"
        raise BadInputError("--replicates", found, "the kind of the cells, for example --cell kind=symmetric")
    if out is not None and len(names) > 1 and series is None and not replicates:
        raise BadInputError("--out", f"{len(names)} files", "one file")
    failed: list[Failure] = []
    if series is not None:
        content = analyse_series(names, asked, series, at or (), progress=progress.step)
    elif len(names) == 1 and not replicates:
        content = asked.of(names[0])
    else:
        contents, failed = analyse_many(names, asked, jobs=jobs, progress=progress.step)
        if replicates and contents and asked.cell is not None:
            contents = with_replicates(contents, asked.cell.kind)
        content = _joined(contents, tuple((f.path, f.why) for f in failed) if as_json else ())
    progress.done()
    if out is not None:
        from limetal.report import write_report

        write_report(content, out)
    _say(content, as_json)
    _end_with(failed, len(names), as_json)


@app.command(name="read")
def read_files(
    files: Files,
    as_json: AsJson = False,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Write the records of one file as .csv, .parquet or .xlsx (cycling: BDF columns)."),
    ] = None,
    column: ColumnWords = None,
    reader: ReaderName = None,
) -> None:
    """Say what files are: format, instrument, technique, rows, columns, start, doubts; with --to, convert one.

    A folder stands for all files in it, a quoted pattern for all it matches. Of several files, one that cannot be read
    does not stop the others: they are listed at the end, and the exit status is 1.
    """
    from limetal.errors import BadInputError
    from limetal.reading import expand, look_at, look_at_many, table

    names = expand(files)
    if to is not None and len(names) > 1:
        raise BadInputError("--to", f"{len(names)} files", "one file")
    hints = _columns(column or [])
    if len(names) == 1:
        one = look_at(names[0], reader=reader, columns=hints)
        if to is not None:
            from limetal.records.files import write_records

            write_records(one.records, to)
            typer.echo(f"wrote {to}", err=as_json)
        _say(one.content, as_json)
        return
    progress = Progress()
    seen, failed = look_at_many(names, reader=reader, columns=hints, progress=progress.step)
    progress.done()
    if as_json:
        _print_json(_joined([one.content for one in seen], tuple((f.path, f.why) for f in failed)))
    else:
        _print_table(table(seen))
        for one in seen:
            _print_doubts(one.content)
    _end_with(failed, len(names), as_json)


@app.command()
def design(study: StudyName, as_json: AsJson = False) -> None:
    """Print what the recipes and cells of a study give; reads no data file."""
    from limetal.run import design_study, load_study

    content = design_study(load_study(study))
    if as_json:
        _print_json(content)
        return
    _print_entries(tuple(e for e in content.ledger if e.origin in {"derived", "assumed"}))
    _print_doubts(content)


@app.command()
def simulate(
    study: StudyName,
    test: Annotated[str, typer.Argument(help="Name of a simulated test of the study.")],
    to: Annotated[Path, typer.Option("--to", help="File for the record: .csv or .parquet with BDF columns.")],
) -> None:
    """Write the record of a simulated test, as an instrument would."""
    from limetal.records.files import write_record
    from limetal.run import load_study, simulated_record

    record = simulated_record(load_study(study), test)
    write_record(record, to)
    typer.echo(f"wrote {record.rows} points to {to}")


@app.command(name="list")
def list_names(
    what: Annotated[
        str, typer.Argument(help="studies, readers, analyses, relations, quantities, units, materials or elements.")
    ] = "studies",
) -> None:
    """List what limetal knows."""
    from limetal.catalogue import catalogue

    for line in catalogue(what):
        typer.echo(line)


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Throw away what is kept of large files.")] = False,
) -> None:
    """Say where tables of large files are kept, so that they are read once, and how much they take.

    LIMETAL_CACHE names another folder, or is "off".
    """
    from limetal.readers._cache import cache_folder, entries, throw_away

    folder = cache_folder()
    if folder is None:
        typer.echo("no cache: LIMETAL_CACHE is off, or there is no home folder")
        return
    if clear:
        files, size = throw_away()
        typer.echo(f"threw away {_plural(files, 'table')}, {size / 1e6:.1f} MB")
        return
    found = entries()
    size = sum(path.stat().st_size for path in found)
    typer.echo(f"{folder}: {_plural(len(found), 'table')}, {size / 1e6:.1f} MB")


@new.command(name="study")
def new_study(
    name: Annotated[str, typer.Argument(help="Name of the study; NAME.toml is written.")],
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="A raw file of a symmetric cell to put in; may repeat."),
    ] = None,
) -> None:
    """Write a commented study that runs as it is."""
    from limetal.study.template import write_study

    path = write_study(name, data or [])
    typer.echo(f"wrote {path}; next: limetal run {path}")


@new.command(name="reader")
def new_reader(
    name: Annotated[str, typer.Argument(help="Name of the format, for example acme; acme.py is written here.")],
) -> None:
    """Write a reader plug-in that works on a sample and says what to change."""
    from limetal.readers._template import write_reader

    path = write_reader(name)
    typer.echo(f"wrote {path}; it is explained in the documentation, 'Add a reader in ten minutes'")


class _Shown(logging.Handler):
    """Shows what limetal's logger says where progress is shown."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Show one message."""
        self._say(record.getMessage())


class Progress:
    """One line on a terminal that says what is going on; nothing in a pipe."""

    def __init__(self) -> None:
        self._shown = 0
        self._live = sys.stderr.isatty()
        if self._live:
            logger = logging.getLogger("limetal")
            logger.handlers = [_Shown(self.say)]
            logger.setLevel(logging.INFO)

    def step(self, what: str, done: int, of: int) -> None:
        """Say which of several things is being done."""
        self.say(f"[{done + 1}/{of}] {what}")

    def say(self, text: str) -> None:
        """Replace the line."""
        if self._live:
            text = text[:100]
            sys.stderr.write("\r" + text.ljust(self._shown))
            sys.stderr.flush()
            self._shown = len(text)

    def done(self) -> None:
        """Clear the line."""
        if self._live and self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
            self._shown = 0


def _summary(content: Content) -> None:
    counts = content.counts
    total = sum(counts[word] for word in ("agrees", "disagrees", "cannot tell"))
    if total:
        reach = f" ({counts['not reached']} of them reached by no relation yet)" if counts["not reached"] else ""
        typer.echo(
            f"{_plural(total, 'claim')}: {counts['agrees']} agree, {counts['disagrees']} disagree, "
            f"{counts['cannot tell']} cannot be told{reach}"
        )
    origins: dict[str, int] = {}
    for entry in content.ledger:
        origins[entry.origin] = origins.get(entry.origin, 0) + 1
    words = ", ".join(f"{n} {origin}" for origin, n in origins.items())
    typer.echo(f"{len(content.ledger)} ledger entries: {words}")
    if content.warnings or content.not_computed:
        doubts = (
            f"{_plural(len(content.warnings), 'warning')}, {_plural(len(content.not_computed), 'thing')} not computed"
        )
        typer.echo(f"{doubts}: see the report")


def _plural(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _print_entries(entries: tuple[Entry, ...]) -> None:
    from limetal.report.wording import number_text

    subject = None
    for entry in entries:
        top = ".".join(entry.subject.split(".")[:2]) if entry.subject.split(".")[0] in _ROOMS else entry.subject
        if top != subject:
            typer.echo(top)
            subject = top
        below = entry.subject[len(top) + 1 :]
        name = f"{below} {entry.quantity}".strip().replace("_", " ")
        unit = "" if entry.unit in {"1", "text"} or isinstance(entry.value, str) else f" {entry.unit}"
        note = f"  [{entry.note}]" if entry.note else ""
        value = ("> " if entry.bound == ">" else "") + number_text(entry.value, entry.std)
        typer.echo(f"  {name:<32} {value}{unit}  {entry.origin}{note}")


_ROOMS = ("materials", "electrodes", "cells", "tests", "groups")


def _print_doubts(content: Content) -> None:
    for warning in content.warnings:
        typer.echo(f"warning: {warning}")
    for what, why in content.not_computed:
        typer.echo(f"not computed: {what}: {why}")


def _print_json(content: Content) -> None:
    from limetal.report.files import json_text

    typer.echo(json_text(content), nl=False)


def _say(content: Content, as_json: bool) -> None:
    if as_json:
        _print_json(content)
        return
    _print_entries(content.ledger.entries)
    _print_doubts(content)


def _print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns; a column that is empty but for its head is left out."""
    kept = [c for c in range(len(rows[0])) if any(row[c] for row in rows[1:])]
    widths = [min(max(len(row[c]) for row in rows), 48) for c in kept]
    for row in rows:
        cells = (row[c] if len(row[c]) <= 48 else row[c][:47] + "…" for c in kept)
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())


def _end_with(failed: list[Failure], of: int, as_json: bool) -> None:
    """List the files that could not be read, and end with status 1 if there are any."""
    if not failed:
        return
    if not as_json:
        typer.echo(f"{len(failed)} of {of} files cannot be read:")
        for failure in failed:
            typer.echo(f"  {failure.why}")
    raise typer.Exit(1)


def _options(words: list[str], circuit: str | None) -> dict[str, dict[str, Any]]:
    """Read ``--option ANALYSIS.KEY=VALUE`` and ``--circuit``."""
    from limetal.analyses import parse_options
    from limetal.errors import BadInputError

    given = parse_options(words)
    if circuit is not None:
        from limetal.impedance.grammar import parse

        parse(circuit)  # a wrong circuit is told before a file is read
        for name in ("circuit", "impedance_series"):
            if given.setdefault(name, {}).setdefault("circuit", circuit) != circuit:
                raise BadInputError("--circuit", f"--option {name}.circuit beside it", "one of the two")
    return given


def _joined(contents: list[Content], failed: tuple[tuple[str, str], ...] = ()) -> Content:
    """Put what several files say into one answer; files that could not be read are not computed."""
    import dataclasses

    from limetal.file_content import nothing_read
    from limetal.ledger import Ledger

    first = contents[0] if contents else nothing_read()
    if len(contents) == 1 and not failed:
        return first
    return dataclasses.replace(
        first,
        name=f"{len(contents)} files",
        title=f"What {len(contents)} files say",
        ledger=Ledger(tuple(e for c in contents for e in c.ledger)),
        sections=tuple(s for c in contents for s in c.sections),
        warnings=tuple(w for c in contents for w in c.warnings),
        not_computed=(*(n for c in contents for n in c.not_computed), *failed),
    )


def _cell(words: list[str]) -> CellContext | None:
    """Read ``--cell KEY=VALUE`` options."""
    from limetal.errors import BadInputError
    from limetal.records.words import cell_from_words

    if not words:
        return None
    given: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not value:
            raise BadInputError("--cell", repr(word), "KEY=VALUE, for example kind=symmetric")
        if key.strip() in given:
            raise BadInputError("--cell", f"{key.strip()!r} a second time", "each key once")
        given[key.strip()] = value.strip()
    context: CellContext = cell_from_words(given)
    return context


def _columns(words: list[str]) -> dict[str, Any]:
    """Read ``--column KEY=HEADER[:UNIT]`` options."""
    from limetal.errors import BadInputError
    from limetal.readers import ColumnHint, column_names

    hints: dict[str, ColumnHint] = {}
    for word in words:
        key, equals, rest = word.partition("=")
        if not equals or key not in column_names():
            raise BadInputError("--column", repr(word), f"time=HEADER:UNIT (or {', '.join(column_names()[1:])})")
        if key in hints:
            raise BadInputError("--column", f"{key!r} a second time", "each key once")
        header, colon, unit = rest.rpartition(":")
        header, unit = (header, unit) if colon else (rest, "")
        hints[key] = ColumnHint(int(header) if header.isdigit() else header, unit or None)
    return hints
