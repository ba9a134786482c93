"""A commented study that runs as it is, for ``limetal new study``."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from limetal.errors import BadInputError

__all__ = ["study_text", "write_study"]

_TEMPLATE = """\
# A limetal study. Run it with:  limetal run {file}
# Quantities are text with a unit: "50 um", "0.5 mA cm-2", "8.7 wt%", "25 degC", "C/3".
# limetal list quantities | units | materials   shows what may be written.

[study]
title = "{title}"
description = "A lithium foil in a symmetric cell."

# ---- documents whose numbers you want checked -------------------------------------------------
[documents.notebook]
citation = "My laboratory notebook, page 1"

# ---- electrodes: what is weighed in; what it becomes is computed -------------------------------
[electrodes.Li]
kind = "lithium"
thickness = "50 um"
recipe = {{ by = "mass", parts = {{ Li = 1 }} }}

[electrodes.composite]
kind = "lithium"
thickness = "50 um"
cutoff = "1 V"                          # stripping limit that the strippable capacity is counted to
recipe = {{ by = "mass", parts = {{ Li = 2, Zn3N2 = 1, CNT = 0.6 }} }}

# ---- cells ------------------------------------------------------------------------------------
[cells.Li_symmetric]
kind = "symmetric"                      # it decides what a cycle is and is never guessed
electrode = "Li"
label = "Li||Li"
diameter = "12 mm"

# ---- tests: raw files, or simulated -----------------------------------------------------------
[tests.simulated_1mA]
kind = "simulated"
cell = "Li_symmetric"
basis = "my guess, to see what such a cell would look like"
exchange_current_density = "2 mA/cm2"   # of one electrode
film_resistance = "5 ohm cm2"           # of one electrode
electrolyte_resistance = "0.6 ohm cm2"  # separator and electrolyte
film_growth_per_cycle = "0.1 ohm cm2"
protocol = [
  {{ current_density = "1 mA/cm2", capacity = "1 mAh/cm2", cycles = 50 }},
  {{ current_density = "2 mA/cm2", capacity = "1 mAh/cm2", cycles = 10 }},
]
{tests}
# [analyses.hysteresis]                 # choices that change the number; these are the defaults
# settled_from = 0.2
# end_fraction = 0.02

# ---- claims: numbers somebody wrote down, to be checked against each other and the data --------
[[claims]]
id = "composite-capacity"
subject = "electrodes.composite"
quantity = "theoretical_specific_capacity"
value = "1847 mAh/g"
document = "notebook"
place = "page 1"
"""
_FILE_EXAMPLE = """
# [tests.my_cell]
# kind = "file"
# cell = "Li_symmetric"
# file = "cell7.ndax"                   # counted from the folder of this study
# columns = { time = { column = "t", unit = "h" } }   # only where the file does not say it
"""
_FILE_TEST = """
[tests.{name}]
kind = "file"
cell = "Li_symmetric"
file = {path}
"""


def study_text(name: str, data: Sequence[str] = ()) -> str:
    """Text of a new study; data files become tests.

    Examples
    --------
    >>> 'title = "foil"' in study_text("foil")
    True
    """
    tests = "".join(
        _FILE_TEST.format(name=_key(path, index), path=json.dumps(path, ensure_ascii=False).replace("\x7f", "\\u007f"))
        for index, path in enumerate(data)
    )
    return _TEMPLATE.format(file=f"{name}.toml", title=name, tests=tests or _FILE_EXAMPLE)


def write_study(name: str, data: Sequence[Path] = ()) -> Path:
    """Write ``NAME.toml`` here; an existing file is never overwritten.

    Raises
    ------
    BadInputError
        If the name is no file name, the file exists, or a data file does not.
    """
    name = name.removesuffix(".toml")
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise BadInputError("limetal new study", repr(name), "a name of letters, digits, '.', '_' and '-'")
    for file in data:
        if not file.is_file():
            raise BadInputError(str(file), "no such file", "a data file")
    path = Path(f"{name}.toml")
    text = study_text(name, [Path(os.path.relpath(file)).as_posix() for file in data])
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise BadInputError(str(path), "a file that exists", "another name, or the file moved away") from error
    except OSError as error:
        raise BadInputError(
            str(path), f"a place that cannot be written ({error.strerror})", "a writable folder"
        ) from error
    return path


def _key(path: str, index: int) -> str:
    key = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(path).stem).strip("_")[:40]
    return f"{key or 'file'}_{index + 1}"
