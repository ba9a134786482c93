"""Every element: value, derivatives, limits, what other programs give, and what registration refuses."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError, LimetalError
from limetal.impedance import elements
from limetal.impedance.element import ELEMENTS, Element, Parameter, element
from limetal.impedance.elements._functions import coth_ratio, csch_ratio, imaginary_power, log1p, tanh_ratio
from limetal.impedance.grammar import parse

KINDS = [kind for symbol, kind in sorted(ELEMENTS.items()) if symbol == kind.symbol]
every_element = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.symbol)
WIDE = np.logspace(-12, 12, 97)


def of(symbol, omega, *values):
    return ELEMENTS[symbol](np.atleast_1d(np.asarray(omega, dtype=float)), *values)


@st.composite
def values_of(draw, kind, decades=3.0):
    """Parameters of an element; those without dimension within their bounds, T's B no larger than A."""
    drawn = {}
    for parameter in kind.parameters:
        if parameter.logarithmic:
            drawn[parameter.name] = 10.0 ** draw(st.floats(-decades, decades))
        else:
            high = min(parameter.high, 10.0)
            drawn[parameter.name] = draw(st.floats(parameter.low, high) | st.just(high))
    if kind.symbol == "T":
        drawn["B"] = drawn["A"] * draw(st.floats(1e-3, 1.0))
    return list(drawn.values())


def root(w, tau):
    return np.sqrt(1j * w * tau)


def _line(ratio):
    def impedance(w, r_ion, y, n):
        zeta = 1.0 / (y * (1j * w) ** n)
        return np.sqrt(r_ion * zeta) * ratio(np.sqrt(r_ion / zeta))

    return impedance


def _reacting_line(ratio):
    def impedance(w, r_ion, r_ct, y, n):
        zeta = r_ct / (1.0 + r_ct * y * (1j * w) ** n)
        return np.sqrt(r_ion * zeta) * ratio(np.sqrt(r_ion / zeta))

    return impedance


def coth(s):
    return 1.0 / np.tanh(s)


def _paasch(w, big, small, a, b):
    beta = np.sqrt(a + 1j * w * b)
    return big * coth(beta) / beta + small / (beta * np.sinh(beta))


#: The equations as they are printed, without any care for large and small arguments.
PRINTED = {
    "R": lambda w, r: r + 0j * w,
    "C": lambda w, c: 1.0 / (1j * w * c),
    "L": lambda w, l: 1j * w * l,  # noqa: E741
    "La": lambda w, l, n: l * (1j * w) ** n,  # noqa: E741
    "Q": lambda w, y, n: 1.0 / (y * (1j * w) ** n),
    "K": lambda w, r, tau: r / (1.0 + 1j * w * tau),
    "Zarc": lambda w, r, tau, n: r / (1.0 + (1j * w * tau) ** n),
    "Ha": lambda w, r, tau, a, b: r / (1.0 + (1j * w * tau) ** a) ** b,
    "H": lambda w, c, tau, a, b: (1.0 + (1j * w * tau) ** a) ** b / (1j * w * c),
    "W": lambda w, sigma: sigma * (1 - 1j) / np.sqrt(w),
    "Wo": lambda w, r, tau: r * coth(root(w, tau)) / root(w, tau),
    "Ws": lambda w, r, tau: r * np.tanh(root(w, tau)) / root(w, tau),
    "G": lambda w, r, tau: r / np.sqrt(1.0 + 1j * w * tau),
    "Ga": lambda w, r, tau, n: r / (1.0 + 1j * w * tau) ** n,
    "Gs": lambda w, r, tau, phi: r / (np.sqrt(1 + 1j * w * tau) * np.tanh(phi * np.sqrt(1 + 1j * w * tau))),
    "Tlmbo": _line(coth),
    "Tlmbs": _line(np.tanh),
    "Tlmno": _reacting_line(coth),
    "Tlmns": _reacting_line(np.tanh),
    "T": _paasch,
}


def test_every_element_has_a_printed_equation():
    assert set(PRINTED) == {kind.symbol for kind in KINDS}


