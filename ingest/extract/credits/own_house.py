"""The page's own house: what it is called, and whether a name is its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ingest.extract.credits.gazetteer import House, gazetteer, host_brand, house_key
from ingest.extract.credits.names import host_of
from ingest.extract.page.folding import letters
from sources.address import registrable_domain

__all__ = ["OwnHouse", "country_of"]

#: Letters from which a name that holds the site's, or stands in it, is the site's.
_LONG = 6


def _is_another_agency(name: str, domains: set[str]) -> bool:
    houses = gazetteer().named(name)
    return any(house.kind == "agency" for house in houses) and not any(
        domains & set(house.hosts) for house in houses
    )


@dataclass(frozen=True, slots=True)
class OwnHouse:
    """What the page's own house is called."""

    keys: frozenset[str]
    #: Folded names and initials that may stand beside an agency in a mark.
    marks: frozenset[str]
    domains: frozenset[str]
    brands: frozenset[str]
    #: Of the page's address; empty where it has none.
    host: str = ""

    @classmethod
    def of(cls, site_name: str | None, publisher: str | None, page_url: str | None) -> OwnHouse:
        """By what the site calls itself, whom the page names as publisher, and its address."""
        return _own_house(site_name, publisher, host_of(page_url))

    @classmethod
    def _of_host(cls, site_name: str | None, publisher: str | None, host: str | None) -> OwnHouse:
        domains = {registrable_domain(host)} if host else set()
        names = [name for name in (site_name, publisher) if name]
        if host:
            # Pages of agency texts name the agency as their publisher.
            names = [name for name in names if not _is_another_agency(name, domains)]
        keys = {house_key(name) for name in names}
        brands = {host_brand(domain) for domain in domains}
        marks = {word for key in keys for word in (key, "".join(w[0] for w in key.split()))}
        marks |= domains | brands
        return cls(
            frozenset(keys - {""}),
            frozenset(mark.casefold() for mark in marks),
            frozenset(domains),
            frozenset(letters(brand) for brand in brands),
            host or "",
        )

    def owns(self, name: str, house: House | None) -> bool:
        """Whether ``name`` is the page's own house."""
        return _owns(self, name, house)

    def _owns(self, name: str, house: House | None) -> bool:
        if house is not None and (
            self.domains & set(house.hosts)
            or any(self.host == host or self.host.endswith(f".{host}") for host in house.hosts)
        ):
            return True
        key, plain = house_key(name), letters(name)
        if key in self.keys or plain in self.brands:
            return True
        host = host_of(f"https://{name}") if "." in name and " " not in name else None
        if host:
            domain = registrable_domain(host)
            if domain in self.domains or letters(host_brand(domain)) in self.brands:
                return True
        if any(plain.startswith(brand) for brand in self.brands if len(brand) >= 3) and (
            name[:1].isupper() and name[1:2] in ".ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        ):
            # "F.A.Z.Rights and licences": two links without a blank between them
            return True
        known = [letters(own) for own in self.keys] + list(self.brands)
        return len(plain) >= _LONG and any(
            plain in own or (len(own) >= _LONG and own in plain) for own in known
        )


# What the pages of a site say of it is the same on all of them.
@lru_cache(maxsize=256)
def _own_house(site_name: str | None, publisher: str | None, host: str | None) -> OwnHouse:
    return OwnHouse._of_host(site_name, publisher, host)


@lru_cache(maxsize=2048)
def _owns(own: OwnHouse, name: str, house: House | None) -> bool:
    return own._owns(name, house)


def country_of(page_url: str | None) -> str:
    """The country of a page's site, ISO 3166-1 alpha-2: of its house, or of its domain; empty where neither tells."""
    host = host_of(page_url)
    if host is None:
        return ""
    house = gazetteer().by_host(host)
    if house is not None and house.country:
        return house.country
    ending = host.rpartition(".")[2]
    return {"uk": "GB"}.get(ending, ending.upper()) if len(ending) == 2 else ""
