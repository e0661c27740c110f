"""``copydesk extract``: what extraction makes of files, folders, addresses and standard input."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli.collecting.further_parts import with_further_parts
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, InputError
from ingest.extract import Refusal, extract_bytes
from ingest.views.article_text import print_article
from ingest.views.json_values import json_line

if TYPE_CHECKING:
    from ingest.extract.explain import ExplainedVerdict
    from ingest.settings import Settings
    from sources.catalogue import Catalogue
    from sources.source import Source
    from storage.article import Article

__all__ = ["extract_inputs"]

#: A saved page larger than this is not read into memory at all.
LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Input:
    #: The path or address that was asked for.
    asked: str
    body: bytes
    url: str | None
    headers: Mapping[str, str] | None = None

    @property
    def content_type(self) -> str | None:
        """The header, where there was one."""
        return self.headers.get("content-type") if self.headers else None


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of each input."""

    as_json: bool = False
    #: Also what was struck.
    struck: bool = False
    #: The page block by block instead of the article.
    explain: bool = False
    #: File for the explanation as a page.
    html: Path | None = None


def extract_inputs(
    inputs: Sequence[str], url: str | None, *, shown: Shown, settings: Settings
) -> int:
    """Extract each input and print it; 1 where any was refused or could not be read.

    Raises:
        InputError: ``--url`` or ``--html`` with more than one input, ``--explain`` with ``--json``,
            a path that does not exist, or a file that cannot be written.
    """
    as_json = shown.as_json
    if as_json and (shown.explain or shown.html):
        raise InputError("--explain and --html are for reading; leave out --json")
    paths = list(_expanded(inputs))
    if shown.html is not None and len(paths) != 1:
        raise InputError("--html writes the explanation of one page; give exactly one with it")
    if url is not None and (len(paths) != 1 or _is_address(paths[0])):
        raise InputError("--url says where one file came from; give exactly one file with it")
    code = EXIT_OK
    catalogue: Catalogue | None = None
    for number, asked in enumerate(paths):
        where = asked if _is_address(asked) else url
        if where is not None and catalogue is None:
            catalogue = _catalogue(settings)
        source = catalogue.source_of(where) if catalogue and where else None
        try:
            given = _fetched(asked, source, settings) if _is_address(asked) else _read(asked, url)
        except InputError as error:
            code = EXIT_INCOMPLETE
            _print_failure(asked, str(error), as_json=as_json)
            continue
        if isinstance(given, Refusal):
            found: Article | Refusal = given
        else:
            if source is None and catalogue is not None and given.url is not None:
                # A short address may have led to a source.
                source = catalogue.source_of(given.url)
            found = _extract(given, source)
            if not isinstance(found, Refusal) and _is_address(asked) and given.url is not None:
                found = with_further_parts(found, given.body, given.url, source, settings)
        if isinstance(found, Refusal):
            code = EXIT_INCOMPLETE
        if as_json:
            _print_json(asked, found)
            continue
        if number:
            print()
        if isinstance(found, Refusal):
            print(f"{asked}: refused ({found.reason}): {found.detail}")
            if isinstance(given, _Input) and shown.explain:
                _explain_verdict(given, source)
        elif isinstance(given, _Input) and (shown.explain or shown.html):
            heading = asked if len(paths) > 1 else None
            _explain(given, found, shown, heading=heading, source=source)
        else:
            print_article(found, struck=shown.struck, heading=asked if len(paths) > 1 else None)
    return code


def _verdict(given: _Input, source: Source | None) -> ExplainedVerdict | None:
    from ingest.extract.explain import explain_verdict
    from ingest.extract.page_context import PageContext

    about = PageContext(given.url, given.content_type, source, headers=given.headers)
    return explain_verdict(given.body, about)


def _explain_verdict(given: _Input, source: Source | None) -> None:
    from ingest.views.explanation import verdict_lines

    verdict = _verdict(given, source)
    for line in verdict_lines(verdict) if verdict is not None else ():
        print(line)


