"""How the functions of this room are compiled, and when what was compiled is old.

numba keeps compiled code beside the source and compares it with the source of *that* file. Code of other files is
compiled into it, so after a change of one file the others would go on with what it was: in an installation that is
updated, wrong numbers without a word. Therefore the names under which code is kept hold a digest of all files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numba

import limetal.impedance._first_use  # noqa: F401 - says that functions are compiled

__all__ = ["compiled", "digest_of"]


def digest_of(folder: Path) -> str:
    """Digest of all files of a folder that compile functions."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.glob("_*.py")):
        source = path.read_bytes()
        if b"_compile import" in source:
            digest.update(source)
    return digest.hexdigest()


_DIGEST = digest_of(Path(__file__).parent)


def compiled(signature: Any = None, fastmath: Collection[str] = ()) -> Callable[[Callable[..., Any]], Any]:  # noqa: ANN401
    """Compile a function and keep its code; division by zero gives infinity, as in numpy.

    Parameters
    ----------
    signature
        numba's, for functions that Python calls: they are compiled, or their code is loaded, when the module is
        imported. Without one that happens where the function is first called. From compiled code that is when the
        caller is compiled, never when it is loaded: what only compiled code calls costs a start nothing.
    fastmath
        What the compiler may do to sums and products: ``reassoc``, ``contract``, ``nsz``.
    """

    def compile_it(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - numba's dispatcher
        function.__qualname__ = f"{function.__qualname__}_{_DIGEST}"
        freedom = set(fastmath) or False
        return numba.njit(signature, cache=True, error_model="numpy", fastmath=freedom)(function)

    return compile_it
