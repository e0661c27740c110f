"""Whether markup says that readers do not see an element: asked of lines, and of an article's text.

    attribute               lines (``says_hidden``)     text (``is_not_drawn``)
    style="display: none"   hidden                      hidden
    hidden                  hidden                      hidden
    hidden="until-found"    hidden                      read: a browser shows it to who looks for it
    aria-hidden="true"      hidden                      read: it is kept from screen readers alone

Of the lines around a text none may be said twice, and twins for eyes alone are marked so; of the text
itself nothing may be lost.
"""

from __future__ import annotations

__all__ = ["is_not_drawn", "says_hidden"]

Attributes = dict[str, "str | None"]


def says_hidden(attributes: Attributes) -> bool:
    """Whether an element with these attributes is no line of the page."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return _is_styled_away(attributes)


def is_not_drawn(attributes: Attributes) -> bool:
    """Whether an element with these attributes is no text of an article."""
    if "hidden" in attributes and attributes.get("hidden") != "until-found":
        return True
    return _is_styled_away(attributes)


def _is_styled_away(attributes: Attributes) -> bool:
    style = attributes.get("style")
    return bool(style) and "display:none" in (style or "").replace(" ", "").lower()
