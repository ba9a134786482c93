"""The written report: self-contained, escaped, the same bytes again, units on axes, nothing half-written."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.claims import Verdict
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.ledger import Entry, Ledger
from limetal.quantities import QUANTITIES
from limetal.report import STYLES, Content, Section, write_report
from limetal.report.figures import axis_label, draw, svg
from limetal.report.files import MANIFEST
from limetal.report.wording import number_text


def line_plot(name="line", **changes):
    x = np.linspace(0, 10, 50)
    fields = {
        "name": name, "title": "Voltage", "x": Axis("time", "h"), "y": Axis("cell voltage", "mV", factor=1e3),
        "series": (Series(x, np.sin(x), "a"), Series(x, np.cos(x), "b", "points")), "caption": "Two lines.",
    }  # fmt: skip
    return Plot(**(fields | changes))


def content(title="A <b>study</b> & more", plots=None, **changes):
    entries = (
        Entry("electrodes.a", "thickness", 50.0, None, "stated", "study.toml:3"),
        Entry("tests.t", "hysteresis_mean", 0.19, 0.002, "measured", "cell.csv", "<script>alert(1)</script>"),
        Entry("electrodes.b", "free_lithium_capacity", "unknown", None, "derived", "recipe"),
    )
    verdict = Verdict("density closure", "disagrees", ("q",), 1.06, 0.9, 0.01, "g/cm3", "too <dense>")
    plots = plots if plots is not None else (line_plot(),)
    table = Table("numbers", {"cycle": ("1", [1, 2]), "voltage": ("V", [0.1, 0.2]), "word": ("", ["x", "y"])})
    fields = {
        "name": "made", "title": title, "description": "", "ledger": Ledger(entries), "verdicts": (verdict,),
        "counts": {"agrees": 0, "disagrees": 1, "cannot tell": 0, "not reached": 0},
        "sections": (Section("tests.t", "Test t", "words", plots, (table,)),), "warnings": ("careful",),
        "not_computed": (("x", "because"),), "software": {"limetal": "0"},
    }  # fmt: skip
    return Content(**(fields | changes))


class Tags(HTMLParser):
    """Collect tags and attributes."""

    def __init__(self):
        super().__init__()
        self.tags, self.links, self.ids, self.stack = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [v for k, v in found.items() if k in {"src", "href", "xlink:href", "srcset", "action"}]


def parse(folder):
    parser = Tags()
    parser.feed((folder / "report.html").read_text(encoding="utf-8"))
    return parser


def test_page_needs_nothing_from_outside_and_runs_no_script(tmp_path):
    out = write_report(content(plots=(line_plot("one"), line_plot("two"))), tmp_path / "out")
    page = parse(out)
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert all(link.startswith("#") for link in page.links)
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    assert 'name="viewport"' in text
    assert "@media print" in text


def test_no_id_occurs_twice(tmp_path):
    page = parse(write_report(content(plots=(line_plot("one"), line_plot("two"))), tmp_path / "out"))
    assert len(page.ids) == len(set(page.ids))


def test_pictures_of_one_name_have_files_and_ids_of_their_own(tmp_path):
    """Several records of a file, and names that differ only by what no file name may have."""
    plots = (line_plot("nyquist"),)
    keys = ("", "", "tests.a b", "tests.a/b", "tests.A-B", "tests.c")
    out = write_report(content(sections=tuple(Section(key, key, "", plots) for key in keys)), tmp_path / "out")
    names = {p.stem for p in (out / "figures").iterdir()}
    assert names == {
        "nyquist", "nyquist_2", "tests.a-b.nyquist", "tests.a-b.nyquist_2", "tests.A-B.nyquist_3", "tests.c.nyquist",
    }  # fmt: skip
    page = parse(out)
    assert len(page.ids) == len(set(page.ids))
    text = (out / "report.html").read_text(encoding="utf-8")
    assert all(text.count(f"(figures/{name}.svg; data: tables/figures/{name}.csv)") == 1 for name in names)
    targets = set(re.findall(r"url\(#([^)]*)\)", text)) | {link[1:] for link in page.links}
    assert targets <= set(page.ids)


def test_text_of_a_user_is_escaped(tmp_path):
    text = (write_report(content(), tmp_path / "out") / "report.html").read_text(encoding="utf-8")
    assert "<b>study</b>" not in text
    assert "A &lt;b&gt;study&lt;/b&gt; &amp; more" in text
    assert "<script>" not in text


def test_verdicts_stand_before_pictures_and_ledger(tmp_path):
    text = (write_report(content(), tmp_path / "out") / "report.html").read_text(encoding="utf-8")
    assert text.index('id="verdicts"') < text.index("<svg") < text.index('id="ledger"')
    assert 'class="origin measured"' in text
    assert 'class="origin stated"' in text


def test_the_same_content_gives_the_same_bytes(tmp_path):
    one, two = (write_report(content(), tmp_path / name) for name in ("one", "two"))
    for path in one.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()


def test_files_that_are_promised(tmp_path):
    out = write_report(content(), tmp_path / "out")
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()) == [
        MANIFEST, "figures/tests.t.line.svg", "report.html", "results.json", "tables/figures/tests.t.line.csv",
        "tables/ledger.csv", "tables/tests.t.numbers.csv", "tables/verdicts.csv",
    ]  # fmt: skip
    data = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert list(data) == ["schema", "ledger", "verdicts", "warnings", "not_computed", "software"]
    assert data["schema"] == "limetal/1"
    assert data["not_computed"] == [{"what": "x", "why": "because"}]
    entry = ["subject", "quantity", "value", "std", "unit", "origin", "source", "note"]
    assert all(list(e) == entry for e in data["ledger"])
    verdict = ["relation", "verdict", "claims", "stated", "computed", "std", "unit", "explanation"]
    assert all(list(v) == verdict for v in data["verdicts"])


def test_a_later_report_replaces_ours_and_keeps_yours(tmp_path):
    out = write_report(content(plots=(line_plot("old"),)), tmp_path / "out")
    (out / "notes.txt").write_text("mine")
    (out / "tables" / "mine.csv").write_text("mine")
    write_report(content(plots=(line_plot("new"),)), out)
    assert not (out / "figures" / "tests.t.old.svg").exists()
    assert (out / "figures" / "tests.t.new.svg").exists()
    assert (out / "notes.txt").read_text() == (out / "tables" / "mine.csv").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_file_of_yours_is_never_overwritten(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("mine")
    with pytest.raises(BadInputError, match=r"report\.html: found a file that is not from an earlier report"):
        write_report(content(), out)
    assert (out / "report.html").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_the_old_report(tmp_path, monkeypatch):
    out = write_report(content(), tmp_path / "out")
    before = (out / "report.html").read_bytes()

    (out / "notes.txt").write_text("mine")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", fail)
    with pytest.raises(BadInputError, match="No space left"):
        write_report(content(title="other"), out)
    assert (out / "report.html").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_out_must_be_a_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInputError, match="found a file, want a folder"):
        write_report(content(), tmp_path / "file")


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda s: s.name)
def test_figures_have_the_size_of_their_style_and_units_on_both_axes(style):
    picture = svg(line_plot(), style)
    width, height = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', picture).groups()
    assert float(width) == pytest.approx(style.width_mm / 25.4 * 72, rel=1e-3)
    assert float(height) == pytest.approx(style.height_mm / 25.4 * 72, rel=1e-3)
    assert "time (h)" in picture
    assert "cell voltage (mV)" in picture
    assert "<text" in picture  # letters stay text
    assert "<dc:date>" not in picture


def test_the_axis_shows_the_data_in_its_unit():
    """1 V of data on an axis of millivolts stands at 1000."""
    x = np.array([0.0, 1.0])
    axes = draw(line_plot(series=(Series(x, np.array([0.0, 1.0])),)), STYLES["double"]).axes[0]
    assert axes.lines[0].get_ydata().tolist() == [0.0, 1000.0]


def test_widths_of_the_journal_styles():
    assert (STYLES["single"].width_mm, STYLES["double"].width_mm) == (85.0, 180.0)


def test_every_unit_but_one_shows_on_an_axis():
    for quantity in QUANTITIES.values():
        label = axis_label(Axis("x", quantity.unit))
        assert ("(" in label) == (quantity.unit != "1")


def test_bars_carry_the_names_of_their_categories():
    x = np.arange(2.0)
    bars = line_plot(
        series=(Series(x, x + 1, "Li", "bars"), Series(x, x, "Zn", "bars")), categories=("foil A", "foil B")
    )
    picture = svg(bars)
    assert "foil A" in picture
    assert "foil B" in picture


def test_a_spike_reaches_the_picture():
    from limetal.analyses._decimate import min_max

    y = np.zeros(500_000)
    y[123_456] = 0.4
    x, low = min_max(np.arange(500_000.0), y)
    assert x.size < 2100
    assert low.max() == 0.4
    assert np.all(np.diff(x) > 0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300))
def test_decimation_keeps_the_extremes(values):
    from limetal.analyses._decimate import min_max

    y = np.array(values)
    x, kept = min_max(np.arange(float(y.size)), y, most=20)
    assert (kept.min(), kept.max()) == (y.min(), y.max())
    assert (x[0], x[-1]) == (0.0, y.size - 1)


@pytest.mark.parametrize(
    ("value", "std", "text"),
    [(1.0, None, "1"), (0.123456, None, "0.12346"), (123456.0, None, "123456"), (1.3e6, None, "1300000"),
     (2.5e8, None, "2.5e+08"), (8.0, 0.5, "8.00 ± 0.50"), (1234.0, 56.0, "1234 ± 56"), ("unknown", None, "unknown"),
     (0.00812, 0.00013, "0.00812 ± 0.00013")],
)  # fmt: skip
def test_numbers_for_people(value, std, text):
    assert number_text(value, std) == text
