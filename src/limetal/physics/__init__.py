"""Formulas as handbook pages: each with its equation, units, limits, a worked example and a source."""
