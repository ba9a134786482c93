"""The pipeline, readable top to bottom: study -> design -> records -> analyses -> claims -> content of a report."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Sequence

from limetal import registry
from limetal.analyses import ROOM as ANALYSES
from limetal.analyses import Outcome, apply
from limetal.cell_contexts import cell_context, symmetric_partner
from limetal.claims import Case, Verdict, stated_entries
from limetal.claims import audit as audit_case
from limetal.claims.audit import tally
from limetal.design import Design, design, library
from limetal.design.cell import area_cm2
from limetal.design.electrode import stated
from limetal.errors import BadInputError
from limetal.exhibits import Plot, overlay
from limetal.file_content import analyse, places, software, spectra_of
from limetal.groups import Group, summarise
from limetal.ledger import Entry, Ledger
from limetal.materials import ADDITIVES, CATHODES, ELECTROLYTES, FOILS, PHASES, SEPARATORS
from limetal.physics.constants import MA_PER_A, ROOM_TEMPERATURE_K
from limetal.readers import ColumnHint, column_names, read
from limetal.records.base import Record
from limetal.records.cycling import CellContext
from limetal.records.series import ImpedanceSeries
from limetal.report import Content, Section
from limetal.simulate import Block, PlanarSymmetricCell, simulate
from limetal.study import Known, Study, data_path, read_study
from limetal.study.models import FileTest, SeriesTest, SimulatedTest
from limetal.units import Written

__all__ = ["analyse", "audit", "known_names", "load_study", "record_of", "run", "run_study"]

Progress = Callable[[str, int, int], None]


def run(study: str | os.PathLike[str], *, jobs: int = 1, only: Sequence[str] = ()) -> Content:
    """Run a study, given by path or bundled name, and return everything a report shows.

    Parameters
    ----------
    study
        A path or the name of a bundled study.
    jobs
        Tests computed side by side.
    only
        Names of the tests to run; empty for all.

    Returns
    -------
    Content
        Ledger, verdicts, pictures and tables; `limetal.report.write_report` writes them.

    Raises
    ------
    StudyFileError
        If the study has wrong places.
    BadInputError
        If a data file cannot be read.

    Examples
    --------
    >>> content = run("lmzg", only=["simulated_LMZG"])
    >>> content.name
    'lmzg'
    """
    return run_study(load_study(study), jobs=jobs, only=only)


def load_study(study: str | os.PathLike[str]) -> Study:
    """Read a study and check every name it uses."""
    return read_study(study, known_names())


def run_study(study: Study, *, jobs: int = 1, only: Sequence[str] = (), progress: Progress | None = None) -> Content:
    """Run a study that has been read: the whole pipeline."""
    designed = design(study)
    ledger = Ledger(designed.entries).plus(stated_entries(study))
    outcomes = _run_tests(study, designed, _chosen(study, only), jobs, progress)
    grouped, left_out = _groups(study, outcomes)
    for outcome in (*outcomes, *grouped):
        ledger = ledger.plus(outcome.entries)
    verdicts = audit_case(Case(ledger, study, library(study)))
    return _content(study, designed, ledger, verdicts, outcomes, grouped, left_out)


def audit(study: str | os.PathLike[str], *, jobs: int = 1) -> tuple[Verdict, ...]:
    """Verdicts on the claims of a study.

    Examples
    --------
    >>> {v.verdict for v in audit("lmzg")} <= {"agrees", "disagrees", "cannot tell"}
    True
    """
    return run(study, jobs=jobs).verdicts


def design_study(study: Study) -> Content:
    """What the recipes and cells of a study give, without any test."""
    designed = design(study)
    return _content(study, designed, Ledger(designed.entries), (), [])


def simulated_record(study: Study, name: str) -> Record:
    """Record of a simulated test of a study.

    Raises
    ------
    BadInputError
        If the study has no such test, or it is a file.
    """
    _chosen(study, [name], "limetal simulate")
    if not isinstance(study.model.tests[name], SimulatedTest):
        raise BadInputError(study.place("tests", name), "a test of a file", "a simulated test")
    designed = design(study)
    context = cell_context(study, study.model.tests[name].cell, designed.entries)
    record = record_of(study, name, context, _inventory_mAh_cm2(study, designed, name))
    assert isinstance(record, Record)  # a simulated test is no series
    return record


def _chosen(study: Study, only: Sequence[str], where: str = "--only") -> list[str]:
    for name in only:
        if name not in study.model.tests:
            known = ", ".join(study.model.tests) or "none"
            raise BadInputError(where, repr(name), f"a test of the study: {known}")
    return [name for name in study.model.tests if not only or name in only]


def _run_tests(study: Study, designed: Design, names: list[str], jobs: int, progress: Progress | None) -> list[Outcome]:
    """Outcomes of tests in their order; those that look at another test come after it."""
    partners = {name: getattr(study.model.tests[name], "symmetric", None) for name in names}
    done: dict[str, Outcome] = {}
    for turn in ([n for n in names if not partners[n]], [n for n in names if partners[n]]):
        given = {}
        for name in turn:
            context = cell_context(study, study.model.tests[name].cell, designed.entries)
            if (partner := partners[name]) in done:
                context = dataclasses.replace(context, symmetric=symmetric_partner(done[partner]))
            given[name] = (context, _inventory_mAh_cm2(study, designed, name))
        done |= _run_turn(study, given, jobs, progress)
    return [done[name] for name in names]


def _run_turn(
    study: Study,
    given: dict[str, tuple[CellContext, float | None]],
    jobs: int,
    progress: Progress | None,
) -> dict[str, Outcome]:
    """Outcomes of tests that do not depend on each other, side by side."""
    tell = progress or (lambda *_: None)
    if jobs <= 1 or len(given) < 2:
        outcomes = {}
        for done, (name, known) in enumerate(given.items()):
            tell(f"test {name}", done, len(given))
            outcomes[name] = run_test(study, name, *known)
        return outcomes
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # spawn: polars and numpy hold threads that a forked child would inherit in an unknown state
    with ProcessPoolExecutor(min(jobs, len(given)), mp_context=get_context("spawn")) as pool:
        waiting = {name: pool.submit(run_test, study, name, *known) for name, known in given.items()}
        outcomes = {}
        for done, (name, future) in enumerate(waiting.items()):
            tell(f"test {name}", done, len(given))
            outcomes[name] = future.result()
    return outcomes


def _groups(study: Study, outcomes: list[Outcome]) -> tuple[list[Outcome], list[tuple[str, str]]]:
    """What the groups of the study say, and those whose tests were not all run."""
    done = {outcome.name: outcome for outcome in outcomes}
    groups: dict[str, Group] = {}
    left_out: list[tuple[str, str]] = []
    for name, table in study.model.groups.items():
        lost = [test for test in table.tests if test not in done]
        if lost:
            left_out.append((f"groups.{name}", f"not run: tests {', '.join(lost)}"))
            continue
        groups[name] = Group(
            f"groups.{name}",
            table.label or name,
            tuple(done[test] for test in table.tests),
            table.tests,
            tuple(study.model.cells[study.model.tests[test].cell].kind for test in table.tests),
            table.quantities,
        )
    grouped = []
    for name, group in groups.items():
        table = study.model.groups[name]
        if table.against and table.against not in groups:
            left_out.append((f"groups.{name} against {table.against}", f"groups.{table.against} was not computed"))
        told = summarise(group, groups.get(table.against))
        grouped.append(dataclasses.replace(told, words=f"{told.words} {table.note}".rstrip()))
    return grouped, left_out


def run_test(
    study: Study, name: str, context: CellContext | None = None, inventory_mAh_cm2: float | None = None
) -> Outcome:
    """Read or simulate the record of one test and analyse it."""
    test = study.model.tests[name]
    key = {"file": "file", "series": "files"}.get(test.kind, "protocol")
    try:
        record = record_of(study, name, context, inventory_mAh_cm2)
        options = {a: dict(o) for a, o in study.model.analyses.items()}
        done = apply(record, f"tests.{name}", record.source, test.analyses or (), options)
    except BadInputError as error:
        where = f"{study.place('tests', name, key)}, tests.{name}: {error.where}"
        raise BadInputError(where, error.found, error.wanted) from error
    assumed: tuple[Entry, ...] = ()
    if isinstance(test, SimulatedTest) and isinstance(record, Record):
        assumed = _parameters(study, name, test, record)
    if isinstance(test, FileTest) and test.current_density is not None and isinstance(record, Record):
        done = _with_current(study, name, test.current_density, record, done)
    size = f"{len(record.records)} spectra" if isinstance(record, ImpedanceSeries) else f"{record.rows} points"
    words = f"{record.source}; {size}." + (f" {test.note}" if test.note else "")
    if isinstance(test, SimulatedTest):
        words += f" Parameters are assumptions: {test.basis}"
    label = study.model.cells[test.cell].label or test.cell
    return dataclasses.replace(
        done, name=name, title=f"Test {name}: {label}", words=words, entries=(*assumed, *done.entries)
    )


def _with_current(study: Study, name: str, written: Written, record: Record, done: Outcome) -> Outcome:
    """Put a stated current density beside the results of a file that has no current."""
    subject, place = f"tests.{name}", study.place("tests", name, "current_density")
    if getattr(record, "current_ampere", None) is not None:
        words = f"{subject}: current_density of the study ({written.text}) is not used, the file has a current"
        return dataclasses.replace(done, warnings=(*done.warnings, words))
    at, words = ("current_density", written.value), f"at current density {written.text}, as stated"
    entries = [stated(subject, "current_density", written, place)]
    for entry in done.entries:
        if not entry.quantity.startswith("hysteresis_"):
            entries.append(entry)
            continue
        note = f"{words}; {entry.note}"
        entries.append(dataclasses.replace(entry, at=(at, *entry.at), note=note))
        if entry.quantity == "hysteresis_mean" and entry.number is not None:
            resistance = MA_PER_A * entry.number / written.value
            source = f"hysteresis_mean over the current density of {place}"
            entries.append(
                Entry(subject, "areal_resistance", resistance, None, "derived", source, note, (at, *entry.at))
            )
    lost = tuple(n for n in done.not_computed if not n[0].endswith("areal_resistance"))
    return dataclasses.replace(done, entries=tuple(entries), not_computed=lost)


def record_of(
    study: Study, name: str, context: CellContext | None = None, inventory_mAh_cm2: float | None = None
) -> Record | ImpedanceSeries:
    """Record of one test of a study: from its file or files, or from the model."""
    test = study.model.tests[name]
    cell = study.model.cells[test.cell]
    context = context or cell_context(study, test.cell)
    if isinstance(test, FileTest | SeriesTest):
        hints: dict[str, ColumnHint] = {key: ColumnHint(note.column, note.unit) for key, note in test.columns.items()}
    if isinstance(test, FileTest):
        record = read(data_path(study, test.file), reader=test.reader, columns=hints, record=test.record)
        return dataclasses.replace(record.in_cell(context), source=test.file)
    if isinstance(test, SeriesTest):
        paths = [data_path(study, file) for file in test.files]
        spectra = [r for path in paths for r in spectra_of(path, test.reader, hints, context)]
        at = places(test.along, test.at, len(spectra), "at")
        return ImpedanceSeries(tuple(spectra), test.along, at, ", ".join(test.files))
    temperature = cell.temperature.value if cell.temperature else ROOM_TEMPERATURE_K
    growth = test.film_growth_per_cycle
    model = PlanarSymmetricCell(
        exchange_current_mA_cm2=test.exchange_current_density.value,
        film_resistance_ohm_cm2=test.film_resistance.value,
        electrolyte_resistance_ohm_cm2=test.electrolyte_resistance.value,
        film_growth_ohm_cm2=growth.value if growth else 0.0,
        temperature_K=temperature,
        inventory_mAh_cm2=inventory_mAh_cm2,
    )
    protocol = tuple(Block(b.current_density.value, b.capacity.value, b.cycles) for b in test.protocol)
    return simulate(model, protocol, context, points_per_half_cycle=test.points_per_half_cycle)


def _inventory_mAh_cm2(study: Study, designed: Design, name: str) -> float | None:
    """Lithium in one foil of the cell of a test, if recipe and thickness are known."""
    cell = study.model.cells[study.model.tests[name].cell]
    electrode = getattr(cell, "electrode", None)
    if electrode is None or designed.lithium[electrode].volumetric_mAh_cm3 is None:
        return None
    own = getattr(cell, "thickness", None)
    thickness = own.value if own else designed.lithium[electrode].thickness_um
    if thickness is None:
        return None
    from limetal.design.uncertain import split
    from limetal.physics.capacity import areal_capacity_mAh_cm2

    return split(areal_capacity_mAh_cm2(designed.lithium[electrode].volumetric_mAh_cm3, thickness))[0]


def _parameters(study: Study, name: str, test: SimulatedTest, record: Record) -> tuple[Entry, ...]:
    """Ledger entries of the parameters of a simulation: assumptions of the study, and defaults where it is silent."""
    subject, cell = f"tests.{name}", study.model.cells[test.cell]
    note = "parameter of the simulation"
    growth = test.film_growth_per_cycle
    rows: list[tuple[str, float, str]] = [
        ("exchange_current_density", test.exchange_current_density.value, test.basis),
        ("film_resistance", test.film_resistance.value, test.basis),
        ("electrolyte_resistance", test.electrolyte_resistance.value, test.basis),
        ("film_growth", growth.value, test.basis) if growth else ("film_growth", 0.0, "default of limetal: none"),
    ]
    if cell.temperature is None:
        rows.append(("temperature", ROOM_TEMPERATURE_K, "default of limetal: 25 degC where a cell gives none"))
    entries = [Entry(subject, q, v, None, "assumed", source, note) for q, v, source in rows]
    if area_cm2(cell) is None and record.cell is not None and record.cell.area_cm2 is not None:
        source, note = "default of limetal where a cell gives no area", "scales the simulated current only"
        entries.append(Entry(subject, "area", record.cell.area_cm2, None, "assumed", source, note))
    return tuple(entries)


def _content(
    study: Study,
    designed: Design,
    ledger: Ledger,
    verdicts: tuple[Verdict, ...],
    outcomes: list[Outcome],
    grouped: Sequence[Outcome] = (),
    left_out: Sequence[tuple[str, str]] = (),
) -> Content:
    sections = []
    compared = _comparisons(study, outcomes)
    if compared:
        words = "Tests that gave the same set of pictures, laid over each other."
        sections.append(Section("comparison", "Comparison of tests", words, compared))
    if designed.plots:
        sections.append(Section("design", "Design", "What the recipes give.", designed.plots))
    sections += [Section(f"groups.{o.name}", o.title, o.words, o.plots, o.tables) for o in grouped]
    sections += [Section(f"tests.{o.name}", o.title, o.words, o.plots, o.tables) for o in outcomes]
    head = study.model.study
    return Content(
        name=study.name,
        title=head.title,
        description=head.description,
        ledger=ledger,
        verdicts=verdicts,
        counts=tally(study, verdicts) if verdicts or outcomes else {},
        sections=tuple(sections),
        warnings=(*designed.warnings, *(w for o in (*outcomes, *grouped) for w in o.warnings)),
        not_computed=(
            *designed.not_computed,
            *(n for o in (*outcomes, *grouped) for n in o.not_computed),
            *left_out,
        ),
        software=software(),
        documents=tuple((k, d.citation, d.doi, d.note) for k, d in study.model.documents.items()),
        author=head.author,
    )


def _comparisons(study: Study, outcomes: list[Outcome]) -> tuple[Plot, ...]:
    """Overlay pictures of one name of tests that gave the same set of pictures."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(tuple(p.name for p in outcome.plots), []).append(outcome)
    plots = []
    for number, (names, members) in enumerate((n, m) for n, m in groups.items() if len(m) > 1):
        labels = _labels(study, members)
        for index, name in enumerate(names):
            if members[0].plots[index].overlay is not None:
                laid = overlay(tuple((label, m.plots[index]) for label, m in zip(labels, members, strict=True)))
                caption = f"{laid.caption} {_origins(study, members)}"
                plots.append(dataclasses.replace(laid, name=f"{name}_{number + 1}", caption=caption))
    return tuple(plots)


