"""What a record of any kind but cycling spans, and the picture the field draws of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Number
from limetal.analyses._decimate import min_max
from limetal.analyses._impedance_plots import nyquist
from limetal.exhibits import Axis, Plot, Series
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.base import Record
from limetal.records.diffraction import DiffractionRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.photoelectrons import PhotoelectronRecord
from limetal.records.polarisation import PolarisationRecord
from limetal.records.tensile import TensileRecord
from limetal.records.thickness import ThicknessRecord
from limetal.records.voltage_curve import VoltageCurveRecord

__all__ = ["picture", "ranges"]

Floats = NDArray[np.float64]


def ranges(record: Record) -> tuple[Number, ...]:
    """Lowest and highest of what the kind of record is looked at for.

    Examples
    --------
    >>> f = np.array([1e3, 1.0])
    >>> record = ImpedanceRecord(f, np.array([10.0, 50.0]), np.array([-0.1, -0.2]), source="x")
    >>> [(n.quantity, n.value) for n in ranges(record)][1:3]
    [('frequency_min', 1.0), ('frequency_max', 1000.0)]
    """
    found = [Number("number_of_points", float(record.rows))]
    for attribute, low, high, factor in _SPANS.get(record.kind, ()):
        values = getattr(record, attribute)
        if values is None or not np.isfinite(values).any():
            continue
        if low:
            found.append(Number(low, float(np.nanmin(values)) * factor))
            found.append(Number(high, float(np.nanmax(values)) * factor))
        else:
            found.append(Number(high, float(np.nanmax(np.abs(values))) * factor))
    if isinstance(record, ImpedanceRecord):
        areal = "areal_" if record.per_area else ""
        found.append(Number(f"{areal}impedance_real_min", float(record.impedance_real_ohm.min())))
        found.append(Number(f"{areal}impedance_real_max", float(record.impedance_real_ohm.max())))
    for quantity, attribute, factor in _FACTS.get(record.kind, ()):
        value = getattr(record, attribute)
        if value is not None:
            found.append(Number(quantity, value * factor, note="as the file states it"))
    return tuple(found)


#: Kind -> column, quantity of its lowest ("" for the largest magnitude only) and highest, factor to the field unit.
_SPANS: dict[str, tuple[tuple[str, str, str, float], ...]] = {
    "impedance": (("frequency_hertz", "frequency_min", "frequency_max", 1.0),),
    "polarisation": (
        ("potential_volt", "potential_min", "potential_max", 1.0),
        ("current_ampere", "", "current_max", MA_PER_A),
        ("current_density_mA_cm2", "", "current_density_max", 1.0),
    ),
    "diffraction": (
        ("two_theta_degree", "two_theta_min", "two_theta_max", 1.0),
        ("intensity", "", "intensity_max", 1.0),
    ),
    "photoelectrons": (
        ("binding_energy_electronvolt", "binding_energy_min", "binding_energy_max", 1.0),
        ("kinetic_energy_electronvolt", "kinetic_energy_min", "kinetic_energy_max", 1.0),
        ("intensity", "", "intensity_max", 1.0),
    ),
    "voltage curve": (
        ("voltage_volt", "voltage_min", "voltage_max", 1.0),
        ("capacity_mAh", "", "capacity", 1e-3),
        ("specific_capacity_mAh_g", "", "specific_capacity", 1.0),
        ("areal_capacity_mAh_cm2", "", "areal_capacity", 1.0),
    ),
    "tensile": (
        ("force_newton", "", "force_max", 1.0),
        ("displacement_millimetre", "", "displacement_max", 1.0),
        ("stress_megapascal", "", "stress_max", 1.0),
        ("strain_percent", "strain_min", "strain_max", 1.0),
    ),
    "thickness": (
        ("thickness_micrometre", "thickness_min", "thickness_max", 1.0),
        ("strain_percent", "strain_min", "strain_max", 1.0),
    ),
}
#: Kind -> quantity, attribute and factor of what the file states beside the table.
_FACTS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "impedance": (("area", "area_cm2", 1.0),),
    "polarisation": (("scan_rate", "scan_rate_V_s", 1e3), ("area", "area_cm2", 1.0)),
    "diffraction": (("wavelength", "wavelength_angstrom", 1.0), ("temperature", "temperature_K", 1.0)),
    "photoelectrons": (("photon_energy", "photon_energy_eV", 1.0),),
    "tensile": (("gauge_length", "gauge_length_mm", 1.0), ("area", "area_mm2", 0.01)),
}


def picture(record: Record) -> tuple[Plot, ...]:
    """The one picture of a record that the field would draw; none for an image, which is one."""
    draw = _PICTURES.get(type(record))
    return draw(record) if draw else ()


def _one(name: str, title: str, x: Axis, y: Axis, xs: Floats, ys: Floats) -> tuple[Plot, ...]:
    finite = np.isfinite(xs) & np.isfinite(ys)
    if np.count_nonzero(finite) < 2:
        return ()
    xs, ys = xs[finite], ys[finite]
    rising = bool((np.diff(xs) >= 0).all())
    if rising:
        xs, ys = min_max(xs, ys)
    return (Plot(name, title, x, y, (Series(np.asarray(xs), np.asarray(ys)),), overlay=0),)


def _nyquist(record: ImpedanceRecord) -> tuple[Plot, ...]:
    return (nyquist(record.frequency_hertz, record.impedance, areal=record.per_area),)


def _polarisation(record: PolarisationRecord) -> tuple[Plot, ...]:
    potential = Axis("potential", "V")
    if record.current_density_mA_cm2 is not None:
        y, values = Axis("current density", "mA/cm2"), record.current_density_mA_cm2
    else:
        assert record.current_ampere is not None  # the record refuses to be without both
        y, values = Axis("current", "mA"), record.current_ampere * MA_PER_A
    return _one("polarisation", "Polarisation", potential, y, record.potential_volt, values)


def _pattern(record: DiffractionRecord) -> tuple[Plot, ...]:
    x, y = Axis("2θ", "deg"), Axis("intensity", record.intensity_unit)
    return _one("pattern", "Diffraction pattern", x, y, record.two_theta_degree, record.intensity)


def _spectrum(record: PhotoelectronRecord) -> tuple[Plot, ...]:
    y = Axis("intensity", record.intensity_unit)
    if record.binding_energy_electronvolt is not None:
        x, energy = Axis("binding energy", "eV", reverse=True), record.binding_energy_electronvolt
    else:
        assert record.kinetic_energy_electronvolt is not None  # the record refuses to be without both
        x, energy = Axis("kinetic energy", "eV"), record.kinetic_energy_electronvolt
    title = f"Spectrum {record.region}".strip()
    return _one("spectrum", title, x, y, energy, record.intensity)


def _curve(record: TensileRecord) -> tuple[Plot, ...]:
    y, load = Axis("force", "N"), record.force_newton
    if load is None:
        y, load = Axis("stress", "MPa"), record.stress_megapascal
    choices = (
        (Axis("crosshead displacement", "mm"), record.displacement_millimetre),
        (Axis("extension", "mm"), record.extension_millimetre),
        (Axis("strain", "%"), record.strain_percent),
    )
    x, deformation = next((axis, values) for axis, values in choices if values is not None)
    assert load is not None  # the record refuses to be without both
    return _one("load_curve", "Load against deformation", x, y, deformation, load)


def _thickness(record: ThicknessRecord) -> tuple[Plot, ...]:
    y, values = Axis("thickness", "um"), record.thickness_micrometre
    if values is None:
        y, values = Axis("strain", "%"), record.strain_percent
    assert values is not None  # the record refuses to be without both
    if record.test_time_second is None:
        rows = np.arange(1.0, record.rows + 1)
        return _one("thickness_curve", "Thickness", Axis("row", "1"), y, rows, values)
    hours = record.test_time_second / SECONDS_PER_HOUR
    return _one("thickness_curve", "Thickness", Axis("time", "h"), y, hours, values)


def _curve_of_voltage(record: VoltageCurveRecord) -> tuple[Plot, ...]:
    choices = (
        (Axis("capacity", "mAh"), record.capacity_mAh),
        (Axis("specific capacity", "mAh/g"), record.specific_capacity_mAh_g),
        (Axis("areal capacity", "mAh/cm2"), record.areal_capacity_mAh_cm2),
    )
    x, capacity = next((axis, values) for axis, values in choices if values is not None)
    return _one("voltage_curve", "Voltage against capacity", x, Axis("voltage", "V"), capacity, record.voltage_volt)


_PICTURES: dict[type, Callable[[Any], tuple[Plot, ...]]] = {
    ImpedanceRecord: _nyquist,
    PolarisationRecord: _polarisation,
    DiffractionRecord: _pattern,
    PhotoelectronRecord: _spectrum,
    TensileRecord: _curve,
    ThicknessRecord: _thickness,
    VoltageCurveRecord: _curve_of_voltage,
}
