"""Physics that writes records: the same type a reader writes, read by the same analyses."""

from limetal.simulate.symmetric_cell import Block, PlanarSymmetricCell, simulate

__all__ = ["Block", "PlanarSymmetricCell", "simulate"]
