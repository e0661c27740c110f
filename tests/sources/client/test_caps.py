import asyncio
import contextlib
import gzip
import random
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.client.answer import inflating
from sources.client.answer.decoding import BodyTooLarge, BrokenBody, decoder_for
from sources.errors import TooLarge, Unreachable

from .conftest import Asked, Site, answer

pytestmark = pytest.mark.anyio
URL = "http://news.example/"
MIB = 1024 * 1024
TEXT = b"<p>The council met on Tuesday.</p>" * 500


@contextlib.contextmanager
def unpacking_by(library: str) -> Iterator[None]:
    """Gunzip by zlib, as where isal has no wheel, or by whatever is installed."""
    with pytest.MonkeyPatch.context() as patch:
        if library == "zlib":
            patch.setattr(inflating, "unpacker", zlib.decompressobj)
            patch.setattr(inflating, "BROKEN", (zlib.error,))
        yield


def deflate_bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 100),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", deflate_bare(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("gzip, br", brotli.compress(gzip.compress(TEXT))),
        ("identity", TEXT),
        # Seen: a charset in the wrong header, and servers that only say that they compress.
        ("utf-8", TEXT),
        ("gzip", TEXT),
        ("gzip", b""),
    ],
)
async def test_a_compressed_page_comes_unpacked(site: Site, coding: str, packed: bytes) -> None:
    site.pages["/"] = answer(body=packed, Content_Encoding=coding)
    async with site.client() as client:
        page = await client.fetch(URL)
    assert page.body == (TEXT if packed else b"")
    assert site.log[-1].headers["accept-encoding"] == "gzip, deflate, br"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(TEXT)[:-20]),
        ("gzip", gzip.compress(TEXT)[:-3] + b"xxx"),
        ("br", brotli.compress(TEXT)[:-5]),
        ("deflate", zlib.compress(TEXT)[:-20]),
        ("br", b"no brotli at all"),
        ("zstd", b"(\xb5/\xfd"),
        ("gzip, gzip, gzip", b""),
    ],
)
async def test_a_body_that_breaks_off_is_not_taken_for_whole(
    site: Site, coding: str, packed: bytes
) -> None:
    site.pages["/"] = answer(body=packed, Content_Encoding=coding)
    async with site.client() as client:
        with pytest.raises(Unreachable, match="the answer broke off"):
            await client.fetch(URL)


async def test_an_announced_body_beyond_the_cap_is_not_read(site: Site) -> None:
    sent = 0

    async def fifty(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n" % (50 * MIB))
        for _ in range(50):
            writer.write(b"x" * MIB)
            await writer.drain()
            sent += 1

    site.pages["/"] = fifty
    async with site.client() as client:
        with pytest.raises(TooLarge, match="52428800 bytes announced"):
            await client.fetch(URL)
    assert sent < 10


async def test_an_unannounced_body_is_read_up_to_the_cap(site: Site) -> None:
    sent = 0

    async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 X\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    site.pages["/"] = endless
    async with site.client(max_body=MIB) as client:
        with pytest.raises(TooLarge, match="1048576 bytes"):
            await client.fetch(URL)
    assert sent < 20 * MIB


async def test_one_call_may_take_more_or_less(site: Site) -> None:
    site.pages["/"] = answer(body=b"x" * 5000)
    async with site.client(max_body=2000, max_wire=2000) as client:
        assert len((await client.fetch(URL, max_body=5000)).body) == 5000
        with pytest.raises(TooLarge):
            await client.fetch(URL)


async def test_a_bomb_is_refused(site: Site) -> None:
    bomb = gzip.compress(b"\0" * (100 * MIB))
    site.pages["/"] = answer(body=bomb, Content_Encoding="gzip")
    async with site.client() as client:
        with pytest.raises(TooLarge, match="20971520 bytes after decompression"):
            await client.fetch(URL)


@pytest.mark.parametrize("library", ["zlib", "installed"])
@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, gzip"])
def test_a_bomb_never_unfolds_beyond_its_cap(coding: str, library: str) -> None:
    import tracemalloc

    zeros = b"\0" * (64 * MIB)
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "br": lambda data: brotli.compress(data, quality=1),
        "deflate": zlib.compress,
        "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    }
    packed = pack[coding](zeros)
    decoder = decoder_for(coding, MIB)
    tracemalloc.start()
    try:
        with unpacking_by(library), pytest.raises(BodyTooLarge):
            decoder.feed(packed)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MIB


async def test_a_large_error_page_is_still_an_error_page(site: Site) -> None:
    site.pages["/"] = answer(404, b"x" * (2 * MIB))
    async with site.client(max_body=MIB, max_wire=MIB) as client:
        page = await client.fetch(URL)
    assert page.status == 404
    assert len(page.body) < MIB


packings = {
    "gzip": gzip.compress, "deflate": zlib.compress, "bare": deflate_bare, "br": brotli.compress,
    "members": lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:]) + b"\0" * 40,
}  # fmt: skip
compressible = st.one_of(
    st.binary(max_size=3000),
    st.tuples(st.binary(max_size=40), st.integers(0, 60_000)).map(lambda pair: pair[0] * pair[1]),
)


