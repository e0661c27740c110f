"""The order of extraction: decode, parse, read metadata, find the body, read credits, strike chrome.

Which text is a page's is ``page_text``, whether it is an article ``verdict``.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO

from ingest.extract.body.selected import without_sign_up_boxes
from ingest.extract.chrome.site_lines import SiteLines
from ingest.extract.credits.page_credits import CreditInput
from ingest.extract.data import keep_parsed
from ingest.extract.encoded_twice import may_be_encoded_twice, read_once
from ingest.extract.finishing import Found, credit_input, finish_article, outside_lines
from ingest.extract.metadata.field_source import FieldSource
from ingest.extract.metadata.language_model import language_model, map_if_there
from ingest.extract.metadata.page_metadata import PageMetadata, read_metadata
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page.lines import Line
from ingest.extract.page.surroundings import surroundings
from ingest.extract.page_context import PageContext
from ingest.extract.page_rules import page_rules
from ingest.extract.page_text import PageText, text_of_page
from ingest.extract.refusal import Refusal
from ingest.extract.verdict.by_source import refused_by_source
from ingest.extract.verdict.decision import Judged, evidence_on, judge
from ingest.extract.verdict.walls import refuse_without_text
from sources.client.answer.charset import decode_page, is_utf8_as_it_stands
from sources.link import Link
from sources.markup import excess
from sources.source import Source
from storage.article import Article, Struck

__all__ = [
    "BodyText",
    "credits_input",
    "extract_body",
    "extract_bytes",
    "extract_page",
    "extract_parsed",
    "extract_text",
    "read_parsed",
    "text_of_body",
    "unpacked",
    "warm_up",
    "weigh_parsed",
]

#: Bytes of a page; no article is larger.
LARGEST = 20 * 1024 * 1024
_TAG = re.compile(
    r"<(?:!doctype|html|head|body|div|p|article|title|meta|script|span|table|h1|a|br)[\s>/]",
    re.IGNORECASE,
)
_BINARY = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x7fELF", "a program"),
    (b"ID3", "a sound file"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"\x00\x00\x00\x20ftyp", "a video"),
)


def warm_up(*, rare: bool = False) -> None:
    """Load what the first page would wait for: tables, models, libraries.

    ``rare``: also what few pages ask for, which takes as long again: to measure what pages cost by themselves.
    """
    sentence = "The lock keeper opened the gates by hand, and his niece held the rope for him. "
    page = (
        "<html lang='en'><meta charset='utf-8'><link rel='canonical' href='https://www.example.org/'>"
        "<body><article><h1>The gates\u2026</h1><p class='byline'>By Ada Lund</p>"
        + f"<p>{sentence * 3}</p>" * 4
        + "<p>Translated by Ada Lund</p></article></body></html>"
    )
    # Its one sign beyond ASCII has the table of encodings read; its small words say which language it is.
    map_if_there()
    extract_bytes(page.encode(), url="https://example.org/gates")
    keep_parsed()
    if rare:
        language_model()
        # So short a text is in doubt: the second witness is heard, which keeps its words for the next time.
        for _ in range(2):
            extract_page(f"<html lang='en'><body><p>{sentence}</p></body></html>")


def extract_bytes(
    body: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    source: Source | None = None,
    link: Link | None = None,
    now: datetime | None = None,
    site: SiteLines | None = None,
    headers: Mapping[str, str] | None = None,
) -> Article | Refusal:
    """The article in ``body``, a page or a plain text dump, gzipped or not.

    Args:
        body: as it came, content coding undone.
        url: address of the page, where known.
        content_type: the header, where there was one.
        source: whose page it is.
        link: what the endpoint said of it.
        now: the latest that a date may be; the time of day where left out.
        site: the lines that other articles of the source hold, without this one.
        headers: of the answer, names in lower case; what they say about reuse is read.
    """
    about = PageContext(
        url, content_type, source, link, now or datetime.now(UTC), site=site, headers=headers
    )
    return extract_body(body, about)


def extract_body(body: bytes, about: PageContext) -> Article | Refusal:
    """As ``extract_bytes``, with what is known of the page in one value."""
    text = text_of_body(body, url=about.url, content_type=about.content_type)
    if isinstance(text, Refusal):
        return text
    if not text.is_html:
        return extract_text(text.text, about)
    return extract_parsed(HtmlPage.parse(text.markup), about)


@dataclass(frozen=True, slots=True)
class BodyText:
    """An answer's body, decoded."""

    #: As text, or as bytes where these came as UTF-8: what the parser works on.
    markup: str | bytes
    #: Whether it is a page, not a plain text dump.
    is_html: bool

    @property
    def text(self) -> str:
        """As text, which few ask for."""
        return self.markup if isinstance(self.markup, str) else self.markup.decode()


