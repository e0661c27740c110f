"""What a folder of labelled pages lists, read without its truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.extraction.mistake import Mistake

__all__ = ["LabelledPage", "Listing", "by_site", "read_listing"]


@dataclass(frozen=True)
class LabelledPage:
    """One page of a folder: what an extractor may know of it."""

    id: str
    path: Path
    url: str | None

    @property
    def site(self) -> str | None:
        """Host of the address; None without one."""
        try:
            return (urlsplit(self.url).hostname if self.url else None) or None
        except ValueError:
            return None


@dataclass(frozen=True)
class Listing:
    """The pages of a folder in the order of its file."""

    folder: Path
    file: Path
    pages: tuple[LabelledPage, ...]

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.folder.resolve().name


def read_listing(folder: Path) -> Listing:
    """The pages that ``folder`` lists; only ids, addresses and page files are read.

    Raises:
        Mistake: there is no such folder, list or page.
    """
    if not folder.is_dir():
        raise Mistake(f"{folder}: no such folder")
    file = next((p for n in ("truth.jsonl", "labels.jsonl") if (p := folder / n).is_file()), None)
    if file is None:
        raise Mistake(f"{folder}: expected truth.jsonl or labels.jsonl in it")
    pages = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            name, url = str(entry["id"]), entry.get("url")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Mistake(f"{file}, line {number}: expected an object with an id") from None
        path = folder / (entry.get("page") or f"pages/{name}.html.gz")
        if not path.is_file():
            raise Mistake(f"{file}, line {number}: no such page: {path}")
        pages.append(LabelledPage(name, path, url))
    if not pages:
        raise Mistake(f"{file}: lists no page")
    return Listing(folder, file, tuple(pages))


def by_site(pages: tuple[LabelledPage, ...]) -> list[tuple[LabelledPage, ...]]:
    """The pages of one site together, in their order; a page without address is by itself."""
    groups: dict[object, list[LabelledPage]] = {}
    for number, page in enumerate(pages):
        groups.setdefault(page.site or number, []).append(page)
    return [tuple(group) for group in groups.values()]