@given(
    compressible.map(lambda data: data[:1_200_000]),
    st.sampled_from(sorted(packings)), st.integers(1, 500), st.sampled_from(["zlib", "installed"]),
)  # fmt: skip
def test_however_it_is_cut_into_chunks_the_body_is_the_same(
    data: bytes, coding: str, size: int, library: str
) -> None:
    packed = packings[coding](data)
    header = {"bare": "deflate", "members": "gzip"}.get(coding, coding)
    with unpacking_by(library):
        decoder = decoder_for(header, 1_200_000)
        for start in range(0, len(packed), size):
            decoder.feed(packed[start : start + size])
        assert decoder.finish() == data


@given(
    st.binary(min_size=1, max_size=3000), st.sampled_from(["gzip", "deflate"]), st.integers(1, 50),
    st.integers(0, 10_000), st.sampled_from(["zlib", "installed"]),
)  # fmt: skip
def test_a_body_that_is_cut_or_damaged_is_never_taken_for_another(
    data: bytes, coding: str, size: int, place: int, library: str
) -> None:
    whole = packings[coding](data)
    damaged = bytearray(whole)
    damaged[2 + place % (len(whole) - 2)] ^= 0x10
    for packed in (whole[: 2 + place % (len(whole) - 2)], bytes(damaged)):
        with unpacking_by(library):
            decoder = decoder_for(coding, 5000)
            try:
                for start in range(0, len(packed), size):
                    decoder.feed(packed[start : start + size])
                assert decoder.finish() == data  # of the head not every bit counts
            except (BrokenBody, BodyTooLarge):
                pass


@given(
    st.binary(max_size=2000), st.sampled_from(["gzip", "deflate", "br", "gzip, br"]),
    st.sampled_from([b"", b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"\x78\x9c"]),
    st.sampled_from(["zlib", "installed"]),
)  # fmt: skip
def test_any_bytes_end_in_a_body_or_a_clear_refusal(
    data: bytes, coding: str, front: bytes, library: str
) -> None:
    with unpacking_by(library):
        decoder = decoder_for(coding, 5000)
        try:
            decoder.feed(front + data)
            assert len(decoder.finish()) <= 5000
        except (BrokenBody, BodyTooLarge):
            pass


def test_noise_compresses_to_more_than_itself_and_still_comes_through() -> None:
    noise = random.Random(4).randbytes(300_000)
    decoder = decoder_for("gzip", 300_000)
    decoder.feed(gzip.compress(noise))
    assert decoder.finish() == noise


def chunked(parts: int, part: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%s\r\n" % (len(part), part) * parts + b"0\r\n\r\n"


async def test_a_body_in_crumbs_is_left(site: Site) -> None:
    site.pages["/"] = chunked(100_000, b"a")
    async with site.client(retries=0) as client:
        with pytest.raises(Unreachable, match="comes in crumbs"):
            await client.fetch(URL)


async def test_a_page_sent_line_by_line_is_read(site: Site) -> None:
    line = b"<p>The council met on Tuesday.</p>\n"
    site.pages["/"] = chunked(20_000, line)
    async with site.client() as client:
        page = await client.fetch(URL)
    assert page.body == line * 20_000


async def test_an_answer_that_never_begins_is_left(site: Site) -> None:
    async def promise(asked: Asked, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
                await writer.drain()

    site.pages["/"] = promise
    async with site.client(retries=0) as client:
        with pytest.raises(Unreachable, match="no answer in it"):
            await client.fetch(URL)


async def test_an_answer_that_was_promised_comes(site: Site) -> None:
    site.pages["/"] = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 50 + answer(body=TEXT)
    async with site.client() as client:
        pages = [await client.fetch(URL) for _ in range(2)]
    assert [page.body for page in pages] == [TEXT, TEXT]
