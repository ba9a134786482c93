"""Cycling records read as what was done and what came of it: half-cycles, steps, cycles, and what they show.

Everything here takes arrays or a `CyclingRecord` and returns frozen results; `limetal.analyses` turns them into
numbers of the ledger and pictures.
"""
