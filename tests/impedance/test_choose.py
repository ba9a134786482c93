"""The right circuit is chosen, no part more than the data need, and what is not certain is said."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from limetal.errors import BadInputError
from limetal.impedance import _contest
from limetal.impedance._contest import Kind
from limetal.impedance.choose import (
    NEEDED,
    WS_TOP,
    Candidate,
    Choice,
    ChooseOptions,
    choose,
    choose_for_all,
    choose_many,
    needless,
)
from limetal.impedance.evaluate import circuit_impedance
from limetal.impedance.fit import fit
from limetal.impedance.result import FitOptions
from support.data_files import real

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

F = np.logspace(6, -1, 71)
TAILS = ("", "W", "Wo", "Ws")
KINDS = [Kind(n, tail, inductor) for n in (1, 2, 3, 4) for tail in TAILS for inductor in (False, True)]
#: Tops of the arcs in Hz, fastest first: three decades of room for the tail, all apart.
TOPS = {1: (3e3,), 2: (3e4, 3e2), 3: (1e5, 3e3, 5e1), 4: (2e5, 8e3, 3e2, 1e1)}
TAIL = {"": "", "W": "W{30}", "Wo": "Wo{60, 0.6}", "Ws": "Ws{60, 0.8}", "Q": "Q{5e-3, 0.8}", "C": "C{8e-3}"}
OHM = (20.0, 50.0, 30.0, 40.0)


def truth(kind: Kind) -> str:
    """A circuit with values in which every part is seen."""
    arcs = [
        f"(R{{{r}}}Q{{{(2 * math.pi * top) ** -n / r:.12g}, {n}}})"
        for r, top, n in zip(OHM, TOPS[kind.arcs], (0.9, 0.95, 0.88, 0.92), strict=False)
    ]
    return f"R{{10}}{''.join(arcs)}{TAIL[kind.tail]}{'L{5e-6}' if kind.inductor else ''}"


def noisy(z: Complexes, noise: float, seed: int) -> Complexes:
    """Independent normal noise of Re and Im, a part of abs(Z)."""
    rng = np.random.default_rng(seed)
    return z + noise * np.abs(z) * (rng.standard_normal(z.size) + 1j * rng.standard_normal(z.size))


def made(kind: Kind, noise: float = 2e-3, seed: int = 1) -> Complexes:
    return noisy(circuit_impedance(truth(kind), F), noise, seed)


@pytest.mark.parametrize("kind", [k for k in KINDS if k.arcs <= 2], ids=lambda kind: kind.text)
def test_the_true_circuit_is_chosen(kind: Kind) -> None:
    choice = choose(F, made(kind))
    assert choice.ranking[0].text == kind.text
    assert not choice.undecided
    assert choice.best.reduced_chi_squared**0.5 == pytest.approx(2e-3, rel=0.25)


@pytest.mark.slow
def test_the_true_circuit_is_chosen_from_all_kinds_at_all_noise_levels() -> None:
    """Of 64 spectra at 0.1 and 1 % noise; arcs are at least a decade apart, all parts are seen."""
    right = more = 0
    for i, kind in enumerate(KINDS):
        for noise in (1e-3, 1e-2):
            found = choose(F, made(kind, noise, seed=100 + i)).ranking[0].text
            right += found == kind.text
            more += found.count("(RQ)") > kind.arcs
    assert right >= 0.9 * 2 * len(KINDS)
    assert more <= 0.03 * 2 * len(KINDS)


def test_no_part_is_claimed_that_is_not_there() -> None:
    """An arc, an inductor and a tail each lower the cost by chance; of 24 spectra none may gain one."""
    z = circuit_impedance(truth(Kind(1, "", False)), F)
    options = ChooseOptions(arcs=(1, 2))
    found = [choose(F, noisy(z, 1e-2, seed), options).ranking[0].text for seed in range(24)]
    assert set(found) == {"R(RQ)"}


@pytest.mark.parametrize("tail", ["Q", "C"])
def test_a_blocking_end_is_found_where_it_is_offered(tail: str) -> None:
    kind = Kind(1, tail, False)
    assert choose(F, made(kind), ChooseOptions(tails=("", "W", "C", "Q"))).ranking[0].text == kind.text
    assert choose(F, made(kind), ChooseOptions(tails=("", "W"))).ranking[0].text != kind.text


def test_a_tail_of_several_parts_and_one_of_any_kind() -> None:
    z = noisy(circuit_impedance("R{5}(R{20}Q{1e-5, 0.9})G{40, 0.5}", F), 1e-3, 3)
    options = ChooseOptions(arcs=(1, 2), tails=("", "G", "WC"))
    ranking = choose(F, z, options).ranking
    assert ranking[0].text == "R(RQ)G"
    assert all(math.isfinite(c.aicc) for c in ranking)


# ------------------------------------------------------------------------------------------------ what contains what


@pytest.mark.parametrize(
    ("larger", "smaller", "values"),
    [
        (Kind(2, "", False), Kind(1, "", False), "R{10}(R{20}Q{1e-4, 0.9})"),
        (Kind(1, "", True), Kind(1, "", False), "R{10}(R{20}Q{1e-4, 0.9})"),
        (Kind(1, "W", False), Kind(1, "", False), "R{10}(R{20}Q{1e-4, 0.9})"),
        (Kind(1, "Ws", False), Kind(1, "W", False), "R{10}(R{20}Q{1e-4, 0.9})W{8}"),
        (Kind(1, "Wo", False), Kind(1, "W", False), "R{10}(R{20}Q{1e-4, 0.9})W{8}"),
        (Kind(1, "Wo", False), Kind(1, "C", False), "R{10}(R{20}Q{1e-4, 0.9})C{0.05}"),
        (Kind(1, "Q", False), Kind(1, "W", False), "R{10}(R{20}Q{1e-4, 0.9})W{8}"),
        (Kind(1, "Q", False), Kind(1, "C", False), "R{10}(R{20}Q{1e-4, 0.9})C{0.05}"),
        (Kind(2, "", False), Kind(1, "W", False), "R{10}(R{20}Q{1e-4, 0.9})W{8}"),
        (Kind(2, "", False), Kind(1, "Q", False), "R{10}(R{20}Q{1e-4, 0.9})Q{0.05, 0.7}"),
        (Kind(2, "", False), Kind(1, "C", False), "R{10}(R{20}Q{1e-4, 0.9})C{0.05}"),
    ],
)
def test_what_contains_another_circuit_describes_its_spectra(larger: Kind, smaller: Kind, values: str) -> None:
    assert larger.contains(smaller)
    assert not smaller.contains(larger)
    found = fit(larger.text, F, circuit_impedance(values, F), FitOptions(starts=8))
    assert (found.cost / (2 * F.size)) ** 0.5 < 3e-4


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        (Kind(1, "Ws", False), Kind(1, "C", False), "R{10}(R{20}Q{1e-4, 0.9})C{0.05}"),
        (Kind(1, "W", False), Kind(1, "Ws", False), "R{10}(R{20}Q{1e-4, 0.9})Ws{40, 0.5}"),
        (Kind(2, "", False), Kind(1, "Ws", False), "R{10}(R{20}Q{1e-4, 0.9})Ws{40, 0.5}"),
        (Kind(3, "W", False), Kind(1, "", True), "R{10}(R{20}Q{1e-4, 0.9})L{1e-5}"),
    ],
)
def test_what_does_not_contain_another_circuit_does_not_describe_it(one: Kind, other: Kind, values: str) -> None:
    assert not one.contains(other)
    found = fit(one.text, F, circuit_impedance(values, F), FitOptions(starts=8))
    assert (found.cost / (2 * F.size)) ** 0.5 > 1e-3


EVERY = [Kind(n, tail, inductor) for n in (0, 1, 2, 3) for tail in (*TAILS, "Q", "C") for inductor in (False, True)]


def test_containing_is_an_order() -> None:
    for a in EVERY:
        assert not a.contains(a)
        inside = [b for b in EVERY if a.contains(b)]
        for b in inside:
            assert not b.contains(a)
            assert a.parts_beyond(b) >= 1
            assert all(a.contains(c) for c in EVERY if b.contains(c)), (a.text, b.text)


@given(st.lists(st.floats(-500, 500), min_size=len(KINDS), max_size=len(KINDS)), st.floats(-1e3, 1e3))
def test_something_is_always_left_and_not_far_above_the_lowest(values: list[float], shift: float) -> None:
    aicc = dict(zip(KINDS, values, strict=True))
    behind = needless(aicc)
    left = [kind for kind in KINDS if kind not in behind]
    lowest = min(aicc, key=lambda kind: aicc[kind])
    best = min(left, key=lambda kind: aicc[kind])
    parts = lowest.arcs + bool(lowest.tail) + lowest.inductor + 1
    assert aicc[best] < aicc[lowest] + NEEDED * parts + 1e-6
    for kind, simpler in behind.items():
        assert kind.contains(simpler)
        assert aicc[simpler] < aicc[kind] + NEEDED * kind.parts_beyond(simpler)
    moved = needless({kind: round(value, 3) + round(shift) for kind, value in aicc.items()})
    assert moved.keys() == needless({kind: round(value, 3) for kind, value in aicc.items()}).keys()


def test_ten_for_each_part() -> None:
    one, two, three = Kind(1, "", False), Kind(2, "", False), Kind(3, "", False)
    assert needless({one: 9.9, two: 0.0}) == {two: one}
    assert needless({one: 10.1, two: 0.0}) == {}
    assert needless({one: 19.9, three: 0.0}) == {three: one}
    assert needless({one: 20.1, three: 0.0}) == {}
    assert needless({one: 9.9, two: 0.0}, {one}) == {}


# ------------------------------------------------------------------------------------------------ what is said


def test_ranking_differences_and_weights() -> None:
    choice = choose(F, made(Kind(2, "W", False), 1e-2))
    standing = [c for c in choice.ranking if not c.behind]
    assert choice.ranking[: len(standing)] == tuple(standing)
    assert standing == sorted(standing, key=lambda c: c.aicc)
    assert choice.ranking[0].delta == 0
    for c in choice.ranking:
        assert c.delta == pytest.approx(c.aicc - choice.ranking[0].aicc)
    assert sum(c.weight for c in choice.ranking) == pytest.approx(1)
    a, b = choice.ranking[:2]
    assert a.weight / b.weight == pytest.approx(math.exp(0.5 * (b.aicc - a.aicc)))
    assert choice.best is choice.ranking[0].fit
    assert choice.best.aicc == pytest.approx(choice.ranking[0].aicc)
    assert choice.runner_up is choice.ranking[1]


@pytest.fixture(scope="module")
def a_choice() -> Choice:
    return choose(F, made(Kind(1, "W", False)), ChooseOptions(arcs=(1,), inductor=(False,)))


def test_undecided_up_to_two(a_choice: Choice) -> None:
    first = a_choice.ranking[0]
    near = replace(first, aicc=first.aicc + 2, delta=2.0)
    assert Choice((first, near)).undecided
    assert not Choice((first, replace(near, delta=2.1))).undecided
    assert not Choice((first, replace(near, behind="R does as well"))).undecided
    assert Choice((first,)).runner_up is None
    assert not Choice((first,)).undecided


def test_the_runner_up_of_a_circuit_that_cannot_be_told_is_near() -> None:
    """The knee of the Wo lies where the measurement ends: with 1 % noise W, Wo and Ws are one."""
    z = noisy(circuit_impedance("R{10}(R{20}Q{1e-4, 0.9})Wo{30, 10}", F), 1e-2, 4)
    assert choose(F, z).ranking[0].text == "R(RQ)W"
    sure = noisy(circuit_impedance("R{10}(R{20}Q{1e-4, 0.9})Wo{30, 0.5}", F), 1e-2, 4)
    assert choose(F, sure).ranking[0].text == "R(RQ)Wo"


def test_a_circuit_that_leaves_more_than_noise_is_noted() -> None:
    z = made(Kind(2, "", False))
    few = choose(F, z, ChooseOptions(arcs=(1,), tails=("",), inductor=(False,)))
    assert any("times the noise" in note for note in few.notes)
    assert not any("times the noise" in note for note in choose(F, z).notes)


def test_a_sign_of_a_further_part_is_noted() -> None:
    """An inductance that lowers AICc by less than ten."""
    z = noisy(circuit_impedance("R{10}(R{20}Q{1e-4, 0.9})L{1.7e-8}", F), 5e-3, 2)
    options = ChooseOptions(arcs=(1,), tails=("",))
    choice = choose(F, z, options)
    lower = choice.ranking[1]
    assert (choice.ranking[0].text, lower.text) == ("R(RQ)", "R(RQ)L")
    assert -10 < lower.delta < -4
    assert any("a sign of a further part" in note for note in choice.notes)
    assert "R(RQ) does as well" in lower.behind
    without = noisy(circuit_impedance("R{10}(R{20}Q{1e-4, 0.9})", F), 5e-3, 2)
    assert not choose(F, without, options).notes


def test_top_of_a_ws() -> None:
    def height(x: float) -> float:
        root = np.sqrt(1j * x)
        return float((np.tanh(root) / root).imag)

    assert minimize_scalar(height, bounds=(1, 5), method="bounded").x == pytest.approx(WS_TOP, rel=1e-3)


def test_a_ws_in_the_place_of_a_fast_arc_is_no_tail() -> None:
    z = noisy(circuit_impedance("R{10}(R{40}Q{2e-3, 0.95})Ws{20, 2e-5}", F), 2e-3, 5)
    ranking = choose(F, z).ranking
    assert "faster than every arc" in next(c for c in ranking if c.text == "R(RQ)Ws").behind
    assert "Ws" not in ranking[0].text
    (note,) = choose(F, z).notes  # its AICc is the lowest, and the reason is its own
    assert note.startswith("R(RQ)Ws has an AICc lower by")
    assert note.endswith("faster than every arc: an arc, not a tail")
    slow = choose(F, made(Kind(1, "Ws", False))).ranking
    assert slow[0].text == "R(RQ)Ws"


# ------------------------------------------------------------------------------------------------ the search


SOME = [Kind(1, "", False), Kind(2, "W", False), Kind(2, "", True), Kind(2, "Ws", False), Kind(3, "", False)]


@pytest.mark.parametrize("kind", SOME, ids=lambda kind: kind.text)
def test_circuits_that_are_not_entered_would_not_win(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    z = made(kind, 5e-3, seed=7)
    pruned = choose(F, z).ranking
    monkeypatch.setattr(_contest, "_WORTH", -1.0)
    everything = choose(F, z).ranking
    assert len(pruned) < len(everything) == len(KINDS)
    assert pruned[0].text == everything[0].text
    assert pruned[0].aicc == pytest.approx(everything[0].aicc, abs=1e-3)


def test_no_fit_is_worse_than_that_of_fit() -> None:
    z = made(Kind(2, "Wo", True), 3e-3, seed=9)
    for c in choose(F, z).ranking:
        if c.delta < 12:
            assert c.fit.cost <= fit(c.text, F, z).cost * (1 + 1e-3), c.text


def test_a_larger_circuit_frees_a_smaller_one() -> None:
    """Here `fit` alone may end where the Wo does the work of an arc: a spectrum over eight decades, arcs far apart."""
    f = np.logspace(6.2, -1.8, 50)
    text = "R{2.4}(R{3.98}Q{1.6e-7, 0.96})(R{2.6}Q{5.7e-4, 0.74})(R{12.6}Q{3e-4, 0.78})Wo{8, 0.7}L{7e-8}"
    z = noisy(circuit_impedance(text, f), 2.4e-3, 3)
    best = next(c for c in choose(f, z).ranking if c.text == "R(RQ)(RQ)(RQ)WoL")
    from_truth = fit(text, f, z)
    assert best.fit.cost <= from_truth.cost * (1 + 1e-3)


def test_weights_that_are_measured_or_of_one() -> None:
    z = made(Kind(1, "W", False))
    few = ChooseOptions(arcs=(1, 2))
    for weighting in ("measured", "unit"):
        options = replace(few, fit=FitOptions(weighting=weighting))
        assert choose(F, z, options).ranking[0].text in {"R(RQ)W"} | ({"R(RQ)(RQ)"} if weighting == "unit" else set())
    std = 2e-3 * np.abs(z)
    measured = replace(few, fit=FitOptions(weighting="measured"))
    assert choose(F, z, measured, std_ohm=std).best.reduced_chi_squared == pytest.approx(1, abs=0.3)


def test_order_of_points_and_units_do_not_matter() -> None:
    z = made(Kind(2, "W", False))
    before = z.copy()
    a, b = choose(F, z), choose(F[::-1], 1e3 * z[::-1])
    assert a.ranking[0].text == b.ranking[0].text
    assert b.best.values[0] == pytest.approx(1e3 * a.best.values[0], rel=1e-5)
    assert np.array_equal(z, before)


def test_many_and_one_for_all() -> None:
    few = ChooseOptions(arcs=(1, 2), tails=("", "W"), inductor=(False,))
    spectra = [(F, made(Kind(2, "W", False), seed=s)) for s in (1, 2)]
    assert [c.ranking[0].text for c in choose_many(spectra, few)] == ["R(RQ)(RQ)W"] * 2
    every = choose_for_all([*spectra, (F, made(Kind(1, "", False)))], few)
    assert every[0] == ("R(RQ)(RQ)W", 0.0)
    assert {text for text, _ in every} == {"R(RQ)", "R(RQ)W", "R(RQ)(RQ)", "R(RQ)(RQ)W"}
    assert choose_for_all([(F, made(Kind(1, "", False)))] * 2, few)[0][0] == "R(RQ)"


# ------------------------------------------------------------------------------------------------ bad input, real files


@pytest.mark.parametrize("bad", [{"arcs": ()}, {"arcs": (-1, 2)}, {"tails": ()}, {"inductor": ()}])
def test_options_without_a_circuit_are_refused(bad: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(BadInputError, match="ChooseOptions"):
        ChooseOptions(**bad)  # type: ignore[arg-type]


def test_too_few_points_are_refused_and_one_more_circuit_is_not() -> None:
    z = circuit_impedance("R{10}(R{20}C{1e-3})", F)
    with pytest.raises(BadInputError, match="points"):
        choose(F[30:32], z[30:32])
    few = noisy(circuit_impedance("R{10}(R{20}C{1e-3})", F), 1e-3, 1)[30:60:5]
    assert {c.text for c in choose(F[30:60:5], few).ranking} <= {
        "R(RQ)",
        "R(RQ)L",
        "R(RQ)W",
        "R(RQ)WL",
        "R(RQ)Wo",
        "R(RQ)Ws",
    }


def test_a_candidate_is_described_when_asked_for(a_choice: Choice) -> None:
    candidate: Candidate = a_choice.ranking[-1]
    assert candidate.fit is candidate.fit
    assert candidate.fit.circuit.text == candidate.text


def test_spectra_around_a_published_table() -> None:
    data = np.load(real("eis/synthetic_table_s1.npz"))
    found = [choose(data["f"], z).ranking[0].text for z in data["Z"][::17]]
    assert found.count("R(RQ)(RQ)W") >= len(found) - 1
