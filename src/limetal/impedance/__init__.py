"""Impedance, numerics on arrays: circuits, fits without a guess, Kramers-Kronig tests, relaxation times."""
