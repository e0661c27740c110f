"""From bytes to one HTTP/1.1 answer (RFC 9112), however the bytes are cut into pieces.

The parser is llhttp (by ``httptools``), which Node.js has; a request is answered by one head that
counts, so each answer has a parser of its own. llhttp refuses what servers of the open web do and
browsers bear: lines that end in a bare LF, folded headers, control characters in values, a length beside
a chunked body (where the chunks count, RFC 9112, section 6.3), the same length told twice (RFC 9110,
section 8.6). Those are let pass; what could be read in two ways ends its connection.
"""

from __future__ import annotations

import re

import httptools
import httpx

from sources.client.wire.crumbs import LEAST, MOST_SMALL, Crumbs

__all__ = ["AnswerReader"]

#: Of one head; as many bytes may come around the parts of a body beyond what the body has itself.
LARGEST_HEAD = 100 * 1024
#: Of all heads before the one that counts: those that only say that it will come (1xx, RFC 9110,
#: section 15.2).
LARGEST_HEADS = 256 * 1024
#: Header fields of one head.
MOST_FIELDS = 1000

_END = re.compile(rb"\n\r?\n")
#: What says where a body ends.
_LENGTH = re.compile(rb"\ncontent-length:([^\n]*)", re.IGNORECASE)
_CODING = re.compile(rb"\ntransfer-encoding:([^\n]*)", re.IGNORECASE)
#: What llhttp bears then, and we do not: a name with blanks behind it, a folded first line, NUL.
_NOT_BORNE = re.compile(rb"\n[\w-]+[ \t]+:|\A[^\n]*\n[ \t]|\0")
_BODILESS = frozenset([204, 304])


