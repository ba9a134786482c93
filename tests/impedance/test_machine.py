"""The compiled optimiser: NIST's certified regression problems, bounds, and what it says of its end."""

import cmath
import math
from dataclasses import replace

import numpy as np
import pytest

from limetal.impedance import _machine
from limetal.impedance._combinations import order_of
from limetal.impedance._uncertainty import inverse
from limetal.impedance.circuit import Circuit, Leaf
from limetal.impedance.element import Element, Parameter
from limetal.impedance.grammar import parse
from limetal.impedance.program import program
from support import spectra
from support.strd import PROBLEMS

_MOST = 7
_STEP = 1e-30  # of a complex step: the derivative is exact


def _model(which, x, b):
    """The models of all problems, for complex parameters."""
    if which == 0:
        return b[0] * (1 - cmath.exp(-b[1] * x))
    if which == 1:
        return cmath.exp(-b[0] * x) / (b[1] + b[2] * x)
    if which == 2:
        return b[0] * cmath.exp(-b[1] * x) + b[2] * cmath.exp(-b[3] * x) + b[4] * cmath.exp(-b[5] * x)
    if which == 3:
        return b[0] * cmath.exp(b[1] * math.log(x))
    if which == 4:
        return (b[0] + x * (b[1] + x * b[2])) / (1 + x * (b[3] + x * b[4]))
    if which == 5:
        return b[0] * b[1] * x / (1 + b[1] * x)
    if which == 6:
        return b[0] + b[1] * cmath.exp(-b[3] * x) + b[2] * cmath.exp(-b[4] * x)
    if which == 7:
        return b[0] - b[1] * x - cmath.atan(b[2] / (x - b[3])) / math.pi
    if which == 8:
        return b[0] * (x * x + b[1] * x) / (x * x + b[2] * x + b[3])
    if which == 9:
        return (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1 + x * (b[4] + x * (b[5] + x * b[6])))
    if which == 10:
        return b[0] / (1 + cmath.exp(b[1] - b[2] * x))
    if which == 11:
        return b[0] * cmath.exp(b[1] / (x + b[2]))
    if which == 12:
        u = (x - b[2]) / b[1]
        return b[0] / b[1] * cmath.exp(-0.5 * u * u)
    if which == 13:
        return b[0] * cmath.exp(-cmath.log(1 + cmath.exp(b[1] - b[2] * x)) / b[3])
    return b[0] * cmath.exp(-cmath.log(b[1] + x) / b[2])


def _certified(omega, p, z, dz):
    """A real impedance: the model of problem p[0] at x = omega."""
    which = int(p[0])
    b = np.empty(p.size - 1, dtype=np.complex128)
    for i in range(omega.size):
        for k in range(b.size):
            b[k] = p[k + 1]
        z[i] = complex(_model(which, omega[i], b).real, 0.0)
        dz[0, i] = 0.0
        for k in range(b.size):
            b[k] = complex(p[k + 1], _STEP)
            dz[k + 1, i] = complex(_model(which, omega[i], b).imag / _STEP, 0.0)
            b[k] = p[k + 1]


KIND = Element(
    "Strd",
    "problems of NIST",
    (
        Parameter("problem", "1", "its number", low=-math.inf),
        *(Parameter(f"b{k}", "1", "parameter", low=-math.inf) for k in range(1, _MOST + 1)),
    ),
    "",
    ("", ""),
    "",
    _certified,
)


def _prepared(problem, start, longest=math.inf):
    empty = _MOST - len(start)
    free = (True,) + (False,) * len(start) + (True,) * empty
    values = (float(problem.model), *map(float, start), *[0.0] * empty)
    leaf = Leaf(KIND, "S", values, free, (-math.inf,) * (_MOST + 1), (math.inf,) * (_MOST + 1))
    made = program(Circuit(leaf, problem.name))
    breadth = made.breadth.copy()
    breadth[made.free] = longest * np.abs(start) / _machine._LONGEST_PART
    return replace(made, breadth=breadth)


