"""Texts as editors keep them, trees of objects in JSON, to blocks.

One reading for a kind, whoever made the editor: an object has a type, and a text of its own or
others inside it.

    Contentful    {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": ...}]}
    Sanity        {"_type": "block", "style": "h2", "children": [{"_type": "span", "text": ...}]}
    ProseMirror   {"type": "paragraph", "content": [{"type": "text", "text": ...}]}
    Slate         {"type": "p", "children": [{"text": ...}]}, Lexical the same under "root"
    Draft.js      {"blocks": [{"type": "unstyled", "text": ...}], "entityMap": {}}
    Editor.js     {"blocks": [{"type": "paragraph", "data": {"text": ...}}]}
    Gutenberg     {"name": "core/paragraph", "attributes": {"content": ...}, "innerBlocks": []}
    Arc           {"type": "text", "content": "<b>...</b> ..."}, in "content_elements"
    React         ["$", "p", null, {"children": ...}]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ingest.extract.carried.written import blocks_of_text, plain_of_html
from storage.article import Block

if TYPE_CHECKING:
    from storage.article import BlockType

__all__ = ["is_rich_text", "rich_blocks"]

#: Objects of a text that are read, how deep they are nested, and characters of a text.
_MOST, _DEEPEST, _LONGEST = 4_000, 40, 300_000
_KINDS = (
    "nodeType",
    "_type",
    "type",
    "blockName",
    "name",
    "__typename",
    "component",
    "kind",
    "tag",
)
_OWN = "text value html content rendered copy markup body paragraph heading children".split()
_INSIDE = (
    "children content content_elements blocks nodes items innerBlocks paragraphs elements body root"
    " document json data model attributes attrs props fields value text ops"
).split()
_INLINE = re.compile(
    r"(?:text|span|fragment|link|hyperlink|urllink|a|strong|em|b|i|u|bold|italic|mark|leaf|inline\w*|"
    r"entity-hyperlink|asset-hyperlink|entry-hyperlink|hardbreak|hard_break|linebreak|br|softbreak|code_inline|"
    r"autolink|sup|sub|s|del|small|abbr|cite|q|time|strike|underline|mention)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?:hardbreak|hard_break|linebreak|br)", re.IGNORECASE)
_HEADING = re.compile(
    r"(?:^|[/_.-])(?:h[1-6]|head(?:ing|er)\w*|subhead\w*|header-\w+|title|crosshead\w*)(?:$|[/_.-])",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"(?:^|[/_.-])(?:li|list\w*|bullet\w*|(?:un)?ordered\w*|ul|ol)(?:$|[/_.-])", re.IGNORECASE
)
_QUOTE = re.compile(r"quote|quotation", re.IGNORECASE)
_CODE = re.compile(r"(?:^|[/_.-])(?:code\w*|pre|preformatted)(?:$|[/_.-])", re.IGNORECASE)
#: What stands in a text and is none.
_BESIDE = re.compile(
    r"image|photo|picture|figure|video|audio|gallery|embed|(?:^|[/_.-])ads?(?:$|[/_.-])|advert|promo|related|recommend"
    r"|newsletter|signup|teaser|interstitial|oembed|iframe|(?:^|[/_.-])(?:java)?(?:script|style)s?(?:$|[/_.-])|(?:^|[/_.-])media|social|share|button|divider"
    r"|separator|table.?of.?contents|comments?|author|byline|caption|carousel|slideshow|podcast|(?:^|[/_.-])poll(?:$|[/_.-])|pull.?quote|readmore"
    r"|read.?more|paywall|(?:^|[/_.-])nav|svg|(?:^|[/_.-])img(?:$|[/_.-])",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-zA-Z/!]")


def is_rich_text(value: Any) -> bool:
    """Whether ``value`` looks like a text kept by an editor, at a glance."""
    if isinstance(value, dict):
        return any(isinstance(value.get(key), (list, dict)) for key in _INSIDE)
    return isinstance(value, list) and bool(value) and isinstance(value[0], (dict, str, list))


def rich_blocks(value: Any) -> tuple[Block, ...]:
    """The blocks of a text as an editor keeps it; bounded."""
    reader = _Reader()
    reader.read(value, "paragraph", 0)
    reader.close("paragraph")
    return tuple(reader.blocks)


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._left = _MOST
        self._size = 0

    def close(self, kind: BlockType) -> None:
        """End the block that is open."""
        text = "".join(self._parts)
        self._parts.clear()
        lines = [plain_of_html(line) for line in text.split("\n")]
        line = "\n".join(line for line in lines if line)
        if line:
            self.blocks.append(Block(kind, line))

    def read(self, value: Any, kind: BlockType, depth: int) -> None:
        """Add what ``value`` holds, within a block of type ``kind``."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST or self._size > _LONGEST:
            return
        if isinstance(value, str):
            self._text(value, kind)
        elif isinstance(value, list):
            if len(value) >= 4 and value[0] == "$" and isinstance(value[1], str):
                inner = value[3] if isinstance(value[3], dict) else {}
                self.read({"type": value[1], "children": inner.get("children")}, kind, depth + 1)
                return
            for item in value:
                if isinstance(item, str) and not self._is_line(value):
                    self.close(kind)
                    self._text(item, kind)
                    self.close(kind)
                else:
                    self.read(item, kind, depth + 1)
        elif isinstance(value, dict):
            self._node(value, kind, depth)

    def _is_line(self, items: list[Any]) -> bool:
        """Whether the strings in a list are pieces of one line, as between elements of React."""
        return any(isinstance(item, (list, dict)) for item in items)

    def _text(self, text: str, kind: BlockType) -> None:
        if text.startswith("$") and len(text) < 12:
            # A reference of React's.
            return
        self._size += len(text)
        if _TAG.search(text) and len(text) > 200 and not self._parts:
            inner = blocks_of_text(text)
            self.blocks += [
                Block(kind, block.text) if block.type == "paragraph" else block for block in inner
            ]
            return
        self._parts.append(text)

    def _node(self, node: dict[str, Any], kind: BlockType, depth: int) -> None:
        named = [value for key in _KINDS if isinstance(value := node.get(key), str)]
        own = named[0] if named else ""
        if own and _INLINE.fullmatch(own) and not isinstance(node.get("blocks"), list):
            if _BREAK.fullmatch(own):
                self._parts.append("\n")
            elif own.lower() == "text" and _is_paragraph(node):
                # Arc's paragraph is called a text.
                self.close(kind)
                self._inner(node, kind, depth)
                self.close(kind)
            else:
                self._inner(node, kind, depth)
            return
        if own and _BESIDE.search(own):
            return
        if not own and isinstance(node.get("text"), str) and not is_rich_text(node.get("children")):
            # A leaf of Slate's.
            self._parts.append(node["text"])
            return
        inner = _type_of(node, own, kind)
        if own or inner != kind:
            self.close(kind)
        self._inner(node, inner, depth)
        if own or inner != kind:
            self.close(inner)

    def _inner(self, node: dict[str, Any], kind: BlockType, depth: int) -> None:
        """The node's own text, or what is inside it: where it has both they say the same."""
        for key in _OWN:
            value = node.get(key)
            if isinstance(value, str) and value.strip():
                self._text(value, kind)
                return
        for key in _INSIDE:
            value = node.get(key)
            if isinstance(value, (list, dict)) and value:
                self.read(value, kind, depth + 1)
                if key not in ("attributes", "attrs", "props", "data", "fields"):
                    return


def _is_paragraph(node: dict[str, Any]) -> bool:
    text = node.get("content")
    return isinstance(text, str) or isinstance(node.get("html"), str)


def _type_of(node: dict[str, Any], own: str, kind: BlockType) -> BlockType:
    style = node.get("style") if isinstance(node.get("style"), str) else ""
    says = f"{own} {style}"
    if isinstance(node.get("listItem"), str):
        return "list_item"
    for word in says.split():
        if _HEADING.search(word):
            return "heading"
        if _LIST.search(word):
            return "list_item"
        if _QUOTE.search(word):
            return "quote"
        if _CODE.search(word):
            return "code"
    return kind
