"""Impedance of a circuit with values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance.circuit import Circuit
from limetal.impedance.grammar import parse
from limetal.impedance.program import Program, program

__all__ = ["circuit_impedance", "evaluate_inner"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


def circuit_impedance(circuit: Circuit | str, frequency_hertz: Floats) -> Complexes:
    """Impedance in ohm of a circuit whose parameters all have values, ``(m,)``.

    Raises
    ------
    BadInputError
        If a value is missing or a frequency is not above zero.

    Examples
    --------
    >>> circuit_impedance("R{10}(R{90}C{1e-3})", np.array([1e-6, 1e6])).real.round(3).tolist()
    [100.0, 10.0]
    """
    tree = parse(circuit) if isinstance(circuit, str) else circuit
    missing = [name for name, value in zip(tree.parameters, tree.values(), strict=True) if np.isnan(value)]
    if missing:
        raise BadInputError(f"circuit {tree.text!r}", f"no value of {', '.join(missing)}", "a value of every parameter")
    code = program(tree, needs_free=False)
    return evaluate_inner(code, code.given, frequency_hertz)


def evaluate_inner(code: Program, inner: Floats, frequency_hertz: Floats) -> Complexes:
    """Impedance at the inner coordinates of a program, ``(m,)``."""
    from limetal.impedance import _machine

    f = np.asarray(frequency_hertz, dtype=np.float64)
    if f.ndim != 1 or not (np.isfinite(f).all() and (f > 0).all()):
        raise BadInputError("frequencies of an impedance", "one that is not above zero", "numbers above zero")
    p = np.empty(inner.size + 1)
    zn = np.empty((len(code.nodes), f.size), dtype=np.complex128)
    dz = np.empty((code.addresses.size, code.slots.shape[1], f.size), dtype=np.complex128)
    _machine.model(code.code, 2 * np.pi * f, np.ascontiguousarray(inner), p, zn, dz)
    found: Complexes = zn[-1]
    return found