def _walked(problem, start, longest=math.inf):
    """Parameters, standard deviations, residual sum of squares; ``longest`` step of a parameter over its start."""
    p = _prepared(problem, start, longest)
    q = p.given.copy()
    x, y = problem.x, problem.y
    hessian = np.empty((p.free.size, p.free.size))
    cost, _, converged = _machine.levenberg_marquardt(
        p.code, p.free, p.low, p.high, x, y, 0 * y, np.ones(y.size), q, 20_000, 1e-15, hessian
    )
    assert converged
    return q[p.free], np.sqrt(np.diagonal(inverse(hessian)) * cost / (x.size - len(start))), cost


def digits(found, wanted):
    """Number of digits that agree, of the worst."""
    worst = np.max(np.abs(np.asarray(found) / np.asarray(wanted) - 1))
    return -math.log10(max(float(worst), 1e-16))


#: Where plain steps run to a plateau from NIST's far start: exponentials that vanish at every x but the first.
FAR = [("MGH17", 1), ("BoxBOD", 1)]


def str_of(value):
    return value.name if hasattr(value, "name") else str(value)


@pytest.mark.parametrize("problem", PROBLEMS, ids=str_of)
def test_data_and_certified_parameters_give_the_certified_residual(problem):
    model = np.array([_model(problem.model, x, np.array(problem.certified, dtype=complex)) for x in problem.x]).real
    assert digits(np.sum((problem.y - model) ** 2), problem.residual_sum_of_squares) > 8


@pytest.mark.parametrize(
    ("problem", "number"), [(p, n) for p in PROBLEMS for n in (1, 2) if (p.name, n) not in FAR], ids=str_of
)
def test_certified_answer_from_both_starts(problem, number):
    found, std, cost = _walked(problem, problem.starts[number - 1])
    assert digits(found, problem.certified) > 6
    assert digits(std, problem.std) > 6
    assert digits(cost, problem.residual_sum_of_squares) > 9


@pytest.mark.parametrize(("name", "number"), FAR)
def test_far_starts_need_a_limit_of_the_step(name, number):
    problem = next(p for p in PROBLEMS if p.name == name)
    start = problem.starts[number - 1]
    _, _, cost = _walked(problem, start)
    assert cost > 2 * problem.residual_sum_of_squares
    found, std, cost = _walked(problem, start, longest=0.5)
    assert digits(found, problem.certified) > 6
    assert digits(std, problem.std) > 6
    assert digits(cost, problem.residual_sum_of_squares) > 9


# ------------------------------------------------------------------------------------------------ circuits


def _spectrum():
    values = [4.0, 20.0, 2e-5, 0.9, 60.0, 3e-4, 0.8, 6.0]
    one = spectra.made("R(RQ)(RQ)W", values, 0.005, np.random.default_rng(3))
    p = program(parse(one.text))
    z = one.impedance
    return one, p, (2 * np.pi * one.frequency_hertz, z.real.copy(), z.imag.copy(), 1 / np.abs(z))


def _walk(p, data, q, low=None, high=None, most=200, tolerance=1e-12):
    q, hessian = q.copy(), np.empty((p.free.size, p.free.size))
    low, high = p.low if low is None else low, p.high if high is None else high
    cost, iterations, converged = _machine.levenberg_marquardt(
        p.code, p.free, low, high, *data, q, most, tolerance, hessian
    )
    return q, cost, iterations, converged, hessian


def _normal(p, data, q):
    m = data[0].size
    r, jac, z = np.empty(2 * m), np.empty((p.free.size, 2 * m)), np.empty(m, dtype=complex)
    cost = _machine.normal_equations(p.code, p.free, *data, q, r, jac, z)
    return cost, r, jac, z


def test_the_end_is_a_minimum_and_the_hessian_is_that_of_the_end():
    one, p, data = _spectrum()
    q, cost, _, converged, hessian = _walk(p, data, p.coordinates(one.values))
    again, _, jac, z = _normal(p, data, q)
    assert converged
    assert cost == pytest.approx(again, rel=1e-14)
    np.testing.assert_allclose(hessian, jac @ jac.T, rtol=1e-12, atol=1e-12 * np.abs(hessian).max())
    # no step of a hundredth of a standard error leads down
    std = np.sqrt(np.diagonal(np.linalg.inv(hessian)) * cost / (2 * z.size))
    for k in range(q.size):
        for sign in (-1, 1):
            moved = q.copy()
            moved[k] = min(max(q[k] + sign * 0.01 * std[k], p.low[k]), p.high[k])
            assert _normal(p, data, moved)[0] >= cost * (1 - 1e-12)


