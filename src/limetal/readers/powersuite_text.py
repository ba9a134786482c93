r"""PowerSuite's exported spectra: ``Frequency  Zre  Zimg`` over columns parted by tabs.

The names carry no units; the program writes hertz and ohms, and ``Zimg`` is Im Z, negative for a capacitor. Lines
may end twice (CR CR LF).
"""

from __future__ import annotations

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.potentiostat import Role, grid_of
from limetal.readers._kit.potentiostat_records import Facts, impedance
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

_REAL, _IMAGINARY = {"zre"}, {"zimg", "zim"}
_HEADER_WITHIN = 20


def _header_at(lines: list[str]) -> int | None:
    """Index of the row of names, which has nothing but names without units; None if there is none."""
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        names = [name.strip().lower() for name in line.split("\t")]
        if len(names) > 2 and names[0] == "frequency" and names[1] in _REAL and names[2] in _IMAGINARY:
            return at
    return None


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has PowerSuite's row of names.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("Frequency\t Zre\t Zimg\t\n")
    >>> looks_like(RawFile(path))
    True
    """
    return _header_at(file.head_lines) is not None


def read(file: RawFile, options: ReadOptions) -> ImpedanceRecord:  # noqa: ARG001 - one signature for all
    r"""Read one spectrum.

    Raises
    ------
    BadInputError
        If there are no rows, or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("Frequency\t Zre\t Zimg\t\n100\t 10\t -1\t\n10\t 12\t -3\t\n")
    >>> read(RawFile(path), ReadOptions()).impedance.tolist()
    [(10-1j), (12-3j)]
    """
    at = _header_at(file.lines)
    if at is None:
        raise BadInputError(file.where, "no row of names Frequency, Zre, Zimg", "a spectrum exported by PowerSuite")
    names = tuple(name.strip() for name in file.lines[at].split("\t"))
    grid = grid_of(file.lines, at + 1, len(file.lines), "\t", names, file.where)
    columns = {"frequency": (0, Role("frequency", 1.0)), "real": (1, Role("real", 1.0)),
               "imaginary": (2, Role("imaginary", 1.0))}  # fmt: skip
    return impedance(grid, columns, Facts(file.where, About(software="PowerSuite")))


PLUGIN = Reader(
    title="PowerSuite text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt",),
    documented_at="https://github.com/ECSHackWeek/impedance.py",
    gives=("impedance",),
    instruments=("Princeton Applied Research PowerSuite",),
)
