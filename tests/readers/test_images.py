"""TIFF images: real slices and stacks against tifffile, sizes of pixels, and what must be refused."""

import struct
import sys

import numpy as np
import pytest
import tifffile

from limetal import readers
from limetal.errors import BadInputError, MissingExtraError
from support.data_files import real

GREY = (np.arange(12 * 10).reshape(12, 10) % 251).astype(np.uint8)
CT = "imaging/battery_xct_workflows"


@pytest.mark.parametrize("name", ["im001", "im002", "im003", "im_1", "im_2", "mask_1", "mask_2", "ellipse_dent"])
def test_slices_are_those_that_tifffile_gives(name):
    path = real(f"{CT}/{name}.tif")
    record = readers.read(path)
    theirs = tifffile.imread(path)
    assert record.voxels.dtype == theirs.dtype
    np.testing.assert_array_equal(record.voxels[0], theirs)
    assert record.pixel_size_um is None


def test_packed_stack_is_that_of_tifffile_and_72_dots_an_inch_are_no_pixel_size():
    path = real("imaging/MATBOX_Microstructure_analysis_toolbox/nmc-1-cal_generatedCBD_bridge.tif")
    record = readers.read(path)
    assert record.voxels.shape == (251, 301, 301)
    with tifffile.TiffFile(path) as tiff:
        for page in (0, 100, 250):
            np.testing.assert_array_equal(record.voxels[page], tiff.pages[page].asarray())
    assert np.unique(record.voxels).tolist() == [0, 1, 2]
    assert record.pixel_size_um is None
    assert any("72 dots per inch" in w for w in record.warnings)


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate", None])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_every_common_compression(tmp_path, compression, kind):
    from PIL import Image

    values = GREY.astype(kind) * (1 if kind is np.uint8 else 200)
    Image.fromarray(values).save(tmp_path / "a.tif", compression=compression)
    np.testing.assert_array_equal(readers.read(tmp_path / "a.tif").voxels[0], values)


def test_compression_that_needs_another_library_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", GREY)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    at = data.index(struct.pack("<HHIH", 259, 3, 1, 1))  # the tag of compression: none
    struct.pack_into("<H", data, at + 8, 34712)  # JPEG 2000
    (tmp_path / "a.tif").write_bytes(bytes(data))
    with pytest.raises(BadInputError, match="needs another library"):
        readers.read(tmp_path / "a.tif")


def test_pixel_size_of_imagej_ome_and_resolution(tmp_path):
    options = {"metadata": {"unit": "micron", "spacing": 3.0}, "resolution": (2.0, 2.0)}
    tifffile.imwrite(tmp_path / "j.tif", np.stack([GREY, GREY]), imagej=True, **options)
    record = readers.read(tmp_path / "j.tif")
    assert (record.pixel_size_um, record.slice_distance_um) == (0.5, 3.0)
    sizes = {"PhysicalSizeX": 120.0, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 120.0, "PhysicalSizeYUnit": "nm",
             "PhysicalSizeZ": 1.5, "axes": "ZYX"}  # fmt: skip
    tifffile.imwrite(tmp_path / "o.ome.tif", np.stack([GREY, GREY]), metadata=sizes)
    record = readers.read(tmp_path / "o.ome.tif")
    assert (record.pixel_size_um, record.slice_distance_um) == (pytest.approx(0.12), 1.5)
    tifffile.imwrite(tmp_path / "c.tif", GREY, resolution=(1234.5, 1234.5), resolutionunit=3)
    assert readers.read(tmp_path / "c.tif").pixel_size_um == pytest.approx(1e4 / 1234.5)


@pytest.mark.parametrize(("resolution", "unit"), [((300, 300), 2), ((96, 96), 2), ((28.346, 28.346), 3), ((1, 1), 1)])
def test_resolution_that_programs_write_is_no_pixel_size(tmp_path, resolution, unit):
    tifffile.imwrite(tmp_path / "a.tif", GREY, resolution=resolution, resolutionunit=unit)
    assert readers.read(tmp_path / "a.tif").pixel_size_um is None


