"""A laboratory for lithium-metal electrodes: from a study file to audited numbers.

Everything public is loaded on first use, so that ``import limetal`` is instant. The pipeline is
``from limetal.run import run``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limetal.errors import BadInputError, LimetalError, MissingExtraError
    from limetal.ledger import Entry, Ledger
    from limetal.readers import read
    from limetal.run import analyse, audit
    from limetal.study import Study, read_study

__version__ = "0.1.0"

_HOMES = {
    "BadInputError": "limetal.errors",
    "Entry": "limetal.ledger",
    "Ledger": "limetal.ledger",
    "LimetalError": "limetal.errors",
    "MissingExtraError": "limetal.errors",
    "Study": "limetal.study",
    "analyse": "limetal.run",
    "audit": "limetal.run",
    "read": "limetal.readers",
    "read_study": "limetal.study",
}

__all__ = [
    "BadInputError",
    "Entry",
    "Ledger",
    "LimetalError",
    "MissingExtraError",
    "Study",
    "__version__",
    "analyse",
    "audit",
    "read",
    "read_study",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'limetal' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
