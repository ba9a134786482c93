"""EC-Lab .mpr: both layouts of modules, galvanostatic cycling without current, spectra, sweeps, an unknown column."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples._biologic_files import data_module, log, module, mpr, settings
from support.samples.common import CURRENT_A, FREQUENCY_HZ, STEP, TIME_S, VOLTAGE_V, Z_OHM

_FLAGS = [1, 2, 3, 21, 31, 65]
_CHARGE_MAH = np.concatenate([[0.0], CURRENT_A[1:] * np.diff(TIME_S) / 3.6])
_MODE_GALVANOSTATIC = np.full(TIME_S.size, 1, np.uint8)
_HALF = np.repeat([0, 1, 2], 4)
_CYCLING = {
    "test_time_second": TIME_S,
    "voltage_volt": VOLTAGE_V,
    "current_ampere": CURRENT_A,
    "cycle_count": _HALF // 2,
    "step_count": STEP,
}
_SPECTRUM = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "voltage_volt": np.full(Z_OHM.size, 0.25),
}
_SPECTRUM_NUMBERS = [32, 37, 38, 36, 35, 4, 77, 76, 24]


def _gcpl(*, long: bool, more: dict[int, np.ndarray] | None = None) -> bytes:
    columns = {
        0: _MODE_GALVANOSTATIC,
        131: STEP,
        4: TIME_S,
        7: _CHARGE_MAH,
        13: np.cumsum(_CHARGE_MAH),
        5: CURRENT_A * 1e3,
        6: VOLTAGE_V,
        467: np.cumsum(_CHARGE_MAH),
        468: _HALF,
        **(more or {}),
    }
    numbers = [*_FLAGS, *list(columns)[1:]]
    return mpr(
        module("VMP Set", settings(0x04), 10 if long else 0, long=long),
        data_module(numbers, columns, long=long),
        module("VMP LOG", log(), 10 if long else 0, long=long),
    )


def _spectra(count: int) -> dict[int, np.ndarray]:
    f, z = np.tile(FREQUENCY_HZ, count), np.tile(Z_OHM, count)
    return {
        32: f,
        37: z.real,
        38: -z.imag,
        36: np.abs(z),
        35: np.angle(z, deg=True),
        4: np.arange(f.size) * 2.0,
        77: np.full(f.size, 0.25),
        76: np.zeros(f.size),
        24: np.repeat(np.arange(1.0, count + 1), FREQUENCY_HZ.size),
    }


def write_gcpl(folder: Path) -> Path:
    """Before EC-Lab 11.50."""
    path = folder / "cell_GCPL.mpr"
    path.write_bytes(_gcpl(long=False))
    return path


def write_gcpl_long(folder: Path) -> Path:
    """EC-Lab 11.50 and later."""
    path = folder / "cell_GCPL.mpr"
    path.write_bytes(_gcpl(long=True))
    return path


def write_unknown_column(folder: Path) -> Path:
    """A column that no list names, in the middle of the record."""
    path = folder / "cell_GCPL.mpr"
    path.write_bytes(_gcpl(long=True, more={9999: np.arange(TIME_S.size, dtype="<f4") + 0.5, 39: STEP}))
    return path


def write_peis(folder: Path) -> Path:
    """Two spectra; their numbers of columns need two bytes."""
    path = folder / "cell_PEIS.mpr"
    columns = _spectra(2) | {471: np.zeros(2 * FREQUENCY_HZ.size)}
    data = data_module([*_SPECTRUM_NUMBERS, 471], columns, long=True)
    path.write_bytes(mpr(module("VMP Set", settings(0x1D), 10, long=True), data))
    return path


def write_cv(folder: Path) -> Path:
    """Version 2 of the data, no Ns changes."""
    n = TIME_S.size
    sweep = np.concatenate([np.linspace(0, 1, n // 2), np.linspace(1, 0, n - n // 2)])
    columns = {
        0: np.full(n, 2, np.uint8),
        4: TIME_S,
        19: sweep,
        6: sweep,
        11: CURRENT_A * 1e3,
        24: np.repeat([1.0, 2.0], [6, n - 6]),
        434: np.zeros(n),
    }
    path = folder / "cell_CV.mpr"
    data = data_module([1, 2, 3, 21, 65, *list(columns)[1:]], columns, long=False, version=2)
    path.write_bytes(mpr(module("VMP Set", settings(0x06)), data, module("VMP LOG", log())))
    return path


def write_modulo_bat(folder: Path) -> Path:
    """Cycling with one spectrum after it, as modulus and phase."""
    n, m = TIME_S.size, FREQUENCY_HZ.size
    zero, z = np.zeros(n), Z_OHM
    columns = {
        0: np.repeat(np.array([1, 2], np.uint8), [n, m]),
        131: np.concatenate([STEP, np.full(m, 4)]),
        4: np.concatenate([TIME_S, TIME_S[-1] + 1.0 + np.arange(m)]),
        6: np.concatenate([VOLTAGE_V, np.full(m, 0.25)]),
        8: np.concatenate([CURRENT_A * 1e3, np.zeros(m)]),
        32: np.concatenate([zero, FREQUENCY_HZ]),
        36: np.concatenate([zero, np.abs(z)]),
        35: np.concatenate([zero, np.angle(z, deg=True)]),
        469: np.concatenate([zero, np.ones(m)]),
    }
    path = folder / "cell_MB.mpr"
    data = data_module([*_FLAGS, *list(columns)[1:]], columns, long=False)
    path.write_bytes(mpr(module("VMP Set", settings(0x7F)), data, module("VMP LOG", log())))
    return path


_CV_TIME = {"test_time_second": TIME_S, "current_ampere": CURRENT_A, "cycle_count": np.repeat([1, 2], 6)}
_PLAIN = {k: v for k, v in _CYCLING.items() if k != "cycle_count"}
SAMPLES = (
    Sample(write_gcpl, (Expected("cycling", _CYCLING, "", rtol=1e-6),)),
    Sample(write_gcpl_long, (Expected("cycling", _CYCLING, "", rtol=1e-6),)),
    Sample(write_unknown_column, (Expected("cycling", _CYCLING, "", rtol=1e-6),)),
    Sample(
        write_peis,
        (
            Expected("impedance", _SPECTRUM, "spectrum 1", rtol=1e-6),
            Expected("impedance", _SPECTRUM, "spectrum 2", rtol=1e-6),
        ),
    ),
    Sample(write_cv, (Expected("polarisation", _CV_TIME, "", rtol=1e-6),)),
    Sample(
        write_modulo_bat,
        (Expected("cycling", _PLAIN, "cycling", rtol=1e-6), Expected("impedance", _SPECTRUM, "spectrum 1", rtol=1e-5)),
    ),
)
