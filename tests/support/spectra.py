"""Made-up spectra whose truth is known: equations of all elements in plain numpy, and circuits drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from limetal.impedance.circuit import Circuit, Leaf, Node, Series
from limetal.impedance.grammar import parse
from support.data_files import real

F = np.logspace(6, -1, 71)


def _line(r_ion, zeta, end):
    x = np.sqrt(r_ion / zeta)
    return np.sqrt(r_ion * zeta) * (1 / np.tanh(x) if end == "reflects" else np.tanh(x))


def _wall(jw, r_ct, y, n):
    return r_ct / (1 + r_ct * y * jw**n)


def _two_phases(jw, A, B, a, b):
    beta = np.sqrt(a + jw * b)
    return A / (beta * np.tanh(beta)) + B / (beta * np.sinh(beta))


#: Equations as they are printed in the sources of the elements, by jω and the parameters.
EQUATIONS: dict[str, Callable[..., np.ndarray]] = {
    "R": lambda jw, r: r + 0 * jw,
    "C": lambda jw, c: 1 / (jw * c),
    "L": lambda jw, h: jw * h,
    "La": lambda jw, h, n: h * jw**n,
    "Q": lambda jw, y, n: 1 / (y * jw**n),
    "K": lambda jw, r, t: r / (1 + jw * t),
    "Zarc": lambda jw, r, t, n: r / (1 + (jw * t) ** n),
    "Ha": lambda jw, r, t, a, b: r / (1 + (jw * t) ** a) ** b,
    "H": lambda jw, c, t, a, b: (1 + (jw * t) ** a) ** b / (jw * c),
    "W": lambda jw, s: s * np.sqrt(2 / jw),
    "Wo": lambda jw, r, t: r / (np.sqrt(jw * t) * np.tanh(np.sqrt(jw * t))),
    "Ws": lambda jw, r, t: r * np.tanh(np.sqrt(jw * t)) / np.sqrt(jw * t),
    "G": lambda jw, r, t: r / np.sqrt(1 + jw * t),
    "Ga": lambda jw, r, t, n: r / (1 + jw * t) ** n,
    "Gs": lambda jw, r, t, phi: r / (np.sqrt(1 + jw * t) * np.tanh(phi * np.sqrt(1 + jw * t))),
    "Tlmbo": lambda jw, r, y, n: _line(r, 1 / (y * jw**n), "reflects"),
    "Tlmbs": lambda jw, r, y, n: _line(r, 1 / (y * jw**n), "absorbs"),
    "Tlmno": lambda jw, r, rct, y, n: _line(r, _wall(jw, rct, y, n), "reflects"),
    "Tlmns": lambda jw, r, rct, y, n: _line(r, _wall(jw, rct, y, n), "absorbs"),
    "T": _two_phases,
}


def impedance(circuit: Circuit | str, values, frequency_hertz=F) -> np.ndarray:
    """Impedance of a circuit by the equations above: a walk over the tree that shares nothing with the fit."""
    tree = parse(circuit) if isinstance(circuit, str) else circuit
    return _walk(tree.root, iter(np.asarray(values, dtype=float)), 2j * np.pi * np.asarray(frequency_hertz))


def _walk(node: Node, values: Iterator[float], jw: np.ndarray) -> np.ndarray:
    if isinstance(node, Leaf):
        return EQUATIONS[node.kind.symbol](jw, *[next(values) for _ in node.values])
    parts = [_walk(part, values, jw) for part in node.parts]
    return sum(parts) if isinstance(node, Series) else 1 / sum(1 / part for part in parts)


def noisy(z, std, rng):
    """Normal noise of that standard deviation on real and imaginary part alike."""
    return z + std * (rng.standard_normal(z.size) + 1j * rng.standard_normal(z.size))


@dataclass(frozen=True, eq=False)
class Made:
    """A spectrum and what it was made of; ``noise`` is a part of |Z|."""

    text: str
    values: np.ndarray
    noise: float
    frequency_hertz: np.ndarray
    impedance: np.ndarray


def made(text, values, noise, rng, frequency_hertz=F) -> Made:
    """A circuit with noise of a part of |Z|."""
    z = impedance(text, values, frequency_hertz)
    return Made(text, np.asarray(values, dtype=float), noise, frequency_hertz, noisy(z, noise * np.abs(z), rng))


def random_set(count: int, seed: int) -> list[Made]:
    """Two arcs and W: R over three decades, n 0.6 to 1, time constants 3 to 1000 apart, noise 0.1 to 3 %.

    The apex of the fast arc lies between 2 Hz and 0.2 MHz, of the slow one above 0.3 Hz.
    """
    rng = np.random.default_rng(seed)
    found: list[Made] = []
    while len(found) < count:
        fast = 10 ** rng.uniform(np.log10(2), np.log10(2e5))
        slow = fast / 10 ** rng.uniform(np.log10(3), 3)
        if slow < 0.3:
            continue
        r0, r1, r2 = 10 ** rng.uniform(-0.5, 2.5, 3)
        n1, n2 = rng.uniform(0.6, 1, 2)
        y1, y2 = (2 * np.pi * fast) ** -n1 / r1, (2 * np.pi * slow) ** -n2 / r2
        values = [r0, r1, y1, n1, r2, y2, n2, 10 ** rng.uniform(-1, 2)]
        found.append(made("R(RQ)(RQ)W", values, 10 ** rng.uniform(-3, np.log10(0.03)), rng))
    return found


def table_s1() -> list[Made]:
    """The 204 spectra drawn around the six published rows of LMZG Table S1 (a file beside the repository)."""
    stored = np.load(real("eis/synthetic_table_s1.npz"))
    truth = stored["params"].copy()
    truth[:, 7] = 1 / (np.sqrt(2) * truth[:, 7])  # Y of the Warburg element -> sigma
    return [
        Made("R(RQ)(RQ)W", values, float(noise), stored["f"], z)
        for values, noise, z in zip(truth, stored["noise"], stored["Z"], strict=True)
    ]


# ------------------------------------------------------------------------------------------- other circuits


class _Draw:
    """One draw of sizes; resistances over two decades around each other, times inside the measured range."""

    def __init__(self, rng):
        self.rng = rng

    def ohm(self, low=0.0, high=2.0):
        return 10 ** self.rng.uniform(low, high)

    def exponent(self, low=0.6, high=1.0):
        return self.rng.uniform(low, high)

    def second(self, slowest_hertz=0.3, fastest_hertz=2e5):
        return 1 / (2 * np.pi * 10 ** self.rng.uniform(np.log10(slowest_hertz), np.log10(fastest_hertz)))

    def seconds(self, count, ratio=3.0):
        """So many times, the fastest first, at least ``ratio`` apart."""
        while True:
            found = np.sort([self.second() for _ in range(count)])
            if (found[1:] > ratio * found[:-1]).all():
                return found

    def arc(self, tau=None, low=0.6):
        r, n = self.ohm(), self.exponent(low)
        return [r, (self.second() if tau is None else tau) ** n / r, n]

    def arcs(self, count):
        return [v for tau in self.seconds(count) for v in self.arc(tau)]

    def rc(self):
        r = self.ohm()
        return [r, self.second() / r]

    def sigma(self):
        return self.ohm(-0.5, 1.5)

    def slow(self):
        """Of a tail."""
        return self.second(0.05, 10)


#: Circuits and how values are drawn for them.
DRAWS: dict[str, Callable[[_Draw], list[float]]] = {
    "R(RC)": lambda d: [d.ohm(), *d.rc()],
    "R(RQ)": lambda d: [d.ohm(), *d.arc()],
    "R(RQ)(RQ)": lambda d: [d.ohm(), *d.arcs(2)],
    "R(RC)(RC)": lambda d: [d.ohm(), *(v for t in d.seconds(2) for r in [d.ohm()] for v in (r, t / r))],
    "R(RQ)W": lambda d: [d.ohm(), *d.arc(), d.sigma()],
    "R(RQ)(RQ)(RQ)": lambda d: [d.ohm(), *d.arcs(3)],
    "R(RQ)(RQ)(RQ)W": lambda d: [d.ohm(), *d.arcs(3), d.sigma()],
    "R(RQ)(RQ)(RQ)(RQ)": lambda d: [d.ohm(), *d.arcs(4)],
    "LR(RQ)(RQ)": lambda d: [10 ** d.rng.uniform(-7, -5.5), d.ohm(), *d.arcs(2)],
    "LR(RQ)(RQ)W": lambda d: [10 ** d.rng.uniform(-7, -5.5), d.ohm(), *d.arcs(2), d.sigma()],
    "R0-p(R1-W1,CPE1)": lambda d: _randles(d, lambda: [d.sigma()]),
    "R([RW]C)": lambda d: (lambda v: [v[0], v[1], v[2], v[3]])(_randles(d, lambda: [d.sigma()])),
    "R([RWo]Q)": lambda d: _randles(d, lambda: [d.ohm(), d.slow()]),
    "R([RWs]Q)": lambda d: _randles(d, lambda: [d.ohm(), d.slow()]),
    "R(RQ)Wo": lambda d: [d.ohm(), *d.arc(d.second(30)), d.ohm(), d.slow()],
    "R(RQ)Ws": lambda d: [d.ohm(), *d.arc(d.second(30)), d.ohm(), d.slow()],
    "R(RQ)(RQ)Wo": lambda d: [d.ohm(), *d.arcs(2), d.ohm(), d.slow()],
    "R(RQ)(RQ)Ws": lambda d: [d.ohm(), *d.arcs(2), d.ohm(), d.slow()],
    "RG": lambda d: [d.ohm(), d.ohm(), d.second()],
    "R(RQ)G": lambda d: [d.ohm(), *d.arc(), d.ohm(), d.second(0.3, 1e3)],
    "RZarc": lambda d: [d.ohm(), d.ohm(), d.second(), d.exponent()],
    "RHa": lambda d: [d.ohm(), d.ohm(), d.second(), d.exponent(0.5), d.exponent(0.3)],
    "R(RQ)Ha": lambda d: [d.ohm(), *d.arc(d.second(3e3)), d.ohm(), d.second(1, 100), d.exponent(0.5), d.exponent(0.3)],
    "RTlmbo": lambda d: _line_values(d, False),
    "RTlmno": lambda d: _line_values(d, True),
    "R(RQ)Tlmbo": lambda d: [d.ohm(), *d.arc(d.second(3e3)), *_line_values(d, False)[1:]],
    "R(RQ)C": lambda d: [d.ohm(), *d.arc(d.second(3)), 1 / (2 * np.pi * d.ohm(-1, 1) * d.ohm())],
    "R(RQ)Q": lambda d: [d.ohm(), *d.arc(d.second(10)), 1 / d.ohm(0, 2), d.exponent(0.7)],
    "RQ": lambda d: [d.ohm(), 10 ** d.rng.uniform(-5, -2), d.exponent()],
    "RC": lambda d: [d.ohm(), 10 ** d.rng.uniform(-5, -2)],
    "R(Q[R(RQ)])": lambda d: _nested(d, None),
    "R([RW]Q)(RQ)": lambda d: [d.ohm(), *_randles(d, lambda: [d.sigma()])[1:], *d.arc(d.second(2e3))],
    "R(C[R(RC)])": lambda d: _nested(d, 1.0),
    "(C[RL])": lambda d: [10 ** d.rng.uniform(-9, -7), d.ohm(1, 3), 10 ** d.rng.uniform(-6, -4)],
    "R(RQ)[LR](RC)": lambda d: [d.ohm(), *d.arc(), 1e-6, d.ohm(), *d.rc()],
}


def _randles(d, tail):
    r = d.ohm()
    n = d.exponent()
    tau = d.second(30)
    return [d.ohm(), r, *tail(), tau**n / r, n]


def _line_values(d, reacts):
    r = d.ohm()
    n = d.exponent(0.7)
    y = d.second(0.3, 1e3) ** n / r
    return [d.ohm(), r, d.ohm(0, 2), y, n] if reacts else [d.ohm(), r, y, n]


def _nested(d, n):
    fast, slow = d.seconds(2, 10)
    r1, r2 = d.ohm(), d.ohm()
    n1, n2 = (n, n) if n else (d.exponent(), d.exponent())
    if n:
        return [d.ohm(), fast / r1, r1, r2, slow / r2]
    return [d.ohm(), fast**n1 / r1, n1, r1, r2, slow**n2 / r2, n2]


def drawn(text: str, count: int, seed: int, noise=(0.001, 0.02)) -> list[Made]:
    """Random values of a circuit in `DRAWS`, noise log-uniform in a range."""
    rng = np.random.default_rng([seed, *text.encode()])
    draw = _Draw(rng)
    lowest, highest = np.log10(noise)
    return [made(text, DRAWS[text](draw), 10 ** rng.uniform(lowest, highest), rng) for _ in range(count)]