def test_the_walk_keeps_inside_bounds_and_holds_what_lies_on_one():
    one, p, data = _spectrum()
    free, _, _, _, _ = _walk(p, data, p.coordinates(one.values))
    high = p.high.copy()
    high[1] = free[1] - 0.3  # the resistance of the first arc may not reach its best value
    start = np.minimum(p.coordinates(one.values), high)
    q, cost, _, converged, _ = _walk(p, data, start, high=high)
    assert converged
    assert q[1] == high[1]
    assert (q >= p.low).all()
    assert (q <= high).all()
    assert cost > _walk(p, data, p.coordinates(one.values))[1]
    _, r, jac, _ = _normal(p, data, q)
    assert -(jac[1] @ r) > 0  # downhill is outside
    inside = [k for k in range(q.size) if p.low[k] < q[k] < high[k]]
    assert (np.abs(jac[inside] @ r) < 1e-4 * np.sqrt((jac[inside] ** 2).sum(1) * cost)).all()


def test_a_walk_that_is_cut_off_says_so():
    one, p, data = _spectrum()
    start = p.coordinates(one.values * np.where(p.logarithmic, 3.0, 1.0))
    _, cost, iterations, converged, _ = _walk(p, data, start, most=2)
    assert (iterations, converged) == (2, False)
    assert cost < _normal(p, data, start)[0]
    assert _walk(p, data, start, most=500)[3]


def test_what_is_not_free_stays():
    one, p, data = _spectrum()
    start = p.coordinates(one.values)
    free = np.array([0, 7])
    q, hessian = start.copy(), np.empty((2, 2))
    _machine.levenberg_marquardt(p.code, free, p.low, p.high, *data, q, 50, 1e-12, hessian)
    kept = np.setdiff1d(np.arange(8), free)
    assert (q[kept] == start[kept]).all()
    assert (q[free] != start[free]).all()


def test_sums_of_products():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((2, 143))
    assert _machine.dot(a, b) == pytest.approx(a @ b, rel=1e-12)


def test_exponentials_to_a_unit_in_the_last_place():
    x = np.concatenate([np.linspace(-699.9, 699.9, 100_001), np.linspace(-1e-3, 1e-3, 1001), [0.0]])
    found = np.empty(x.size)
    _machine.exponentials(1.0, x, 0.0, found)
    np.testing.assert_allclose(found, np.exp(x), rtol=3e-16)
    _machine.exponentials(-0.8, x, 1.5, found)
    np.testing.assert_allclose(found, np.exp(-0.8 * (x + 1.5)), rtol=2e-13)  # the argument itself is rounded
    _machine.exponentials(2.0, np.array([-1e9, 1e9]), 0.0, found[:2])
    np.testing.assert_array_equal(np.isfinite(found[:2]), True)
    assert found[0] < 1e-303
    assert found[1] > 1e303


def test_products_are_numpys():
    rng = np.random.default_rng(5)
    jac, r, columns = rng.standard_normal((4, 23)), rng.standard_normal(23), rng.standard_normal((6, 23))
    g, h, both = np.empty(4), np.empty((4, 4)), np.empty((4, 6))
    _machine.products(jac, r, g, h)
    np.testing.assert_allclose(g, -jac @ r, rtol=1e-12)
    np.testing.assert_allclose(h, jac @ jac.T, rtol=1e-12)
    _machine.against(jac, columns, both)
    np.testing.assert_allclose(both, jac @ columns.T, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 64, 93])
def test_order_is_that_of_a_stable_sort(count):
    values = np.random.default_rng(count).integers(0, 9, count).astype(float)
    values[values > 7] = np.inf
    np.testing.assert_array_equal(order_of(values), np.argsort(values, kind="stable"))
