"""The directive ``limetal-table``: tables made from the program, so that no page repeats what the code says."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from limetal import registry
from limetal.impedance.elements import table as element_rows
from limetal.ledger import ORIGINS
from limetal.materials import all_facts
from limetal.quantities import QUANTITIES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.reader_samples import samples
from support.real_files import outcomes

Row = tuple[str, ...]


def quantities() -> Iterator[Row]:
    yield "quantity", "unit", "symbol", "meaning"
    for q in QUANTITIES.values():
        yield f"`{q.name}`", q.unit, q.symbol, q.meaning


def origins() -> Iterator[Row]:
    yield "origin", "meaning"
    for word, meaning in ORIGINS.items():
        yield f"`{word}`", meaning


def relations() -> Iterator[Row]:
    yield "relation", "what it does", "quantities", "physics from"
    for name in registry.names("limetal.claims.relations"):
        relation = registry.load("limetal.claims.relations", name)
        first = (relation.check.__doc__ or "").strip().splitlines()[0].replace("``", "`")
        quantities = ", ".join(f"`{q}`" for q in relation.quantities)
        yield relation.name, first, quantities, "; ".join(relation.sources)


def materials() -> Iterator[Row]:
    yield "table", "name", "number", "value", "source"
    for table, name, field, fact in all_facts():
        if table == "elements" or field.startswith("crystal."):
            continue
        spread = f" ± {fact.std:.2g}" if fact.std else ""
        unit = "" if fact.unit == "1" else f" {fact.unit}"
        source = fact.source.removeprefix("assumed: ")
        word = "**assumed**: " if fact.assumed else ""
        yield table, name, field.replace("_", " "), f"{fact.value:.5g}{spread}{unit}", f"{word}{source}"


def readers() -> Iterator[Row]:
    yield "format", "reader", "instruments", "endings", "gives", "samples written by the tests", "real files read"
    real = {}
    for outcome in outcomes().values():
        if outcome.records:
            real.setdefault(outcome.reader, []).append(outcome)
    for name in registry.names("limetal.readers"):
        reader = registry.load("limetal.readers", name)
        seen = real.get(name, [])
        rows = sum(o.rows for o in seen)
        read = f"{len(seen)} ({sum(o.records for o in seen)} records, {rows} rows)" if seen else "none here"
        endings = " ".join(f"`{s}`" for s in reader.suffixes)
        yield (
            reader.title, f"`{name}`", ", ".join(reader.instruments), endings, ", ".join(reader.gives),
            str(len(samples(name))), read,
        )  # fmt: skip


def elements() -> Iterator[Row]:
    yield "symbol", "element", "parameters", "impedance", "at low and at high frequency", "source"
    for symbol, synonyms, title, parameters, equation, limits, source in element_rows():
        names = ", ".join(f"`{name}`" for name in [symbol, *filter(None, synonyms.split(", "))])
        yield names, title, parameters, f"${equation}$", limits, source


TABLES: dict[str, Callable[[], Iterable[Row]]] = {
    "quantities": quantities,
    "origins": origins,
    "relations": relations,
    "materials": materials,
    "readers": readers,
    "elements": elements,
}


def cell(text: str) -> nodes.entry:
    """A cell: ``code`` in single backticks, a whole $formula$, one leading **word**; everything else is plain."""
    paragraph = nodes.paragraph()
    if text.startswith("**"):
        word, _, text = text[2:].partition("**")
        paragraph += nodes.strong(text=word)
    if len(text) > 2 and text[0] == text[-1] == "$":
        return nodes.entry("", nodes.paragraph("", "", nodes.math(text=text[1:-1])))
    for index, part in enumerate(text.split("`")):
        if part:
            paragraph += nodes.literal(text=part) if index % 2 else nodes.Text(part)
    return nodes.entry("", paragraph)


class LimetalTable(SphinxDirective):
    """One of `TABLES`; the first row is the head."""

    required_arguments = 1
    option_spec = {"class": directives.class_option}  # noqa: RUF012 - docutils wants a class attribute

    def run(self) -> list[nodes.Node]:
        head, *body = TABLES[self.arguments[0]]()
        group = nodes.tgroup(cols=len(head))
        group += [nodes.colspec(colwidth=1) for _ in head]
        for part, rows in ((nodes.thead(), [head]), (nodes.tbody(), body)):
            part += [nodes.row("", *(cell(text) for text in row)) for row in rows]
            group += part
        return [nodes.table("", group, classes=["colwidths-auto"])]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("limetal-table", LimetalTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