class AnswerReader:
    """Takes the bytes of one answer to a GET, and tells its head and the parts of its body."""

    __slots__ = (
        "_fields", "_framed", "_head", "_heads", "_parser", "_parts", "_seen", "_surplus", "begun", "complete",
        "error", "headers", "parts", "reusable", "size", "status", "waiting",
    )  # fmt: skip

    def __init__(self) -> None:
        #: Whether its head is known: ``status`` and ``headers``, names and values as they came.
        self.begun = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        #: What came of the body and was not taken yet, and its bytes.
        self.parts: list[bytes] = []
        self.waiting = 0
        #: Bytes of the body until now.
        self.size = 0
        #: Whether all of it has come.
        self.complete = False
        #: Whether another request may follow on its connection; said once it is complete.
        self.reusable = False
        #: What is wrong with it; nothing more is read then.
        self.error: httpx.RemoteProtocolError | Crumbs | None = None
        self._head = bytearray()
        self._heads = 0
        #: How far the head was searched for its end.
        self._seen = 0
        self._fields = 0
        self._framed = False
        self._parts = 0
        #: Bytes of the wire beyond the head that are none of the body.
        self._surplus = 0
        self._parser: httptools.HttpResponseParser | None = None

    @property
    def silent(self) -> bool:
        """Whether not one byte of it has come."""
        return not self.begun and not self._head and not self._heads

    def feed(self, data: memoryview | bytes) -> None:
        """Take more; what is wrong stands in ``error``."""
        if not self.begun and self.error is None:
            data = self._take_heads(data)
        if self.error is not None or not data:
            return
        if self.complete:
            self.reusable = False  # nobody asked for more
        else:
            self._feed_body(data)

    def end(self) -> None:
        """Nothing more comes: the end of an answer that says nothing of its length, or too early."""
        if self.complete or self.error is not None:
            return
        if self.begun and not self._framed:
            self.complete = True
        elif self.begun or self._head.startswith(b"HTTP/"):
            self._refuse("peer closed connection before the end of its answer")
        elif self._head:
            self._refuse(f"it begins with {bytes(self._head[:20])!r}")
        else:
            self._refuse("server disconnected without sending a response")

    def take(self) -> bytes:
        """The parts of the body that wait, as one."""
        parts = self.parts
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        self.parts, self.waiting = [], 0
        return data

    # What the parser tells

    def on_message_begin(self) -> None:
        """A head begins; a second answer to one request makes the connection useless."""
        if self.begun:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which says nothing to us."""
        if not self.begun:
            self._fields += 1
            if self._fields <= MOST_FIELDS:
                self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The end of a head; of a later one where a server answers what was not asked."""
        parser = self._parser
        if self.begun or parser is None:
            return
        status = parser.get_status_code()
        if status >= 200:
            self.status = status
            self.begun = True
            self.reusable = parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        """A part of the body, of a chunk at most."""
        if self.complete:
            return
        self._parts += 1
        size = len(part)
        self.size += size
        self.waiting += size
        self.parts.append(part)

    def on_message_complete(self) -> None:
        """The end of the body, or of a head that only says that another will come."""
        if self.begun:
            self.complete = True

    def _take_heads(self, data: memoryview | bytes) -> memoryview:
        """Take the heads in ``data`` up to the one that counts; what stands behind that is left."""
        came: memoryview | bytes | bytearray = data
        if self._head:
            self._head += data
            came = self._head
        seen, self._seen = self._seen, 0
        while not self.begun and self.error is None:
            end = _END.search(came, seen)
            if end is None or end.end() > LARGEST_HEAD:
                self._head = came if isinstance(came, bytearray) else bytearray(came)
                self._seen = max(0, len(came) - 2)
                if len(came) > LARGEST_HEAD:
                    self._refuse(f"a head of more than {LARGEST_HEAD} bytes")
                return memoryview(b"")
            self._head, seen = bytearray(), 0
            whole = memoryview(came)
            came = whole[end.end() :]
            self._heads += end.end()
            self._feed_head(bytes(whole[: end.end()]))
        return memoryview(came)

    def _feed_head(self, head: bytes) -> None:
        self.headers, self._fields = [], 0
        told, codings = _LENGTH.findall(head), _CODING.findall(head)
        lengths = {number.strip() for value in told for number in value.split(b",")}
        wrong = _wrong_with(head, lengths, codings)
        if wrong is not None:
            self._refuse(wrong)
            return
        if len(told) > 1 or (told and b"," in told[0]):
            head = _one_length(head, *lengths)
        self._framed = bool(told or codings)
        parser = self._parser = self._parser or _parser(self)
        self._parse(head)
        if self.error is not None:
            return
        if self._fields > MOST_FIELDS:
            self._refuse(f"more than {MOST_FIELDS} headers")
        elif not self.begun:
            if not 100 <= parser.get_status_code() < 200:
                self._refuse("a head without an end")
            elif self._heads > LARGEST_HEADS:
                self._refuse("very much, and no answer in it")
        elif self.status in _BODILESS:
            self._framed = self.complete = True
        elif codings and told:
            # Whoever reads it by the length sees other answers on this connection than we do.
            self.reusable = False

    def _feed_body(self, data: memoryview | bytes) -> None:
        before = self.size
        self._parse(data)
        self._surplus += len(data) - (self.size - before)
        if self.complete or self.error is not None:
            return
        if self._parts > MOST_SMALL and self.size < self._parts * LEAST:
            self.error = Crumbs(self.size, self._parts)
        elif self._surplus > LARGEST_HEAD + self.size:
            self._refuse("more around the parts of its body than in them")

    def _parse(self, data: memoryview | bytes) -> None:
        assert self._parser is not None
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if self.complete:
                self.reusable = False  # what comes behind the end is no answer
            else:
                self._refuse(str(error))

    def _refuse(self, what: str) -> None:
        self.error = httpx.RemoteProtocolError(what)


def _wrong_with(head: bytes, lengths: set[bytes], codings: list[bytes]) -> str | None:
    """Why a head is refused before it is parsed."""
    if not head.startswith(b"HTTP/"):
        return f"it begins with {head[:20]!r}"
    if _NOT_BORNE.search(head):
        return "a header that is none"
    if len(lengths) > 1:
        return "it tells two lengths"
    if len(codings) > 1 or (codings and codings[0].strip().lower() != b"chunked"):
        return "a transfer coding that was not asked for"
    if head[8:12] == b" 101":
        return "it changes the protocol"
    return None


def _parser(reader: AnswerReader) -> httptools.HttpResponseParser:
    parser = httptools.HttpResponseParser(reader)
    parser.set_dangerous_leniencies(
        lenient_headers=True,
        lenient_chunked_length=True,
        lenient_optional_cr_before_lf=True,
        lenient_spaces_after_chunk_size=True,
    )
    return parser


def _one_length(head: bytes, length: bytes) -> bytes:
    """``head`` with its length told once."""
    bare = _LENGTH.sub(b"", head)
    first, line_end, rest = bare.partition(b"\n")
    return first + line_end + b"Content-Length: " + length + b"\r\n" + rest
