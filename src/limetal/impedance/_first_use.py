"""A word where functions are being compiled: the first use after an installation takes a minute, and looks like a hang.

Modules that compile functions import this one.
"""

from __future__ import annotations

import logging
from typing import Any

from numba.core import event

__all__ = ["WORDS", "Teller"]

WORDS = "compiling the fits of impedance, once after an installation: a minute or two"


class Teller(event.Listener):
    """Tells the logger ``limetal`` once in a process that numba compiles."""

    def __init__(self) -> None:
        self.said = False

    def on_start(self, event: Any) -> None:  # noqa: ANN401, ARG002 - numba's
        """Tell it, the first time."""
        if not self.said:
            self.said = True
            logging.getLogger("limetal").info(WORDS)

    def on_end(self, event: Any) -> None:  # noqa: ANN401 - numba's
        """Say nothing."""


event.register("numba:compile", Teller())  # type: ignore[no-untyped-call]
