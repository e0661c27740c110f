"""A page that is no article, as it leaves extraction; who refuses it, and why, is ``verdict``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Refusal", "is_front_page"]

_LANGUAGE_ROOT = re.compile(
    r"/(?:[a-z]{2}(?:[-_][a-zA-Z]{2})?/?)?(?:(?:index|home|default)\.[a-z]{3,5})?"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page is no article."""

    url: str | None
    #: ``error_page``, ``front_page``, ``listing``, ``product``, ``forum``, ``cookie_wall``,
    #: ``login_wall``, ``script_shell``, ``empty``, ``no_text``, ``not_html``, ``too_large``,
    #: ``too_costly``, ``by_source`` (its source file says so).
    reason: str
    #: One sentence for a person.
    detail: str
    #: How likely the page was held for an article, 0 to 1; ``None`` where nothing was weighed.
    probability: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape in which a refusal leaves Copydesk."""
        return {
            "url": self.url,
            "refused": self.reason,
            "detail": self.detail,
            "probability": self.probability,
        }


def is_front_page(url: str) -> bool:
    """Whether ``url`` is the root of a site or of one of its languages.

    What is behind ``#!`` is a page of its own: applications write their addresses so, and a saved
    page that names none is filed under such a one.
    """
    parts = urlsplit(url)
    return (
        not parts.query
        and not parts.fragment.startswith("!")
        and bool(_LANGUAGE_ROOT.fullmatch(parts.path or "/"))
    )
