"""The persons that stand beside a cue: contributors, translators, and for whom they are said to work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.extract.credits.first_words import find_house
from ingest.extract.credits.gazetteer import gazetteer
from ingest.extract.credits.grammar.cues import phrase_words
from ingest.extract.credits.names import (
    EDGES,
    NAME_LIST,
    SMALL_ARTICLES,
    Named,
    is_cased,
    one_house,
)

__all__ = ["is_person", "persons_in"]

_POSSESSIVE = re.compile(r"(?<=\w)['’]s?\s+(?=\S)")
_WORKERS = frozenset(
    "writer writers reporter reporters correspondent correspondents editor editors staff journalist journalists "
    "producer producers photographer contributor bureau chief columnist analyst researcher".split()
)
_AT_PLACE = frozenset(
    "in from at of for on à en aus w в с из à au a da i på fra from during while covering".split()
)


def persons_in(text: str, *, houses: bool = False) -> Iterator[Named]:
    """The persons of a list, and the houses that they are said to work for or that stand there.

    Args:
        text: the list.
        houses: whether names that can be no person's are houses, known or not.
    """
    for piece in NAME_LIST.split(text.strip(" \t:–—-*"))[:16]:
        part = piece.strip(EDGES)
        if not part:
            continue
        if ": " in part:
            # "Editing: Jane Doe": another list begins.
            return
        house = gazetteer().find(part, weak=True)
        if house is not None:
            yield house.name, house
            continue
        pieces = _POSSESSIVE.split(part)
        if len(pieces) > 1:
            employer = gazetteer().agency(pieces[0].strip(EDGES), weak=True)
            if employer is not None:
                yield employer.name, employer
            part = pieces[-1]
        words = part.split()
        # "Associated Press writers Jane Doe": who they work for, what they are, the name.
        for number in range(min(len(words), 9) - 1, -1, -1):
            if words[number].casefold().strip(",") in _WORKERS:
                for start in range(number):
                    employer = gazetteer().agency(" ".join(words[: number - start]), weak=True)
                    if employer is not None:
                        yield employer.name, employer
                        break
                words = words[number + 1 :]
                break
        for number, word in enumerate(words):
            if number and word in _AT_PLACE and number >= 2:
                words = words[:number]
                break
        name = " ".join(words).strip(EDGES)
        if is_person(name) and not (houses and words[0].lower() in SMALL_ARTICLES):
            yield name, None
        elif houses and (named := one_house(part)) is not None:
            yield named
        elif name and name[0].islower():
            # "editing by ...", "and the team": the list of names is over.
            return


def is_person(name: str) -> bool:
    """Whether ``name`` can be a person's: two to five capitalised words, or a name without case."""
    words = name.split()
    if not name or len(name) > 48 or any(c.isdigit() or c in '@/:;()"“”|' for c in name):
        return False
    if all(c.lower() == c.upper() or not c.isalpha() for c in name):
        return 1 <= len(words) <= 5 and 2 <= len(name) <= 36
    if not 2 <= len(words) <= 6:
        return False
    particles = phrase_words("particles")
    for word in words:
        bare = word.strip(".'’-")
        if not bare or not (
            bare[0].isupper() or bare.casefold() in particles or not is_cased(bare[0])
        ):
            return False
    folded = {w.casefold().strip(".,") for w in words}
    return not folded & _NO_PERSON and find_house(name) is None


_NO_PERSON = frozenset(
    "news press agency staff redaktion team desk service services editorial media network redacción "
    "rédaction newsroom bureau times post magazine journal radio tv gmbh inc ltd university "
    "report reports the reporting editing".split()
)
