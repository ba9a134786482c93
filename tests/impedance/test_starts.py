"""No guess is needed: fits end where a fit started at the truth ends, for the circuits people use."""

import numpy as np
import pytest

from limetal.impedance._combinations import combinations, inner_coordinates, order_of
from limetal.impedance._starts import ARC_EXPONENTS, EASY_STARTS, HARD_STARTS, shapes
from limetal.impedance.evaluate import evaluate_inner
from limetal.impedance.fit import fit_many
from limetal.impedance.grammar import parse
from limetal.impedance.program import program
from support.from_truth import from_truth
from support.spectra import DRAWS, F, drawn, impedance, random_set, table_s1

OMEGA = 2 * np.pi * F


def worse(made_up):
    """Cost of each fit over that of the fit from the truth."""
    fits = fit_many(made_up[0].text, [(m.frequency_hertz, m.impedance) for m in made_up])
    return np.array([found.cost / from_truth(one) for found, one in zip(fits, made_up, strict=True)])


def test_no_fit_of_the_published_cells_is_worse_than_from_the_truth():
    assert worse(table_s1()).max() < 1 + 1e-6


def test_less_than_one_in_a_hundred_random_circuits_is_worse():
    """Of 300; the 2,000 stand with their coverage in test_uncertainty.py, which fits them once for both."""
    ratio = worse(random_set(300, 20261125))
    assert np.mean(ratio > 1 + 1e-6) < 0.01
    assert ratio.max() < 1.1  # and none by far


#: Of 100, more than so many fits worse than from the truth are four cases in a thousand if the rate is 1 %.
ALLOWED = 4
#: Where arcs lie under tails of another kind the best minimum is missed more often: 3 % of 400 draws.
HARDER = {"R(RQ)(RQ)Ws": 7, "R(RQ)(RQ)Wo": 5, "R(RQ)(RQ)(RQ)(RQ)": 7}


@pytest.mark.slow
@pytest.mark.parametrize("text", sorted(DRAWS))
def test_other_circuits_need_no_guess_either(text):
    ratio = worse(drawn(text, 100, 41))
    assert np.sum(ratio > 1 + 1e-6) <= HARDER.get(text, ALLOWED)
    assert np.sum(ratio > 1.1) <= (2 if text in HARDER else 1)
    assert ratio.max() < 2  # none is far from the data


@pytest.mark.parametrize(
    "text", ["R(RQ)", "R(RQ)(RQ)", "R0-p(R1-W1,CPE1)", "R(RQ)Wo", "RG", "RZarc", "RTlmbo", "RQ", "(C[RL])"]
)
def test_common_circuits_need_no_guess(text):
    assert np.sum(worse(drawn(text, 30, 43)) > 1 + 1e-6) <= 1


# ------------------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize("text", sorted(DRAWS))
def test_columns_are_the_impedance_of_their_coordinates(text):
    p = program(parse(text))
    shape = shapes(p, OMEGA)
    assert np.isfinite(shape.columns).all()
    assert shape.columns.shape == (len(shape.tables), 142)
    rows = range(shape.singles) if not len(shape.groups) else [*range(shape.singles), *shape.groups[:, 0]]
    for part, row in enumerate(rows):
        own = [k for k in shape.own[part] if k >= 0]
        block = next(b for b in p.blocks if list(b.parameters) == own)
        q = np.zeros(len(p.names))
        q[[k for k in range(q.size) if not p.logarithmic[k]]] = 0.8
        q[own] = shape.tables[row, : len(own)]
        node = p.circuit.blocks[p.blocks.index(block)]
        alone = program(type(p.circuit)(node, "part"))
        z = evaluate_inner(alone, q[own], F)
        np.testing.assert_allclose(shape.columns[row], np.r_[z.real, z.imag], rtol=1e-9)


def test_every_part_has_its_shapes_once():
    shape = shapes(program(parse("LR(RQ)(RQ)(RQ)W")), OMEGA)
    assert shape.singles == 3  # L, R, W
    assert len({tuple(g) for g in shape.groups.tolist()}) == 1  # arcs share theirs
    assert len(shape.groups) == 3
    first, end = shape.groups[0]
    times = np.exp(shape.tables[first:end, 1])
    assert times.min() < 1 / OMEGA.max()
    assert times.max() > 1 / OMEGA.min()
    assert sorted(set(shape.tables[first:end, 2])) == sorted(ARC_EXPONENTS)


@pytest.mark.parametrize(
    ("text", "starts"),
    [("R", EASY_STARTS), ("R(RQ)W", EASY_STARTS), ("LR(RQ)(RC)W", HARD_STARTS), ("LR(RQ)(RQ)C", EASY_STARTS),
     ("R(RQ)(RQ)(RQ)", HARD_STARTS), ("R(RQ)Wo", HARD_STARTS), ("R([RW]Q)", HARD_STARTS)],
)  # fmt: skip
def test_parts_that_can_take_each_others_place_need_more_starts(text, starts):
    assert shapes(program(parse(text)), OMEGA).starts == starts


