"""Grey-value images and stacks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.records.base import Column, Record

__all__ = ["ImageRecord"]


@dataclass(frozen=True, eq=False)
class ImageRecord(Record):
    """One image (one slice) or a stack of slices of equal size.

    Attributes
    ----------
    voxels : (slices, height, width) array
        Grey values in the type of the file, or labels of a segmented stack.
    pixel_size_um, slice_distance_um
        As the file states them; None if it does not.

    Examples
    --------
    >>> ImageRecord(np.zeros((1, 4, 5), dtype=np.uint8), source="x").rows
    20
    """

    voxels: NDArray[Any]
    pixel_size_um: float | None = None
    slice_distance_um: float | None = None

    kind: ClassVar[str] = "image"
    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    MIN_ROWS: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse what is no stack of grey values."""
        super().__post_init__()
        if self.voxels.ndim != 3 or self.voxels.dtype.kind not in "uifb":
            found = f"an array of shape {self.voxels.shape} and type {self.voxels.dtype}"
            raise BadInputError(self.source, found, "(slices, height, width) of grey values")
        voxels = self.voxels.copy() if self.voxels.flags.writeable or self.voxels.base is not None else self.voxels
        voxels.flags.writeable = False
        object.__setattr__(self, "voxels", voxels)

    @property
    def rows(self) -> int:
        """Number of voxels."""
        return int(np.size(self.voxels))
