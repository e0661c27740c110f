"""The sites of the demo: one folder a host, with its pages and a ``site.toml`` that says what is where.

``site.toml``::

    host = "www.harbour-times.example"

    [[page]]
    path = "/feed/"                        # with a query, where only that query has the page
    file = "feed.xml"                      # in the site's folder; left out: an empty body
    type = "application/rss+xml"           # left out: by the file's suffix; "": no header
    modified = 2026-11-20T08:00:00Z        # Last-Modified
    status = 200
    location = "/elsewhere/"               # makes it a redirect, 301 unless ``status`` says another
    delay = 0.05                           # seconds before the answer
    headers = { "Retry-After" = "3600" }

A page with path ``"*"`` answers every path that the site does not have.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.demo.site_server import Answer, Handler, Site
from ingest.errors import InputError

__all__ = ["load_site", "load_sites", "sites_folder"]

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".json": "application/feed+json",
    ".txt": "text/plain; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
}


def sites_folder() -> Path:
    """Where the demo's sites are: in the installed package, or in the checkout.

    Raises:
        InputError: neither is there.
    """
    installed = Path(__file__).with_name("sites")
    checkout = Path(__file__).resolve().parents[2] / "fixtures" / "sites"
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise InputError(f"{installed}: the demo's sites are missing; install the package again")


def load_sites(folder: Path | None = None) -> list[Site]:
    """The sites in ``folder`` (the demo's own where it is left out), by host.

    Raises:
        InputError: a ``site.toml`` is wrong, or there is none.
    """
    root = folder or sites_folder()
    sites = [load_site(path.parent) for path in sorted(root.glob("*/site.toml"))]
    if not sites:
        raise InputError(f"{root}: no folder with a site.toml in it")
    return sites


def load_site(folder: Path) -> Site:
    """The site that ``folder`` holds.

    Raises:
        InputError: its ``site.toml`` is wrong, or names a file that is not there.
    """
    path = folder / "site.toml"
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        bodies: dict[str, bytes] = {}
        answers: dict[str, Answer | Handler] = {}
        for page in values["page"]:
            answers[page["path"]] = _answer(page, folder, bodies)
        return Site(values["host"], answers)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}") from None
    except KeyError as error:
        raise InputError(f"{path}: {error.args[0]}: missing") from None


def _answer(page: dict[str, Any], folder: Path, bodies: dict[str, bytes]) -> Answer:
    name: str | None = page.get("file")
    body = b""
    if name is not None:
        if name not in bodies:
            bodies[name] = (folder / name).read_bytes()
        body = bodies[name]
    kind = page.get("type", _TYPES.get(Path(name).suffix) if name else None)
    headers = tuple(page.get("headers", {}).items())
    location: str | None = page.get("location")
    if location is not None:
        headers = (*headers, ("Location", location))
    modified: datetime | None = page.get("modified")
    return Answer(
        body=body,
        status=page.get("status", 301 if location is not None else 200),
        content_type=kind or None,
        headers=headers,
        last_modified=modified,
        delay=float(page.get("delay", 0)),
    )
