"""TIFF: a slice of 8 bits, a big-endian stack of 16 bits as ImageJ writes it, packed pages, BigTIFF of floats."""

from pathlib import Path

import numpy as np
import tifffile

from support.reader_samples import Expected, Sample

SLICES = (np.arange(3 * 8 * 10).reshape(3, 8, 10) % 200).astype(np.uint8)


def write_slice(folder: Path) -> Path:
    tifffile.imwrite(folder / "a.tif", SLICES[0], resolution=(2e4, 2e4), resolutionunit=3)
    return folder / "a.tif"


def write_imagej_stack(folder: Path) -> Path:
    metadata = {"unit": "um", "spacing": 2.5}
    stack = SLICES.astype(">u2")
    tifffile.imwrite(folder / "a.tif", stack, imagej=True, resolution=(4.0, 4.0), metadata=metadata)
    return folder / "a.tif"


def write_packed_pages(folder: Path) -> Path:
    from PIL import Image

    first, *others = [Image.fromarray(page) for page in SLICES]
    first.save(folder / "a.tif", save_all=True, append_images=others, compression="packbits")
    return folder / "a.tif"


def write_bigtiff_of_floats(folder: Path) -> Path:
    tifffile.imwrite(
        folder / "a.tif", SLICES.astype(np.float32) / 2, bigtiff=True, compression="zlib", photometric="minisblack"
    )
    return folder / "a.tif"


_STACK = (Expected("image", {"voxels": SLICES}),)
SAMPLES = (
    Sample(write_slice, (Expected("image", {"voxels": SLICES[:1], "pixel_size_um": np.float64(0.5)}),)),
    Sample(
        write_imagej_stack,
        (
            Expected(
                "image",
                {"voxels": SLICES, "pixel_size_um": np.float64(0.25), "slice_distance_um": np.float64(2.5)},
                rtol=1e-6,
            ),
        ),
    ),
    Sample(write_packed_pages, _STACK),
    Sample(write_bigtiff_of_floats, (Expected("image", {"voxels": SLICES / 2}),)),
)
