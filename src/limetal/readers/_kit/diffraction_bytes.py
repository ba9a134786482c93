"""Fields of the binary diffraction files, read where there are bytes for them, and nowhere else."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from limetal.errors import BadInputError

__all__ = ["Fields", "plain_32"]


def plain_32(value: float) -> float:
    """Return the decimal number that a number of four bytes stands for; 0 for none.

    Examples
    --------
    >>> plain_32(0.014999999664723873), plain_32(float("nan"))
    (0.015, 0.0)
    """
    return float(f"{value:.7g}") if math.isfinite(value) else 0.0


@dataclass(frozen=True)
class Fields:
    """Little-endian numbers and texts of a file, by place.

    Examples
    --------
    >>> fields = Fields(bytes([2, 0, 0, 0]) + b"Cu" + bytes(2), "a.raw")
    >>> fields.u32(0), fields.text(4, 4), fields.size
    (2, 'Cu', 8)
    """

    data: bytes
    where: str

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self.data)

    def u16(self, at: int) -> int:
        """Whole number of two bytes."""
        return int(self._one("<H", at, 2))

    def u32(self, at: int) -> int:
        """Whole number of four bytes."""
        return int(self._one("<I", at, 4))

    def f32(self, at: int) -> float:
        """Return a number of four bytes."""
        return float(self._one("<f", at, 4))

    def f64(self, at: int) -> float:
        """Return a number of eight bytes."""
        return float(self._one("<d", at, 8))

    def angle(self, at: int, name: str, *, double: bool) -> float:
        """Return a number that the scan needs, so it must be finite and of a size that angles have.

        Raises
        ------
        BadInputError
            If it is not.
        """
        value = self.f64(at) if double else self.f32(at)
        if not math.isfinite(value) or abs(value) > 720.0:
            raise BadInputError(f"{self.where}, byte {at}", f"{name} {value:g}", "an angle in degrees")
        return value

    def text(self, at: int, length: int) -> str:
        """Text up to its first zero, UTF-8 or Windows-1252."""
        part = self.data[at : at + length].split(b"\0")[0]
        try:
            return part.decode("utf-8").strip()
        except UnicodeDecodeError:
            return part.decode("cp1252", "replace").strip()

    def _one(self, form: str, at: int, size: int) -> float:
        if at < 0 or at + size > len(self.data):
            raise BadInputError(f"{self.where}, byte {at}", f"the end of the file at byte {len(self.data)}", "a field")
        return float(struct.unpack_from(form, self.data, at)[0])
