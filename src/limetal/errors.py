"""Every error limetal raises on purpose.

::

    LimetalError
    ├── BadInputError        a value, a file or an option is wrong: where, found, wanted
    │   └── StudyFileError   a study file with one or many wrong places, all listed at once
    └── MissingExtraError    an optional library is not installed: says the pip line
"""

__all__ = ["BadInputError", "LimetalError", "MissingExtraError", "StudyFileError"]


class LimetalError(Exception):
    """Base of all errors that limetal raises on purpose."""


class BadInputError(LimetalError, ValueError):
    """Something a user gave is wrong; one sentence says where, what was found and what was wanted.

    Parameters
    ----------
    where
        The place: a file and row, or the path of a key, for example ``cells.coin.area``.
    found
        What stood there, in plain words.
    wanted
        What would have been right, in the reader's own terms.

    Examples
    --------
    >>> print(BadInputError("cell_7.csv, row 12", "time that falls from 40 s to 12 s", "time that never falls"))
    cell_7.csv, row 12: found time that falls from 40 s to 12 s, want time that never falls
    """

    def __init__(self, where: str, found: str, wanted: str) -> None:
        super().__init__(where, found, wanted)
        self.where = where
        self.found = found
        self.wanted = wanted

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}, want {self.wanted}"


class StudyFileError(BadInputError):
    """A study file with wrong places, each given with line, column, the line itself and the remedy.

    Parameters
    ----------
    path
        The study file as the user named it.
    problems
        One ready-to-print text for each wrong place.
    """

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        super().__init__(path, f"{len(problems)} wrong place{'s' * (len(problems) != 1)}", "a valid study file")
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(self.problems)


class MissingExtraError(LimetalError, ImportError):
    """An optional library is needed and not installed.

    Examples
    --------
    >>> print(MissingExtraError("structures", "phase diagrams"))
    phase diagrams need an optional part of limetal: pip install 'limetal[structures]'
    """

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} need an optional part of limetal: pip install 'limetal[{extra}]'")
        self.extra = extra
