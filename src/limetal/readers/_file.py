"""A file as a reader sees it: first bytes, text, members of a zip, sheets of a workbook; untrusted, so with limits.

Everything is computed once and kept, so that forty readers may look at one file. Files packed with gzip, bzip2 or xz
are unpacked on the way; no path from inside a file is ever used.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError

from limetal.errors import BadInputError
from limetal.readers._kit.decode import decode, is_text, split_lines

if TYPE_CHECKING:
    from limetal.readers._kit.sheets import Sheet

__all__ = ["HEAD_BYTES", "MAX_MEMBERS", "MAX_RATIO", "MAX_UNPACKED_BYTES", "PACK_ERRORS", "RawFile"]

HEAD_BYTES = 65536
#: A packed file, or one member of a zip, may unpack to this; real ones in the field stay under 400 MB.
MAX_UNPACKED_BYTES = 2 * 2**30
#: ... and, beyond 16 MiB, to this many times its packed size (text and zeros reach 100).
MAX_RATIO = 250
MAX_MEMBERS = 20_000
_SMALL = 16 * 2**20
#: Opening and closing tags of XML; a mesh of 15000 scans has fewer, and a tree of so many takes 250 MB.
_MAX_TAGS = 2_000_000
_PACKED = {b"\x1f\x8b": (gzip.open, ".gz"), b"BZh": (bz2.open, ".bz2"), b"\xfd7zXZ\x00": (lzma.open, ".xz")}


def _errors_of_isal() -> tuple[type[Exception], ...]:
    """Error of the inflater that fastnda puts in the place of zlib's for the whole process, where it is installed."""
    try:
        error: type[Exception] = import_module("isal.igzip_lib").error
    except ImportError:
        return ()
    return (error,)


