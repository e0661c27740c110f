"""One HTTP/1.1 answer out of its bytes: whatever way they are cut, and as h11 reads them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.client.wire.framing import LARGEST_HEAD, MOST_FIELDS, AnswerReader

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Read:
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    complete: bool
    reusable: bool
    error: str | None


def read(raw: bytes, cuts: tuple[int, ...] = (), *, closed: bool = True) -> Read:
    """``raw`` cut at ``cuts``; ``closed``: the server closes the connection after it."""
    reader = AnswerReader()
    for start, end in itertools.pairwise(
        sorted({0, *(c % (len(raw) + 1) for c in cuts), len(raw)})
    ):
        reader.feed(memoryview(raw)[start:end])
    if closed:
        reader.end()
    headers = tuple((name.lower(), value.strip(b" \t")) for name, value in reader.headers)
    return Read(
        reader.status,
        headers if reader.begun else (),
        reader.take(),
        reader.complete,
        reader.complete and reader.reusable,
        str(reader.error) if reader.error else None,
    )


def read_by_h11(raw: bytes) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes] | None:
    """The answer as h11 reads it, with which this client read answers before; ``None``: refused."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(raw)
    status, headers, body, ended = 0, (), b"", False
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA and not ended:
                connection.receive_data(b"")
                ended = True
            elif isinstance(event, h11.Response):
                status, headers = event.status_code, tuple(event.headers)
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return status, headers, body
            elif not isinstance(event, h11.InformationalResponse):
                return None
    except h11.RemoteProtocolError:
        return None


