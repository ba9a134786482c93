"""What a circuit element is, and how one is added: one decorated function.

The function fills the impedance and its derivatives for an array of angular frequencies. It is compiled when a
circuit first needs it; at registration it runs as plain Python and its derivatives are held against finite
differences, so that a wrong sign never reaches a fit.
"""

from __future__ import annotations

import dis
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.errors import LimetalError

__all__ = ["ELEMENTS", "Element", "Parameter", "element"]

Kernel = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.complex128], NDArray[np.complex128]], None]

#: Largest part by which a derivative may miss the central difference.
DERIVATIVE_TOLERANCE = 1e-6
_STEP = 1e-6
_CHECK_OMEGA = np.array([1e-2, 0.3, 1.0, 7.0, 1e3])
_CHECK_OHM = (0.5, 40.0)
_CHECK_SECOND = (0.02, 3.0)


@dataclass(frozen=True)
class Parameter:
    """One parameter of an element.

    Its dimension is ``ohm**ohm * s**second``: from it follow how it scales with area, where a fit looks for it, and
    whether it is fitted as a logarithm (every parameter with a dimension is positive).

    Attributes
    ----------
    name, unit, meaning
        ``"Y"``, ``"S s^n"``, one line of words.
    ohm
        Power of the resistance: 1 for a resistance, -1 for a capacitance, 0 for a time constant.
    second
        Power of the time; the name of an exponent (``"n"``, ``"-n"``) where it is that.
    low, high
        Bounds a fit keeps; for a parameter without dimension also the range of its starts (``typical``).
    typical
        Range of starts of a parameter without dimension; the bounds if not given.
    """

    name: str
    unit: str
    meaning: str
    ohm: float = 0.0
    second: float | str = 0.0
    low: float = 0.0
    high: float = math.inf
    typical: tuple[float, float] | None = None

    @property
    def logarithmic(self) -> bool:
        """Whether it is positive and fitted as its logarithm."""
        return bool(self.ohm) or bool(self.second)

    def time_power(self, others: Mapping[str, float]) -> float:
        """Power of the time, given the values of the exponents."""
        if isinstance(self.second, str):
            return -others[self.second[1:]] if self.second.startswith("-") else others[self.second]
        return self.second

    def value(self, ohm: float, second: float, others: Mapping[str, float]) -> float:
        """Size of the parameter for a resistance and a time; for one without dimension the middle of its range."""
        if not self.logarithmic:
            low, high = self.typical or (self.low, self.high)
            return 0.5 * (low + high)
        return float(ohm**self.ohm * second ** self.time_power(others))


