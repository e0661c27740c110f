"""The candidates of what nobody sees: canonical address, JSON-LD, meta elements, the feed's entry, logos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.extract.credits.candidate import Candidate, Form, role_of
from ingest.extract.credits.gazetteer import gazetteer, host_brand
from ingest.extract.credits.names import Named, host_of, houses_in
from ingest.extract.page.folding import letters
from sources.address import registrable_domain
from storage.article import CreditRole

__all__ = ["Stated", "of_address", "of_statements"]

#: Statements of one page that are read.
_MOST = 24
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Stated:
    """One value that names a house or a person: where it stands, such as ``json_ld.sourceOrganization``, and what it says."""

    where: str
    value: str
    #: ``metadata``, or ``logo`` of the alternative text of a picture.
    form: Form = "metadata"


def of_address(address: str | None, page_url: str | None) -> Candidate | None:
    """The house that ``address``, at which a page says that its text stands, leads to.

    ``None`` where it leads to the page's own house, to a platform, or to no article.
    """
    own, other = host_of(page_url), host_of(address)
    if not address or not other or not own:
        return None
    domain, ours = registrable_domain(other), registrable_domain(own)
    platforms = gazetteer().platforms
    if (
        domain == ours
        or domain in platforms
        or ours in platforms
        or other.replace(".", "").isdigit()
    ):
        return None
    if _path(address) == _path(page_url or ""):
        # One publishing system under several hosts of its house.
        return None
    brand, our_brand = letters(host_brand(domain)), letters(host_brand(ours))
    if brand == our_brand or (
        min(len(brand), len(our_brand)) >= 4 and (brand in our_brand or our_brand in brand)
    ):
        return None
    if not _is_article_address(address):
        return None
    house = gazetteer().by_host(other)
    name = house.name if house is not None else other
    return Candidate("original_publisher", name, address, house, form="canonical", cue="canonical")


def of_statements(statements: Iterable[Stated], page_url: str | None) -> Iterator[Candidate]:
    """The candidates of the page's statements: houses that the gazetteer knows, and addresses of others."""
    for number, stated in enumerate(statements):
        if number >= _MOST:
            return
        value = " ".join(stated.value.split())
        if not 2 <= len(value) <= 10 * _LONGEST:
            continue
        if "://" in value:
            found = of_address(value, page_url)
            if found is not None:
                yield found
            continue
        if len(value) > _LONGEST:
            continue
        for name, house in _houses_of(value):
            if house is None and stated.where not in _SOURCES:
                continue
            yield Candidate(
                role_of(house, _ROLES.get(stated.where, "source")),
                name,
                value,
                house,
                form=stated.form,
                cue=stated.where,
                loose=stated.where not in _SOURCES,
            )


# A site says the same of itself on all of its pages.
@lru_cache(maxsize=1024)
def _houses_of(value: str) -> tuple[Named, ...]:
    return tuple(houses_in(value))


#: Statements that mean a source and nothing else, so that a name that nobody knows counts as well.
_SOURCES = frozenset(
    ["json_ld.sourceOrganization", "meta.source", "meta.syndication-source", "feed.source"]
)
_ROLES: dict[str, CreditRole] = {
    "json_ld.isBasedOn": "original_publisher",
    "json_ld.author": "original_publisher",
    "json_ld.creator": "original_publisher",
    "json_ld.copyrightHolder": "original_publisher",
    "json_ld.provider": "original_publisher",
    "json_ld.publisher": "original_publisher",
    "meta.author": "original_publisher",
    "meta.copyright": "original_publisher",
    "meta.syndication-source": "original_publisher",
    "feed.author": "original_publisher",
    "feed.source": "original_publisher",
    "logo": "original_publisher",
}


def _path(address: str) -> str:
    return address.strip().partition("://")[2].partition("/")[2].partition("?")[0].rstrip("/")


def _is_article_address(address: str) -> bool:
    """Whether ``address`` has a path as articles have: a slug of words, or a long number."""
    last = _path(address).rpartition("/")[2]
    return last.count("-") >= 2 or last.count("_") >= 2 or sum(c.isdigit() for c in last) >= 5
