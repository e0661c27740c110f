"""The selectors that a page is read with: its source file's, its platform's, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.platforms import detect_platform, load_platform
from sources.source import ExtractRules

if TYPE_CHECKING:
    from sources.source import Source

__all__ = ["PageRules", "has_own_body", "page_rules"]


@dataclass(frozen=True, slots=True)
class PageRules:
    """Selectors, and whose they are."""

    rules: ExtractRules
    #: ``source``, ``platform:wix``, or ``generic`` where nothing says where the text stands.
    layer: str


def has_own_body(source: Source) -> bool:
    """Whether the operator has written where the text stands."""
    return bool(source.own.body)


def page_rules(markup: str, source: Source | None) -> PageRules:
    """What a page with this ``markup``, of ``source`` where that is known, is read with."""
    if source is not None and source.extract.body:
        layer = "source" if has_own_body(source) else f"platform:{source.platform}"
        return PageRules(source.extract, layer)
    platform = detect_platform(markup)
    if platform is None:
        return PageRules(source.extract if source else ExtractRules(), "generic")
    preset = load_platform(platform).extract
    # The operator's own come first.
    rules = preset if source is None else source.extract.before(preset)
    return PageRules(rules, f"platform:{platform}")
