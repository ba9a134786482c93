"""A powder pattern that the samples of several diffraction readers hold."""

import numpy as np

STEP_DEG = 0.02
TWO_THETA_DEG = 10.0 + STEP_DEG * np.arange(24)
#: A peak on a flat background, whole counts.
COUNTS = np.round(40 + 3 * (np.arange(24) % 5) + 900 * np.exp(-((np.arange(24) - 11.0) ** 2) / 6))
K_ALPHA_1, K_ALPHA_2 = 1.540598, 1.544426


def join(values, form="{:g}", between=" "):
    return between.join(form.format(value) for value in values)