def _origins(study: Study, members: list[Outcome]) -> str:
    """Say which curves of a comparison were measured and which simulated."""
    simulated = [m.name for m in members if isinstance(study.model.tests[m.name], SimulatedTest)]
    if len(simulated) == len(members):
        return "All simulated with assumed parameters."
    return (
        f"Simulated with assumed parameters: {', '.join(simulated)}; the others measured." if simulated else "Measured."
    )


def _labels(study: Study, members: Iterable[Outcome]) -> list[str]:
    """Label of the cell of each test; the name of the test where two would read alike."""
    names = [m.name for m in members]
    cells = [study.model.tests[n].cell for n in names]
    labels = [study.model.cells[c].label or c for c in cells]
    return [label if labels.count(label) == 1 else name for label, name in zip(labels, names, strict=True)]


def known_names() -> Known:
    """Names a study may use, gathered from the rooms that hold them."""
    analyses = registry.names(ANALYSES)
    options = {
        name: tuple(f.name for f in dataclasses.fields(registry.load(ANALYSES, name).options)) for name in analyses
    }
    return Known(
        phases=tuple(PHASES),
        cathodes=tuple(CATHODES),
        additives=tuple(ADDITIVES),
        separators=tuple(SEPARATORS),
        electrolytes=tuple(ELECTROLYTES),
        collectors=tuple(FOILS),
        readers=registry.names("limetal.readers"),
        columns=column_names,
        analyses=analyses,
        analysis_options=options,
    )
