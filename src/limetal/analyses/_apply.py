"""Run analyses on a record: those asked for, or all that fit its type and its cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limetal import registry
from limetal.analyses._base import Analysis, Findings, Number
from limetal.errors import BadInputError
from limetal.exhibits import Plot, Table
from limetal.ledger import Entry
from limetal.quantities import quantity
from limetal.records.base import Record
from limetal.records.series import ImpedanceSeries

__all__ = ["ROOM", "Outcome", "apply", "options_of", "parse_options"]

ROOM = "limetal.analyses"


@dataclass(frozen=True)
class Outcome:
    """What one record gave: ledger entries and exhibits, under the name of a test or a file."""

    name: str
    entries: tuple[Entry, ...]
    plots: tuple[Plot, ...]
    tables: tuple[Table, ...]
    warnings: tuple[str, ...]
    not_computed: tuple[tuple[str, str], ...]
    title: str = ""
    words: str = ""


def apply(
    record: Record | ImpedanceSeries,
    subject: str,
    source: str,
    wanted: Sequence[str],
    options: Mapping[str, Mapping[str, Any]],
) -> Outcome:
    """Run analyses on a record: those asked for, or all that fit its type and its cell."""
    findings: list[tuple[str, str, Findings]] = []
    order: dict[str, int] = {}
    not_computed: list[tuple[str, str]] = []
    kinds = {kind.__name__ for kind in type(record).__mro__}
    for name in wanted or registry.names(ROOM):
        if not wanted and (takes := registry.said(ROOM, name, "takes")) and takes not in kinds:
            continue  # not even imported
        plugin: Analysis = registry.load(ROOM, name)
        reason = _unfit(plugin, record)
        if reason and wanted and not isinstance(record, plugin.takes):
            raise BadInputError(source, f"a record of {record.kind}", f"for {name} another kind of record")
        if reason and wanted:
            found = "a cell nobody described" if record.cell is None else reason
            cells = " or ".join(plugin.cells) or "any"
            remedy = f" (--cell kind={plugin.cells[0]})" if record.cell is None and plugin.cells else ""
            raise BadInputError(source, found, f"for {name} a cell of kind {cells}{remedy}")
        if reason:
            if record.cell is None and isinstance(record, plugin.takes):
                not_computed.append((f"{subject}: {plugin.title}", reason))
            continue
        chosen = options_of(plugin, name, options.get(name, {}))
        try:
            told = plugin.tell(plugin.analyse(record, chosen))
        except BadInputError as error:
            if wanted:
                raise
            # nobody asked for it: what the record cannot give does not stop the analyses beside it
            not_computed.append((f"{subject}: {plugin.title}", f"{error.found}, want {error.wanted}"))
            continue
        findings.append((name, _options_text(chosen), told))
        order[name] = plugin.order
    if not wanted:
        findings.sort(key=lambda found: order[found[0]])
    entries = tuple(
        Entry(
            subject,
            n.quantity,
            n.value,
            n.std,
            record.origin,
            f"{source}; analysis {name}{words}",
            _note(n),
            n.at,
            bound=n.bound,
        )
        for name, words, found in findings
        for n in found.numbers
    )
    not_computed += [(f"{subject}: {what}", why) for _, _, found in findings for what, why in found.not_computed]
    # several analyses look at the same cycles and say the same of them
    warnings = dict.fromkeys((*record.warnings, *(w for _, _, found in findings for w in found.warnings)))
    return Outcome(
        name=subject,
        entries=entries,
        plots=tuple(p for _, _, found in findings for p in found.plots),
        tables=tuple(t for _, _, found in findings for t in found.tables),
        warnings=tuple(f"{subject}: {w}" for w in warnings),
        not_computed=tuple(not_computed),
    )


def _note(number: Number) -> str:
    """Conditions, then the words of the analysis."""
    at = ", ".join(
        f"{q.replace('_', ' ')} {v:g} {quantity(q).unit}" for q, v in number.at if isinstance(v, float) and q != "cycle"
    )
    bound = "more than this" if number.bound == ">" else ""
    return "; ".join(part for part in (f"at {at}" if at else "", bound, number.note) if part)


def options_of(plugin: Analysis, name: str, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the plug-in's own class
    """Build the options of an analysis; unknown names and wrong types are refused, none is ignored.

    Raises
    ------
    BadInputError
        Naming the option.
    """
    fields = {f.name: f for f in dataclasses.fields(plugin.options)}
    for key, value in given.items():
        where = f"analyses.{name}.{key}"
        if key not in fields:
            raise BadInputError(where, f"the unknown option {key!r}", f"one of {', '.join(fields) or 'none'}")
        default = fields[key].default
        number = isinstance(default, float) and isinstance(value, int | float) and not isinstance(value, bool)
        if not number and type(value) is not type(default):
            raise BadInputError(where, repr(value), f"a value like {default!r}")
    return plugin.options(**given)


def parse_options(words: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Options of analyses from words such as ``"circuit.weighting=measured"``, each in the type of its default.

    Raises
    ------
    BadInputError
        Naming the word that is no option.

    Examples
    --------
    >>> parse_options(["hysteresis.settled_from=0.2", "circuit.weighting=unit"])
    {'hysteresis': {'settled_from': 0.2}, 'circuit': {'weighting': 'unit'}}
    """
    given: dict[str, dict[str, Any]] = {}
    for word in words:
        path, equals, text = word.partition("=")
        name, dot, key = path.partition(".")
        if not equals or not dot:
            raise BadInputError("--option", repr(word), "ANALYSIS.KEY=VALUE, for example circuit.weighting=measured")
        plugin: Analysis = registry.load(ROOM, name)
        defaults = {f.name: f.default for f in dataclasses.fields(plugin.options)}
        if key not in defaults:
            raise BadInputError("--option", repr(path), f"an option of {name}: {', '.join(defaults) or 'it has none'}")
        given.setdefault(name, {})[key] = _typed(text, defaults[key], word)
    return given


def _typed(text: str, default: object, word: str) -> object:
    """Value of a written option in the type of its default."""
    if isinstance(default, bool):
        if text not in {"true", "false"}:
            raise BadInputError("--option", repr(word), "true or false")
        return text == "true"
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            raise BadInputError("--option", repr(word), f"a number like {default!r}") from None
    return text


def _unfit(plugin: Analysis, record: Record | ImpedanceSeries) -> str:
    """Say why an analysis does not fit a record; empty if it does."""
    if not isinstance(record, plugin.takes):
        return f"a {type(record).__name__}"
    if not plugin.cells:
        return ""
    if record.cell is None:
        kinds = " or ".join(plugin.cells)
        return f"nobody said what cell this is; if it is of kind {kinds}, add --cell kind={plugin.cells[0]}"
    return "" if record.cell.kind in plugin.cells else f"a cell of kind {record.cell.kind}"


def _options_text(options: object) -> str:
    values = dataclasses.asdict(options) if dataclasses.is_dataclass(options) and not isinstance(options, type) else {}
    return " (" + ", ".join(f"{k}={v}" for k, v in values.items()) + ")" if values else ""
