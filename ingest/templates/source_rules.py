"""A template as the ``[extract]`` table of a source file: learning as a way to write rules by hand.

What a selector can say is said; the rest becomes a note. Rules by hand are read by other code than
templates are, so that ``same_text`` tries them on the pages that are at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.extraction import extract_page
from ingest.extract.page.blocks import blocks_of
from ingest.extract.page.folding import letters
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.templates.applying import containers_of
from ingest.templates.selectors import selector_of_path
from ingest.templates.template import PLAIN_TEXT, is_telling
from sources.source import ExtractRules, Source
from storage.article import Article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborNode

    from ingest.templates.template import Place, Template

__all__ = ["SourceRules", "removals", "same_text", "source_rules", "unsaid_marks"]

#: Tags that hold text of an article only where the pages learned from showed some there.
_BESIDE = ("aside", "header", "footer")
#: Rules that fields of templates have and source files too.
_FIELDS = ("title", "authors", "published", "standfirst")
_MOST_REMOVED = 40
_MARKS = {"link": "linked", "strong": "bold", "em": "emphasised"}


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What a template says, in the words of a source file."""

    rules: ExtractRules
    #: What these words cannot say, or need not.
    notes: tuple[str, ...] = ()


def removals(template: Template) -> list[tuple[str, str | None]]:
    """The outermost paths inside the text's place of which no page kept anything.

    Each with the plainest selector that picks what stands there and nothing that is kept, if any does.
    """
    return [(path, _removing(path, template)) for path in _left_out(template)]


def _left_out(template: Template) -> list[str]:
    sums: dict[str, list[int]] = {}
    for path, leaf in template.leaves.items():
        parts = path.partition("#")[0].split(">")
        for end in range(2, len(parts) + 1):
            held = sums.setdefault(">".join(parts[:end]), [0, 0])
            held[0] += leaf.kept
            held[1] = max(held[1], leaf.pages)
    # What one page left out at a place that says nothing of itself may be text on another.
    bare = {path for path, (kept, pages) in sums.items() if not kept} & {
        path for path, (_, pages) in sums.items() if pages > 1 or is_telling(path)
    }
    return [path for path in sums if path in bare and path.rpartition(">")[0] not in bare]


def unsaid_marks(template: Template) -> list[str]:
    """Lines that are left out for being linked, bold or emphasised where others are kept."""
    found = []
    for path, leaf in template.leaves.items():
        plain, _, mark = path.partition("#")
        if mark and leaf.decision is False and _keeps(template, plain):
            where = selector_of_path(plain) or "the text's place itself"
            found.append(f"{_MARKS[mark]} lines at {where}")
    return found


def source_rules(template: Template, pages: Sequence[tuple[str, Article]] = ()) -> SourceRules:
    """``template`` as rules of a source file.

    Args:
        template: to be written down.
        pages: markup of pages that it fits, with what it makes of them: they tell classes from ids,
            and what a selector would take of the text.
    """
    notes: list[str] = []
    shown = [_Shown.of(html, article, template) for html, article in pages]
    main = _main(template)
    beside = [
        f"{'above' if number < template.body.index(main) else 'below'} it, where a page has it: "
        f"{place.selectors[0]}"
        for number, place in enumerate(template.body)
        if place is not main
    ]
    # A source file reads all that its first matching selector picks, in the page's order.
    body = tuple(
        ", ".join(selector if place is main else place.selectors[0] for place in template.body)
        for selector in main.selectors
    )
    notes += beside
    removed: list[str] = []
    for path, by_class in removals(template)[:_MOST_REMOVED]:
        # A name may be an id, or no first class; only pages tell.
        either = (by_class, _removing(path, template, anyhow=True)) if "." in path else (by_class,)
        found = [s for s in either if s and any(page.picks(s) for page in shown)]
        # Not picked on any page: as it is most likely written.
        selector = found[0] if found else None if _is_vague(path) else by_class
        if selector is None or any(page.loses(selector) for page in shown):
            notes.append(f"left out, but no selector tells it from the text: {path[1:]}")
        elif selector not in removed:
            removed.append(selector)
    kept_tags = {
        part.partition(".")[0]
        for path, leaf in template.leaves.items()
        if leaf.kept
        for part in path.partition("#")[0].split(">")
    }
    # The standfirst is read when the elements to be removed are gone; it may stand in the header.
    apart = {"header"} if "standfirst" in template.fields else set()
    removed += [tag for tag in _BESIDE if tag not in kept_tags | apart and tag not in removed]
    notes += [f"left out, which no selector can say: {lines}" for lines in unsaid_marks(template)]
    chrome = tuple(line for line in template.chrome if line.isprintable() and line.strip())
    if len(chrome) < len(template.chrome):
        notes.append("left out, but of more than one line: some lines that pages share")
    fields: dict[str, tuple[str, ...]] = {}
    unneeded = []
    for name, rule in template.fields.items():
        if rule.origin != "select":
            unneeded.append(f"{name} ({rule})")
        elif name in _FIELDS and not (rule.before or rule.behind):
            fields[name] = (rule.key,)
        else:
            notes.append(f"no rule of a source file says this: {name}: {rule}")
    if unneeded:
        notes.append(f"found without a rule: {', '.join(unneeded)}")
    return SourceRules(
        ExtractRules(body=body, remove=tuple(removed), chrome=chrome, **fields), tuple(notes)
    )


