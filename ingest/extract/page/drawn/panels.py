"""Whether a hidden element is the panel of an accordion: text that a reader opens by a click.

    button, heading or tab before it     <button aria-expanded="false" aria-controls="a1">Question</button>
    and the panel                        <div id="a1" hidden>Answer</div>

So do the patterns of WAI-ARIA (accordion, disclosure), Bootstrap, jQuery UI, Elementor, WordPress and
home-made questions and answers. Menus, dialogs, banners, forms and comments are hidden by the same
attributes, and are no part of a text; what they are is said by their roles, names and content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.extract.page.class_words import BESIDE, bits_named, bits_of
from ingest.extract.page.drawn.short_text import short_text

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["is_panel"]

#: Characters of a panel outside its links, and the share of them that link at most.
_LEAST_TEXT, _MOST_LINKED = 25, 0.5
#: Characters of what opens a panel.
_LONGEST_OPENER = 300
#: Elements around a panel that are asked, and siblings before each.
_MOST_ABOVE, _MOST_BESIDE, _MOST_AROUND = 3, 4, 40
_NEVER = frozenset("nav header footer aside dialog form menu select".split())
_NEVER_ROLES = frozenset(
    "dialog alertdialog menu menubar listbox tooltip navigation search banner alert status grid".split()
)
_NO_PANEL = bits_named("ad", "related", "navigation") | BESIDE
_NO_PANEL_NAMES = re.compile(
    r"cookie|consent|gdpr|modal|popup|pop-up|lightbox|overlay|dropdown|drop-down|flyout|offcanvas"
    r"|menu|navbar|search|login|signin|sign-in|subscribe|paywall|tooltip|toast|share|social|captcha"
    r"|spinner|loader|noscript|print|preview|template|player|gallery|carousel|slider|error",
    re.IGNORECASE,
)
#: Names of panels, of what opens them, and of the boxes that hold both.
_PANEL_NAMES = re.compile(
    r"accordi|akkordeon|acordeon|fisarmonica|collaps|toggle|tab-content|tabcontent|tab-pane|tabpanel|tab-panel"
    r"|faq|answer|antwort|spoiler|expand|panel|disclosure|read-?more|readmore|show-?more|schema-how-to",
    re.IGNORECASE,
)
_OPENERS = (
    "[aria-expanded], [aria-controls], [data-toggle], [data-bs-toggle], [role=tab], [data-target],"
    " summary, button"
)
_HEADINGS = frozenset("h2 h3 h4 h5 h6 dt".split())
#: Inside it, there is more to do than to read.
_CONTROLS = "form, input, select, textarea, dialog, [role=dialog], [role=menu]"


def is_panel(node: LexborNode) -> bool:
    """Whether ``node``, which the markup hides, is a text that its readers open."""
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if (
        node.tag in _NEVER
        or (attributes.get("role") or "") in _NEVER_ROLES
        or _NO_PANEL_NAMES.search(names)
        or (bits_of(names) & _NO_PANEL and not _PANEL_NAMES.search(names))
        or not _is_text(node)
    ):
        return False
    opener = _opener_of(node, names)
    return opener and not _stands_in_a_menu(node)


def _is_text(node: LexborNode) -> bool:
    size = len(node.text(deep=True).strip())
    if size < _LEAST_TEXT or node.css_first(_CONTROLS) is not None:
        return False
    linked = sum(len(link.text(deep=True)) for link in node.css("a[href]")[:200])
    return size - linked >= _LEAST_TEXT and linked <= _MOST_LINKED * size


def _opener_of(node: LexborNode, names: str) -> bool:
    """Whether what opens ``node`` stands right before it, or before the elements that hold it alone."""
    own = node.attributes.get("id")
    labelled = node.attributes.get("aria-labelledby")
    panel_like = bool(_PANEL_NAMES.search(names)) or node.attributes.get("role") in (
        "tabpanel",
        "region",
    )
    current: LexborNode | None = node
    for _ in range(_MOST_ABOVE):
        if current is None or current.tag in ("body", "article", "main"):
            break
        beside = current.prev
        looked = 0
        while beside is not None and looked < _MOST_BESIDE:
            if beside.tag == "-text":
                if not (beside.text_content or "").isspace():
                    break
            elif beside.tag and beside.tag[0] != "-":
                looked += 1
                found = _opens(beside, own, labelled, panel_like)
                if found is not None:
                    return found
            beside = beside.prev
        current = current.parent
    return False


def _opens(
    before: LexborNode, own: str | None, labelled: str | None, panel_like: bool
) -> bool | None:
    """Whether ``before`` opens the panel; ``None`` where it is no opener and one may stand before it."""
    if before.tag in ("script", "style", "link", "meta", "template", "br", "hr"):
        return None
    if short_text(before, _LONGEST_OPENER) is None:
        # Another panel, or the text itself: an opener by id may stand before all panels (tabs).
        return None
    openers = [before, *before.css(_OPENERS)[:20]]
    for opener in openers:
        attributes = opener.attributes
        controls = attributes.get("aria-controls") or ""
        target = (attributes.get("data-target") or attributes.get("data-bs-target") or "").lstrip(
            "#"
        )
        href = attributes.get("href") or ""
        if own and own in (controls, target, href.lstrip("#")):
            return True
        if labelled and attributes.get("id") == labelled:
            return True
    if before.tag == "nav" or before.css_first("nav") is not None:
        return False
    says = any(
        "aria-expanded" in opener.attributes
        or opener.attributes.get("data-toggle") == "collapse"
        or opener.attributes.get("data-bs-toggle") == "collapse"
        or opener.attributes.get("role") == "tab"
        for opener in openers
    )
    if says:
        # One that names another element opens that one.
        named = [o.attributes.get("aria-controls") for o in openers]
        return not any(named) or own is None
    around = f"{before.attributes.get('class') or ''} {before.attributes.get('id') or ''}"
    heading = before.tag in _HEADINGS or before.tag in ("button", "summary")
    heading = heading or before.css_first("h2, h3, h4, h5, h6, button") is not None
    if heading and (panel_like or _PANEL_NAMES.search(around)):
        return True
    if before.tag == "dt" or _QUESTION.search(around):
        return True
    return None


_QUESTION = re.compile(r"question|frage|accordi|toggle|tab-title|collaps", re.IGNORECASE)


def _stands_in_a_menu(node: LexborNode) -> bool:
    current = node.parent
    for _ in range(_MOST_AROUND):
        if current is None or current.tag == "body":
            break
        if current.tag in ("nav", "header", "footer", "dialog", "aside", "form"):
            return True
        attributes = current.attributes
        if (attributes.get("role") or "") in _NEVER_ROLES:
            return True
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if names != " " and _AROUND.search(names):
            return True
        current = current.parent
    return False


_AROUND = re.compile(
    r"cookie|consent|gdpr|modal|dropdown|offcanvas|(?:^|[\s_-])(?:menu|nav|navbar|comments?|sidebar)(?:$|[\s_-])",
    re.IGNORECASE,
)
