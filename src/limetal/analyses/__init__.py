"""One file per analysis: record in, result out."""

from limetal.analyses._apply import ROOM, Outcome, apply, options_of, parse_options
from limetal.analyses._base import Analysis, Findings, Number

__all__ = ["ROOM", "Analysis", "Findings", "Number", "Outcome", "apply", "options_of", "parse_options"]
