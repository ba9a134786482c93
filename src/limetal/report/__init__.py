"""Ledger, verdicts and exhibits -> one self-contained page, tables and figures. Computes nothing."""

from limetal.report.content import Content, Section
from limetal.report.files import write_report
from limetal.report.styles import STYLES, Style

__all__ = ["STYLES", "Content", "Section", "Style", "write_report"]
