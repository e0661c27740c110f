"""What pages put around a title: the site's name, the section, a date, behind or before a separator."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ingest.extract.page.folding import collapse, fold, letters

__all__ = ["Affixes", "pieces_of", "position_of"]

#: One of these between blanks, or one of the second group anywhere, parts a title from a name.
_SEPARATOR = re.compile(r"\s(?:[|–—·•»«:›/~_-]|--|::|\|\||>)\s|\s?[|｜│：]\s?|--|\s-(?=\S)")
_COLON = re.compile(r":\s")
_EDGES = " |–—·•»«:›-｜│：/~_>,⋆"
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:\w{1,12}\s)?\d{1,2}\.?\s\w{3,12}\s\d{4}")
_NAME_WORDS = frozenset(
    """
    news online com net org blog magazine magazin newspaper daily the official website site web home haber haberleri
    nachrichten zeitung aktuell noticias actualités actualité info notizie nyheter nieuws uutiset wiadomości новости
    zprávy haberler berita tv radio media press journal digital now today live edition
    """.split()
)


@dataclass(frozen=True)
class Affixes:
    """What may stand beside a title without being part of it."""

    #: What the site is called, hosts among them.
    site_names: tuple[str, ...]
    #: What the page's section is called.
    sections: tuple[str, ...] = ()

    @classmethod
    def of(cls, site_names: Iterable[str], sections: Iterable[str | None] = ()) -> Affixes:
        """With the names of the site and of the section, as the page writes them."""
        return cls(
            tuple(name for name in site_names if name), tuple(name for name in sections if name)
        )

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(letters(name) for name in self.site_names) - {""}

    @cached_property
    def _labels(self) -> frozenset[str]:
        hosts = (name.lower() for name in self.site_names if "." in name and " " not in name)
        return frozenset(letters(label) for host in hosts for label in host.split("."))

    @cached_property
    def _sections(self) -> frozenset[str]:
        return frozenset(letters(name) for name in self.sections) - {""}

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    def is_site(self, text: str) -> bool:
        """Whether ``text``, whole, is a name of the site."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._is_site(text)
        return known

    def _is_site(self, text: str) -> bool:
        folded = letters(text)
        if not folded:
            return False
        if folded in self._names or folded.removeprefix("the") in self._names:
            return True
        words = [letters(word) for word in fold(text).split()]
        if len(words) > 6:
            return False
        # "Harbour Times Online", "Elsmere News": the name, and what papers call themselves.
        rest = [word for word in words if word and word not in _NAME_WORDS]
        joined = "".join(rest)
        if not joined:
            return False
        if joined in self._names or (len(rest) < len(words) and folded in self._names):
            return True
        # Most of a label of the host: "Harbour" is no name of harbourtimes.example.
        return len(joined) >= 4 and any(
            joined in label and 5 * len(joined) >= 3 * len(label) for label in self._labels
        )

    def is_beside(self, text: str) -> bool:
        """Whether ``text`` is a name of the site, of the section, or a date."""
        return (
            self.is_site(text)
            or letters(text) in self._sections
            or _DATE.fullmatch(text.strip()) is not None
        )

    @cached_property
    def _stripped(self) -> dict[str, str]:
        return {}

    def strip(self, title: str) -> str:
        """``title`` without names of the site, sections and dates at its ends."""
        stripped = self._stripped.get(title)
        if stripped is None:
            stripped = self._stripped[title] = self._without_ends(collapse(title))
        return stripped

    def _without_ends(self, title: str) -> str:
        for _ in range(4):
            shorter = self._strip_one(title)
            if shorter == title:
                return title
            title = shorter
        return title

    def _strip_one(self, title: str) -> str:
        cuts = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
        if cuts:
            start, end = cuts[-1]
            head, tail = title[:start].strip(_EDGES), title[end:].strip(_EDGES)
            if len(head) > 3 and tail and self.is_beside(tail):
                return title[:start].rstrip(_EDGES)
            # A name with a separator of its own ("Elsmere - The River Post").
            for start, end in cuts[:-1]:
                tail = title[end:].strip(_EDGES)
                if len(title[:start].strip(_EDGES)) > 3 and letters(tail) in self._names:
                    return title[:start].rstrip(_EDGES)
            start, end = cuts[0]
            head, rest = title[:start].strip(_EDGES), title[end:].lstrip(_EDGES)
            if head and len(rest) > 3 and self.is_site(head):
                return rest
        colon = _COLON.search(title)
        if colon and len(title) - colon.end() > 10 and self.is_site(title[: colon.start()]):
            return title[colon.end() :].lstrip()
        return title


def position_of(longer: str, shorter: str) -> int:
    """Where ``shorter`` stands in ``longer``, whatever its capitals; -1 where it does not."""
    low = longer.lower()
    # A few letters change their number with their case; then capitals count.
    return low.find(shorter.lower()) if len(low) == len(longer) else longer.find(shorter)


def pieces_of(longer: str, shorter: str) -> tuple[str, str] | None:
    """What ``longer`` has before and behind ``shorter``, where a separator parts them; else ``None``."""
    at = position_of(longer, shorter)
    if at < 0 or len(longer) == len(shorter):
        return None
    before, behind = longer[:at], longer[at + len(shorter) :]
    if before and not re.search(r"[|–—·•»:›/~_：-]\s*$", before):
        return None
    if behind and not re.match(r"\s*(?:[|–—·•«›/~_：]|--|-\s|\s-)", behind):
        return None
    return before.strip(_EDGES), behind.strip(_EDGES)