def same_text(rules: ExtractRules, source: Source | None, html: str, article: Article) -> bool:
    """Whether ``rules``, put into the source file, give of a page the text of ``article``."""
    home = source or Source("pages", article.url or "http://pages.invalid/", "")
    by_hand = Source(
        name=home.name,
        home=home.home,
        title=home.title,
        language=home.language,
        country=home.country,
        extract=rules,
    )
    found = extract_page(html, PageContext(article.url, source=by_hand))
    return (
        isinstance(found, Article)
        and found.extractor == "source"
        and letters(found.text) == letters(article.text)
    )


def _is_vague(path: str) -> bool:
    """Whether a text's own paragraphs may be called so: a hash that looks like a word is no hash."""
    last = path.rpartition(">")[2]
    return last.partition(".")[0] in PLAIN_TEXT and "*" in last


@dataclass(frozen=True, slots=True)
class _Shown:
    """The place of the text on one page, and the letters of its blocks."""

    places: tuple[LexborNode, ...]
    text: frozenset[str]

    @classmethod
    def of(cls, html: str, article: Article, template: Template) -> _Shown:
        places = containers_of(HtmlPage.parse(html), _main(template))
        return cls(tuple(places), frozenset(letters(block.text) for block in article.blocks))

    def picks(self, selector: str) -> bool:
        return any(place.css_first(selector) is not None for place in self.places)

    def loses(self, selector: str) -> bool:
        """Whether part of the text would go with what ``selector`` picks."""
        return any(
            letters(block.text) in self.text
            for place in self.places
            for node in place.css(selector)
            for block in blocks_of(node)
        )


def _keeps(template: Template, path: str) -> bool:
    return any(
        leaf.kept and (other.partition("#")[0] == path or other.startswith(f"{path}>"))
        for other, leaf in template.leaves.items()
    )


def _main(template: Template) -> Place:
    return next((place for place in template.body if place.required), template.body[0])


def _removing(path: str, template: Template, *, anyhow: bool = False) -> str | None:
    """The plainest selector that picks what stands at ``path`` and nothing that is kept."""
    steps = path.split(">")[1:]
    kept = [
        other.partition("#")[0].split(">")[1:]
        for other, leaf in template.leaves.items()
        if leaf.kept
    ]
    named = is_telling(path) or steps[-1] in _BESIDE
    for length in range(1 if named else 2, len(steps) + 1):
        tail = steps[-length:]
        if not any(
            _matches(tail, other[:end]) for other in kept for end in range(length, len(other) + 1)
        ):
            return selector_of_path(path, steps=length, anyhow=anyhow)
    if not any(len(other) >= len(steps) and _matches(steps, other[: len(steps)]) for other in kept):
        whole = selector_of_path(path, steps=len(steps), anyhow=anyhow)
        return f"{_main(template).selectors[0]} > {whole}"
    return None


def _matches(tail: Sequence[str], path: Sequence[str]) -> bool:
    """Whether a selector of the steps ``tail`` picks the element at ``path``."""
    for wanted, step in zip(reversed(tail), reversed(path), strict=False):
        tag, *names = wanted.split(".")
        own, *has = step.split(".")
        if tag != own or not set(names) <= set(has):
            return False
    return True
