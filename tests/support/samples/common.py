"""Measurements that several samples hold."""

import numpy as np

#: A lithium symmetric cell: rest, plating, stripping, four points each.
TIME_S = np.arange(12) * 60.0
CURRENT_A = np.repeat([0.0, 1e-3, -1e-3], 4)
VOLTAGE_V = 40.0 * CURRENT_A + 0.001
STEP = np.repeat([1, 2, 3], 4)

#: Spectrum of 10 ohm in series with 40 ohm and 20 uF side by side, high frequencies first.
FREQUENCY_HZ = 10.0 ** np.arange(5, -2.1, -0.5)
Z_OHM = 10 + 40 / (1 + 2j * np.pi * FREQUENCY_HZ * 40 * 20e-6)
