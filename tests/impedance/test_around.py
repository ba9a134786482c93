"""The compiled steps around a search agree with their formulas in plain numpy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.impedance import _around
from limetal.impedance.checks import shaped_arrays
from limetal.impedance.fit import _as_numbers, fit, orderings, search_limits
from limetal.impedance.grammar import parse
from limetal.impedance.program import program

TEXTS = ("R(RQ)(RQ)W", "R(RC)(RQ)", "R{1f}(R{2f}Q)(RC)", "R(Q(RWo))", "LR(RQ)(RQ)(RQ)G", "R(RQ{Y=1e-3f})")
F = np.logspace(5, -1, 31)
RC = program(parse("RC"))
LIMITS = (RC.ohm, RC.second, RC.logarithmic, RC.low, RC.high)


def random_matrix(n, seed):
    rows = np.random.default_rng(seed).standard_normal((n, n + 3)) * np.exp(
        np.random.default_rng(seed + 1).uniform(-5, 5, n)
    ).reshape(-1, 1)
    return rows @ rows.T


@given(n=st.integers(1, 9), seed=st.integers(0, 10_000))
def test_inverse_is_numpys(n, seed):
    h = random_matrix(n, seed)
    sure, found = _around.inverse(h)
    size = np.sqrt(np.outer(np.diagonal(h), np.diagonal(h)))
    assert sure
    np.testing.assert_allclose(found * size, np.linalg.inv(h / size), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("seen", [0.0, 1e-13])
def test_a_direction_that_is_not_seen_is_not_inverted(seen):
    rows = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0 + seen]])
    assert not _around.inverse(rows @ rows.T)[0]
    assert not _around.inverse(np.zeros((2, 2)))[0]


@pytest.mark.parametrize("text", TEXTS)
def test_covariance_outside_is_carried_by_the_slopes(text):
    p = program(parse(text))
    rng = np.random.default_rng(3)
    q = np.where(p.logarithmic, rng.normal(0, 3, p.ohm.size), 0.8)
    inner = random_matrix(p.free.size, 5)
    whole = np.zeros((q.size, q.size))
    whole[np.ix_(p.free, p.free)] = inner
    wanted = p.slopes(q) @ whole @ p.slopes(q).T
    found = _around.outside_covariance(inner, p.free, p.is_free, p.arc_rows, q)
    known = p.is_free.copy()
    known[[arc.y for arc in p.arcs]] = True
    np.testing.assert_allclose(found[np.ix_(known, known)], wanted[np.ix_(known, known)], rtol=1e-10, atol=1e-12)
    assert np.isnan(found[~known]).all()
    assert np.isnan(found[:, ~known]).all()


@pytest.mark.parametrize("text", TEXTS)
@settings(max_examples=20)
@given(ohm=st.floats(-3, 6), second=st.floats(-6, 3))
def test_limits_reach_to_the_corners_of_resistance_and_time(text, ohm, second):
    p = program(parse(text))
    f, z = F / 10**second, (10**ohm) * np.exp(1j * np.linspace(0, -1, F.size))
    low, high = search_limits(p, f, z)
    ohms = [math.log(np.abs(z).max() * factor) for factor in (1e-7, 1e5)]
    seconds = [math.log(1e-4 / (2 * np.pi * f.max())), math.log(1e5 / (2 * np.pi * f.min()))]
    for k, kind in enumerate(p.kinds):
        if not kind.logarithmic:
            assert (low[k], high[k]) == (p.low[k], p.high[k])
            continue
        power = kind.second if not isinstance(kind.second, str) else -1.0 if kind.second.startswith("-") else 1.0
        corners = [kind.ohm * a + power * b for a, b in itertools.product(ohms, seconds)]
        assert low[k] == pytest.approx(max(min(corners), p.low[k]))
        assert high[k] == pytest.approx(min(max(corners), p.high[k]))


def test_bounds_elsewhere_count():
    p = program(parse("R{2e20/1e20/1e21}(RC)"))
    low, high = search_limits(p, F, 1 + 1 / (1j * F))
    assert np.exp([low[0], high[0]]) == pytest.approx([1e20, 1e21])


@given(seed=st.integers(0, 1000))
def test_arcs_stand_in_order_of_their_times_and_carry_their_errors_along(seed):
    p = program(parse("R(RQ)(RC)(RQ)(RC)(RQ)"))
    rng = np.random.default_rng(seed)
    ends, hessian = rng.normal(0, 3, (3, p.ohm.size)), random_matrix(p.free.size, seed)
    costs = np.array([2.0, 1.0, 3.0])
    best, q, turned = _around.best_of(ends, costs, 3, hessian, p.free, *_as_numbers(orderings(p)))
    assert best == 1
    for times, parts in orderings(p):
        assert (np.diff(q[times]) > 0).all()
        assert sorted(map(tuple, q[parts])) == sorted(map(tuple, ends[1][parts]))
    where = [int(np.flatnonzero(ends[1] == value)[0]) for value in q]
    np.testing.assert_array_equal(turned, hessian[np.ix_(where, where)])


def test_the_best_of_those_that_were_tried():
    p = program(parse("RC"))
    costs, ends = np.array([2.0, 1.5, 0.1]), np.arange(6.0).reshape(3, 2)
    assert _around.best_of(ends, costs, 2, np.eye(2), p.free, *_as_numbers(orderings(p)))[0] == 1


@pytest.mark.parametrize("bad", [math.nan, math.inf, 0.0, -1.0])
def test_no_spectrum(bad):
    z = 1 + 1 / (1j * F)
    f = F.copy()
    f[4] = bad
    assert _around.spectrum(F, z, *LIMITS)[0]
    assert not _around.spectrum(f, z, *LIMITS)[0]
    with pytest.raises(BadInputError, match="point 5"):
        fit("RC", f, z)


@pytest.mark.parametrize("bad", [math.nan, complex(1, math.inf), 0.0])
def test_no_impedance(bad):
    z = 1 + 1 / (1j * F)
    z[4] = bad
    assert not _around.spectrum(F, z, *LIMITS)[0]
    with pytest.raises(BadInputError, match="point 5"):
        fit("RC", F, z)


def test_spectra_as_they_lie_in_memory():
    z = 1 + 1 / (1j * F)
    wanted = fit("RC", F, z).values
    unaligned = np.frombuffer(b"x" + F.tobytes(), dtype=np.uint8)[1:].view(np.float64)
    table = np.zeros(F.size, dtype=[("a", "f4"), ("f", "f8")])
    table["f"] = F
    for f in (F.tolist(), np.repeat(F, 2)[::2], unaligned, table["f"]):
        np.testing.assert_array_equal(fit("RC", f, z.copy()).values, wanted)
    f, same = shaped_arrays(F, z)
    assert f is F
    assert same is z
