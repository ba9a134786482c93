"""Every real file is read as the table says, or refused with its sentence; the page of instruments is made from it."""

import pytest

from support.data_files import _PLACES
from support.real_files import Outcome, files, outcomes

DATA = next((place for place in _PLACES if place.parts and (place / "INDEX.md").exists()), None)
TABLE = outcomes()
needs_data = pytest.mark.skipif(DATA is None, reason="real instrument files not here: set LIMETAL_DATA")


@needs_data
def test_the_table_knows_every_file():
    """Files of the table that are gone are fine; files it does not know are not."""
    assert not {p.relative_to(DATA).as_posix() for p in files(DATA)} - set(TABLE)


@needs_data
@pytest.mark.parametrize("path", sorted(TABLE))
def test_real_file_gives_what_the_table_says(path):
    if not (DATA / path).exists():
        pytest.skip("this file is not here")
    assert Outcome.of(DATA, DATA / path) == TABLE[path]


def test_refusals_are_sentences():
    for outcome in TABLE.values():
        if outcome.refused:
            assert "found" in outcome.refused
            assert "want" in outcome.refused
        else:
            assert outcome.records >= 1
            assert outcome.rows >= 2
