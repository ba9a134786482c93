"""Gamry's .DTA files as Framework 5 to 7 write them."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, FREQUENCY_HZ, TIME_S, VOLTAGE_V, Z_OHM

_WAIT = """OCVCURVE\tTABLE\t3
\tPt\tT\tVf\tVm\tAch\tOver\tTemp
\t#\ts\tV vs. Ref.\tV\tV\tbits\tdeg C
\t0\t0.25\t-3.34979E-002\t-3.34979E-002\t-3.48917E-002\t...........\t-327.67
\t1\t0.5\t-3.34979E-002\t-3.34995E-002\t-3.48621E-002\t...........\t-327.67
\t2\t0.75\t-3.34980E-002\t-3.34955E-002\t-3.48835E-002\t...........\t-327.67
EOC\tQUANT\t-0.0334858\tOpen Circuit (V)
"""
_STATE = """PSTATMODEL\tIQUANT\t87\tPstat Model
PSTATSECTION\tLABEL\tREF620-50035\tPstat Section
CTRLMODE\tIQUANT\t1\tControl Mode
CONVENTION\tIQUANT\t{convention}\tCurrent Convention
ICHRANGEMODE\tTOGGLE\tF\tIch Auto Range
DCCALDATE\tLABEL\t1/13/2022\tDC Calibration Date
FRAMEWORKVERSION\tLABEL\t7.9.0\tFramework Version
INSTRUMENTVERSION\tLABEL\t4.60\tInstrument Version
"""
E_V = np.concatenate([np.linspace(-0.5, 0.5, 9), np.linspace(0.4, -0.5, 9)])
I_A = 1e-3 * np.sinh(4 * E_V) + np.repeat([2e-5, -2e-5], 9)
T_S = np.arange(1.0, E_V.size + 1)


def head(tag: str, title: str, date: str = "4/23/2018", area: str = "2.5", extra: str = "") -> str:
    """First lines of a file."""
    return (
        f"EXPLAIN\nTAG\t{tag}\nTITLE\tLABEL\t{title}\tTest &Identifier\nDATE\tLABEL\t{date}\tDate\n"
        "TIME\tLABEL\t16:43:15\tTime\nNOTES\tNOTES\t2\t&Notes...\n\tcell 7, 1 M LiPF6\n\t\n"
        f"PSTAT\tPSTAT\tREF620-50035\tPotentiostat\n{extra}AREA\tQUANT\t{area}\t&Area (cm^2)\n"
        "CONDIT\tTWOPARAM\tF\t1.50000E+001\t0.00000E+000\tConditionin&g\tTime(s)\tE(V)\n"
        "DELAY\tTWOPARAM\tT\t1.00000E+002\t0.00000E+000\tInit. De&lay\tTime(s)\tStab.(mV/s)\n"
    )


def spectrum(name: str = "ZCURVE", z=Z_OHM, f=FREQUENCY_HZ) -> str:
    """A table of impedance."""
    rows = [
        f"\t{k}\t{2.0 + k!r}\t{float(f[k])!r}\t{float(z[k].real)!r}\t{float(z[k].imag)!r}\t1\t{float(abs(z[k]))!r}"
        f"\t{float(np.angle(z[k], deg=True))!r}\t{1e-6 * k!r}\t0.25\t9\n"
        for k in range(f.size)
    ]
    return (
        f"{name}\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange\n"
        "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#\n" + "".join(rows)
    )


def curve(name: str, t, e, i, first: int = 0, stated: str = "") -> str:
    """A table of potential and current against time."""
    rows = [
        f"\t{first + k}\t{float(t[k])!r}\t{float(e[k])!r}\t{float(i[k])!r}\t0.00000E+000\t{float(e[k])!r}"
        "\t-1.07185E-003\t5\t...........\n"
        for k in range(len(t))
    ]
    return (
        f"{name}\tTABLE{stated}\n\tPt\tT\tVf\tIm\tVu\tSig\tAch\tIERange\tOver\n"
        "\t#\ts\tV vs. Ref.\tA\tV\tV\tV\t#\tbits\n" + "".join(rows)
    )


def _write(folder: Path, name: str, text: str, encoding: str = "cp1252", ends: str = "\r\n") -> Path:
    file = folder / name
    file.write_bytes(text.replace("\n", ends).encode(encoding))
    return file


def write_eispot_with_decimal_comma(folder: Path) -> Path:
    """A potentiostatic spectrum written on a Windows that writes commas, after a wait at open circuit."""
    text = head("EISPOT", "Potentiostatic EIS", date="23.04.2018") + _WAIT + _STATE.format(convention=1) + spectrum()
    table = text.index("EOC")
    numbers = text.replace("7.9.0", "7_9_0").replace("4.60", "4_60").replace(".....", "_____")
    del table
    text = numbers.replace("23.04.2018", "23_04_2018").replace(".", ",")
    text = text.replace("23_04_2018", "23.04.2018").replace("_____", ".....").replace("7_9_0", "7.9.0")
    return _write(folder, "eis.DTA", text.replace("4_60", "4.60").replace("vs, Ref,", "vs. Ref."))


def write_aborted_eis(folder: Path) -> Path:
    """A galvanostatic spectrum with bare line ends, stopped by the operator."""
    text = (
        head("GALVEIS", "Galvanostatic EIS") + _STATE.format(convention=1) + spectrum(z=Z_OHM[:5], f=FREQUENCY_HZ[:5])
    )
    return _write(folder, "aborted.DTA", text + "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n", ends="\n")


def write_two_spectra(folder: Path) -> Path:
    """Two tables of impedance in one file."""
    return _write(
        folder, "two.DTA", head("HYBRIDEIS", "Hybrid EIS") + spectrum("ZCURVE1") + spectrum("ZCURVE2", 2 * Z_OHM)
    )


def write_cyclic_voltammetry(folder: Path) -> Path:
    """Two cycles, one table each, the clock running on."""
    rate = "SCANRATE\tQUANT\t1.00000E+002\t&Scan Rate (mV/s)\nCYCLES\tIQUANT\t2\tC&ycles (#)\n"
    text = head("CV", "Cyclic Voltammetry", extra=rate) + _STATE.format(convention=1)
    text += curve("CURVE1", T_S, E_V, I_A) + curve("CURVE2", T_S + 20, E_V, 1.1 * I_A, first=18)
    return _write(folder, "cv.DTA", text)


def write_potentiodynamic_counting_cathodic_positive(folder: Path) -> Path:
    """A corrosion sweep whose file counts cathodic currents positive."""
    rate = "SCANRATE\tQUANT\t1.25000E+002\tScan Ra&te (mV/s)\n"
    text = head("POTENTIODYNAMIC", "Test2", extra=rate) + _WAIT + _STATE.format(convention=0)
    return _write(folder, "dynamic.DTA", text + curve("CURVE", T_S[:9], E_V[:9], -I_A[:9], stated="\t9"))


def write_chronoamperometry(folder: Path) -> Path:
    """Current and potential against time."""
    text = head("CHRONOA", "Chronoamperometry Scan") + _STATE.format(convention=1)
    return _write(folder, "chronoa.DTA", text + curve("CURVE", TIME_S, VOLTAGE_V, CURRENT_A, stated="\t12"))


def write_open_circuit(folder: Path) -> Path:
    """Open-circuit potential alone."""
    rows = "".join(f"\t{k}\t{float(TIME_S[k])!r}\t{float(VOLTAGE_V[k])!r}\t0\t0\t...........\n" for k in range(12))
    table = "CURVE\tTABLE\t12\n\tPt\tT\tVf\tVm\tAch\tOver\n\t#\ts\tV vs. Ref.\tV\tV\tbits\n"
    return _write(folder, "ocp.DTA", head("CORPOT", "Open Circuit Potential") + table + rows)


_EIS = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "test_time_second": 2.0 + np.arange(FREQUENCY_HZ.size),
    "voltage_volt": np.full(FREQUENCY_HZ.size, 0.25),
    "current_ampere": 1e-6 * np.arange(FREQUENCY_HZ.size),
}
_TWICE = {**_EIS, "impedance_real_ohm": 2 * Z_OHM.real, "impedance_imaginary_ohm": 2 * Z_OHM.imag}
_CV = {
    "potential_volt": np.tile(E_V, 2),
    "current_ampere": np.concatenate([I_A, 1.1 * I_A]),
    "test_time_second": np.concatenate([T_S, T_S + 20]),
    "cycle_count": np.repeat([1, 2], E_V.size),
    "current_density_mA_cm2": None,
}
_SWEEP = {"potential_volt": E_V[:9], "current_ampere": I_A[:9], "test_time_second": T_S[:9], "cycle_count": None}
_RUN = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (
    Sample(write_eispot_with_decimal_comma, (Expected("impedance", _EIS, ""),)),
    Sample(write_aborted_eis, (Expected("impedance", {k: v[:5] for k, v in _EIS.items()}),)),
    Sample(write_two_spectra, (Expected("impedance", _EIS, "ZCURVE1"), Expected("impedance", _TWICE, "ZCURVE2"))),
    Sample(write_cyclic_voltammetry, (Expected("polarisation", _CV),)),
    Sample(write_potentiodynamic_counting_cathodic_positive, (Expected("polarisation", _SWEEP),)),
    Sample(write_chronoamperometry, (Expected("cycling", _RUN),)),
    Sample(write_open_circuit, (Expected("cycling", {**_RUN, "current_ampere": None}),)),
)
