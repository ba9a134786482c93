"""Arcs are named by the user or by the printed rule, and else not at all, with the reason."""

from __future__ import annotations

import math

import numpy as np
import pytest

from limetal.impedance.evaluate import circuit_impedance
from limetal.impedance.fit import fit
from limetal.impedance.labels import OWN, RULE, label_arcs

F = np.logspace(6.5, -2.5, 91)


def two(fast_hertz: float, slow_hertz: float, rest: str = "") -> str:
    """R and two arcs R beside C with their tops there, and what else stands in series."""
    arcs = "".join(f"(R{{{r}}}C{{{1 / (2 * math.pi * f * r):.12g}}})" for r, f in ((20, fast_hertz), (30, slow_hertz)))
    return f"R{{5}}{arcs}{rest}"


def labels(values: str, circuit: str):
    rng = np.random.default_rng(1)
    z = circuit_impedance(values, F)
    return label_arcs(fit(circuit, F, z * (1 + 1e-3 * rng.standard_normal(F.size))))


@pytest.mark.parametrize(("fast", "slow"), [(310, 50), (290e3, 2.9e3), (1e4, 0.31), (1e3, 320)])
def test_two_arcs_in_range(fast: float, slow: float) -> None:
    found = labels(two(fast, slow), "R(RC)(RC)")
    assert found.labels == {"R1": "SEI", "R2": "ct"}
    assert (found.rule, found.reason) == (RULE, "")


@pytest.mark.parametrize(
    ("fast", "slow", "word"),
    [(290, 50, "faster"), (310e3, 1e3, "faster"), (1e4, 0.29, "slower"), (290e3, 3.1e3, "slower"), (1e3, 345, "three")],
)
def test_two_arcs_out_of_range(fast: float, slow: float, word: str) -> None:
    found = labels(two(fast, slow), "R(RC)(RC)")
    assert not found.labels
    assert word in found.reason
    assert found.rule == ""


@pytest.mark.parametrize("rest", ["W", "Ws", "Wo", "L"])
def test_diffusion_and_inductance_beside_the_arcs(rest: str) -> None:
    value = {"W": "W{3}", "Ws": "Ws{30, 8}", "Wo": "Wo{30, 8}", "L": "L{5e-6}"}[rest]
    assert labels(two(1e4, 1e2, value), f"R(RC)(RC){rest}").labels == {"R1": "SEI", "R2": "ct"}


def test_a_blocking_end_or_another_number_of_arcs() -> None:
    assert "more in series" in labels(two(1e4, 1e2, "C{0.01}"), "R(RC)(RC)C").reason
    assert labels(two(1e4, 1e2), "R(RC)").reason.startswith(("one arc", "not identified"))
    three = two(1e4, 1e2, "(R{20}C{0.01})")
    assert labels(three, "R(RC)(RC)(RC)").reason == "3 arcs, the rule names two"


def test_arcs_that_are_not_identified_have_no_name() -> None:
    """One arc fitted by two."""
    found = labels("R{5}(R{20}C{1e-5})", "R(RC)(RC)")
    assert not found.labels
    assert "not identified" in found.reason


def test_labels_of_the_circuit_win() -> None:
    values = two(1e4, 1e2)
    found = labels(values, "R(R{:film}C)(R{:ct}C)")
    assert found.labels == {"R1": "film", "R2": "ct"}
    assert found.rule == OWN
    assert labels(values, "R(RC{:SEI})(RC)").labels == {"R1": "SEI"}
    assert labels(values, "R{:bulk}(RC)(RC)").labels == {"R0": "bulk"}
