"""What ``copydesk add`` shows of a site: its endpoints, and what extraction makes of its articles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from ingest.views.article_text import console, plain
from sources.secrets import without_secrets

if TYPE_CHECKING:
    from ingest.trying.endpoint_trial import EndpointTrial
    from ingest.trying.new_source import Finding
    from storage.article import Article

__all__ = ["print_finding"]

#: Blocks of an article that are shown: chrome that got in stands at the ends.
FIRST_BLOCKS = 3
LAST_BLOCKS = 2
LONGEST_BLOCK = 300
MOST_STRUCK = 20
_MARKS = {"heading": "## ", "list_item": "- ", "quote": "> ", "caption": "[caption] "}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line whose second part has a style of its own on a terminal."""

    text: str = ""
    style: str = ""
    rest: str = ""
    rest_style: str = ""


def print_finding(finding: Finding, stream: TextIO) -> None:
    """Print ``finding``: coloured on a terminal, plain elsewhere and where NO_COLOR is set.

    NO_COLOR: https://no-color.org
    """
    lines = _lines(finding)
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        for line in lines:
            print(_clean(line.text + line.rest), file=stream)
        return
    from rich.text import Text

    screen = console(stream)
    for line in lines:
        shown = Text(_clean(line.text), style=line.style)
        shown.append(_clean(line.rest), style=line.rest_style)
        screen.print(shown)


def _clean(text: str) -> str:
    return plain(without_secrets(text.replace("\n", " ")))


def _lines(finding: Finding) -> Iterator[_Line]:
    source = finding.source
    yield _Line(source.title, "bold", f"  {source.home}", "dim")
    facts = {
        "name": source.name,
        "platform": source.platform,
        "language": source.language,
        "country": source.country,
    }
    for name, value in facts.items():
        if value:
            yield _Line(f"  {name}: {value}")
    yield _Line()
    yield _Line("endpoints", "bold")
    for trial in finding.endpoints:
        yield _endpoint_line(trial, kept=trial.endpoint.url in finding.kept)
    if not finding.endpoints:
        yield _Line("  none found", "red")
    articles = [trial.article for trial in finding.articles if trial.article is not None]
    for number, article in enumerate(articles, 1):
        yield _Line()
        yield _Line(f"article {number} of {len(articles)}  ", "dim", article.url or "", "dim")
        yield from _article_lines(article)
    if finding.problems:
        yield _Line()
    for problem in finding.problems:
        yield _Line("problem: ", "yellow", problem)


def _endpoint_line(trial: EndpointTrial, *, kept: bool) -> _Line:
    endpoint = trial.endpoint
    what = f"{len(trial.links)} links"
    if trial.newest and trial.oldest:
        first, last = trial.oldest[:10], trial.newest[:10]
        what += f", of {last}" if first == last else f", from {first} to {last}"
    if trial.documents:
        what += f", and {trial.documents} further document{'s' if trial.documents > 1 else ''}"
    if endpoint.archive and kept:
        what += "; for backfills"
    if not kept:
        what += "; left out: " + (
            "names nothing that the others do not" if trial.links else "of no use"
        )
    return _Line(f"  {endpoint.kind} {endpoint.url}: ", "" if kept else "dim", what, "dim")


def _article_lines(article: Article) -> Iterator[_Line]:
    yield _Line(f"  {article.title or '(no title)'}", "bold")
    if article.standfirst:
        yield _Line(f"  {_short(article.standfirst)}", "italic")
    facts = {
        "by": ", ".join(article.authors),
        "published": article.published_at,
        "modified": article.modified_at if article.modified_at != article.published_at else None,
        "language": article.language,
        "kind": article.kind if article.kind != "article" else None,
        "complete": None if article.complete else "no: part of the text is missing on the page",
        "made by": article.extractor,
    }
    for name, value in facts.items():
        if value:
            yield _Line(f"  {name}: ", "cyan", value)
    for credit in article.credits:
        yield _Line(
            f"  credit: {credit.role} {credit.name} ", "magenta", f"({credit.evidence})", "dim"
        )
    blocks = article.blocks
    middle = blocks[FIRST_BLOCKS : len(blocks) - LAST_BLOCKS]
    for number, block in enumerate(blocks):
        if middle and number == FIRST_BLOCKS:
            size = sum(len(hidden.text) for hidden in middle)
            yield _Line(f"    … {len(middle)} more, {size} characters", "dim")
        if number < FIRST_BLOCKS or number >= len(blocks) - LAST_BLOCKS:
            yield _Line(f"    {_MARKS.get(block.type, '')}{_short(block.text)}")
    for struck in article.struck[:MOST_STRUCK]:
        yield _Line(f"- struck [{struck.reason}] ", "red", _short(struck.text), "red strike")
    if len(article.struck) > MOST_STRUCK:
        yield _Line(f"- struck: {len(article.struck) - MOST_STRUCK} lines more", "red")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_BLOCK else f"{text[: LONGEST_BLOCK - 1]}…"
