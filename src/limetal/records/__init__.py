"""Frozen tables, one kind of measurement each: columns, units, signs, what is refused."""