def _explain(
    given: _Input, article: Article, shown: Shown, *, heading: str | None, source: Source | None
) -> None:
    from ingest.extract.explain import explain_bytes
    from ingest.extract.explained_credits import explain_credits
    from ingest.extract.explained_fields import explain_fields
    from ingest.views.article_text import plain
    from ingest.views.explanation import explanation_html, explanation_lines

    blocks = explain_bytes(given.body, given.content_type, article)
    if shown.html is not None:
        try:
            shown.html.write_text(
                explanation_html(article, blocks, _verdict(given, source)), encoding="utf-8"
            )
        except OSError as error:
            raise InputError(f"{shown.html}: cannot be written: {error.strerror}") from None
    if shown.explain or shown.html is None:
        if heading:
            print(f"== {heading}")
        _explain_verdict(given, source)
        for line in explanation_lines(article, blocks):
            print(line)
        for line in explain_fields(given.body, given.content_type, article, source):
            print(line)
        for line in explain_credits(given.body, given.content_type, article, source):
            print(plain(line))
    else:
        print(f"{shown.html}: {sum(block.is_told for block in blocks)} blocks explained")


def _extract(given: _Input, source: Source | None) -> Article | Refusal:
    return extract_bytes(
        given.body,
        url=given.url,
        content_type=given.content_type,
        source=source,
        headers=given.headers,
    )


def _catalogue(settings: Settings) -> Catalogue:
    from sources.catalogue import Catalogue

    return Catalogue.load(settings.sources_folder)


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _expanded(inputs: Sequence[str]) -> Iterator[str]:
    for given in inputs:
        path = Path(given)
        if given == "-" or _is_address(given):
            yield given
        elif path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if not files:
                raise InputError(f"{given}: the folder holds no file")
            yield from map(str, files)
        elif path.exists():
            yield given
        else:
            raise InputError(
                f"{given}: no such file or folder (an address starts with http:// or https://)"
            )


def _read(asked: str, url: str | None) -> _Input:
    try:
        if asked == "-":
            body = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with Path(asked).open("rb") as stream:
                body = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(f"{asked}: cannot be read: {error.strerror or error}") from None
    if len(body) > LARGEST_FILE:
        raise InputError(f"{asked}: larger than {LARGEST_FILE // 2**20} MiB, which no article is")
    return _Input(asked, body, url)


def _fetched(asked: str, source: Source | None, settings: Settings) -> _Input | Refusal:
    """The page at ``asked``, got and judged as a run would."""
    from ingest.pipeline.page_getter import PageGetter, judge_page
    from sources.client import Client
    from sources.errors import FetchError
    from sources.page import Page

    async def fetch() -> Page:
        async with (
            Client(settings.client) as client,
            contextlib.aclosing(PageGetter(client)) as getter,
        ):
            return await getter.get(asked, source)

    try:
        page = asyncio.run(fetch())
    except FetchError as error:
        raise InputError(str(error)) from None
    verdict = judge_page(page, source, asked)
    if verdict is not None and verdict.reason.startswith("http_"):
        raise InputError(f"{asked}: {verdict.detail}")
    if verdict is not None:
        return Refusal(page.url, verdict.reason, verdict.detail)
    return _Input(asked, page.body, page.url, page.headers)


def _print_json(asked: str, found: Article | Refusal) -> None:
    _print_line({"path": asked, **found.as_json()})


def _print_failure(asked: str, why: str, *, as_json: bool) -> None:
    if as_json:
        _print_line(
            {
                "path": asked,
                "url": asked if _is_address(asked) else None,
                "refused": "unreadable",
                "detail": why,
            }
        )
    else:
        print(f"copydesk: {why}", file=sys.stderr)


def _print_line(value: dict[str, Any]) -> None:
    print(json_line(value), flush=True)