# ------------------------------------------------------------------------------------- values and derivatives


@every_element
@settings(max_examples=25)
@given(data=st.data())
def test_value_and_derivatives_are_those_of_the_printed_equation(kind, data):
    values = data.draw(values_of(kind, decades=1.5))
    omega = 10.0 ** np.array(data.draw(st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=4)))
    z, dz = kind.evaluate(omega, *values)
    printed = PRINTED[kind.symbol]
    np.testing.assert_allclose(z, printed(omega, *values), rtol=1e-10)
    for k, value in enumerate(values):
        step = 1e-3 * max(value, 1e-2)

        def moved(times, k=k, step=step):
            return printed(omega, *[v + times * step * (i == k) for i, v in enumerate(values)])

        slope = (8.0 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12.0 * step)
        np.testing.assert_array_less(np.abs(dz[k] - slope), 1e-7 * np.abs(slope) + 1e-8 * np.abs(z) / max(value, 1e-2))


#: u, coth(√u)/√u, tanh(√u)/√u, 1/(√u sinh √u) to 60 digits (mpmath 1.3.0), rounded.
RATIOS = [
    (1e-12j, 1 / 3 - 1e12j, 1 - 3.3333333333333334e-13j, -1 / 6 - 1e12j),
    (
        1e-6j,
        0.3333333333333312 - 1000000.0000000222j,
        0.9999999999998667 - 3.3333333333327936e-07j,
        -0.1666666666666646 - 999999.9999999806j,
    ),
    (
        0.9999j,
        0.3312385068236891 - 1.0221105746238377j,
        0.8854704948489095 - 0.2869571373509449j,
        -0.16463792278622494 - 0.9808652934906238j,
    ),
    (
        1.0001j,
        0.33123767710552626 - 1.021914894215864j,
        0.8854311288096544 - 0.28699860624781265j,
        -0.16463711948971782 - 0.9806615284591454j,
    ),
    (
        1000j,
        0.022360679774997897 - 0.022360679774997897j,
        0.022360679774997897 - 0.022360679774997897j,
        -4.969050498353155e-12 + 1.125175777603833e-11j,
    ),
    (1e12j, 7.071067811865475e-07 * (1 - 1j), 7.071067811865475e-07 * (1 - 1j), 0j),
    (
        1e-8 + 1e-10j,
        99990001.33323334 - 999900.0099990001j,
        0.9999999966666667 - 3.333333306666667e-11j,
        99990000.83323334 - 999900.0099990001j,
    ),
    (
        0.6 + 0.7j,
        1.0257340622433428 - 0.837398055755624j,
        0.8062604192429725 - 0.14464617069792488j,
        0.5510231184723223 - 0.8115503480186602j,
    ),
    (
        0.8 + 0.7j,
        1.0239543226365635 - 0.6328578570316117j,
        0.7708528572428495 - 0.1285494248301421j,
        0.5564302937048508 - 0.6079522069068573j,
    ),
    (
        40 + 9j,
        0.1552186042686169 - 0.017247432651119565j,
        0.1552185191737484 - 0.017245581066403518j,
        0.0003679318291732775 - 0.00039255650152920013j,
    ),
]


@pytest.mark.parametrize(("u", "reflecting", "absorbing", "through"), RATIOS, ids=lambda x: str(x)[:12])
def test_hyperbolic_ratios_keep_both_parts_exact(u, reflecting, absorbing, through):
    for function, wanted in ((coth_ratio, reflecting), (tanh_ratio, absorbing), (csch_ratio, through)):
        got = function(u)[0]
        rel = 3e-15 * (max(1.0, abs(u) ** 0.5) if function is csch_ratio else 1.0)  # its exponent has rounding too
        assert got.real == pytest.approx(wanted.real, rel=rel, abs=1e-300)
        assert got.imag == pytest.approx(wanted.imag, rel=rel, abs=1e-300)


