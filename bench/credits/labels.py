"""Labelled pages to train and to score the reader of credits on: the attribution corpus and further ones.

    python -m bench.credits.labels --corpus ../shared/corpus

The corpus has its labels beside its pages. The further ones (``further_labels.jsonl``, see the README
here) are ours and lie on pages of the corpus' other folders, by publishers that the attribution pages do
not have. The command counts both; its last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.training.sites import part_of
from sources.address import registrable_domain

__all__ = [
    "FURTHER",
    "LabelledCredit",
    "LabelledPage",
    "attribution_pages",
    "further_pages",
    "labelled_pages",
]

#: Labels of pages that lie in other folders of the corpus than ``attribution``.
FURTHER = Path(__file__).with_name("further_labels.jsonl")
_ATTRIBUTION = "attribution"
_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@dataclass(frozen=True, slots=True)
class LabelledCredit:
    """One credit that a careful reader found."""

    role: str
    name: str
    #: ``byline``, ``dateline``, ``head``, ``body``, ``tail`` or ``meta``.
    where: str
    #: Right to give and no fault to omit.
    optional: bool = False
    #: Names and roles that are as right.
    accept: tuple[str, ...] = ()
    accept_role: tuple[str, ...] = ()

    @property
    def readings(self) -> frozenset[tuple[str, str]]:
        """Every (role, name) that is right, names as the label writes them."""
        return frozenset(
            (role, name)
            for role in (self.role, *self.accept_role)
            for name in (self.name, *self.accept)
        )


@dataclass(frozen=True)
class LabelledPage:
    """One page and the credits on it; none where a reader found none."""

    #: ``FOLDER/NAME`` for further pages, the corpus' own id for those of ``attribution``.
    id: str
    #: The folder of the corpus that the page lies in.
    dataset: str
    #: Registrable domain of the address, else the publisher's name, else the id.
    site: str
    path: Path
    url: str | None
    language: str
    credits: tuple[LabelledCredit, ...]

    @cached_property
    def part(self) -> int:
        """Part of the sites, as in ``bench.training``: pages of one site are of one part."""
        return part_of(self.site)

    def raw(self) -> bytes:
        """The page as it was served."""
        return gzip.decompress(self.path.read_bytes())


def labelled_pages(corpus: Path, *, attribution_lines: int | None) -> list[LabelledPage]:
    """All pages under ``corpus`` that have labels, those of ``attribution`` first.

    ``attribution_lines`` is how many lines of that folder's labels are read, from the first on, so that
    the others stay unseen; ``None`` for all. A folder or a page that is not there is left out.
    """
    return [
        *attribution_pages(corpus, lines=attribution_lines),
        *further_pages(corpus),
    ]


def attribution_pages(corpus: Path, *, lines: int | None) -> Iterator[LabelledPage]:
    """The pages of the attribution corpus, of its first ``lines`` labels or of all."""
    folder = corpus / _ATTRIBUTION
    for entry in _entries(folder / "labels.jsonl", lines):
        page = LabelledPage(
            id=entry["id"],
            dataset=_ATTRIBUTION,
            site=_site(entry.get("url"), entry.get("key") or entry["id"]),
            path=folder / entry["page"],
            url=entry.get("url"),
            language=entry["lang"],
            credits=_credits(entry),
        )
        if page.path.is_file():
            yield page


def further_pages(corpus: Path, labels: Path = FURTHER) -> Iterator[LabelledPage]:
    """The pages of other folders of ``corpus`` that ``labels`` judges, those without a credit too."""
    addresses: dict[str, dict[str, str | None]] = {}
    for entry in _judged(labels):
        dataset, _, name = entry["id"].partition("/")
        if dataset not in addresses:
            listing = _entries(corpus / dataset / "truth.jsonl")
            addresses[dataset] = {each["id"]: each.get("url") for each in listing}
        path = corpus / dataset / "pages" / f"{name}.html.gz"
        if name not in addresses[dataset] or not path.is_file():
            continue
        url = entry.get("url") or addresses[dataset][name]
        yield LabelledPage(
            id=entry["id"],
            dataset=dataset,
            site=_site(url, entry.get("key") or entry["id"]),
            path=path,
            url=url,
            language=entry["lang"],
            credits=_credits(entry),
        )


def _judged(labels: Path) -> Iterator[dict[str, Any]]:
    """The entries of ``labels``, one a page: a line of names without credits is as many entries."""
    for entry in _entries(labels):
        if "none" not in entry:
            yield entry
            continue
        for name in entry["none"]:
            yield {"id": f"{entry['folder']}/{name}", "lang": entry["lang"], "credits": []}


def _entries(file: Path, lines: int | None = None) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines; none where there is no such file."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as stored:
        for line in islice(stored, lines):
            yield json.loads(line)


def _site(url: str | None, otherwise: str) -> str:
    host = urlsplit(url or "").hostname
    return (registrable_domain(host) if host else None) or otherwise


def _credits(entry: dict[str, Any]) -> tuple[LabelledCredit, ...]:
    return tuple(
        LabelledCredit(
            each["role"],
            each["name"],
            each["where"],
            bool(each.get("optional")),
            tuple(each.get("accept", ())),
            tuple(each.get("accept_role", ())),
        )
        for each in entry["credits"]
    )


def main() -> None:
    """Count the labelled pages and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=_CORPUS)
    parser.add_argument(
        "--attribution-lines", type=int, metavar="N", help="read the first N labels only"
    )
    given = parser.parse_args()
    pages = labelled_pages(given.corpus, attribution_lines=given.attribution_lines)
    if not pages:
        parser.error(f"{given.corpus}: no labelled pages; name the corpus with --corpus")
    counted = {}
    print(f"{'folder':<14}{'pages':>7}{'sites':>7}{'with credits':>14}{'only optional':>15}")
    for dataset in dict.fromkeys(page.dataset for page in pages):
        counted[dataset] = _count([page for page in pages if page.dataset == dataset])
        print(
            f"{dataset:<14}{counted[dataset]['pages']:>7}{counted[dataset]['sites']:>7}"
            f"{counted[dataset]['with_credits']:>14}{counted[dataset]['only_optional']:>15}"
        )
    required = [each for page in pages for each in page.credits if not each.optional]
    for title, found in (
        ("required credits by role", Counter(each.role for each in required)),
        ("required credits by place", Counter(each.where for each in required)),
        ("pages by language", Counter(page.language for page in pages)),
    ):
        print(f"{title}: " + ", ".join(f"{name} {n}" for name, n in found.most_common()))
    roles = Counter(each.role for each in required)
    print(json.dumps({"credit_labels": counted, "required_by_role": dict(roles)}))


def _count(pages: list[LabelledPage]) -> dict[str, int]:
    required = [any(not each.optional for each in page.credits) for page in pages]
    optional = [
        bool(page.credits) and not wanted for page, wanted in zip(pages, required, strict=True)
    ]
    return {
        "pages": len(pages),
        "sites": len({page.site for page in pages}),
        "with_credits": sum(required),
        "only_optional": sum(optional),
    }


if __name__ == "__main__":
    main()