def text_of_body(
    body: bytes, *, url: str | None = None, content_type: str | None = None
) -> BodyText | Refusal:
    """What ``body`` holds, or why it is neither a page nor text.

    Args:
        body: as it came, content coding undone, gzipped or not.
        url: address of the page, where known.
        content_type: the header, where there was one.
    """
    try:
        body = unpacked(body)
    except ValueError as error:
        return Refusal(url, "not_html", str(error))
    if len(body) > LARGEST:
        return Refusal(url, "too_large", f"{len(body)} bytes; no article is larger than {LARGEST}")
    for magic, what in _BINARY:
        if body.startswith(magic):
            return Refusal(url, "not_html", f"{what}, not a page")
    media = (content_type or "").partition(";")[0].strip().lower()
    if media.startswith(("image/", "video/", "audio/", "font/")) or media in (
        "application/pdf",
        "application/zip",
        "application/json",
    ):
        return Refusal(url, "not_html", f"served as {media}, not a page")
    if (
        "html" in media
        and is_utf8_as_it_stands(body, content_type)
        and b"<" in body
        and not may_be_encoded_twice(body)
    ):
        # Nearly every page: nothing below would find anything in its text.
        too_much = excess(body)
        if too_much is not None:
            return Refusal(url, "too_costly", f"{too_much}: not read")
        return BodyText(body, is_html=True)
    text, encoding = decode_page(body, content_type)
    if not text or text.isspace():
        return Refusal(url, "empty", "the answer is empty")
    decoded, plain = text, _is_as_decoded(body, text, encoding)
    if not plain or may_be_encoded_twice(body):
        text = read_once(text)
    if _looks_like_html(text, media):
        utf8 = body if plain and text is decoded else None
        too_much = excess(utf8 or text.encode("utf-8", "replace"))
        if too_much is not None:
            return Refusal(url, "too_costly", f"{too_much}: not read")
        return BodyText(utf8 or text, is_html=True)
    if text.count("\ufffd") > 0.1 * len(text):
        return Refusal(url, "not_html", "neither a page nor text")
    return BodyText(text, is_html=False)


def _is_as_decoded(body: bytes, text: str, encoding: str) -> bool:
    """Whether ``body`` is ``text`` in UTF-8, nothing removed and nothing replaced."""
    return (
        encoding in ("utf-8", "ascii")
        and not body.startswith(codecs.BOM_UTF8)
        and b"\x00" not in body
        and "\ufffd" not in text
    )


def unpacked(body: bytes) -> bytes:
    """``body`` without gzip, up to one byte more than is read.

    Raises:
        ValueError: it is broken; the text says how.
    """
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as stream:
            return stream.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"broken gzip: {error}") from None


def _looks_like_html(text: str, media: str) -> bool:
    if "html" in media or text[-400:].rstrip().lower().endswith(("</html>", "</body>")):
        return True
    start = _behind_leaders(text)
    head = text[start : start + 4000]
    tags = len(_TAG.findall(head))
    return tags >= 2 or (tags == 1 and (start > 0 or head.lstrip()[:1] == "<"))


#: What plug-ins and servers write before a page: elements and comments without a word for readers.
_LEADER = re.compile(
    r"\s*<(?:(!--)|(style|script|noscript|title)\b|link\b|meta\b|\?|!)", re.IGNORECASE
)
_MOST_LEADERS = 50