@given(st.floats(-11.0, 11.0), st.floats(0.0, 1.0))
def test_small_helpers(exponent, n):
    x = 10.0**exponent
    assert imaginary_power(x, n) == pytest.approx((1j * x) ** n, rel=1e-13)
    assert imaginary_power(x, 1.0).real == 0.0
    u = imaginary_power(x, n)
    assert log1p(u).imag == pytest.approx(np.angle(1.0 + u), rel=1e-12)
    # a plain logarithm of 1 + u would lose the real part of a small u
    assert log1p(u).real == pytest.approx(0.5 * np.log1p(2.0 * u.real + abs(u) ** 2), rel=1e-12)


@every_element
@settings(max_examples=20)
@given(data=st.data())
def test_nothing_overflows_and_no_element_gives_energy(kind, data):
    values = data.draw(values_of(kind, decades=2.0))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        z, dz = kind.evaluate(WIDE, *values)
    assert np.isfinite(z).all()
    assert np.isfinite(dz).all()
    assert (z.real >= 0.0).all()
    assert (z.imag >= 0.0).all() if kind.symbol in {"R", "L", "La"} else (z.imag <= 0.0).all()


# ---------------------------------------------------------------------------------------------------- limits

LOW, HIGH = 1e-9, 1e9


@pytest.mark.parametrize(
    ("symbol", "values", "low", "high"),
    [
        ("R", (3.0,), "3", "3"),
        ("C", (3.0,), "infinite", "0"),
        ("L", (3.0,), "0", "infinite"),
        ("La", (3.0, 0.8), "0", "infinite"),
        ("Q", (3.0, 0.8), "infinite", "0"),
        ("K", (3.0, 2.0), "3", ("C", 2.0 / 3.0)),
        ("Zarc", (3.0, 2.0, 0.8), "3", ("Q", 2.0**0.8 / 3.0, 0.8)),
        ("Ha", (3.0, 2.0, 0.9, 0.8), "3", ("Q", 2.0**0.72 / 3.0, 0.72)),
        ("H", (3.0, 2.0, 0.9, 0.8), ("C", 3.0), ("Q", 3.0 / 2.0**0.72, 0.28)),
        ("H", (3.0, 2.0, 1.0, 1.0), ("C", 3.0), f"{2 / 3}"),
        ("W", (3.0,), "infinite", "0"),
        ("Wo", (3.0, 2.0), ("C", 2.0 / 3.0), ("W", 3.0 / 2.0)),
        ("Ws", (3.0, 2.0), "3", ("W", 3.0 / 2.0)),
        ("G", (3.0, 2.0), "3", ("W", 3.0 / 2.0)),
        ("Ga", (3.0, 2.0, 0.6), "3", ("Q", 2.0**0.6 / 3.0, 0.6)),
        ("Gs", (3.0, 2.0, 1.3), f"{3.0 / np.tanh(1.3)}", ("W", 3.0 / 2.0)),
        ("Tlmbo", (3.0, 0.5, 0.8), ("Q", 0.5, 0.8), ("Q", np.sqrt(0.5 / 3.0), 0.4)),
        ("Tlmbs", (3.0, 0.5, 0.8), "3", ("Q", np.sqrt(0.5 / 3.0), 0.4)),
        ("Tlmno", (3.0, 5.0, 0.5, 0.8), f"{15**0.5 / np.tanh(0.6**0.5)}", ("Q", np.sqrt(0.5 / 3.0), 0.4)),
        ("Tlmns", (3.0, 5.0, 0.5, 0.8), f"{15**0.5 * np.tanh(0.6**0.5)}", ("Q", np.sqrt(0.5 / 3.0), 0.4)),
        ("T", (3.0, 1.0, 0.25, 2.0), f"{3 / np.tanh(0.5) / 0.5 + 1 / 0.5 / np.sinh(0.5)}", ("W", 3.0 / 2.0)),
        ("T", (3.0, 1.0, 0.0, 2.0), ("C", 2.0 / 4.0), ("W", 3.0 / 2.0)),
    ],
)
def test_limits(symbol, values, low, high):
    """At 1e-9 and 1e9 rad/s: a number, another element, 0 or infinite."""
    for omega, limit in ((LOW, low), (HIGH, high)):
        z = of(symbol, omega, *values)[0]
        if isinstance(limit, tuple):
            assert z == pytest.approx(of(limit[0], omega, *limit[1:])[0], rel=1e-3)
        elif limit == "0":
            assert abs(z) < 1e-3
            assert abs(z) < 1e-3 * abs(of(symbol, 1.0, *values)[0])
        elif limit == "infinite":
            assert abs(z) > 1e3
        else:
            assert z == pytest.approx(float(limit), rel=1e-3)