def test_pixels_that_are_not_square_have_no_one_size(tmp_path):
    sizes = {"PhysicalSizeX": 1.0, "PhysicalSizeY": 2.0, "axes": "YX"}
    tifffile.imwrite(tmp_path / "a.ome.tif", GREY, metadata=sizes)
    record = readers.read(tmp_path / "a.ome.tif")
    assert record.pixel_size_um is None
    assert any("1 um wide and 2 um high" in w for w in record.warnings)


def test_slices_of_unequal_size_are_refused(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as tiff:
        tiff.write(GREY)
        tiff.write(GREY[:-1])
    with pytest.raises(BadInputError, match="page 2: found a page of 11 x 10 uint8, want 12 x 10 uint8"):
        readers.read(tmp_path / "a.tif")
    with tifffile.TiffWriter(tmp_path / "b.tif") as tiff:
        tiff.write(GREY)
        tiff.write(GREY)
    assert readers.read(tmp_path / "b.tif").voxels.shape == (2, 12, 10)


def test_colours_are_refused_and_grey_in_colour_is_read(tmp_path):
    colour = np.stack([GREY, GREY, GREY + 1], axis=-1)
    tifffile.imwrite(tmp_path / "a.tif", colour, photometric="rgb")
    with pytest.raises(BadInputError, match="an image in colour"):
        readers.read(tmp_path / "a.tif")
    tifffile.imwrite(tmp_path / "b.tif", np.stack([GREY] * 3, axis=-1), photometric="rgb")
    record = readers.read(tmp_path / "b.tif")
    np.testing.assert_array_equal(record.voxels[0], GREY)
    assert any("red, green and blue are the same" in w for w in record.warnings)


def test_page_larger_than_the_file_is_refused_before_it_is_unpacked(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((64, 64), np.uint8), compression="zlib", metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    for tag in (256, 257, 278):
        at = next(i for i in range(8, len(data)) if data[i : i + 2] == struct.pack("<H", tag) and data[i + 2] in (3, 4))
        struct.pack_into("<HI", data, at + 2, 4, 1)
        struct.pack_into("<I", data, at + 8, 60_000)
    (tmp_path / "a.tif").write_bytes(bytes(data))
    with pytest.raises(BadInputError, match=r"bytes that claim|cut or garbled"):
        readers.read(tmp_path / "a.tif")


def test_cut_stack_is_shorter_and_says_so_or_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.stack([GREY] * 5), photometric="minisblack")
    assert readers.read(tmp_path / "a.tif").warnings == ()
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: len(data) * 2 // 3])
    record = readers.read(tmp_path / "a.tif")
    assert record.voxels.shape == (2, 12, 10)
    assert "the file is cut: pages after the first 2 are lost" in record.warnings
    assert "the file is cut: it states 5 slices and has 2" in record.warnings
    (tmp_path / "a.tif").write_bytes(data[:300])
    with pytest.raises(BadInputError):
        readers.read(tmp_path / "a.tif")


def test_imagej_block_of_bare_slices_is_read_whole(tmp_path):
    stack = np.stack([GREY, GREY + 1, GREY + 2])
    tifffile.imwrite(tmp_path / "a.tif", stack, imagej=True, truncate=True)
    np.testing.assert_array_equal(readers.read(tmp_path / "a.tif").voxels, stack)
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[:-50])
    cut = readers.read(tmp_path / "a.tif")
    assert len(cut.voxels) < 3
    assert any("it states 3 slices" in w for w in cut.warnings)


def test_without_tifffile_the_pip_line_is_said(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "a.tif", GREY)
    monkeypatch.setitem(sys.modules, "tifffile", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'limetal\[images\]'"):
        readers.read(tmp_path / "a.tif")


def test_electron_microscope_states_its_pixel_and_its_bar(tmp_path):
    scan = "[Scan]\r\nPixelWidth=2.5e-009\r\nPixelHeight=2.5e-009\r\n"
    text = f"[System]\r\nSystemType=Helios\r\n{scan}[Image]\r\nResolutionY=10\r\n"
    tifffile.imwrite(tmp_path / "a.tif", GREY, extratags=[(34682, 2, len(text) + 1, text, True)])
    record = readers.read(tmp_path / "a.tif")
    assert record.pixel_size_um == pytest.approx(2.5e-3)
    assert any("the lowest 2 rows" in w for w in record.warnings)
    assert "Helios" in record.about.instrument
