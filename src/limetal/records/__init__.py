"""Frozen tables, one per kind of measurement: columns, units, signs, and what is refused."""
