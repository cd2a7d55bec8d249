"""Files from outside, opened within bounds: regular ones, and archives told before they unpack."""

import io
import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from kg.errors import SourceError

ARCHIVE_FILES = 10_000
"""Files of an archive; a workbook has a few for each sheet."""
DIRECTORY_BYTES = 4_000_000
"""Length of the list of files at the end of an archive."""
UNPACKED_BYTES = 1 << 31
"""Length of a packed dump when unpacked; all of ROR has a fifth of it."""
CHUNK = 1 << 16
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_LENGTH, END_64_LENGTH, LOCATOR_LENGTH = 22, 56, 20
LONGEST_REMARK = 65_535


@contextmanager
def regular_file(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading, as long as it is now.

    Raises SourceError for what would be waited for (a pipe, a device) and, after the reading,
    for a file that was written meanwhile; OSError where it cannot be opened.
    """
    # Without a writer the opening of a pipe would wait for one.
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_BINARY", 0))
    with os.fdopen(number, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise SourceError(path, None, "is no regular file", "save it as a file first")
        yield file
        after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            what = "the file changes while it is read"
            raise SourceError(path, None, what, "read it again when it is complete")


def open_archive(path: Path, raw: BinaryIO) -> zipfile.ZipFile:
    """Return a zip archive whose list of files is short enough to be read.

    Raises SourceError for another, zipfile.BadZipFile for what is none.
    """
    if _directory_bytes(raw) > DIRECTORY_BYTES:
        what = f"the archive's list of files is longer than {DIRECTORY_BYTES:,} bytes"
        raise SourceError(path, None, what, "unpack it yourself")
    archive = zipfile.ZipFile(raw)
    if len(archive.infolist()) > ARCHIVE_FILES:
        what = f"the archive has more than {ARCHIVE_FILES:,} files"
        raise SourceError(path, None, what, "unpack it yourself")
    for info in archive.infolist():
        if info.flag_bits & 1 or info.compress_type not in {
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        }:
            what = "the archive is encrypted or packed in another way than usual"
            raise SourceError(path, None, what, "unpack it yourself")
    return archive


def _directory_bytes(raw: BinaryIO) -> int:
    """Return how long an archive says that its list of files is, 0 where it says nothing."""
    size = raw.seek(0, io.SEEK_END)
    start = max(0, size - LONGEST_REMARK - END_LENGTH - LOCATOR_LENGTH - END_64_LENGTH)
    raw.seek(start)
    tail = raw.read()
    raw.seek(0)
    end = tail.rfind(END)
    if end < 0 or len(tail) - end < END_LENGTH:
        return 0
    length = int(struct.unpack_from("<L", tail, end + 12)[0])
    record = end - LOCATOR_LENGTH - END_64_LENGTH
    if record >= 0 and tail.startswith(END_64, end - LOCATOR_LENGTH):
        return max(length, int(struct.unpack_from("<Q", tail, record + 40)[0]))
    return length


class Measured(io.RawIOBase):
    """Reads on from a stream to ``most`` bytes.

    Where more follow it raises EOFError with ``what``; without it the text ends there.
    """

    def __init__(self, stream: BinaryIO, most: int, what: str = "") -> None:
        super().__init__()
        self._stream = stream
        self._left = most
        self._what = what

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's buffer has no name
        """Read into a buffer and return how much."""
        data = self._stream.read(min(len(buffer), CHUNK))
        if len(data) > self._left:
            if self._what:
                raise EOFError(self._what)
            data = data[: self._left]
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def bounded_lines(stream: TextIO, most: int) -> Iterator[str | None]:
    """Yield each line with its end; None for one of more than ``most`` code points.

    No more than ``most`` of them is in memory. The stream keeps line ends as they are.
    """
    while line := stream.readline(most):
        whole = line.endswith(("\n", "\r")) or len(line) < most
        if not whole:
            while (rest := stream.readline(most)) and not rest.endswith(("\n", "\r")):
                continue
        yield line if whole else None


def too_long(most: int) -> str:
    """Return the clause that says that a line or a record is longer than ``most`` code points."""
    return f"it is longer than {most:,} characters"