names = st.from_regex(r"x-[a-z0-9_]{1,12}", fullmatch=True).map(str.encode)
values = st.from_regex(r"([!-~\x80-\xff]([ \t!-~\x80-\xff]{0,20}[!-~\x80-\xff])?)?", fullmatch=True)
fields = st.lists(st.tuples(names, values.map(lambda text: text.encode("latin-1"))), max_size=6)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Whole answers, as servers send them."""
    line = draw(st.sampled_from([b"\r\n", b"\r\n", b"\n"]))
    promises = b"".join(
        b"HTTP/1.1 %d Wait%sX-Hint: a%s%s" % (status, line, line, line)
        for status in draw(st.lists(st.sampled_from([100, 102, 103]), max_size=2))
    )
    status = draw(st.sampled_from([200, 200, 203, 204, 206, 301, 304, 404, 500, 503, 999]))
    headers = draw(fields)
    body = draw(st.binary(max_size=300))
    framing = draw(st.sampled_from(["length", "chunked", "close", "both"]))
    if status in (204, 304):
        framing, body = draw(st.sampled_from(["none", "length"])), b""
    told = [b"Content-Length: %d" % len(body)] if framing in ("length", "both") else []
    if framing in ("chunked", "both"):
        told.append(b"Transfer-Encoding: chunked")
        size = draw(st.integers(1, 60))
        extension = draw(st.sampled_from([b"", b"", b";a=b", b"  "]))
        parts = [body[at : at + size] for at in range(0, len(body), size)]
        trailers = b"".join(b"%s: %s\r\n" % field for field in draw(fields))
        body = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
        body += b"0\r\n" + trailers + b"\r\n"
    place = draw(st.integers(0, len(headers)))
    lines = [b"%s: %s" % field for field in headers]
    lines[place:place] = told
    reason = draw(st.sampled_from([b" OK", b"", b" ", b" d\xe9j\xe0"]))
    head = [b"HTTP/1.%d %d%s" % (draw(st.sampled_from([1, 1, 0])), status, reason), *lines]
    return promises + line.join(head) + line + line + body


@given(answers(), st.lists(st.integers(0, 2000), max_size=12).map(tuple))
def test_however_an_answer_is_cut_into_pieces_it_is_the_same(
    raw: bytes, cuts: tuple[int, ...]
) -> None:
    whole = read(raw)
    assert whole.complete
    assert whole.error is None
    assert read(raw, cuts) == whole
    assert read(raw, tuple(range(len(raw)))) == whole


@given(answers())
def test_an_answer_is_read_as_h11_reads_it(raw: bytes) -> None:
    found = read(raw)
    assert (found.status, found.headers, found.body) == read_by_h11(raw)


@given(answers(), st.data())
def test_an_answer_that_is_cut_off_is_not_taken_for_whole(raw: bytes, data: st.DataObject) -> None:
    cut = read(raw[: data.draw(st.integers(0, len(raw) - 1))])
    if cut.complete:
        # It ended before, or says nothing of its length.
        assert cut.body == read(raw).body or b"content-length" not in raw.lower()
    else:
        assert cut.error is not None


@given(
    answers(), st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=4)), max_size=4),
    st.lists(st.integers(0, 2000), max_size=6).map(tuple),
)  # fmt: skip
def test_any_bytes_end_in_an_answer_or_a_refusal(
    raw: bytes, changes: list[tuple[int, bytes]], cuts: tuple[int, ...]
) -> None:
    for place, put in changes:
        at = place % (len(raw) + 1)
        raw = raw[:at] + put + raw[at + len(put) // 2 :]
    found = read(raw, cuts)
    assert found.complete != (found.error is not None)
    if found.complete:
        assert 200 <= found.status <= 999
        assert len(found.body) <= len(raw)


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", b"hi"),
        (OK + b"A: one\r\n  two\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (OK + b"A: one\x01two\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (OK + b"Content-Length: 2\r\nX: y\r\ncontent-length: 2\r\n\r\nhi", b"hi"),
        (OK + b"Content-Length: 2, 2\r\n\r\nhi", b"hi"),
        (OK + b"Content-Length: 0\r\n\r\n", b""),
        (OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", b"hi"),
        (OK + b"Transfer-Encoding: Chunked\r\n\r\n0002;a=b\r\nhi\r\n000\r\n\r\n", b"hi"),
        (CHUNKED + b"2\r\nhi\r\n0\r\nX-Sum: 1\r\nContent-Length: 77\r\n\r\n", b"hi"),
        (OK + b"\r\nno word of its length", b"no word of its length"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 304 Same\r\nContent-Length: 500\r\n\r\n", b""),
        (b"HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n", b""),
        (b"HTTP/1.1 205 Reset\r\n\r\n", b""),
        (OK + b"Upgrade: h2c\r\nConnection: Upgrade, Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        (b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi", b"hi"),
    ],
)  # fmt: skip
def test_what_servers_do_is_borne(raw: bytes, body: bytes) -> None:
    found = read(raw)
    assert (found.body, found.complete, found.error) == (body, True, None)
    assert read(raw, tuple(range(len(raw)))) == found


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", "two lengths"),
        (OK + b"Content-Length: 2, 3\r\n\r\nhi", "two lengths"),
        (OK + b"Content-Length: -2\r\n\r\nhi", "content-length"),
        (OK + b"Content-Length: +2\r\n\r\nhi", "content-length"),
        (OK + b"Content-Length: 0x2\r\n\r\nhi", "content-length"),
        (OK + b"Content-Length:\r\n\r\nhi", "content-length"),
        (OK + b"Content-Length: 99999999999999999999999\r\n\r\nhi", "content-length"),
        (OK + b"Content-Length : 2\r\n\r\nhi", "a header that is none"),
        (OK + b"Transfer-Encoding : chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "a header that is none"),
        (OK + b"Transfer-Encoding:\r\n chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "transfer coding"),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nhi", "transfer coding"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "transfer coding"),
        (OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "coding"),
        (OK + b" A: b\r\nContent-Length: 2\r\n\r\nhi", "a header that is none"),
        (OK + b"A: b\rContent-Length: 2\r\n\r\nhi", ""),
        (OK + b"A: a\0b\r\nContent-Length: 2\r\n\r\nhi", "a header that is none"),
        (OK + b"A B: b\r\nContent-Length: 2\r\n\r\nhi", "header"),
        (OK + b"nonsense\r\nContent-Length: 2\r\n\r\nhi", "header"),
        (OK + b": x\r\nContent-Length: 2\r\n\r\nhi", "header"),
        (CHUNKED + b"-2\r\nhi\r\n0\r\n\r\n", "chunk size"),
        (CHUNKED + b"0x2\r\nhi\r\n0\r\n\r\n", "chunk size"),
        (CHUNKED + b"fffffffffffffffffff\r\nhi\r\n0\r\n\r\n", "chunk"),
        (CHUNKED + b"2\r\nhi0\r\n\r\n", "chunk"),
        (CHUNKED + b"\r\nhi\r\n0\r\n\r\n", "chunk"),
        (CHUNKED + b"2\r\nhi\r\n0\r\n", "peer closed"),
        (CHUNKED + b"2\r\nhi\r\n", "peer closed"),
        (OK + b"Content-Length: 3\r\n\r\nhi", "peer closed"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nxx", "protocol"),
        (b"HTTP/1.1 101 Switching\r\n\r\n", "protocol"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "without sending a response"),
        (b"HTTP/1.1  200 OK\r\n\r\n", "status"),
        (b"HTTP/1.1 99 X\r\n\r\n", "status"),
        (b"HTTP/1.1 1000 X\r\n\r\n", "status"),
        (b"HTTP/2 200 OK\r\n\r\n", ""),
        (b"RTSP/1.0 200 OK\r\n\r\n", "it begins with"),
        (b"ICY 200 OK\r\n\r\n", "it begins with"),
        (b"<html>no head at all", "it begins with"),
        (b"\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi", "it begins with"),
        (b"", "without sending a response"),
        (OK + b"X: " + b"y" * LARGEST_HEAD, "a head of more than"),
        (OK + b"X: y\r\n" * (MOST_FIELDS + 1) + b"\r\n", "more than 1000 headers"),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_is_none_is_refused(raw: bytes, why: str) -> None:
    found = read(raw)
    assert not found.complete
    assert found.error is not None
    assert why in found.error.lower()


@pytest.mark.parametrize(
    "raw",
    [
        OK + b"Content-Length: 2\r\n\r\nhiXXXX",
        OK + b"Content-Length: 2\r\n\r\nhi" + OK + b"Content-Length: 3\r\n\r\nyou",
        OK + b"Content-Length: 2\r\n\r\nhiHTT",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\nhi",
    ],
)
def test_what_comes_behind_an_answer_is_none_and_its_connection_serves_no_other(raw: bytes) -> None:
    for cuts in ((), tuple(range(len(raw)))):
        found = read(raw, cuts, closed=False)
        assert found.body in (b"hi", b"")
        assert found.complete
        assert not found.reusable


def test_a_connection_serves_another_request_after_a_plain_answer() -> None:
    assert read(OK + b"Content-Length: 2\r\n\r\nhi", closed=False).reusable
    assert read(CHUNKED + b"2\r\nhi\r\n0\r\n\r\n", closed=False).reusable
    assert read(b"HTTP/1.1 304 Same\r\n\r\n", closed=False).reusable


@pytest.mark.parametrize(
    ("first", "again"),
    [(b"", b"2;" + b"x" * 1000 + b"\r\nhi\r\n"), (b"0\r\n", b"X-T: y\r\n" * 100)],
)
def test_a_body_that_is_hardly_in_what_comes_is_left(first: bytes, again: bytes) -> None:
    reader = AnswerReader()
    reader.feed(CHUNKED + first)
    for _ in range(10_000):
        reader.feed(again)
        if reader.error is not None:
            break
    assert "more around the parts of its body" in str(reader.error)
