"""The source files that collect the demo's sites."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from ingest.demo.sites import sites_folder
from ingest.demo.truth import load_truth
from sources.source import Source
from sources.source_file import load_source_file

__all__ = ["demo_sources", "demo_sources_folder", "expected_articles"]


def demo_sources_folder() -> Path:
    """The folder with the demo's source files, one a site; usable as an operator's folder."""
    return sites_folder() / "sources"


def demo_sources() -> list[Source]:
    """The demo's sources, by name."""
    return [load_source_file(path) for path in sorted(demo_sources_folder().glob("*.toml"))]


def expected_articles() -> list[tuple[str, str]]:
    """What the demo's sources hold: (name of the source, title) of every article, each once."""
    names = {urlsplit(source.home).hostname: source.name for source in demo_sources()}
    return [(names[site.host], article.title) for site in load_truth() for article in site.articles]