def test_every_element_states_its_limits():
    for kind in KINDS:
        assert len(kind.limits) == 2
        assert all(kind.limits)


def test_a_third_of_the_resistance_is_real_at_low_frequency():
    """Wo and the blocking open line: R/3 beside what charges (Wo: tau/R)."""
    np.testing.assert_allclose(of("Wo", 1e-6, 30.0, 2.0) - of("C", 1e-6, 2.0 / 30.0), 10.0, rtol=1e-6)
    np.testing.assert_allclose(of("Tlmbo", 1e-6, 30.0, 0.4, 1.0) - of("C", 1e-6, 0.4), 10.0, rtol=1e-6)
    np.testing.assert_allclose(of("Tlmno", 1e-9, 3.0, 300.0, 1e-5, 0.9), 300.0 + 1.0, rtol=1e-5)


# ------------------------------------------------------------------------------------------------ identities


@settings(max_examples=40)
@given(st.floats(-2, 3), st.floats(-5, 3), st.floats(0.3, 1.0), st.floats(0.1, 1.0))
def test_one_element_is_another(log_r, log_tau, n, b):
    omega, r, tau = np.logspace(-4, 6, 21), 10.0**log_r, 10.0**log_tau

    def same(one, other):
        np.testing.assert_allclose(one, other, rtol=1e-11)

    same(of("Zarc", omega, r, tau, 1.0), of("K", omega, r, tau))
    same(of("K", omega, r, tau), 1.0 / (1.0 / of("R", omega, r) + 1.0 / of("C", omega, tau / r)))
    same(of("Zarc", omega, r, tau, n), 1.0 / (1.0 / of("R", omega, r) + 1.0 / of("Q", omega, tau**n / r, n)))
    same(of("Ha", omega, r, tau, n, 1.0), of("Zarc", omega, r, tau, n))
    same(of("Ha", omega, r, tau, 1.0, b), of("Ga", omega, r, tau, b))
    same(of("Ga", omega, r, tau, 0.5), of("G", omega, r, tau))
    same(of("H", omega, tau / r, tau, n, b), 1.0 / (1j * omega * tau / r * of("Ha", omega, 1.0, tau, n, b)))
    same(of("Q", omega, 1.0 / (np.sqrt(2.0) * r), 0.5), of("W", omega, r))
    same(of("La", omega, r, 1.0), of("L", omega, r))
    same(of("Q", omega, r, 1.0), of("C", omega, r))
    same(of("Tlmbo", omega, r, tau / r, 1.0), of("Wo", omega, r, tau))
    same(of("Tlmbs", omega, r, tau / r, 1.0), of("Ws", omega, r, tau))
    same(of("Tlmno", omega, r, 1e30 * r, tau / r, n), of("Tlmbo", omega, r, tau / r, n))
    same(of("T", omega, r, 1e-30 * r, 0.0, tau), of("Wo", omega, r, tau))
    # a reacting pore is a finite Gerischer element: R_ct makes the reaction, φ² = R_ion/R_ct
    phi = 1.7
    line = of("Tlmno", omega, r * phi, r / phi, tau / (r / phi), 1.0)
    same(line, of("Gs", omega, r, tau, phi))


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_two_short_halves_and_two_open_halves_make_a_line(log_r, log_tau):
    """coth s + tanh s = 2 coth 2s: a law that joins Wo and Ws of one half with Wo of the whole."""
    omega, r, tau = np.logspace(-3, 3, 13), 10.0**log_r, 10.0**log_tau
    whole = of("Wo", omega, 2.0 * r, 4.0 * tau)
    np.testing.assert_allclose(of("Wo", omega, r, tau) + of("Ws", omega, r, tau), 2.0 * whole, rtol=1e-12)


