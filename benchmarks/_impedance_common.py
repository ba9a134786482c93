"""What the impedance benchmarks share; import it before numpy: it sets one thread for everything.

The folder of the scripts goes to the end of the search path, or ``import impedance`` would find ``impedance.py`` here
and not the peer of that name.
"""

# The number of threads is set before anything reads it.
# ruff: noqa: E402

from __future__ import annotations

import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
_HERE = Path(__file__).resolve().parent
sys.path[:] = [*(p for p in sys.path if Path(p).resolve() != _HERE), str(_HERE)]

import contextlib
import io
import platform
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np


def cpu(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call, and what it returned; what it prints is swallowed."""
    with quiet():
        begin = time.process_time()
        result = call()
        return time.process_time() - begin, result


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Swallow what is printed."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def write_between(page: Path, begin: str, end: str, text: str) -> None:
    """Put text between two marks of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def surroundings(*packages: str) -> str:
    """Python, the versions of what is installed, and the machine."""
    known = []
    for package in packages:
        with contextlib.suppress(PackageNotFoundError):
            known.append(f"{package} {version(package)}")
    return f"Python {platform.python_version()}, {', '.join(known)}; {os.cpu_count()} cores, one thread"


def left_out(peer: str, error: Exception) -> None:
    """Say that a peer cannot be measured."""
    print(f"{peer} is left out: {type(error).__name__}: {error}", file=sys.stderr)


def linear_kk() -> Callable[[Any, Any], Any] | None:
    """``linKK`` of impedance.py with its defaults; it evaluates a text in which NumPy 2 writes ``np.float64``."""
    try:
        from impedance.models.circuits import elements

        from impedance import validation
    except ImportError as error:
        left_out("impedance.py", error)
        return None
    elements.circuit_elements["np"] = np
    vars(validation).get("circuit_elements", {})["np"] = np
    return validation.linKK