@dataclass(frozen=True, eq=False)
class Element:
    """A kind of circuit element: symbol, parameters, equation, limits, source, and the function that computes it."""

    symbol: str
    title: str
    parameters: tuple[Parameter, ...]
    equation: str
    limits: tuple[str, str]
    source: str
    function: Kernel
    synonyms: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, Callable[[float], float]]] = field(default_factory=dict)
    constants: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, omega: NDArray[np.float64], *values: float) -> NDArray[np.complex128]:
        """Impedance in ohm at angular frequencies in rad/s.

        Examples
        --------
        >>> from limetal.impedance.elements import constant_phase
        >>> constant_phase(np.array([1.0]), 2.0, 1.0).round(9).tolist()  # an ideal capacitor of 2 F
        [-0.5j]
        """
        return self.evaluate(omega, *values)[0]

    def evaluate(
        self, omega: NDArray[np.float64], *values: float
    ) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Impedance ``(n,)`` and its derivatives ``(parameters, n)``, by the function as plain Python."""
        omega = np.ascontiguousarray(omega, dtype=np.float64)
        z = np.zeros(omega.size, dtype=np.complex128)
        dz = np.zeros((len(self.parameters), omega.size), dtype=np.complex128)
        self.function(omega, np.array(values, dtype=np.float64), z, dz)
        return z, dz

    @cached_property
    def compiled(self) -> Any:  # noqa: ANN401 - a class of numba, which is imported only here
        """The function as machine code, kept on disk between runs where its source is a file."""
        import numba

        signature = numba.types.void(
            numba.types.float64[::1],
            numba.types.float64[::1],
            numba.types.complex128[::1],
            numba.types.complex128[:, ::1],
        )
        function = _with_compiled_helpers(self.function)
        try:
            return numba.cfunc(signature, cache=True, error_model="numpy")(function)
        except RuntimeError as error:  # a function typed at a prompt has no file to keep the code beside
            if "cannot cache" not in str(error):
                raise
            return numba.cfunc(signature, error_model="numpy")(function)

    @property
    def address(self) -> int:
        """Address of the compiled function."""
        return int(self.compiled.address)


def _with_compiled_helpers(function: Any) -> Any:  # noqa: ANN401 - plain functions of any kind
    """Copy of a function in which the plain functions it calls are numba's.

    Its name says what they do (a digest of their code), because numba throws code kept on disk away when the file of
    the function changes, not when the file of a helper does.
    """
    import numba

    made: dict[FunctionType, Any] = {}
    digest = hashlib.blake2b(digest_size=6)

    def copy(function: FunctionType, finish: Callable[[FunctionType], Any]) -> Any:  # noqa: ANN401 - numba's or plain
        scope = dict(function.__globals__)
        copied = FunctionType(function.__code__, scope, function.__name__, function.__defaults__)
        finished = made[function] = finish(copied)
        names = {i.argval for i in dis.get_instructions(function) if i.opname == "LOAD_GLOBAL"}
        for name in sorted(names):
            helper = scope.get(name)
            if isinstance(helper, FunctionType):
                if helper not in made:
                    code = helper.__code__
                    digest.update(code.co_code + repr((code.co_consts, code.co_names)).encode())
                    copy(helper, numba.njit(error_model="numpy"))
                scope[name] = made[helper]
        return finished

    copied = copy(function, lambda plain: plain)
    if len(made) == 1:
        return function
    copied.__qualname__ = f"{function.__name__}_{digest.hexdigest()}"
    return copied


#: Every registered element by symbol, synonyms included.
ELEMENTS: dict[str, Element] = {}


def element(
    symbol: str,
    title: str,
    parameters: Sequence[Parameter],
    *,
    equation: str,
    limits: tuple[str, str],
    source: str,
    synonyms: Sequence[str] = (),
    aliases: Mapping[str, tuple[str, Callable[[float], float]]] | None = None,
    constants: Mapping[str, float] | None = None,
) -> Callable[[Kernel], Element]:
    r"""Register a function as a circuit element.

    Parameters
    ----------
    symbol
        Letters of the element in a circuit, a capital first.
    title, equation, limits, source
        Words, LaTeX, what it becomes at low and at high frequency, and where the equation is published.
    parameters
        In the order of the function's ``p``.
    synonyms
        Other symbols of the same element (``"CPE"`` beside ``"Q"``).
    aliases
        Parameters in another convention: name -> (parameter, function that converts the value).
    constants
        Parameters that other programs write and that are numbers here: name -> the only value that means the same.

    Raises
    ------
    LimetalError
        If the symbol is none or taken, a parameter without dimension has no bounds, or a derivative misses the finite
        difference.

    Examples
    --------
    >>> from limetal.impedance.element import ELEMENTS, Parameter, element
    >>> @element(
    ...     "Rx",
    ...     "resistor twice as large as it says",
    ...     [Parameter("R", "ohm", "half the resistance", ohm=1)],
    ...     equation="2 R",
    ...     limits=("2 R", "2 R"),
    ...     source="an example",
    ... )
    ... def doubled(omega, p, z, dz):
    ...     for i in range(omega.size):
    ...         z[i] = 2 * p[0]
    ...         dz[0, i] = 2
    >>> doubled(np.array([1.0]), 3.0).tolist()
    [(6+0j)]
    >>> del ELEMENTS["Rx"]
    """

    def register(function: Kernel) -> Element:
        made = Element(
            symbol,
            title,
            tuple(parameters),
            equation,
            limits,
            source,
            function,
            tuple(synonyms),
            dict(aliases or {}),
            dict(constants or {}),
        )
        for name in (symbol, *synonyms):
            if not (name.isalpha() and name[0].isupper() and name.isascii()):
                raise LimetalError(f"element {name!r}: a symbol is letters, the first a capital")
            if name in ELEMENTS:
                raise LimetalError(f"element {name!r}: the symbol is taken by {ELEMENTS[name].title}")
        for parameter in made.parameters:
            if not parameter.logarithmic and not math.isfinite(parameter.value(1.0, 1.0, {})):
                raise LimetalError(
                    f"element {symbol!r}: {parameter.name} has no dimension, so it needs bounds (low, high) or a range "
                    "of starts (typical)"
                )
        _check_derivatives(made)
        ELEMENTS.update(dict.fromkeys((symbol, *synonyms), made))
        return made

    return register


def _check_derivatives(made: Element) -> None:
    """Hold the derivatives against central differences, at several sizes of the parameters."""
    for ohm in _CHECK_OHM:
        for second in _CHECK_SECOND:
            exponents: dict[str, float] = {}
            for parameter in made.parameters:
                if not parameter.logarithmic:
                    exponents[parameter.name] = parameter.value(ohm, second, exponents)
            values = [p.value(ohm, second, exponents) for p in made.parameters]
            z, dz = made.evaluate(_CHECK_OMEGA, *values)
            if not np.isfinite(z).all():
                raise LimetalError(f"element {made.symbol!r}: the impedance is not finite at {values}")
            for k, parameter in enumerate(made.parameters):
                step = _STEP * abs(values[k])
                up, down = list(values), list(values)
                up[k] += step
                down[k] -= step
                slope = (made.evaluate(_CHECK_OMEGA, *up)[0] - made.evaluate(_CHECK_OMEGA, *down)[0]) / (2 * step)
                scale = np.abs(slope) + 1e-3 * np.abs(z) / abs(values[k])
                worst = float(np.max(np.abs(dz[k] - slope) / scale))
                if not worst < DERIVATIVE_TOLERANCE:
                    raise LimetalError(
                        f"element {made.symbol!r}: the derivative by {parameter.name} misses the finite difference by "
                        f"{worst:.1e} of its size"
                    )