# ----------------------------------------------------------------------------------------- other programs

FREQUENCY = np.array([0.01, 1.0, 1000.0])
#: impedance.py 1.7.1, at 0.01, 1 and 1000 Hz.
IMPEDANCE_PY = {
    "C": ([2e-05], [-795774.715459j, -7957.74715459j, -7.95774715459j]),
    "L": ([3e-06], [1.88495559215e-07j, 1.88495559215e-05j, 0.0188495559215j]),
    "W": (
        [12.0],
        [(47.8730736482 - 47.8730736482j), (4.78730736482 - 4.78730736482j), (0.151387951321 - 0.151387951321j)],
    ),
    "Wo": (
        [30.0, 2.5],
        [(9.99843378648 - 191.090626863j), (5.407927731 - 5.35822096095j), (0.169256875064 - 0.169256875064j)],
    ),
    "Ws": (
        [30.0, 2.5],
        [(29.9017017725 - 1.56454657239j), (5.29716184787 - 5.34630218901j), (0.169256875064 - 0.169256875064j)],
    ),
    "CPE": (
        [0.0004, 0.8],
        [(7069.33362741 - 21757.1717239j), (177.573632185 - 546.515444412j), (0.706933362741 - 2.17571717239j)],
    ),
    "G": (
        [15.0, 0.2],
        [(14.9991118379 - 0.0942384788813j), (10.6616325329 - 5.14119781768j), (0.299325689768 - 0.299087588728j)],
    ),
    "Gs": (
        [15.0, 0.2, 1.3],
        [(17.4051490908 - 0.151824371602j), (10.2293199262 - 6.28660009604j), (0.299325689768 - 0.299087588728j)],
    ),
    "K": (
        [9.0, 0.01],
        [(8.99999644694 - 0.00565486454401j), (8.96460914166 - 0.563263004435j), (0.00227914931669 - 0.143203174995j)],
    ),
    "Zarc": (
        [9.0, 0.01, 0.85],
        [(8.99598197873 - 0.0166012399562j), (8.73285845223 - 0.790494318604j), (0.0691049405186 - 0.2554354762j)],
    ),
    "TLMQ": (
        [25.0, 0.003, 0.9],
        [(637.620581066 - 3973.17014543j), (18.2652113306 - 63.1828231112j), (1.35604453318 - 1.15817144287j)],
    ),
    "T": (
        [20.0, 6.0, 0.4, 0.1],
        [(70.5241416877 - 1.02268281447j), (24.2756916822 - 29.6372721007j), (0.564369093863 - 0.56400990749j)],
    ),
}
#: pyimpspec 5.1.3: what stands in its text, and its impedance at the same frequencies.
PYIMPSPEC = {
    "La{L=3e-06,n=0.8}": [
        (1.01308879852e-07 + 3.11796671691e-07j),
        (4.03317915099e-06 + 1.24128490755e-05j),
        (0.00101308879852 + 0.00311796671691j),
    ],
    "Q{Y=4e-4,n=0.8}": [
        (7069.33362741 - 21757.1717239j),
        (177.573632185 - 546.515444412j),
        (0.706933362741 - 2.17571717239j),
    ],
    "W{Y=5.0E-02/1.0E-24/inf,n=5.0E-01F/0.0E+00/1.0E+00}": [
        (56.4189583548 - 56.4189583548j),
        (5.64189583548 - 5.64189583548j),
        (0.178412411615 - 0.178412411615j),
    ],
    "Ga{R=15,tau=0.2,n=0.6}": [
        (14.9988631616 - 0.113084954481j),
        (9.68727082701 - 5.79607426957j),
        (0.121918386698 - 0.167637884254j),
    ],
    "Zarc{R=9,tau=0.01,n=0.85}": [
        (8.99598197873 - 0.0166012399562j),
        (8.73285845223 - 0.790494318604j),
        (0.0691049405186 - 0.2554354762j),
    ],
    "H{dC=2e-5,tau=0.01,a=0.8,b=0.7}": [
        (1453.87722476 - 796247.737946j),
        (572.8315494 - 8153.54168813j),
        (61.5610897652 - 53.4644069176j),
    ],
    "Ha{R=9,tau=0.01,a=0.8,b=0.7}": [
        (8.99462343219 - 0.0164233787176j),
        (8.74073620126 - 0.61408522242j),
        (0.575960409502 - 0.663184210109j),
    ],
    "Tlmbo{R_i=25,Y=3e-3,n=0.9,L=1F}": [
        (637.620581066 - 3973.17014543j),
        (18.2652113306 - 63.1828231112j),
        (1.35604453318 - 1.15817144287j),
    ],
    "Tlmbs{R_i=25,Y=3e-3,n=0.9,L=1F}": [
        (24.9917760393 - 0.0511118346212j),
        (24.0471598719 - 3.00537336064j),
        (1.35604452926 - 1.15817144261j),
    ],
    "Tlmno{R_i=25,R_ct=40,Y=3e-3,n=0.9,L=1F}": [
        (47.9391170032 - 0.39462839661j),
        (35.5965540188 - 15.7794944961j),
        (1.35751991252 - 1.15575106791j),
    ],
    "Tlmns{R_i=25,R_ct=40,Y=3e-3,n=0.9,L=1F}": [
        (20.8256617173 - 0.0327779157612j),
        (20.2732001152 - 1.96227561068j),
        (1.35751990872 - 1.15575106777j),
    ],
}


