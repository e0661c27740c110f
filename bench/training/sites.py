"""Whose a labelled page is, and which sixth of the sites it belongs to."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sources.address import registrable_domain

__all__ = ["PARTS", "CorpusPage", "corpus_pages", "part_of", "site_of"]

PARTS = 6


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """One labelled page: where it is, and its line of ``truth.jsonl`` or ``labels.jsonl``."""

    folder: Path
    #: The folder's name: ``aeb``, ``evaldata``, ...
    dataset: str
    id: str
    url: str | None
    #: Registrable domain, else the publisher's name, else the id.
    site: str
    #: Part of the sites, 0 to ``PARTS - 1``; pages of one site are of one part, in every dataset.
    part: int
    truth: dict[str, Any]

    def raw(self) -> bytes:
        """The page's bytes; of a folder of dumps the text's."""
        for name in (self.truth.get("page"), f"pages/{self.id}.html.gz", f"pages/{self.id}.txt.gz"):
            if name and (path := self.folder / name).is_file():
                return gzip.decompress(path.read_bytes())
        raise SystemExit(f"{self.folder}: no page {self.id}")


def corpus_pages(folder: Path) -> Iterator[CorpusPage]:
    """The pages of one corpus folder, in the order of its file."""
    file = next((p for n in ("truth.jsonl", "labels.jsonl") if (p := folder / n).is_file()), None)
    if file is None:
        raise SystemExit(f"{folder}: expected truth.jsonl or labels.jsonl in it")
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        site = site_of(entry)
        yield CorpusPage(
            folder, folder.resolve().name, entry["id"], entry.get("url"), site, part_of(site), entry
        )


def site_of(entry: dict[str, Any]) -> str:
    """One site may be in several datasets, under a publisher's name in one: the address tells."""
    host = urlsplit(entry.get("url") or "").hostname
    return (registrable_domain(host) if host else None) or entry.get("publisher") or entry["id"]


def part_of(site: str) -> int:
    """The part that all pages of ``site`` belong to: by a hash, so that it stays where pages are added."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % PARTS