def test_fixed_and_bounded_parameters_are_so_in_all_shapes():
    shape = shapes(program(parse("R(RQ{n=0.9F})(RQ{n=0.7/0.65/0.75})")), OMEGA)
    fixed, bounded = ({*shape.tables[slice(*shape.groups[g]), 2].tolist()} for g in (0, 1))
    either = sorted((fixed, bounded), key=len)
    assert either[0] == {0.9}
    assert all(0.65 <= n <= 0.75 for n in either[1])


def test_shapes_are_kept_for_a_grid_and_hold_little():
    p = program(parse("R(RQ)(RQ)W"))
    one = shapes(p, OMEGA)
    assert shapes(p, OMEGA.copy()) is one
    assert shapes(p, OMEGA[::-1].copy()) is not one
    largest = max((shapes(program(parse(text)), OMEGA) for text in DRAWS), key=lambda s: s.columns.nbytes)
    assert largest.columns.nbytes < 1e6  # 64 of them are kept


# ------------------------------------------------------------------------------------------- ranking


def ranked(text, one, most=8):
    shape = shapes(program(parse(text)), OMEGA)
    weight = 1 / np.abs(one.impedance)
    x = shape.columns * np.r_[weight, weight]
    y = np.r_[one.impedance.real, one.impedance.imag] * np.r_[weight, weight]
    picked, scales = combinations(x @ x.T, x @ y, float(y @ y), shape.singles, shape.groups, most)
    return shape, x, y, picked, scales


def cost_of(x, y, columns):
    scales, *_ = np.linalg.lstsq(x[columns].T, y, rcond=None)
    return float(np.sum((y - x[columns].T @ scales) ** 2)), scales


@pytest.mark.parametrize("text", ["R(RQ)", "R(RQ)(RQ)W", "R(RQ)Wo", "R(RQ)(RQ)(RQ)"])
def test_scales_are_those_of_linear_least_squares(text):
    one = drawn(text, 1, 3)[0] if text in DRAWS else random_set(1, 3)[0]
    shape, x, y, picked, scales = ranked(text, one)
    costs = []
    for rows, found in zip(picked, scales, strict=True):
        cost, wanted = cost_of(x, y, [*range(shape.singles), *rows])
        np.testing.assert_allclose(found, wanted, rtol=1e-4)
        assert (found[shape.singles :] > 0).all()
        costs.append(cost)
    assert costs == sorted(costs)


def test_the_best_pair_of_shapes_is_the_best_of_all():
    one = random_set(1, 5)[0]
    shape, x, y, picked, _ = ranked(one.text, one)
    first, end = shape.groups[0]
    best = np.inf
    for a in range(first, end):
        for b in range(a + 1, end):
            cost, scales = cost_of(x, y, [*range(shape.singles), a, b])
            if (scales[shape.singles :] > 0).all():
                best = min(best, cost)
    assert cost_of(x, y, [*range(shape.singles), *picked[0]])[0] <= best * 1.02


def test_inner_coordinates_reproduce_the_combination():
    one = random_set(1, 3)[0]
    shape, x, y, picked, scales = ranked(one.text, one)
    p = program(parse(one.text))
    inner = inner_coordinates(
        picked, scales, shape.singles, shape.tables, shape.own, p.ohm, p.given, p.is_free, x @ x.T, y.size
    )
    compared = 0
    for rows, found, q in zip(picked, scales, inner, strict=True):
        columns = [*range(shape.singles), *rows]
        # what would be less than a thousandth of the data starts as that
        size = np.maximum(found, 1e-3 * np.sqrt(y.size / np.sum(x[columns] ** 2, axis=1)))
        z = evaluate_inner(p, q, F)
        np.testing.assert_allclose(np.r_[z.real, z.imag], size @ shape.columns[columns], rtol=1e-9)
        compared += bool((size == found).all())
    assert compared


def test_order_by_size():
    values = np.random.default_rng(0).permutation(50).astype(float)
    assert order_of(values).tolist() == np.argsort(values).tolist()
    assert order_of(np.array([])).tolist() == []


def test_many_frequencies_are_sorted_quickly_enough_to_be_fitted():
    f = np.logspace(5, 0, 2001)
    z = impedance("R(RC)", [1.0, 5.0, 1e-4], f)
    (found,) = fit_many("R(RC)", [(f, z)])
    assert found.values == pytest.approx([1.0, 5.0, 1e-4])


def test_starts_agree_on_data_without_noise():
    # what is left then is rounding: it differs from start to start and says nothing
    f = np.logspace(5, -1, 61)
    jw = 2j * np.pi * f
    z = 4 + 20 / (1 + 20 * 1e-5 * jw**0.9) + 30 / (1 + 30 * 2e-3 * jw**0.85) + 3 / np.sqrt(jw)
    found = fit_many("R(RQ)(RQ)W", [(f, z)])[0]
    assert found.starts == EASY_STARTS
    assert found.starts_agree >= 2