@pytest.mark.parametrize("symbol", IMPEDANCE_PY)
def test_agrees_with_impedance_py(symbol):
    values, wanted = IMPEDANCE_PY[symbol]
    np.testing.assert_allclose(of(symbol, 2 * np.pi * FREQUENCY, *values), wanted, rtol=1e-11)


@pytest.mark.parametrize("text", PYIMPSPEC)
def test_text_of_pyimpspec_means_what_it_means_there(text):
    (leaf,) = parse(text).leaves
    np.testing.assert_allclose(leaf.kind(2 * np.pi * FREQUENCY, *leaf.values), PYIMPSPEC[text], rtol=1e-11)


@pytest.mark.parametrize(
    ("text", "twin", "wanted"),
    [
        ("W{n=0.6}", "W{n=0.5}", r"column 5: found n = 0.6 of W, want n = 0.5"),
        ("W{Y=1,n=/0/1}", "W{Y=1,n=0.5/0/1}", r"found bounds of W, want n = 0.5"),
        ("Tlmbo{R_i=1,L=2F}", "Tlmbo{R_i=1,L=1F}", r"found L = 2 of Tlmbo, want L = 1"),
        ("W{n=0.5,3}", "W{n=0.5,sigma=3}", "a number without a name after one with a name"),
        ("G{Y=1,k=2}", "G{R=1,tau=2}", "the unknown parameter 'Y' of G"),
        ("Wo{Y=1,B=2,n=0.5}", "Wo{R=1,tau=2}", "the unknown parameter 'Y' of Wo"),
        ("H{R=1}", "Ha{R=1}", "the unknown parameter 'R' of H"),
    ],
)
def test_what_means_something_else_is_refused(text, twin, wanted):
    with pytest.raises(BadInputError, match=wanted):
        parse(text)
    assert len(parse(twin).leaves) == 1


def test_aliases_keep_the_meaning():
    convert = ELEMENTS["W"].aliases["Y"][1]
    np.testing.assert_allclose(of("W", 3.0, convert(0.2)), 1.0 / (0.2 * np.sqrt(3.0j)), rtol=1e-14)
    assert ELEMENTS["W"].aliases["Aw"][1](7.0) == 7.0
    for kind in KINDS:
        names = [p.name for p in kind.parameters]
        assert {parameter for parameter, _ in kind.aliases.values()} <= set(names)
        assert not set(names) & (set(kind.aliases) | set(kind.constants))


# ------------------------------------------------------------------------------------------------ compiled


