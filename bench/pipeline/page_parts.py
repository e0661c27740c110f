"""What pages are put together from: fixed stretches, compressed once, and what is the article's own.

Most of a real page is the same on every page of its site (scripts, styles, menus, footers). Here
these stretches are deflated when the site is made; a page's answer joins their compressed bytes
with those of its own few kilobytes, so that serving costs a fraction of reading.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from functools import cache
from html import escape

__all__ = ["Fixed", "Part", "gzipped", "inline_json", "markup_of", "menu", "style_sheet", "svg_icon", "svg_symbols"]  # fmt: skip


class Fixed:
    """A stretch that is the same on many pages."""

    __slots__ = ("deflated", "raw", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.raw = text.encode()
        self.deflated = _deflated(self.raw, 6)


Part = Fixed | str


def _deflated(raw: bytes, level: int) -> bytes:
    """A stretch of a raw deflate stream that refers to nothing before it and ends on a byte."""
    stream = zlib.compressobj(level, zlib.DEFLATED, -15)
    return stream.compress(raw) + stream.flush(zlib.Z_FULL_FLUSH)


def markup_of(parts: Sequence[Part]) -> str:
    """The page as text."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def gzipped(parts: Sequence[Part]) -> tuple[list[bytes], str]:
    """The page as the pieces of one gzip member (RFC 1952), and its entity tag."""
    pieces = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"]
    check = size = 0
    for part in parts:
        if isinstance(part, Fixed):
            raw, deflated = part.raw, part.deflated
        else:
            raw = part.encode()
            deflated = _deflated(raw, 1)
        check = zlib.crc32(raw, check)
        size += len(raw)
        pieces.append(deflated)
    pieces.append(b"\x03\x00" + check.to_bytes(4, "little") + size.to_bytes(4, "little"))
    return pieces, f'"{check:08x}-{size:x}"'


_KEYS = (
    "slot viewport bidder priority consent endpoint placement refresh locale segment variant "
    "campaign region layout cache timeout feature rollout vendor channel tracker lazy token"
).split()
_PROPERTIES = (
    "margin:0 auto|padding:0 16px|display:flex|align-items:center|font:700 1.125rem/1.4 var(--serif)|"
    "color:var(--ink-2)|background-color:#f6f4f0|border-bottom:1px solid rgba(0,0,0,.12)|max-width:68ch|"
    "grid-template-columns:repeat(12,minmax(0,1fr))|position:sticky|top:0|z-index:30|letter-spacing:-.01em|"
    "transition:opacity .2s ease-in-out|text-decoration:none|overflow:hidden|border-radius:4px"
).split("|")


def _hex(rng: random.Random, digits: int) -> str:
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def inline_json(seed: str, kilobytes: int) -> str:
    """Configuration as pages carry it: flags, ad slots, identifiers; no text that anyone reads."""
    rng = random.Random(seed)
    entries: list[dict[str, object]] = []
    size = 0
    while size < kilobytes * 1024:
        entry: dict[str, object] = {
            f"{rng.choice(_KEYS)}{rng.choice(_KEYS).capitalize()}": rng.choice(
                [True, None, rng.randrange(10_000), _hex(rng, 12), [300, 250], {"id": _hex(rng, 8)}]
            )
            for _ in range(8)
        }
        entries.append(entry)
        size += len(json.dumps(entry))
    return json.dumps({"build": _hex(rng, 10), "settings": entries}, separators=(",", ":"))


def style_sheet(seed: str, kilobytes: int, prefix: str) -> str:
    """Rules of a style sheet in the page."""
    rng = random.Random(seed)
    rules: list[str] = []
    size = 0
    while size < kilobytes * 1024:
        chosen = ";".join(rng.sample(_PROPERTIES, 4))
        rules.append(f".{prefix}{rng.choice(_KEYS)}-{_hex(rng, 4)}{{{chosen}}}")
        size += len(rules[-1])
    return "<style>" + "".join(rules) + "</style>"


def svg_symbols(seed: str, count: int) -> str:
    """A sprite of icons."""
    rng = random.Random(seed)
    symbols = "".join(
        f'<symbol id="icon-{key}-{n}" viewBox="0 0 24 24"><path d="M'
        + "".join(f"{rng.random() * 24:.2f} {rng.random() * 24:.2f}L" for _ in range(28))
        + '0 0z"></path></symbol>'
        for n, key in enumerate(rng.choices(_KEYS, k=count))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" style="display:none" aria-hidden="true">{symbols}</svg>'


@cache
def svg_icon(name: str) -> str:
    """An icon drawn in the page; the same for the same name."""
    rng = random.Random(name)
    drawn = "".join(f"c{rng.random() * 9:.2f}-{rng.random() * 9:.2f}" for _ in range(14))
    return f'<svg width="24" height="24" viewBox="0 0 24 24" fill="none" aria-hidden="true" focusable="false"><path d="M12 {drawn}z" fill="currentColor"></path></svg>'


def menu(names: Sequence[str], item: str) -> str:
    """Entries of a menu; ``item`` is formatted with ``path`` and ``name``."""
    return "".join(
        item.format(path=f"/{name.lower().replace(' ', '-')}/", name=escape(name)) for name in names
    )
