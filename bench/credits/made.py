"""Made pages: each with one credit in a form of a language, or with a line that only looks like one.

Texts, forms and names are those of ``made_languages.toml``, written from the customs of each language
and apart from the reader's cues; wire services are resolved by the gazetteer. The same seed makes the
same pages.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.credits.made_html import LAYOUTS, Parts, Place, html_of
from ingest.extract.credits.gazetteer import House, gazetteer

__all__ = ["FORMS", "Expected", "MadePage", "languages", "made_pages"]

_DATA = Path(__file__).with_name("made_languages.toml")
#: Forms that a language words, with the places where it is customary to put them.
_WORDED: dict[str, tuple[Place, ...]] = {
    "source_label": ("last", "emphasised", "box"),
    "agency_label": ("last", "emphasised", "box"),
    "first_published": ("last", "emphasised", "first"),
    "republished": ("last", "emphasised", "first"),
    "translated": ("last", "emphasised"),
    "contributed": ("last", "emphasised"),
    "provided": ("last", "box"),
    "material": ("last", "emphasised"),
    "unnamed": ("last", "emphasised"),
    "byline_words": ("byline",),
    "dateline": ("dateline",),
    "bracket": ("last_words",),
}
#: Forms without words, the same in every language.
_WORDLESS: dict[str, tuple[Place, ...]] = {
    "sign_off": ("last_words",),
    "byline": ("byline",),
    "beside_date": ("beside_date",),
    "canonical": ("canonical",),
}
FORMS = (*_WORDED, *_WORDLESS)
#: Houses whose articles are republished, and where.
_ORIGINALS = ("Eurasianet", "OC Media", "The Guardian")


@dataclass(frozen=True, slots=True)
class Expected:
    """A credit that a page has."""

    #: Those that are right, the closest first.
    roles: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page and what it says."""

    language: str
    #: One of ``FORMS``, or ``"none"``.
    form: str
    #: The words that say it.
    line: str
    expected: tuple[Expected, ...]
    layout: str
    url: str
    html: str


@cache
def languages() -> dict[str, dict[str, Any]]:
    """What pages are made of, by language."""
    return tomllib.loads(_DATA.read_text("utf-8"))


def made_pages(language: str, *, seed: int = 0, per_form: int = 3) -> Iterator[MadePage]:
    """Pages of ``language``: each wording, at least ``per_form`` of a form, and lines that are no credit.

    Raises:
        KeyError: no such language.
    """
    data = languages()[language]
    rng = random.Random(f"{seed} {language}")
    for form, places in _WORDED.items():
        templates = _entries(data["forms"].get(form, ""))
        if not templates:
            continue
        rng.shuffle(templates)
        for number in range(max(per_form, len(templates))):
            template = templates[number % len(templates)]
            yield _page(language, form, template, places[number % len(places)], rng, number)
    for form, places in _WORDLESS.items():
        for number in range(per_form):
            yield _page(language, form, "", places[0], rng, number)
    for number, line in enumerate(data["none"]["lines"].strip().splitlines()):
        yield _page(language, "none", line, "last" if number % 2 else "emphasised", rng, number)


def _entries(text: str) -> list[str]:
    return [entry for entry in text.split("; ") if entry]


def _page(
    language: str, form: str, template: str, place: Place, rng: random.Random, number: int
) -> MadePage:
    data = languages()[language]
    person, author = rng.sample(_entries(data["persons"]), 2)
    house = rng.choice(_entries(data["outlets"]))
    agency = rng.choice(_entries(data["agencies"]))
    known = gazetteer().find(agency, weak=True)
    line = template.format(person=person, house=house, agency=agency)
    expected: tuple[Expected, ...] = ()
    canonical = ""
    if form == "dateline":
        line, _, stated = template.rpartition("=")
        expected = (_of_house(stated),)
    elif form == "canonical":
        original = gazetteer().find(rng.choice(_ORIGINALS))
        assert original is not None, _ORIGINALS
        canonical = f"https://www.{original.hosts[0]}/2024/05/a-new-bridge-for-arvel"
        expected = (Expected(("original_publisher",), original.name),)
    elif form in ("sign_off", "beside_date"):
        line = f"({agency})" if form == "sign_off" else agency
        expected = (_of_house(agency, known),)
    elif form == "byline":
        line = agency if number % 2 else f"{person}, {agency}"
        expected = (_of_house(agency, known),)
    elif form != "none":
        expected = tuple(_expected(form, template, person, house, agency))
    text = data["text"].strip().splitlines()
    parts = Parts(
        language=language,
        title=data["title"],
        paragraphs=_paragraphs(text, " " if language not in ("ja", "zh", "th") else ""),
        author=author if rng.random() < 0.5 else "",
        line=line,
        place=place,
        canonical=canonical,
        caption=template.startswith(("Photo", "Foto", "Фото")) and form == "none",
    )
    layout = rng.choice(LAYOUTS)
    slug = f"a-new-bridge-for-the-town-{10000 + number}"
    url = f"https://www.arvel-{language}.example/news/{slug}"
    return MadePage(language, form, line, expected, layout, url, html_of(parts, layout, url))


def _expected(form: str, template: str, person: str, house: str, agency: str) -> Iterator[Expected]:
    if form == "unnamed":
        yield Expected(("agency",), "News agencies")
    if "{person}" in template and form != "byline_words":
        yield Expected(("translator" if form == "translated" else "contributor",), person)
    if "{agency}" in template:
        yield _of_house(agency)
    if "{house}" in template:
        # A bare source line that names an outlet may be either.
        either = ("original_publisher", "source")
        yield Expected(either if form != "source_label" else either[::-1], house)


def _of_house(stated: str, known: House | None = None) -> Expected:
    known = known or gazetteer().find(stated, weak=True)
    if known is None:
        return Expected(("agency", "source", "original_publisher"), stated)
    if known.kind == "agency":
        return Expected(("agency",), known.name)
    return Expected(("original_publisher", "agency", "source"), known.name)


def _paragraphs(sentences: list[str], blank: str) -> list[str]:
    """Five paragraphs of seven sentences."""
    cuts = (0, 2, 3, 5, 6, 7)
    return [blank.join(sentences[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]
