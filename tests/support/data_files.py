"""Real instrument files, which are not part of the repository."""

import os
from pathlib import Path

import pytest

_PLACES = (Path(os.environ.get("LIMETAL_DATA", "")), Path(__file__).resolve().parents[3] / "shared" / "data")


def real(relative_path: str) -> Path:
    """Path of a real file, in LIMETAL_DATA or beside the checkout; without it the test is skipped."""
    for place in _PLACES:
        if place != Path() and (place / relative_path).exists():
            return place / relative_path
    pytest.skip("real instrument files not here: set LIMETAL_DATA")