PACK_ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, lzma.LZMAError, *_errors_of_isal())
_ZIP_ERRORS: tuple[type[Exception], ...] = (
    *PACK_ERRORS,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class RawFile:
    r"""One file, looked at lazily.

    Parameters
    ----------
    path
        Where it is.

    Raises
    ------
    BadInputError
        If there is no such file, it is a folder, it is empty or it cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "Cell.CSV"
    >>> _ = path.write_text("a,b\n1,2\n")
    >>> file = RawFile(path)
    >>> file.name, file.lines
    ('cell.csv', ['a,b', '1,2', ''])
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        #: Why a workbook gives no sheets, once they were asked for.
        self.why_no_sheets: BadInputError | None = None
        self._packed_head = self._first_bytes()

    @property
    def where(self) -> str:
        """The file as a message names it."""
        return str(self.path)

    @cached_property
    def name(self) -> str:
        """Name in lower case, without the ending of a packer."""
        name = self.path.name.lower()
        return name.removesuffix(self._packer[1]) if self._packer else name

    @cached_property
    def head(self) -> bytes:
        """First 64 KiB, unpacked."""
        if not self._packer:
            return self._packed_head
        try:
            with self._packer[0](self.path, "rb") as stream:
                return bytes(stream.read(HEAD_BYTES))
        except PACK_ERRORS as error:
            raise BadInputError(self.where, f"a packed file that is cut or garbled ({error})", "a whole one") from error

    @cached_property
    def data(self) -> bytes:
        """All bytes, unpacked."""
        try:
            if not self._packer:
                return self.path.read_bytes()
            with self._packer[0](self.path, "rb") as stream:
                return _limited(stream, self.path.stat().st_size, self.where)
        except PACK_ERRORS as error:
            reason = getattr(error, "strerror", None) or error
            raise BadInputError(self.where, f"a file that cannot be read ({reason})", "a whole file") from error

    @cached_property
    def head_text(self) -> str:
        """First 64 KiB as text; empty if they are no text."""
        try:
            text = decode(self.head, self.where)
        except BadInputError:
            return ""
        return text if is_text(text) else ""

    @cached_property
    def head_lines(self) -> list[str]:
        """Lines of the first 64 KiB; the last may be cut. Empty if they are no text."""
        return split_lines(self.head_text) if self.head_text else []

    @cached_property
    def text(self) -> str:
        """The whole file as text.

        Raises
        ------
        BadInputError
            If it is no text.
        """
        text = decode(self.data, self.where)
        if not is_text(text[:HEAD_BYTES]) or "\0" in text:
            raise BadInputError(self.where, "binary data" if self.data else "an empty file", "a text file")
        return text

    @cached_property
    def lines(self) -> list[str]:
        """Lines of the whole file, whatever ends them; line 1 of the file is ``lines[0]``."""
        return split_lines(self.text)

    @property
    def is_packed(self) -> bool:
        """Whether it was packed with gzip, bzip2 or xz."""
        return self._packer is not None

    @cached_property
    def is_zip(self) -> bool:
        """Whether it begins as a zip archive does."""
        return self.head.startswith(b"PK\x03\x04")

    @cached_property
    def members(self) -> dict[str, int]:
        """Unpacked size of every member of a zip by name; empty if it is no zip, or a broken one."""
        if not self.is_zip:
            return {}
        try:
            with self._stream() as bytes_of, zipfile.ZipFile(bytes_of) as archive:
                return {i.filename: i.file_size for i in archive.infolist() if not i.filename.endswith("/")}
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
            return {}

    def member(self, name: str) -> bytes:
        """Bytes of one member of a zip.

        Raises
        ------
        BadInputError
            If there is no such member, it is broken, encrypted, or unpacks to more than a file of this kind may.
        """
        try:
            with self._stream() as bytes_of, zipfile.ZipFile(bytes_of) as archive, archive.open(name) as stream:
                return _limited(stream, archive.getinfo(name).compress_size, f"{self.where}, member {name}")
        except KeyError as error:
            raise BadInputError(self.where, f"no member {name}", "a whole archive") from error
        except BadInputError:
            raise
        except _ZIP_ERRORS as error:
            raise BadInputError(f"{self.where}, member {name}", f"a broken archive ({error})", "a whole one") from error

    def check_zip(self, *, deep: bool = False) -> None:
        """Refuse a zip whose members are too many or unpack to too much; for libraries that unpack alone.

        ``deep`` unpacks every member to see; without it what the archive says is believed, which is enough for
        libraries that use Python's zipfile, because that never gives more than a member says.

        Raises
        ------
        BadInputError
            Naming the limit, or if the archive is broken.
        """
        try:
            with self._stream() as bytes_of, zipfile.ZipFile(bytes_of) as archive:
                infos = archive.infolist()
                if len(infos) > MAX_MEMBERS:
                    raise BadInputError(self.where, f"{len(infos)} members", f"at most {MAX_MEMBERS}")
                for info in infos:
                    where = f"{self.where}, member {info.filename}"
                    _refuse_beyond(info.file_size, info.compress_size, where)
                    if deep:
                        with archive.open(info) as stream:
                            _limited(stream, info.compress_size, where, keep=False)
        except BadInputError:
            raise
        except _ZIP_ERRORS as error:
            raise BadInputError(self.where, f"a broken archive ({error})", "a whole one") from error

    def xml(self, data: bytes | None = None) -> Element:
        """Root of the file (or of the bytes of a member) as XML; entities and external references are refused.

        Raises
        ------
        BadInputError
            If it is no XML, or one with entities.
        """
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring

        text = self.data if data is None else data
        if text.count(b"<") > _MAX_TAGS:
            raise BadInputError(self.where, "XML of millions of tags", f"at most {_MAX_TAGS}")
        try:
            root: Element = fromstring(text)
        except ParseError as error:
            raise BadInputError(self.where, f"XML that is cut or garbled ({error})", "whole XML") from error
        except (DefusedXmlException, LookupError, ValueError) as error:
            raise BadInputError(self.where, f"XML that is not read ({error})", "plain XML without entities") from error
        return root

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """Sheets of a workbook (.xlsx, .xls, .ods) in order; none if it is no workbook, or `why_no_sheets` says why."""
        from limetal.readers._kit.sheets import sheets_of

        try:
            return sheets_of(self)
        except BadInputError as error:
            self.why_no_sheets = error
            return ()

    @contextmanager
    def on_disk(self, suffix: str) -> Iterator[Path]:
        """Path of the unpacked file with an ending, for libraries that go by it: the file itself, or a copy."""
        if not self._packer and self.path.suffix.lower() == suffix:
            yield self.path
            return
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            copy = Path(folder) / f"copy{suffix}"
            copy.write_bytes(self.data)
            yield copy

    def _stream(self) -> IO[bytes]:
        return io.BytesIO(self.data) if self._packer else self.path.open("rb")

    @cached_property
    def _packer(self) -> tuple[Any, str] | None:
        return next((packer for mark, packer in _PACKED.items() if self._packed_head.startswith(mark)), None)

    def _first_bytes(self) -> bytes:
        if self.path.is_dir():
            raise BadInputError(self.where, "a folder", "a file")
        try:
            with self.path.open("rb") as stream:
                head = stream.read(HEAD_BYTES)
        except FileNotFoundError as error:
            raise BadInputError(self.where, "no such file", "an instrument file") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise BadInputError(self.where, f"a file that cannot be opened ({reason})", "a file") from error
        if not head:
            raise BadInputError(self.where, "an empty file", "an instrument file")
        return head


def _limited(stream: IO[bytes], packed: int, where: str, *, keep: bool = True) -> bytes:
    """Read a stream to its end, or refuse it once it is too large for its packed size."""
    parts, total = [], 0
    while part := stream.read(2**20):
        total += len(part)
        _refuse_beyond(total, packed, where)
        if keep:
            parts.append(part)
    return b"".join(parts)


def _refuse_beyond(size: int, packed: int, where: str) -> None:
    limit = min(MAX_UNPACKED_BYTES, max(_SMALL, MAX_RATIO * packed))
    if size > limit:
        raise BadInputError(where, f"{packed} packed bytes that unpack to more than {limit}", "an honest archive")
