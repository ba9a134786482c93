"""From the bytes of a file to text and lines."""

from __future__ import annotations

import codecs
import re

from limetal.errors import BadInputError

__all__ = ["decode", "is_text", "split_lines"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")


def decode(data: bytes, where: str) -> str:
    """Text of the bytes: by its byte order mark, else UTF-8, else Windows-1252.

    Raises
    ------
    BadInputError
        If the bytes are no text.

    Examples
    --------
    >>> decode("Current(µA)".encode("cp1252"), "a.csv") == decode("Current(µA)".encode(), "a.csv")
    True
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.removeprefix(mark).decode(encoding)
            except UnicodeDecodeError as error:
                # half a character at the end is a cut file; anywhere else the file is not text
                if error.end < len(data) - len(mark) - 4:
                    raise BadInputError(where, f"bytes that are not {encoding}", "a text file") from error
                return data.removeprefix(mark).decode(encoding, "ignore")
    data = data.rstrip(b"\x1a")  # end-of-file mark of old systems
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.start > 0:
            half = data[: error.start]
            if not half.isascii():  # other characters were UTF-8, so the last is one that was cut
                return half.decode("utf-8")
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")


def is_text(text: str) -> bool:
    """Whether a decoded text is one that people could read."""
    return bool(text.strip()) and _CONTROL.search(text) is None


def split_lines(text: str) -> list[str]:
    r"""Lines of a text, whatever ends them, so that line 1 is the first of the file.

    Examples
    --------
    >>> split_lines("a\r\nb\rc\nd\n")
    ['a', 'b', 'c', 'd', '']
    """
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")
