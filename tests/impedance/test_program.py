"""The flat form of a circuit: coordinates there and back, impedance and derivatives against plain numpy."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.impedance import _machine
from limetal.impedance.circuit import Circuit, Leaf, Parallel, Series
from limetal.impedance.element import ELEMENTS
from limetal.impedance.evaluate import circuit_impedance, evaluate_inner
from limetal.impedance.grammar import parse
from limetal.impedance.program import Arc, program
from support.spectra import EQUATIONS, impedance

F = np.logspace(5, -1, 13)
KINDS = sorted({kind.symbol for kind in ELEMENTS.values()})


def test_every_element_has_an_independent_equation():
    assert sorted(EQUATIONS) == KINDS


# ------------------------------------------------------------------------------------------- random circuits

#: R, C and Q often: only they make arcs.
_leaves = st.sampled_from(KINDS + ["R", "C", "Q"] * 4)
_trees = st.recursive(
    _leaves, lambda inner: st.tuples(st.booleans(), st.lists(inner, min_size=2, max_size=3)), max_leaves=7
)
_sizes = st.floats(-1.5, 1.5)


def _circuit(drawn) -> Circuit:
    numbers: dict[str, int] = {}

    def build(node):
        if isinstance(node, str):
            numbers[node] = numbers.get(node, 0) + 1
            return Leaf.of(ELEMENTS[node], f"{node}{numbers[node]}")
        parallel, parts = node
        kind = Parallel if parallel else Series
        built = []
        for part in map(build, parts):
            built += part.parts if isinstance(part, kind) else [part]
        return kind(tuple(built))

    return Circuit(build(drawn), "drawn")


@st.composite
def circuits(draw):
    """A circuit and values: resistances around 10 ohm, times around 10 ms, over three decades each."""
    circuit = _circuit(draw(_trees))
    values = []
    for leaf in circuit.leaves:
        exponents: dict[str, float] = {}
        for parameter in leaf.kind.parameters:
            if not parameter.logarithmic:
                low, high = parameter.typical or (parameter.low, parameter.high)
                exponents[parameter.name] = low + (high - low) * draw(st.floats(0.05, 0.95))
        ohm, second = 10 * 10 ** draw(_sizes), 0.01 * 10 ** draw(_sizes)
        for parameter in leaf.kind.parameters:
            if parameter.name in exponents:
                values.append(exponents[parameter.name])
            else:
                values.append(parameter.value(ohm * 10 ** draw(st.floats(-0.5, 0.5)), second, exponents))
    return circuit, np.array(values)


@settings(max_examples=150, deadline=None)
@given(circuits())
def test_impedance_is_that_of_the_equations(drawn):
    circuit, values = drawn
    p = program(circuit)
    wanted = impedance(circuit, values, F)
    assume(np.abs(wanted).min() > 1e-6 * np.abs(wanted).max())  # a resonance keeps few digits in either
    found = evaluate_inner(p, p.coordinates(values), F)
    np.testing.assert_allclose(found, wanted, rtol=1e-7)
    np.testing.assert_allclose(circuit_impedance(circuit.with_values(values.tolist()), F), found, rtol=1e-12)


@settings(max_examples=100, deadline=None)
@given(circuits())
def test_derivatives_are_those_of_finite_differences(drawn):
    circuit, values = drawn
    p = program(circuit)
    q = p.coordinates(values)
    z = evaluate_inner(p, q, F)
    m = F.size
    r, jac, out = np.empty(2 * m), np.empty((p.free.size, 2 * m)), np.empty(m, dtype=complex)
    weight = 1 / np.abs(z)
    cost = _machine.normal_equations(
        p.code, p.free, 2 * np.pi * F, 0.9 * z.real, 1.1 * z.imag, weight, q.copy(), r, jac, out
    )
    np.testing.assert_array_equal(out, z)
    np.testing.assert_allclose(r, np.r_[0.1 * z.real * weight, -0.1 * z.imag * weight], rtol=1e-9, atol=1e-14)
    assert cost == pytest.approx(r @ r, rel=1e-12)
    for k in range(q.size):
        # Richardson: the error of the two central differences cancels to the fourth order
        slope = [(_moved(p, q, k, h) - _moved(p, q, k, -h)) / (2 * h) for h in (2e-3, 1e-3)]
        wanted = (4 * slope[1] - slope[0]) / 3
        found = (jac[k, :m] + 1j * jac[k, m:]) / weight
        near = np.abs(found - wanted) < 1e-6 * np.abs(wanted) + 1e-8 * np.abs(z)
        assert near.all(), (circuit.parameters[k], found[~near], wanted[~near])


def _moved(p, q, k, h):
    moved = q.copy()
    moved[k] += h
    return evaluate_inner(p, moved, F)


@settings(max_examples=100, deadline=None)
@given(circuits())
def test_coordinates_there_and_back(drawn):
    circuit, values = drawn
    p = program(circuit)
    q = p.coordinates(values)
    np.testing.assert_allclose(p.values(q), values, rtol=1e-12)
    np.testing.assert_allclose(p.inside(p.outside(q)), q, rtol=1e-12, atol=1e-12)
    slopes = p.slopes(q)
    for k in range(q.size):
        up, down = q.copy(), q.copy()
        up[k] += 1e-6
        down[k] -= 1e-6
        np.testing.assert_allclose(slopes[:, k], (p.outside(up) - p.outside(down)) / 2e-6, rtol=1e-6, atol=1e-8)


@settings(max_examples=50, deadline=None)
@given(circuits(), st.floats(-3, 3))
def test_impedance_scales_by_the_powers_of_the_resistance(drawn, scale):
    circuit, values = drawn
    p = program(circuit)
    q = p.coordinates(values)
    np.testing.assert_allclose(
        evaluate_inner(p, q + p.ohm * scale, F), np.exp(scale) * evaluate_inner(p, q, F), rtol=1e-9
    )


# ------------------------------------------------------------------------------------------- arcs


def test_an_arc_is_its_time_constant():
    p = program(parse("R(RQ)(CR)"))
    assert p.arcs == (Arc(1, 2, 3), Arc(5, 4, -1))
    q = p.coordinates(np.array([1.0, 50.0, 2e-4, 0.8, 1e-3, 20.0]))
    assert np.exp(q[2]) == pytest.approx((50 * 2e-4) ** (1 / 0.8))
    assert np.exp(q[4]) == pytest.approx(20 * 1e-3)
    assert [k.name for k in p.kinds] == ["R", "R", "tau", "n", "tau", "R"]
    assert p.ohm.tolist() == [1, 1, 0, 0, 0, 1]
    assert [b.is_arc for b in p.blocks] == [False, True, True]


@pytest.mark.parametrize(
    "text",
    ["R(RQ{Y=1e-3F})", "R(RQ{Y=1e-3/1e-4/})", "R(RQ{Y=1e-3//1e-2})", "R(RC{C=1e-3F})", "R(RRQ)", "R(R[RQ])", "(QQ)"],
)
def test_what_the_time_constant_could_not_keep_is_left_as_it_is(text):
    p = program(parse(text))
    assert p.arcs == ()
    assert "tau" not in [k.name for k in p.kinds]


@pytest.mark.parametrize(
    "text", ["R(R{R=5F}Q)", "R(R{R=5/1/10}Q)", "R(RQ{n=0.9F})", "R(RQ{n=0.9/0.8/1})", "R([R(RQ)]Q)"]
)
def test_what_it_can_keep_is_rewritten(text):
    assert len(program(parse(text)).arcs) == 1


def test_bounds_and_values_of_the_text_arrive():
    p = program(parse("R{R=5/1/10}C{C=2e-3F}(RQ{n=0.8/0.7/0.9})"))
    assert np.exp([p.low[0], p.high[0]]) == pytest.approx([1, 10])
    assert np.isneginf(p.low[2])
    assert np.isposinf(p.high[2])
    assert (p.low[4], p.high[4]) == (0.7, 0.9)
    assert np.exp(p.given[:2]) == pytest.approx([5, 2e-3])
    assert np.isnan(p.given[2:4]).all()
    assert p.is_free.tolist() == [True, False, True, True, True]
    assert p.free.tolist() == [0, 2, 3, 4]


@pytest.mark.parametrize("text", ["RC", "R", "C", "L", "RW", "R([RW]C)", "(C[RL])", "RQ"])
def test_arrays_have_the_types_the_compiled_code_takes(text):
    """Also where every power of the resistance is a whole number."""
    p = program(parse(text))
    for name in ("low", "high", "given", "ohm", "breadth"):
        assert getattr(p, name).dtype == np.float64, name
    evaluate_inner(p, np.zeros(len(p.names)), F)


def test_the_same_circuit_is_the_same_program():
    assert program(parse("R(RQ)")) is program(parse("R(RQ)"))
    assert program(parse("R(RQ)")) is not program(parse("R(RC)"))
    assert program(parse("R(R{R=5}Q)")) is not program(parse("R(R{R=6}Q)"))


def test_nothing_to_fit_is_an_error_and_is_none_where_nothing_is_fitted():
    with pytest.raises(BadInputError, match="no parameter to fit"):
        program(parse("R{R=1F}"))
    assert circuit_impedance("R{R=1F}", F) == pytest.approx(np.ones(F.size))


@pytest.mark.parametrize(("text", "what"), [("RC", "no value of R0, C1"), ("R{R=1}(RQ{Y=1})", "no value of R1, Q1.n")])
def test_a_missing_value_is_named(text, what):
    with pytest.raises(BadInputError, match=what):
        circuit_impedance(text, F)


@pytest.mark.parametrize("bad", [[0.0], [-1.0], [np.nan], [np.inf], [[1.0]]])
def test_frequencies_are_above_zero(bad):
    with pytest.raises(BadInputError, match="frequencies of an impedance"):
        circuit_impedance("R{R=1}", np.array(bad))
