"""Words find free places: never on each other, never outside, and on a curve only if they must stand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limetal.report.labels import LINE_HEIGHT, Box, Wish, place, rows_of, text_width

FRAME = Box(0.0, 0.0, 200.0, 150.0)
NOTHING = np.empty((0, 2))
FONT = 8.0
PLACES = st.tuples(st.floats(0, 200), st.floats(0, 150))


def box_of(text, where):
    half, high = text_width(text, FONT) / 2, LINE_HEIGHT * FONT / 2
    return Box(where[0] - half, where[1] - high, where[0] + half, where[1] + high)


@given(st.lists(PLACES, max_size=12), st.lists(PLACES, max_size=40))
def test_words_lie_neither_on_each_other_nor_on_a_curve_nor_outside(anchors, curve):
    wishes = [Wish(f"{number} kHz", anchor) for number, anchor in enumerate(anchors)]
    obstacles = np.array(curve).reshape(-1, 2)
    found = place(wishes, obstacles, FRAME, FONT)
    boxes = [box_of(wish.text, where) for wish, where in zip(wishes, found, strict=True) if where]
    for index, box in enumerate(boxes):
        assert box.inside(FRAME)
        assert box.holds(obstacles) == 0
        assert box.holds(np.array(anchors)) == 0
        assert not any(box.touches(other) for other in boxes[index + 1 :])


@given(PLACES)
def test_words_alone_in_a_frame_find_a_place_close_by_without_a_leader(anchor):
    (where,) = place([Wish("10 Hz", anchor)], NOTHING, FRAME, FONT)
    assert where is not None
    assert np.hypot(where[0] - anchor[0], where[1] - anchor[1]) < text_width("10 Hz", FONT) + 2 * FONT
    assert not where[2]


def test_the_first_wish_gets_the_best_place():
    first, second = place([Wish("one", (100.0, 75.0)), Wish("two", (100.0, 75.0))], NOTHING, FRAME, FONT)
    assert first[0] == 100.0
    assert first[1] > 75.0
    assert second[:2] != first[:2]


def test_words_that_must_stand_cover_a_curve_and_others_vanish():
    everywhere = np.stack(np.meshgrid(np.arange(0.0, 200.0, 3.0), np.arange(0.0, 150.0, 3.0)), axis=-1).reshape(-1, 2)
    wish = Wish("limit", (100.0, 75.0), ((100.0, 80.0), (50.0, 80.0)))
    assert place([wish], everywhere, FRAME, FONT) == [None]
    needed = Wish("limit", (100.0, 75.0), wish.centres, needed=True)
    assert place([needed], everywhere, FRAME, FONT) == [(100.0, 80.0, False)]
    half_free = everywhere[everywhere[:, 0] > 80.0]
    assert place([needed], half_free, FRAME, FONT) == [(50.0, 80.0, False)]


def test_far_words_have_a_leader_that_crosses_no_words():
    ring = 12.0 * np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 6.28, 60)]) + [100.0, 75.0]
    (where,) = place([Wish("1 Hz", (100.0, 75.0))], ring, FRAME, FONT)
    assert where[2]


@given(st.lists(st.tuples(st.text("abc ", min_size=1, max_size=20), st.floats(0, 200)), min_size=1, max_size=8))
def test_words_above_a_picture_stay_inside_and_apart(items):
    texts, centres = zip(*items, strict=True)
    rows = rows_of(texts, centres, (0.0, 200.0), FONT)
    spans = [
        (row, centre - text_width(t, FONT) / 2, centre + text_width(t, FONT) / 2)
        for t, (centre, row) in zip(texts, rows, strict=True)
    ]
    for index, (row, left, right) in enumerate(spans):
        assert left >= -1e-9
        assert right <= 200.0 + 1e-9
        for other, start, end in spans[index + 1 :]:
            assert row != other or right <= start or end <= left
    assert {row for row, _, _ in spans} == set(range(max(row for row, _, _ in spans) + 1))


def test_words_that_fit_side_by_side_share_the_first_row():
    assert rows_of(["a", "b"], [20.0, 150.0], (0.0, 200.0), FONT) == [(20.0, 0), (150.0, 0)]
