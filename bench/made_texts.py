"""Texts for benches of the store: words of real pages, sentences that never stood anywhere.

Bodies of ``../shared/corpus`` give the vocabulary and what word follows which; they are read in
place and never kept. Copies and near misses of a text are made here too.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from storage.article import Article, Block
from storage.text.sketch import SketchedText, overlap
from storage.text.tokens import tokens_of

__all__ = ["COPIES", "NEAR_MISSES", "Babbler", "article_of", "real_bodies", "weather_report"]

_FOLDERS = ("aeb", "fundus-eval", "fundus-pages", "wcxb", "wix")


def real_bodies(corpus: Path, *, least_words: int = 120) -> list[str]:
    """The bodies of the labelled pages, none of which shares much with another."""
    bodies: list[str] = []
    seen: defaultdict[str, list[int]] = defaultdict(list)
    for folder in _FOLDERS:
        path = corpus / folder / "truth.jsonl"
        with path.open("rt") if path.exists() else gzip.open(f"{path}.gz", "rt") as lines:
            for line in lines:
                body = json.loads(line).get("body") or ""
                body = "\n\n".join(p.strip(" []") for p in body.split("\n\n") if p.strip(" []"))
                tokens = tokens_of(body)
                if len(body.split()) < least_words or body.count("\n\n") < 4:
                    continue
                keys = {" ".join(tokens[n : n + 8]) for n in range(0, len(tokens) - 8)}
                near = {n for key in keys for n in seen.get(key, ())}
                if any(
                    overlap(SketchedText(tokens), SketchedText(tokens_of(bodies[n]))).in_runs > 0.2
                    for n in near
                ):
                    continue
                for key in keys:
                    seen[key].append(len(bodies))
                bodies.append(body)
    return bodies


class Babbler:
    """Makes sentences in which each word has followed the one before somewhere."""

    def __init__(self, bodies: list[str], rng: random.Random) -> None:
        self._rng = rng
        self._next: defaultdict[str, list[str]] = defaultdict(list)
        for body in bodies:
            words = body.split()
            for one, other in zip(words, words[1:], strict=False):
                self._next[one].append(other)
        self._words = list(self._next)

    def paragraph(self, words: int) -> str:
        """A paragraph of about so many words."""
        said: list[str] = []
        word = self._rng.choice(self._words)
        while len(said) < words:
            said.append(word)
            # A jump now and then, so that no long stretch of a real text comes back.
            following = self._next.get(word)
            jump = following is None or self._rng.random() < 0.15
            word = self._rng.choice(self._words if jump or following is None else following)
        return " ".join(said) + "."

    def text(self, words: int) -> str:
        """Paragraphs of forty to eighty words, so many words in all."""
        parts = []
        while words > 0:
            size = min(words, self._rng.randint(40, 80))
            parts.append(self.paragraph(size))
            words -= size
        return "\n\n".join(parts)


def article_of(text: str, number: int, source: str, title: str) -> Article:
    """An article of this text."""
    return Article(
        url=f"https://{source}.example/{number}",
        title=title,
        blocks=tuple(Block("paragraph", part) for part in text.split("\n\n")),
        source=source,
        language="en",
        authors=("A. Writer",),
        published_at=f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T10:00:00+00:00",
    )


# Copies: the same story


def _as_it_is(text: str, rng: random.Random, babbler: Babbler) -> str:
    return text  # syndicated, its headline changed by the caller


def _new_opening(text: str, rng: random.Random, babbler: Babbler) -> str:
    first, _, rest = text.partition("\n\n")
    return f"{babbler.paragraph(max(20, len(first.split())))}\n\n{rest}"


def _cut(text: str, rng: random.Random, babbler: Babbler) -> str:
    words = re.split(r"(\s+)", text)
    return "".join(words[: int(len(words) * 0.7)])


def _agency_line(text: str, rng: random.Random, babbler: Babbler) -> str:
    return f"BERLIN (AgencyNews) - {text}\n\nReporting by J. Doe; editing by R. Roe. (AgencyNews)"


def _leaked_chrome(text: str, rng: random.Random, babbler: Babbler) -> str:
    parts = text.split("\n\n")
    parts.insert(rng.randrange(len(parts)), "Sign up for our newsletter and never miss a story")
    return "\n\n".join([*parts, "Share this article", "Related: " + babbler.paragraph(10)])


def _light_edits(text: str, rng: random.Random, babbler: Babbler) -> str:
    words = text.split(" ")
    for _ in range(max(1, len(words) // 50)):
        place = rng.randrange(len(words))
        match rng.randrange(3):
            case 0:
                words[place] = babbler.paragraph(1).strip(".")
            case 1:
                words[place] += " also"
            case _:
                words[place] = ""
    return " ".join(words)


def _typography(text: str, rng: random.Random, babbler: Babbler) -> str:
    text = text.replace('"', "“").replace("'", "’").replace(" - ", " — ").replace("...", "…")
    return text.replace(" ", "\u00a0", 3).upper() if rng.random() < 0.1 else text


COPIES: dict[str, Callable[[str, random.Random, Babbler], str]] = {
    "changed headline": _as_it_is,
    "new first paragraph": _new_opening,
    "30 % cut from the end": _cut,
    "agency line added": _agency_line,
    "chrome leaked": _leaked_chrome,
    "light edits": _light_edits,
    "typography": _typography,
}

# Near misses: not the same story


def _follow_up(text: str, rng: random.Random, babbler: Babbler) -> str:
    parts = text.split("\n\n")
    start = rng.randrange(max(1, len(parts) - 2))
    background = parts[start : start + 2]
    new = babbler.text(max(150, 2 * sum(len(part.split()) for part in background)))
    return "\n\n".join([new, *background])


def _live_update(text: str, rng: random.Random, babbler: Babbler) -> str:
    """The standing introduction and the last entries of before, under as much that is new."""
    parts = text.split("\n\n")
    kept = parts[:1] + parts[-max(1, len(parts) // 6) :]
    new = babbler.text(max(150, int(1.5 * sum(len(part.split()) for part in kept))))
    return "\n\n".join([kept[0], new, *kept[1:]])


NEAR_MISSES: dict[str, Callable[[str, random.Random, Babbler], str]] = {
    "follow-up with two paragraphs of background": _follow_up,
    "live update": _live_update,
}

_PLACES = (
    "Aldermere Brookhaven Carrow Dunmoor Eastlea Farholt Glenrock Harwick Inverlay Jarrow".split()
)
_SKIES = ["sunny", "cloudy", "rainy", "windy", "foggy", "stormy", "mild", "cold", "clear", "grey"]


def weather_report(rng: random.Random) -> Iterator[str]:
    """Endless reports of one template: weather and markets, other places and figures in each."""

    def figure() -> str:
        return str(rng.randint(2, 98))

    while True:
        place, other, sky, next_sky = *rng.sample(_PLACES, 2), *rng.sample(_SKIES, 2)
        if rng.random() < 0.5:
            yield (
                f"The weather in {place} today is {sky} with a high of {figure()} degrees.\n\n"
                f"Tonight it turns {next_sky} and the low is {figure()} degrees near {other}.\n\n"
                f"Winds from the {rng.choice(['north', 'south', 'east', 'west'])} blow at {figure()} kilometres an hour.\n\n"
                f"The chance of rain is {figure()} per cent, humidity {figure()} per cent.\n\n"
                f"Tomorrow will be {rng.choice(_SKIES)} in {rng.choice(_PLACES)} with {figure()} degrees.\n\n"
                f"Sunrise is at {figure()} past six and sunset at {figure()} past seven.\n\n"
                "Forecasts are made by the regional office and are brought up to date three times a day."
            )
        else:
            yield (
                f"Shares in {place} closed {figure()} points higher on Monday.\n\n"
                f"The index of {other} lost {figure()} points and stood at {figure()}{figure()} in the end.\n\n"
                f"Gold was at {figure()}{figure()} dollars an ounce, {figure()} dollars less than on Friday.\n\n"
                f"A barrel of oil cost {figure()} dollars, after {figure()} dollars the day before.\n\n"
                f"The euro bought 1.{figure()} dollars and {figure()} yen.\n\n"
                f"Among the winners were {rng.choice(_PLACES)} Steel, up {figure()} per cent, and {rng.choice(_PLACES)} Bank.\n\n"
                "Figures are as of the close of trading and may be delayed by fifteen minutes."
            )