@pytest.fixture(scope="module")
def compiled():
    """Call the machine code of an element."""
    import numba

    @numba.njit
    def call(code, omega, p, z, dz):
        code(omega, p, z, dz)

    def evaluate(kind, omega, values):
        z, dz = np.empty(omega.size, complex), np.empty((len(values), omega.size), complex)
        call(kind.compiled, omega, np.array(values), z, dz)
        return z, dz

    return evaluate


@every_element
def test_compiled_code_gives_the_same(kind, compiled):
    rng = np.random.default_rng(5)
    for n in (0.0, 0.5, 1.0):
        values = [
            10.0 ** rng.uniform(-2, 2) if p.logarithmic else p.low + n * (min(p.high, 10.0) - p.low)
            for p in kind.parameters
        ]
        for got, wanted in zip(compiled(kind, WIDE, values), kind.evaluate(WIDE, *values), strict=True):
            size = np.abs(wanted) + 1e-3 * np.max(np.abs(wanted), axis=0)
            assert np.max(np.abs(got - wanted) / np.where(size > 0, size, 1.0)) < 1e-13


def test_helpers_of_helpers_are_compiled_and_their_code_names_what_is_kept(compiled):
    def made(factor):
        scope = {"__name__": "elsewhere"}
        exec(
            "def inner(x):\n    return x * FACTOR\n"
            "def outer(x):\n    return x + 0 * x if x < 0 else inner(x)\n"
            "def function(omega, p, z, dz):\n"
            "    for i in range(omega.size):\n        z[i] = outer(p[0])\n        dz[0, i] = outer(1.0)\n".replace(
                "FACTOR", repr(factor)
            ),
            scope,
        )
        return Element("X", "x", (Parameter("R", "ohm", "r", ohm=1),), "", ("", ""), "", scope["function"])

    double, triple = made(2.0), made(3.0)
    assert compiled(double, np.ones(1), [5.0])[0].tolist() == [10.0]
    assert compiled(triple, np.ones(1), [5.0])[0].tolist() == [15.0]
    names = [kind.compiled.__wrapped__.__qualname__ for kind in (double, triple, made(2.0))]
    assert names[0] == names[2] != names[1]


def test_importing_the_elements_imports_no_compiler():
    code = "import sys, limetal.impedance.elements; sys.exit('numba' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


# ---------------------------------------------------------------------------------------------- registration

OHM = Parameter("R", "ohm", "resistance", ohm=1)


def _double(omega, p, z, dz):
    for i in range(omega.size):
        z[i] = 2 * p[0]
        dz[0, i] = 2


def _wrong_by_one_part_in_ten_thousand(omega, p, z, dz):
    for i in range(omega.size):
        z[i] = 2 * p[0]
        dz[0, i] = 2.0002


def _wrong_in_the_second(omega, p, z, dz):
    for i in range(omega.size):
        u = complex(0.0, omega[i] * p[1])
        z[i] = p[0] / (1 + u)
        dz[0, i] = 1 / (1 + u)
        dz[1, i] = p[0] * u / (1 + u) ** 2 / p[1]


def _infinite(omega, p, z, dz):
    for i in range(omega.size):
        z[i] = float("inf") * p[0]
        dz[0, i] = 1.0


TAU = Parameter("tau", "s", "time", second=1)


@pytest.mark.parametrize(
    ("symbol", "parameters", "function", "synonyms", "wanted"),
    [
        ("R", [OHM], _double, (), "'R': the symbol is taken by resistor"),
        ("Xy", [OHM], _double, ("CPE",), "'CPE': the symbol is taken by constant phase element"),
        ("xy", [OHM], _double, (), "a symbol is letters, the first a capital"),
        ("X1", [OHM], _double, (), "a symbol is letters, the first a capital"),
        ("", [OHM], _double, (), "a symbol is letters, the first a capital"),
        ("Ω", [OHM], _double, (), "a symbol is letters, the first a capital"),
        ("Xy", [OHM], _wrong_by_one_part_in_ten_thousand, (), "the derivative by R misses the finite difference"),
        ("Xy", [OHM, TAU], _wrong_in_the_second, (), "the derivative by tau misses the finite difference"),
        ("Xy", [OHM], _infinite, (), "the impedance is not finite"),
        ("Xy", [Parameter("n", "1", "exponent")], _double, (), "n has no dimension, so it needs bounds"),
    ],
)
def test_registration_refuses(symbol, parameters, function, synonyms, wanted):
    before = dict(ELEMENTS)
    with pytest.raises(LimetalError, match=wanted):
        element(symbol, "x", parameters, equation="", limits=("", ""), source="", synonyms=synonyms)(function)
    assert before == ELEMENTS


