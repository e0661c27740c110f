"""From bytes to the right characters: what the page says, unless its bytes say otherwise.

The order is the WHATWG's (https://encoding.spec.whatwg.org/,
https://html.spec.whatwg.org/#encoding-sniffing-algorithm): byte order mark, header, ``<meta>`` or XML
declaration, content. Labels are read as browsers read them (``iso-8859-1`` is windows-1252,
``gb2312`` is GB18030). Unlike a browser, a declaration that the bytes contradict is not believed:
servers send one charset header for pages of many.
"""

from __future__ import annotations

import codecs
import re

from sources.client.answer.charset_evidence import charsets, evidence, likeliest, sample_of

__all__ = ["decode_page", "is_utf8_as_it_stands"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABEL = r"charset\s{0,4}=\s{0,4}[\"']?\s{0,4}([A-Za-z0-9_:.-]{2,40})"
_HEADER = re.compile(_LABEL, re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,400}?" + _LABEL.encode(), re.IGNORECASE)
_XML = re.compile(
    rb"^\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,4}=\s{0,4}[\"']([A-Za-z0-9_:.-]{2,40})",
    re.IGNORECASE,
)
_LANG = re.compile(rb"<html[^>]{0,500}?\slang\s{0,4}=\s{0,4}[\"']?([A-Za-z]{2})", re.IGNORECASE)
#: How far a declaration is looked for; the standard says 1,024, sites put scripts before it.
HEAD = 8192
#: Bytes beyond ASCII below which valid UTF-8 may be another encoding by chance.
FEW = 40
_EAST_ASIAN = frozenset(["gb18030", "cp932", "cp949", "big5hkscs", "euc_jp"])
#: Bytes that are looked at together: few enough to stay in a processor's first cache.
_PIECE = 4096


def decode_page(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text of ``body`` and the name of the encoding that it was in.

    Args:
        body: a page, feed or text, content coding undone.
        content_type: the header, if there was one.

    Never raises: what cannot be decoded becomes U+FFFD. NUL characters are removed.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], name), name.removesuffix("-le").removesuffix("-be")
    if b"\x1b" in body and (b"\x1b$B" in body or b"\x1b$@" in body):
        # The escapes of ISO-2022-JP occur in nothing else; its bytes are all ASCII.
        return _decoded(body, "iso2022_jp"), "iso2022_jp"
    wide = _wide(body)
    if wide:
        return _decoded(body, wide), "utf-16"
    if body.isascii():
        return _decoded(body, "ascii"), "ascii"
    declared = [name for name in (_from_header(content_type), _from_head(body)) if name]
    text = _plain_utf8(body, declared)
    if text is not None:
        return _without_nul(text, body), "utf-8"
    name = _chosen(body, list(dict.fromkeys(declared)))
    return _decoded(body, name), name


def is_utf8_as_it_stands(body: bytes, content_type: str | None = None) -> bool:
    """Whether ``body`` is what :func:`decode_page` makes of it, in UTF-8: nothing removed or replaced.

    Told without making a text of it, which takes three times as long. ``False`` also where only that
    would tell.
    """
    if b"\x00" in body or b"\x1b" in body or body.startswith(codecs.BOM_UTF8):
        return False
    if body.isascii():
        return True
    if _from_header(content_type) in _EAST_ASIAN or _from_head(body) in _EAST_ASIAN:
        return False
    at, size = 0, len(body)
    while at < size:
        end = at + _PIECE
        piece = body[at:end]
        if not piece.isascii():
            # No character is cut in two: those bytes go to the next piece.
            while at < end < size and body[end] & 0xC0 == 0x80:
                end -= 1
            try:
                text = body[at:end].decode("utf-8")
            except UnicodeDecodeError:
                return False
            if end == at or "\ufffd" in text:
                return False
        at = end
    return True


def _plain_utf8(body: bytes, declared: list[str]) -> str | None:
    """``body`` as UTF-8, where it is valid, and what else is declared leaves no doubt."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # A character beyond ASCII has one to three bytes more than characters.
    beyond = len(body) - len(text)
    return text if beyond >= FEW or not any(name in _EAST_ASIAN for name in declared) else None


def _chosen(body: bytes, declared: list[str]) -> str:
    sample = sample_of(body)
    if _is_utf8(body, sample):
        # Text of any length that is valid UTF-8 by chance does not exist: this goes before every
        # label. A word or two of Chinese may be: 0xC1AA 0xCDA8 is a company's name in GBK.
        if len(sample) < FEW:
            for name in declared:
                if name in _EAST_ASIAN and evidence(sample, name) > evidence(sample, "utf-8"):
                    return name
        return "utf-8"
    match = _LANG.search(body[:HEAD])
    language = match[1].decode("ascii").lower() if match else None
    others = [name for name in declared if name != "utf-8"]
    return likeliest(sample, others, language) or (declared[0] if declared else "cp1252")


def _is_utf8(body: bytes, sample: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        # Still UTF-8: a character cut off, a comment pasted in another encoding.
        text = sample.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        return sum(not character.isascii() for character in text) > 10 * broken
    return True


def _from_header(content_type: str | None) -> str | None:
    match = _HEADER.search(content_type[:500]) if content_type else None
    return _codec(match[1]) if match else None


def _from_head(body: bytes) -> str | None:
    head = body[:HEAD]
    match = _XML.search(head) or _META.search(head)
    name = _codec(match[1].decode("ascii")) if match else None
    # A declaration that could be read as ASCII is not in UTF-16, whatever it says.
    return "utf-8" if name and name.startswith(("utf-16", "utf-32")) else name


def _codec(label: str) -> str | None:
    label = label.strip().lower()
    name = charsets().labels.get(label, label)
    try:
        info = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return None
    # base64, rot13 and the like are codecs too, but no character encodings.
    if info is None or not getattr(info, "_is_text_encoding", True):
        return None
    return None if "escape" in info.name or info.name in _NO_PAGES else info.name


_NO_PAGES = frozenset(["idna", "punycode", "undefined", "utf-7", "mbcs", "oem", "utf-8-sig"])


def _wide(body: bytes) -> str | None:
    """UTF-16 without a byte order mark: markup in it has every other byte zero."""
    head = body[:2000]
    if len(head) < 8:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.3 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.3 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _decoded(body: bytes, name: str) -> str:
    return _without_nul(body.decode(name, "replace"), body)


def _without_nul(text: str, body: bytes) -> str:
    return text.replace("\x00", "") if b"\x00" in body else text
