"""Pages compressed with zstd (RFC 8878), each against a few earlier pages of its source.

Pages of one site repeat whole scripts and styles. Given some of them whole as a dictionary of raw
content, zstd keeps of the next page little more than what is new: 0.19 of the bytes of plain level 3
at 0.37 of its CPU on pages of five publishers (``bench/raw_pages``).
"""

from __future__ import annotations

from collections.abc import Sequence

import zstandard

from storage.errors import DatabaseUnavailable

__all__ = ["PageCompression", "make_dictionary", "pack_dictionary", "unpack_dictionary"]

LEVEL = 3
#: Pages that a dictionary is made of, and its size in bytes at most.
PAGES, MOST_BYTES = 3, 1_500_000
#: A page that unpacks to more is not ours.
_MOST_UNPACKED = 1 << 28


class PageCompression:
    """Compresses and restores pages of one source; without a dictionary on their own. Not thread-safe."""

    def __init__(self, dictionary: bytes | None = None) -> None:
        self.size = len(dictionary or b"")
        if dictionary is None:
            self._compressor = zstandard.ZstdCompressor(level=LEVEL)
            self._decompressor = zstandard.ZstdDecompressor()
            return
        content = zstandard.ZstdCompressionDict(
            dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT
        )
        # The window has to reach back over the dictionary from the end of the page.
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, source_size=2 * len(dictionary) + 1_000_000
        )
        content.precompute_compress(compression_params=parameters)
        self._compressor = zstandard.ZstdCompressor(
            dict_data=content, compression_params=parameters
        )
        self._decompressor = zstandard.ZstdDecompressor(dict_data=content)

    def compress(self, page: bytes) -> bytes:
        """``page``, small."""
        return self._compressor.compress(page)

    def restore(self, packed: bytes) -> bytes:
        """The page again.

        Raises:
            DatabaseUnavailable: the bytes are damaged, or were made with another dictionary.
        """
        try:
            return self._decompressor.decompress(packed, max_output_size=_MOST_UNPACKED)
        except zstandard.ZstdError as error:
            raise DatabaseUnavailable(f"a raw page cannot be restored: {error}") from None


def make_dictionary(pages: Sequence[bytes]) -> bytes:
    """A dictionary from the newest pages of a source, given newest first."""
    chosen: list[bytes] = []
    room = MOST_BYTES
    for page in pages[:PAGES]:
        if len(page) > room and chosen:
            continue
        chosen.append(page[:room])
        room -= len(chosen[-1])
    # What comes last is cheapest to refer to: the newest.
    return b"".join(reversed(chosen))


def pack_dictionary(dictionary: bytes) -> bytes:
    """As it is stored."""
    return zstandard.ZstdCompressor(level=12).compress(dictionary)


def unpack_dictionary(packed: bytes) -> bytes:
    """As it was made; ``DatabaseUnavailable`` where it is damaged."""
    return PageCompression().restore(packed)