def test_registration_takes_the_right_one():
    made = element("Xy", "x", [OHM], equation="", limits=("", ""), source="", synonyms=["Xz"])(_double)
    try:
        assert ELEMENTS["Xy"] is made
        assert ELEMENTS["Xz"] is made
        assert parse("RXy").leaves[1].kind is made
    finally:
        del ELEMENTS["Xy"], ELEMENTS["Xz"]
    bounded = Parameter("n", "1", "exponent", low=0.3, high=1.0)
    element("Xy", "x", [bounded], equation="", limits=("", ""), source="")(_double)
    del ELEMENTS["Xy"]


# ------------------------------------------------------------------------------- other packages, the table


def entry(load):
    return SimpleNamespace(name="mine", value="my_package.elements", dist=SimpleNamespace(name="my-package"), load=load)


def test_other_packages_join(monkeypatch):
    seen = []

    def groups(group):
        seen.append(group)
        return [entry(lambda: elements.resistor), entry(lambda: sys)]

    monkeypatch.setattr(elements, "entry_points", groups)
    elements._load_entry_points()
    assert seen == ["limetal.elements"]


def test_a_package_that_fails_is_named(monkeypatch):
    def broken():
        raise ImportError("no such thing")

    for load, wanted in (
        (broken, r"'mine' of my-package \(my_package.elements\) cannot be loaded: no such thing"),
        (lambda: 3, r"'mine' of my-package \(my_package.elements\): found int, want an element"),
    ):
        monkeypatch.setattr(elements, "entry_points", lambda group, load=load: [entry(load)] if group else [])
        with pytest.raises(LimetalError, match=wanted):
            elements._load_entry_points()


def test_table_says_all_of_every_element():
    own = {k.symbol for k in KINDS}
    rows = [row for row in elements.table() if row[0] in own]  # pages that were run here may have added theirs
    assert [row[0] for row in rows] == sorted(own, key=str.lower)
    for symbol, synonyms, title, parameters, equation, limits, source in rows:
        kind = ELEMENTS[symbol]
        assert (title, equation, source) == (kind.title, kind.equation, kind.source)
        assert synonyms == ", ".join(kind.synonyms)
        assert [part.split()[0] for part in parameters.split(", ")] == [p.name for p in kind.parameters]
        assert all(limit in limits for limit in kind.limits)
        assert equation.startswith("Z = ")
        assert source


def test_every_parameter_scales_and_is_described():
    """Twice the resistance at every parameter's power of it gives twice the impedance; the same for time."""
    omega = np.array([0.1, 1.0, 30.0])
    for kind in KINDS:
        exponents = {}
        for p in kind.parameters:
            assert p.unit
            assert p.meaning
            if not p.logarithmic:
                exponents[p.name] = p.value(1.0, 1.0, exponents)
                assert p.low < p.high < np.inf
        ohm, second = 7.0, 3.0
        plain = [p.value(1.0, 1.0, exponents) for p in kind.parameters]
        larger = [p.value(ohm, 1.0, exponents) for p in kind.parameters]
        slower = [p.value(1.0, second, exponents) for p in kind.parameters]
        np.testing.assert_allclose(kind(omega, *larger), ohm * kind(omega, *plain), rtol=1e-12)
        np.testing.assert_allclose(kind(omega / second, *slower), kind(omega, *plain), rtol=1e-12)


def test_all_is_what_is_exported():
    for name in elements.__all__:
        assert getattr(elements, name) is not None
    exported = {getattr(elements, name) for name in elements.__all__} - {elements.table}
    assert exported == set(KINDS)
