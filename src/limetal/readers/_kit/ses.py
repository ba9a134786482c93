"""Spectra of Scienta's SES, however they are stored: an energy axis, one or many columns, and a list of settings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.spectra import energy_kind, intensity_unit_of, number_or_none
from limetal.records.base import About
from limetal.records.photoelectrons import PhotoelectronRecord

__all__ = ["MAX_SLICES", "ses_records", "ses_settings"]

Floats = NDArray[np.float64]
#: Slices along the detector; more is an image, not spectra.
MAX_SLICES = 2000
_TOLD = {"Region Name", "Comments", "Date", "Time", "Sample", "Instrument"}


def ses_settings(lines: list[str]) -> dict[str, str]:
    """Lines ``Key=value`` as SES writes them.

    Examples
    --------
    >>> ses_settings(["[SES]", "Pass Energy=50", "Comments=a=b;"])
    {'Pass Energy': '50', 'Comments': 'a=b;'}
    """
    pairs = (line.partition("=") for line in lines if not line.startswith("["))
    return {key.strip(): value.strip() for key, equals, value in pairs if equals and key.strip()}


def ses_records(
    energy: Floats,
    columns: Floats,
    axis: str,
    info: Mapping[str, str],
    where: str,
    *,
    source: str,
    unit: str = "",
    slices: tuple[str, Floats] | None = None,
) -> list[PhotoelectronRecord]:
    """Records of one region: one, or one for each slice.

    Parameters
    ----------
    energy, columns
        ``(n,)`` and ``(n, m)``.
    where, source
        Place for messages, and file.
    axis
        Name of the energy axis in the file; where it says neither kinetic nor binding, ``Energy Scale`` decides.
    slices
        Name and values of the second dimension, where there is one.

    Raises
    ------
    BadInputError
        If nothing says which energy it is, or there are too many slices.
    """
    kind = _kind(axis, info, where)
    if columns.shape[1] > MAX_SLICES:
        raise BadInputError(where, f"an image of {columns.shape[1]} slices", f"at most {MAX_SLICES} spectra")
    region = info.get("Region Name", "")
    number = {key: number_or_none(value) for key, value in info.items()}
    photon = number.get("Excitation Energy")
    both = kind == "binding" and _is_photon_minus_kinetic(energy, photon, number)
    sweeps = number.get("Number of Sweeps")
    name, at = slices or ("", np.arange(1.0, columns.shape[1] + 1))
    records = []
    for index, intensity in enumerate(columns.T):
        place = f"{name} {at[index]:g}" if slices else f"column {index + 1}"
        records.append(
            PhotoelectronRecord(
                binding_energy_electronvolt=energy if kind == "binding" else None,
                kinetic_energy_electronvolt=energy
                if kind == "kinetic"
                else photon - energy
                if both and photon
                else None,
                intensity=intensity,
                intensity_unit="a.u." if "a.u." in unit else intensity_unit_of(unit),
                region=region,
                photon_energy_eV=photon if photon and photon > 0 else None,
                pass_energy_eV=number.get("Pass Energy"),
                scans=sweeps if sweeps and sweeps > 0 else None,
                source=source,
                label=region if columns.shape[1] == 1 else f"{region}, {place}".strip(", "),
                about=_about(info),
            )
        )
    return records


def _kind(axis: str, info: Mapping[str, str], where: str) -> str:
    """Kinetic or binding: what the axis is called, else the scale of the settings; they must not disagree."""
    kind = energy_kind(axis) or energy_kind(f"{info.get('Energy Scale', '')} energy")
    if not kind:
        raise BadInputError(where, f"an axis {axis!r}, neither kinetic nor binding energy", "one of them")
    if info.get("Energy Scale") and energy_kind(f"{info['Energy Scale']} energy") not in ("", kind):
        found = f"an axis {axis!r} under Energy Scale={info['Energy Scale']}"
        raise BadInputError(where, found, "an axis and a scale that agree")
    return kind


def _is_photon_minus_kinetic(energy: Floats, photon: float | None, number: Mapping[str, float | None]) -> bool:
    """Whether the kinetic limits of the same settings are photon minus binding energy, so that the file says it."""
    low, high, step = number.get("Low Energy"), number.get("High Energy"), float(abs(energy[1] - energy[0]))
    if photon is None or low is None or high is None:
        return False
    limits = np.sort(photon - energy[[0, -1]])
    return bool(np.all(np.abs(limits - np.sort([low, high])) <= 0.51 * step))


def _about(info: Mapping[str, str]) -> About:
    date, time = info.get("Date", ""), info.get("Time", "")
    start = f"{date}T{time}" if len(date) == 10 and date[4:5] == "-" and len(time) == 8 else ""
    comment = info.get("Comments", "")
    return About(
        instrument=" ".join(w for w in (info.get("Location", ""), info.get("Instrument", "")) if w),
        software="SES",
        technique="",
        start_time=start,
        sample=info.get("Sample", ""),
        comment="" if comment == ";" else comment,
        settings={key: value for key, value in info.items() if value and key not in _TOLD},
    )
