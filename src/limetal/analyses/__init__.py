"""One file per analysis: record in, result out."""

from limetal.analyses._base import Analysis, Findings, Number

__all__ = ["Analysis", "Findings", "Number"]
