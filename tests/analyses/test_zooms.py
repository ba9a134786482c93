"""Zooms of a long test: whole cycles, early, in the middle and late, not across a pause, with the record's points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.analyses._zooms import CYCLES, FEWEST, zooms
from limetal.analyses.hysteresis import hysteresis, tell
from limetal.records.cycling import CellContext, CyclingRecord


def made(count, period=2.0, pause_after=(), pause=50.0, step=0.1):
    """Starts of cycles with pauses after some of them, the end, and a record of voltage."""
    length = np.full(count, period)
    length[list(pause_after)] += pause
    edges = np.concatenate([[0.0], np.cumsum(length)])
    t = np.arange(0.0, edges[-1] + step / 2, step)
    return t, np.sin(2 * np.pi * t / period), edges[:-1], float(edges[-1])


def test_a_short_test_needs_no_zoom_and_a_longer_one_has_three():
    assert zooms(*made(FEWEST - 1)) == ()
    assert len(zooms(*made(FEWEST))) == 3


@given(st.integers(FEWEST, 400), st.floats(0.1, 50.0))
def test_zooms_are_whole_cycles_in_order_and_end_with_the_test(count, period):
    t, v, starts, end = made(count, period, step=period / 7)
    found = zooms(t, v, starts, end)
    edges = np.append(starts, end)
    first = [int(np.flatnonzero(edges == zoom.low)[0]) for zoom in found]
    assert [edges[k + CYCLES] for k in first] == [zoom.high for zoom in found]
    assert first[0] <= 0.1 * count
    assert abs(first[1] - count / 2) <= 2
    assert found[-1].high == end
    assert first == sorted(set(first))


@pytest.mark.parametrize("at", [1, 2, 3, 49, 50, 51, 98, 99])
def test_a_zoom_goes_out_of_the_way_of_a_pause(at):
    found = zooms(*made(100, pause_after=(at,)))
    assert [zoom.high - zoom.low for zoom in found] == pytest.approx([6.0, 6.0, 6.0])


def test_cycles_that_grow_longer_are_not_pauses():
    """In a ladder of currents at constant capacity the last cycles may take ten times longer than the first."""
    length = np.repeat([1.0, 10.0], 50)
    edges = np.concatenate([[0.0], np.cumsum(length)])
    t = np.arange(0.0, edges[-1], 0.05)
    found = zooms(t, np.sin(t), edges[:-1], float(edges[-1]))
    assert (found[0].high - found[0].low, found[-1].high - found[-1].low) == (3.0, 30.0)


def test_zooms_have_the_points_of_the_record_and_lose_no_spike():
    t, v, starts, end = made(100, step=0.0005)
    spike = int(np.searchsorted(t, zooms(t, v, starts, end)[1].low)) + 1234
    v[spike] = 9.0
    zoom = zooms(t, v, starts, end)[1]
    assert zoom.series[0].y.max() == 9.0
    assert zoom.series[0].x.size <= 2010
    t, v, starts, end = made(100, step=0.01)
    zoom = zooms(t, v, starts, end)[1]
    rows = (t >= zoom.low) & (t <= zoom.high)
    assert rows.sum() <= zoom.series[0].x.size <= rows.sum() + 1
    assert zoom.series[0].y[: rows.sum()].tolist() == v[rows].tolist()


@pytest.mark.parametrize("offset", [0.0, 1.0])
def test_the_picture_of_a_symmetric_cell_has_zero_in_the_middle_and_zooms(offset):
    t = np.arange(0.0, 40 * 7200.0, 60.0)
    i = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    record = CyclingRecord(t, 40 * i + offset, i, source="resistor", cell=CellContext("symmetric"))
    plot = next(plot for plot in tell(hysteresis(record)).plots if plot.name == "voltage_time")
    assert plot.y.symmetric == (offset == 0.0), "only where the voltage changes sign"
    assert [zoom.high - zoom.low for zoom in plot.insets] == pytest.approx([6.0, 6.0, 6.0], abs=0.05)
    assert plot.insets[0].low < 8.0 < 72.0 < plot.insets[-1].low
    for zoom in plot.insets:
        assert zoom.series[0].x.size == pytest.approx(360, abs=3)
        assert set(np.abs(zoom.series[0].y - offset).round(9)) == {0.04}
