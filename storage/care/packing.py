"""A file compressed into another as its name says (``.gz``, ``.zst``), and read back to be sure of it."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard

from storage.errors import StorageError

__all__ = ["flush_to_disk", "pack", "unpack"]

_PIECE = 1 << 20
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"

Observe = Callable[[int], None]


def pack(plain: Path, packed: Path, suffix: str, observe: Observe = lambda _: None) -> None:
    """Write ``plain`` into ``packed``, compressed as ``suffix`` says; read back and compared.

    ``observe`` is told how many bytes of ``plain`` are done.

    Raises:
        StorageError: what was read back is something else, as on a disk that is broken.
        OSError: it cannot be written.
    """
    written = hashlib.sha256()
    done = 0
    with plain.open("rb") as origin, packed.open("xb") as raw:
        with _compressing(raw, suffix) as target:
            while piece := origin.read(_PIECE):
                target.write(piece)
                written.update(piece)
                done += len(piece)
                observe(done)
        raw.flush()
        os.fsync(raw.fileno())
    read = hashlib.sha256()
    with _reading(packed) as again:
        while piece := again.read(_PIECE):
            read.update(piece)
    if read.digest() != written.digest():
        raise StorageError(f"{packed}: what was written is not what is read; look at the disk")


def unpack(packed: Path, plain: Path, observe: Observe = lambda _: None) -> None:
    """Write what ``packed`` holds into ``plain``; one that is not compressed is copied.

    Which it is is told by its first bytes, not by its name.

    Raises:
        StorageError: it is cut off or broken.
        OSError: it cannot be read, or the other not written.
    """
    done = 0
    with _reading(packed) as origin, plain.open("xb") as target:
        while True:
            try:
                piece = origin.read(_PIECE)
            except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
                raise StorageError(f"{packed}: is cut off or broken ({error})") from None
            if not piece:
                break
            target.write(piece)
            done += len(piece)
            observe(done)
        target.flush()
        os.fsync(target.fileno())


def flush_to_disk(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before anything else is done."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _compressing(raw: IO[bytes], suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0, filename="") as target:
            yield cast("IO[bytes]", target)
    else:
        with zstandard.ZstdCompressor(level=6, write_checksum=True).stream_writer(
            raw, closefd=False
        ) as target:
            yield cast("IO[bytes]", target)


@contextmanager
def _reading(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        begin = raw.read(4)
        raw.seek(0)
        if begin.startswith(_GZIP):
            with gzip.GzipFile(fileobj=raw) as origin:
                yield cast("IO[bytes]", origin)
        elif begin == _ZSTD:
            with zstandard.ZstdDecompressor().stream_reader(
                raw, read_across_frames=True, closefd=False
            ) as stream:
                yield cast("IO[bytes]", stream)
        else:
            yield raw
