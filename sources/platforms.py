"""Presets of publishing platforms: endpoints, selectors and chrome that all their sites share.

One TOML file a platform in ``sources/platforms``; a source takes one by ``platform = "wix"``, and a
page without a source is recognised by the marks that the platform leaves in its markup.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sources.source import Endpoint, ExtractRules, LinkRules, Source

__all__ = [
    "Platform",
    "apply_platform",
    "detect_platform",
    "load_platform",
    "platform_apis",
    "platform_endpoints",
    "platform_names",
]

#: How much of a page is searched for a platform's marks: they stand in its head.
HEAD = 120_000


@dataclass(frozen=True, slots=True)
class Platform:
    """What the sites of one publishing platform have in common."""

    name: str
    #: Strings in the markup, lower case; one is enough.
    markers: tuple[str, ...]
    #: Paths beneath the home, each with its leading slash.
    endpoints: tuple[Endpoint, ...]
    #: APIs that name all articles, where the site leaves them open: nobody's endpoint until one has
    #: answered. Paths as of ``endpoints``.
    apis: tuple[Endpoint, ...]
    links: LinkRules
    extract: ExtractRules


@cache
def platform_names() -> tuple[str, ...]:
    """Names of the presets that ship."""
    folder = resources.files("sources").joinpath("platforms")
    return tuple(
        sorted(
            entry.name.removesuffix(".toml")
            for entry in folder.iterdir()
            if entry.name.endswith(".toml")
        )
    )


@cache
def load_platform(name: str) -> Platform:
    """The preset called ``name``.

    Raises:
        KeyError: there is none.
    """
    if name not in platform_names():
        raise KeyError(name)
    text = resources.files("sources").joinpath("platforms", f"{name}.toml").read_text("utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    links = values.get("links", {})
    return Platform(
        name=name,
        markers=tuple(values["markers"]),
        endpoints=_named(values.get("endpoint", ())),
        apis=_named(values.get("api", ())),
        links=LinkRules(tuple(links.get("include", ())), tuple(links.get("exclude", ()))),
        extract=ExtractRules(**{k: tuple(v) for k, v in values.get("extract", {}).items()}),
    )


def _named(values: Iterable[dict[str, Any]]) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(e["kind"], e["url"], e.get("selector"), e.get("archive", False)) for e in values
    )


def platform_endpoints(name: str | None, home: str) -> list[Endpoint]:
    """The usual endpoints of a platform's site with this home; none for no platform.

    They lie beneath the home: a site may live in a folder of its host
    (``https://name.wixsite.com/paper`` has its feed at ``/paper/blog-feed.xml``).
    """
    return _beneath(home, load_platform(name).endpoints) if name is not None else []


def platform_apis(name: str | None, home: str) -> list[Endpoint]:
    """Where a platform's site with this home has its APIs, if it leaves them open; none for none."""
    return _beneath(home, load_platform(name).apis) if name is not None else []


def _beneath(home: str, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    parts = urlsplit(home)
    folder, _, last = parts.path.rpartition("/")
    if "." not in last:  # else a file such as index.html
        folder = f"{folder}/{last}"
    root = urlunsplit((parts.scheme, parts.netloc, folder.rstrip("/"), "", ""))
    return [replace(e, url=root + e.url) for e in endpoints]


def detect_platform(text: str) -> str | None:
    """The platform whose marks stand in the first part of ``text`` (HTML), if one's do."""
    head = text[:HEAD].lower()
    for name in platform_names():
        if any(marker in head for marker in load_platform(name).markers):
            return name
    return None


def apply_platform(source: Source) -> Source:
    """``source`` with its platform's preset behind its own words.

    Its own endpoints and link rules replace the preset's; its own selectors come before the
    preset's; what is struck is struck by both.
    """
    if source.platform is None:
        return source
    preset = load_platform(source.platform)
    links = source.links
    return replace(
        source,
        endpoints=source.endpoints or tuple(platform_endpoints(source.platform, source.home)),
        links=replace(
            links,
            include=links.include or preset.links.include,
            exclude=tuple(dict.fromkeys((*links.exclude, *preset.links.exclude))),
        ),
        extract=source.own.before(preset.extract),
        written=source.own,
    )