def _behind_leaders(text: str) -> int:
    """Where a page begins behind styles, scripts, comments and declarations; 0 where it is no page's."""
    at = 0
    for _ in range(_MOST_LEADERS):
        found = _LEADER.match(text, at)
        if found is None:
            return at
        closing = "-->" if found[1] else f"</{found[2].lower()}" if found[2] else ">"
        end = text.find(closing, found.end())
        if end < 0 and found[2]:
            end = text.find(closing.upper(), found.end())
        if end < 0:
            return at
        end = text.find(">", end)
        if end < 0:
            return at
        at = end + 1
    return at


def extract_text(text: str, about: PageContext | None = None) -> Article | Refusal:
    """The article in ``text``, a dump without markup, or why there is none."""
    # Loaded by the few who have such.
    from ingest.extract.dump import reading

    return reading.extract_text(text, about)


def extract_page(text: str, about: PageContext | None = None) -> Article | Refusal:
    """The article on the page with the markup ``text``, or why it is none."""
    about = about or PageContext()
    too_much = excess(text.encode("utf-8", "replace"))
    if too_much is not None:
        return Refusal(about.url, "too_costly", f"{too_much}: not read")
    return extract_parsed(HtmlPage.parse(text), about)


def extract_parsed(page: HtmlPage, about: PageContext) -> Article | Refusal:
    """As ``extract_page``, of a page that is parsed; its tree loses sign-up boxes."""
    return read_parsed(page, about)[0]


def read_parsed(page: HtmlPage, about: PageContext) -> tuple[Article | Refusal, Judged]:
    """As ``extract_parsed``, with how the page was judged."""
    taken = _take(page, about)
    fields, said, body = taken.fields, taken.said, taken.text.body
    rules = fields.rules
    if taken.text.extractor == "feed" and body is not None:
        # The page itself is a shell: what it calls itself is the site's name, not the story's.
        link = about.link
        said = replace(said, title=link.title if link and link.title else said.title)
        judged = Judged(refused_by_source(rules, (said.url, about.url), said.kind))
    else:
        blocks = body.blocks if body is not None else ()
        judged = judge(page, about, said, rules, blocks, taken.text.decided)
    if judged.refusal is not None:
        return judged.refusal, judged
    if body is None:
        return refuse_without_text(page, said.url), judged
    found = Found(
        body=body,
        extractor=taken.text.extractor,
        around=surroundings(taken.lines, body.blocks),
        struck=(*outside_lines(taken.lines, rules.chrome, body.blocks), *taken.boxes),
        probability=judged.probability,
    )
    return finish_article(fields, said, found), judged


def weigh_parsed(page: HtmlPage, about: PageContext) -> dict[str, float] | None:
    """The evidence of what ``page`` is, without a judgement; ``None`` where nobody decided on its blocks."""
    taken = _take(page, about)
    if taken.text.decided is None:
        return None
    body = taken.text.body
    return evidence_on(
        page, about, taken.said, body.blocks if body is not None else (), taken.text.decided
    )


def credits_input(page: HtmlPage, about: PageContext) -> CreditInput | None:
    """What the credits of ``page`` are read from; ``None`` where it has no text."""
    taken = _take(page, about)
    body = taken.text.body
    if body is None:
        return None
    found = Found(body, taken.text.extractor, surroundings(taken.lines, body.blocks))
    return credit_input(taken.fields, taken.said, found)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was read of a page before it is judged."""

    fields: FieldSource
    said: PageMetadata
    text: PageText
    #: All its visible lines, and the sign-up boxes that were taken out.
    lines: tuple[Line, ...]
    boxes: tuple[Struck, ...]


def _take(page: HtmlPage, about: PageContext) -> _Taken:
    chosen = page_rules(page.text, about.source)
    lines = page.lines  # before anything is taken out of the tree
    boxes = without_sign_up_boxes(page.tree)
    fields = FieldSource(page, chosen.rules, about)
    said = read_metadata(fields)
    return _Taken(fields, said, text_of_page(page, chosen, about.link), lines, boxes)
