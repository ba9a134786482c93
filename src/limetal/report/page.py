"""The page: Jinja2 with autoescape, pictures inlined, no script, nothing from outside."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from limetal.claims.compare import COVERAGE
from limetal.ledger import ORIGINS, Entry
from limetal.report.content import Content
from limetal.report.wording import number_text

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page"]

ROOM_TITLES = {
    "materials": "Materials",
    "electrodes": "Electrodes",
    "cells": "Cells",
    "groups": "Groups of replicates",
    "tests": "Tests",
}


def page(content: Content, pictures: dict[str, str]) -> str:
    """Render the report as one HTML text.

    Parameters
    ----------
    content
        What to show.
    pictures
        SVG text by the names of `Content.picture_names`.
    """
    sections = [
        {
            "title": section.title,
            "key": section.key,
            "words": section.words,
            "figures": [
                {
                    "svg": _inline(pictures[name]),
                    "title": plot.title,
                    "caption": plot.caption,
                    "file": f"figures/{name}.svg",
                    "data": f"tables/figures/{name}.csv",
                }
                for plot, name in zip(section.plots, names, strict=True)
            ],
            "tables": [
                {"title": table.title, "file": f"tables/{name}.csv"}
                for table, name in zip(section.tables, table_names, strict=True)
            ],
        }
        for section, names, table_names in zip(
            content.sections, content.picture_names(), content.table_names(), strict=True
        )
    ]
    template = _environment().get_template("report.html.j2")
    return template.render(
        content=content,
        sections=sections,
        rooms=_rooms(content),
        origins=ORIGINS,
        coverage=COVERAGE,
        groups=[
            (word, [v for v in content.verdicts if v.verdict == word])
            for word in ("disagrees", "cannot tell", "agrees")
        ],
    )


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("limetal.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number_text
    return environment


def _inline(svg: str) -> str:
    """Drop the XML head, which has no place inside a page."""
    from markupsafe import Markup

    return Markup(svg[svg.index("<svg") :])


def _rooms(content: Content) -> list[tuple[str, list[tuple[str, list[Entry]]]]]:
    """Ledger entries by room of the study, then by subject, in order of first appearance."""
    rooms = []
    for room, title in ROOM_TITLES.items():
        entries = [e for e in content.ledger if e.subject.split(".", 1)[0] == room]
        order = {s: i for i, s in enumerate(dict.fromkeys(_top(e) for e in entries))}
        entries.sort(key=lambda e: order[_top(e)])
        if entries:
            rooms.append((title, [(top, list(group)) for top, group in groupby(entries, key=_top)]))
    other = [e for e in content.ledger if e.subject.split(".", 1)[0] not in ROOM_TITLES]
    if other:
        rooms.append(("Files", [(top, list(group)) for top, group in groupby(other, key=lambda e: e.subject)]))
    return rooms


def _top(entry: Entry) -> str:
    return ".".join(entry.subject.split(".")[:2])
