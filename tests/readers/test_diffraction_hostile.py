"""Archives and XML made to hurt: refused in a sentence, quickly, and without much memory."""

import time
import zipfile

import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.samples import bruker_brml as brml
from support.samples import rigaku_rasx as rasx
from support.samples import xrdml
from support.samples.patterns import COUNTS, TWO_THETA_DEG

LAUGHS = "<!DOCTYPE a [<!ENTITY b0 'ha'>" + "".join(
    f"<!ENTITY b{i + 1} '&b{i};&b{i};&b{i};&b{i};&b{i};&b{i};&b{i};&b{i};'>" for i in range(12)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
FLOOD = "<a/>" * 3_000_000
DEEP = "<a>" * 400_000


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in members.items():
            written.writestr(name, text)
    return path


def refused(file, message):
    begin = time.perf_counter()
    with pytest.raises(BadInputError, match=message) as caught:
        readers.read_all(file)
    assert time.perf_counter() - begin < 10
    assert str(file) in caught.value.where


@pytest.mark.parametrize("evil", [LAUGHS, OUTSIDE])
def test_entities_are_refused_everywhere(evil, tmp_path):
    text = xrdml.document("2.1", xrdml.scan("<counts>&b12;&x;</counts>", xrdml.GONIO))
    file = tmp_path / "a.xrdml"
    file.write_text(text.replace('encoding="UTF-8"?>', f'encoding="UTF-8"?>{evil}'))
    refused(file, "without entities")
    conditions = rasx.conditions().replace('encoding="utf-8"?>', f'encoding="utf-8"?>{evil}')
    refused(rasx.write(tmp_path, (rasx.profile(TWO_THETA_DEG, COUNTS), conditions)), "without entities")
    raw = brml.raw_data(brml.full()).replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{evil}')
    refused(brml.write(tmp_path, raw), "without entities")


def test_millions_of_tags_are_refused(tmp_path):
    file = tmp_path / "a.xrdml"
    file.write_text(f"<xrdMeasurements>{FLOOD}</xrdMeasurements>")
    refused(file, "millions of tags")
    refused(
        archive(tmp_path / "a.brml", {"Experiment0/RawData0.xml": f"<RawData>{FLOOD}</RawData>"}), "millions of tags"
    )
    held = {"Data0/Profile0.txt": "10 5\n11 6\n", "Data0/MesurementConditions0.xml": f"<C>{FLOOD}</C>"}
    refused(archive(tmp_path / "a.rasx", held), "at most 8388608")


def test_deep_nesting_is_no_crash(tmp_path):
    file = tmp_path / "a.xrdml"
    file.write_text(f"<xrdMeasurements>{DEEP}{DEEP.replace('<', '</')}</xrdMeasurements>")
    refused(file, "no scan")
    file = archive(tmp_path / "a.brml", {"Experiment0/RawData0.xml": f"<RawData>{DEEP}"})
    refused(file, "cut or garbled")


@pytest.mark.parametrize("name", ["Experiment0/RawData0.xml", "Data0/Profile0.txt"])
def test_bombs_are_refused_before_they_unpack(name, tmp_path):
    file = archive(tmp_path / "bomb.zip", {name: "0" * 60_000_000})
    refused(file, "an honest archive")


def test_many_scans_are_refused(tmp_path):
    file = archive(tmp_path / "a.rasx", {f"Data{i}/Profile{i}.txt": "1 2" for i in range(5001)})
    refused(file, "5001 scans")


def test_a_run_that_a_file_names_itself_is_none(tmp_path):
    text = brml.raw_data([]).replace(
        "<DataViews>", '<DatumRun at="99"/><DatumRun at="-1"/><DatumRun at="x"/><DataViews>'
    )
    refused(brml.write(tmp_path, text), "0 points, want at least two")
