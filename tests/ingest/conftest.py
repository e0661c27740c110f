"""What the tests of the pipeline share: a small newspaper, and settings for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.events import Event
from ingest.run import RunReport, run_sources
from ingest.settings import Settings, load_settings
from sources.source import Endpoint, FetchRules, Source
from storage.database import Database

HOST = "http://www.mill-lane.example"
SENTENCES = (
    "The council of Mill Lane met on Tuesday evening to hear how far the repairs have come.",
    "Several neighbours had brought drawings of the old bridge, which nobody had seen for years.",
    "The engineer explained that the northern pier stands on clay and has to be founded anew.",
    "Until the spring the ferry will carry schoolchildren and the post across the river for free.",
)


def article_page(title: str, number: int, **changes: str) -> str:
    """A page with an article of its own text."""
    paragraphs = "".join(
        f"<p>{text} It was item {number} of the agenda that evening.</p>" for text in SENTENCES
    )
    data = json.dumps(
        {
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": "2026-11-20T10:00:00+01:00",
            "author": {"@type": "Person", "name": "Anna Berg"},
        }
    )
    extra = changes.get("text", "")
    return (
        f"<!doctype html><html lang=en><head><title>{title} | Mill Lane Courier</title>"
        f'<script type="application/ld+json">{data}</script>{changes.get("head", "")}</head><body>'
        f"<nav><a href=/>Home</a></nav><article><h1>{title}</h1>{paragraphs}{extra}</article>"
        "<footer>Copyright Mill Lane Courier</footer></body></html>"
    )


def feed(*paths: str, **modified: str) -> str:
    """An RSS feed of these paths."""
    items = "".join(
        f"<item><title>{path}</title><link>{HOST}{path}</link>"
        "<pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate></item>"
        for path in paths
    )
    return f'<rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'


@pytest.fixture
def source() -> Source:
    """The Mill Lane Courier, with a feed."""
    return Source(
        name="mill-lane",
        home=HOST,
        title="Mill Lane Courier",
        language="en",
        endpoints=(Endpoint("feed", f"{HOST}/feed"),),
        fetch=FetchRules(delay=0.0, concurrency=4),
    )


@pytest.fixture
def database(tmp_path: Path) -> Any:
    """A new SQLite database."""
    with Database.open(tmp_path / "test.sqlite3") as opened:
        yield opened


@pytest.fixture
def settings(site: Any, tmp_path: Path) -> Callable[[], Settings]:
    """Settings whose client reaches the loopback site, made after its pages were put."""

    def make(**client: Any) -> Settings:
        loaded = load_settings(None, database=str(tmp_path / "test.sqlite3"))
        return replace(
            loaded,
            client=replace(loaded.client, connect_to=site.connect_to, retries=0, **client),
            collect=replace(loaded.collect, workers=0),
        )

    return make


@pytest.fixture
def collect(database: Database, settings: Callable[..., Settings]) -> Callable[..., RunReport]:
    """Run the real pipeline once over some sources."""

    def run(*sources: Source, events: list[Event] | None = None, **client: Any) -> RunReport:
        observer = events.append if events is not None else None
        return asyncio.run(run_sources(sources, database, settings(**client), observer=observer))

    return run
