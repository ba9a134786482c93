"""What exports of ZwickRoell testXpert have in common: names of channels, of results and of metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from limetal.readers._kit.load_tables import Table
from limetal.readers._kit.mechanics import plain
from limetal.readers._kit.specimen import date_of
from limetal.records.base import About

__all__ = ["CHANNELS", "RESULTS", "SAMPLE_KEYS", "about_zwick", "with_extensometer"]

#: Channels that only testXpert calls so.
CHANNELS = frozenset(
    ("standard force", "standard travel", "force standard", "course standard", "standardkraft", "standardweg",
     "crosshead absolute", "traverse absolue", "traverse absolut", "grip to grip separation", "werkzeugabstand",
     "ecartement entre outils", "absolute crosshead travel", "traverse abs", "nominelle dehnung",
     "fuerza estandar", "standard load cell",
     "standard extensometer", "tool separation")
)  # fmt: skip
#: Plain keys of numbers that testXpert computed, as regular expressions.
RESULTS = (
    r"f ?max.*", r"fm", r"rm", r"rp ?0[.,]\d+", r"re[hl]", r"e-?mod.*", r"et", r"a", r"ag", r"agt", r"at", r"z",
    r"f ?break.*", r"f ?bruch.*", r"w ?max.*", r"l ?max.*", r"sigma ?m", r"epsilon ?m", r"mE",
)  # fmt: skip
SAMPLE_KEYS = frozenset(
    ("specimen designation", "designation eprouvette", "probenbezeichnung", "specimen id", "specimen", "proben-id",
     "proben id", "specimen name", "nr", "no")
)  # fmt: skip
#: testXpert calls the travel of the extensometer so; with a unit of strain it is a strain.
_DEFORMATIONS = {"deformation", "verformung", "deformacion", "deformazione"}
_WHEN = re.compile(r"date.*|datum.*|fecha.*")


def about_zwick(entries: Sequence[tuple[str, str, str]], settings: Mapping[str, str], sample: str = "") -> About:
    """Return what entries of key, value and unit say about a test.

    Examples
    --------
    >>> about_zwick([("Date/Clock time", "43447.4", "")], {}).start_time
    '2018-12-13'
    """
    by_name = {plain(key): value for key, value, _ in entries}
    return About(
        instrument="ZwickRoell",
        software="testXpert",
        start_time=next((d for k, v in by_name.items() if _WHEN.fullmatch(k) and (d := date_of(v))), ""),
        sample=sample or next((v for k, v in by_name.items() if k in SAMPLE_KEYS), ""),
        settings=dict(settings),
    )


def with_extensometer(table: Table) -> Table:
    """Table whose deformation in a length is read as that of the extensometer, as testXpert means it."""
    headings = tuple(replace(h, name="extensometer") if h.name in _DEFORMATIONS else h for h in table.headings)
    return replace(table, headings=headings)
