"""Sentences that say whom the text is credited to: ``Additional reporting by Jane Doe``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from ingest.extract.credits.bylines import ARTICLES, OUTLET_WORDS
from ingest.extract.credits.candidate import (
    LONGEST_LINE,
    Candidate,
    Form,
    role_of,
    speaks_of_pictures,
)
from ingest.extract.credits.dates import date_in
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.grammar.cues import (
    PhraseHit,
    Rule,
    Token,
    find_phrases,
    may_announce,
    phrase_words,
    tokens_of,
)
from ingest.extract.credits.names import houses_in, marks_in, one_house
from ingest.extract.credits.persons import is_person, persons_in
from ingest.extract.page.prose import WIDE
from storage.article import CreditRole

__all__ = ["is_residue", "phrases"]

_LONGEST_RESIDUE = 120
#: Signs of a name in a script without blanks between words; longer ones are clauses.
_LONGEST_WIDE = 14
#: What may stand behind a cue that closes its line.
_BEHIND_CUE = " \t.。)）]】\"'”’:：|"
#: Kinds of cues that say where a text was first.
_PUBLISHED = frozenset(["first_published_in", "republished_from", "excerpt_of", "translated_from"])
#: Kinds of cues that name authors as well.
_BY_PERSONS_TOO = frozenset(["provided_by", "text_label", "publisher_label"])
#: WordPress' line on author and section: "Dieser Beitrag wurde am 4. Mai von jd in Recht veröffentlicht".
_FILED_UNDER = re.compile(
    r"\b(?:wurde am \d[^,]{4,24} von .{2,40} in|was posted (?:in|on) .{2,60} by|a été publiée? (?:le|dans) .{2,60} par)\b"
)
#: Names of a list that the gazetteer does not know, from which the list is one of references.
_MOST_UNKNOWN = 3
_REFERENCE = re.compile(r"\b(?:19|20)\d\d\b|;|[\"“”„«»]")
#: What stands where a name is expected and is none: another label, a headline's quotation, an advertisement.
_NO_NAME = re.compile(
    r"[‘“”\"„«»:]|^(?:anzeige|werbung|advertisement|publicité|publicidad|photo|foto|bild|text)\b",
    re.IGNORECASE,
)
#: What ends a name that opens a text.
_NAME_ENDS = re.compile(r"[،,:؛»\"(]")
_LONGEST_OPENING = 40
#: Characters of the names that stand before a cue.
_LONGEST_BEFORE = 80


def phrases(sentence: str, *, own_line: bool) -> list[Candidate]:
    """The credits that the phrases of ``sentence`` announce.

    Args:
        sentence: one sentence, or a line that is less than one.
        own_line: whether it stands on a line of its own.
    """
    if len(sentence) > LONGEST_LINE or not may_announce(sentence) or _FILED_UNDER.search(sentence):
        return []
    tokens = tokens_of(sentence)
    opening = next((n for n, token in enumerate(tokens) if token.text[0].isalnum()), 0)
    best: list[Candidate] = []
    for hit in find_phrases(tokens, opening):
        rule = hit.rule
        if rule.whole and not own_line:
            continue
        behind = sentence[tokens[hit.last - 1].end :]
        if rule.at == "start":
            # "Thanks to ... for additional reporting": the names within the phrase
            behind = _between(tokens, hit, sentence) or behind
        found: list[Candidate] = []
        if rule.at == "start":
            found = list(_started(rule, tokens, hit.last, sentence, behind))
        elif rule.at == "inside":
            found = list(_inside(rule, tokens, hit.first, hit.last, sentence, behind, own_line))
        elif rule.at == "end":
            if rule.names in ("house", "houses", "known"):
                # What goes on behind the cue is prose: "provided by" is a verb as well.
                if len(behind.strip(_BEHIND_CUE)) <= 1:
                    before = sentence[: tokens[hit.first].start]
                    found = list(_houses_before(rule, before, sentence))
            else:
                words = sentence[tokens[opening].start : tokens[hit.first].start].split()
                # "Jane Doe has also", "Jeanne Dupont a également"
                while words and words[-1].islower():
                    words.pop()
                found = _people(rule, " ".join(words), sentence) if len(words) <= 30 else []
        elif rule.at == "opening":
            found = list(_opening(rule, _between(tokens, hit, sentence) or behind, sentence))
        elif rule.at == "around" and own_line:
            gap = _between(tokens, hit, sentence)
            if gap and rule.names == "person":
                found = _people(rule, gap, sentence)
            elif gap:
                found = list(_houses_before(rule, gap, sentence))
            else:
                found = list(_around(rule, tokens, hit.first, sentence, behind))
        form: Form = "dateline" if rule.at == "opening" else "cue"
        found = [
            replace(
                candidate,
                form="label" if candidate.label else form,
                cue=rule.kind,
                own_line=own_line,
                listed=len(found),
                loose=_is_loose(rule, candidate, sentence, len(found)),
            )
            for candidate in found
            if not _NO_NAME.search(candidate.name)
        ]
        # The rule that says the most wins: "mit Informationen der" over "mit".
        if found:
            if (
                not best
                or rule.at == "around"
                or (best[0].role == found[0].role == "agency" and len(found) > len(best))
            ):
                best = found
            elif best[0].role != found[0].role and {f.name for f in found} - {f.name for f in best}:
                best = [*best, *found]
    return best


def _started(
    rule: Rule, tokens: list[Token], last: int, sentence: str, behind: str
) -> Iterator[Candidate]:
    if rule.names == "none":
        if len(behind.strip(" .)]/")) <= 40 or _names_follow(behind):
            house = gazetteer().find("News agencies")
            named = [n for n in houses_in(behind) if n[1] is not None and n[1].kind == "agency"]
            if named:
                for name, known in named:
                    yield Candidate("agency", name, sentence, known)
            elif len(behind.split()) <= 4:
                yield Candidate("agency", "News agencies", sentence, house)
    elif rule.names == "wires":
        if len(sentence) <= 90:
            for house in marks_in(behind, weak=False):
                yield Candidate("agency", house.name, sentence, house)
    elif rule.names in ("person", "mixed"):
        yield from _people(rule, behind, sentence)
    elif rule.names in ("houses", "known"):
        if speaks_of_pictures(behind):
            return
        label = tokens[last - 1].text in (":", "՝")
        for name, house in houses_in(behind):
            if house is None and rule.names == "known":
                continue
            yield Candidate(_role(rule, house), name, sentence, house, label=label)
    else:
        named_one = one_house(behind)
        if named_one and not speaks_of_pictures(behind):
            yield Candidate(
                _role(rule, named_one[1]),
                named_one[0],
                sentence,
                named_one[1],
                label=tokens[last - 1].text == ":",
            )


def _role(rule: Rule, house: House | None) -> CreditRole:
    """An agency is ``agency``, save where the words say that it published first."""
    published = rule.kind in _PUBLISHED or (rule.kind == "based_on" and rule.at == "inside")
    return rule.role if published else role_of(house, rule.role)


def _is_loose(rule: Rule, candidate: Candidate, sentence: str, listed: int) -> bool:
    """Whether the words of ``candidate`` say other things as often as whose the text is."""
    unknown = candidate.house is None
    if candidate.loose or rule.kind == "partner":
        return True
    if candidate.label and unknown:
        # "Sources: Guide to Phones, Green Press, 2023; ...": a list of works
        works = "://" not in sentence and _REFERENCE.search(sentence) is not None
        return listed > _MOST_UNKNOWN or works
    if rule.kind == "publisher_label" or (rule.kind == "source_line" and unknown):
        return True
    # "Provided by Jane Doe": an author
    return unknown and rule.kind in _BY_PERSONS_TOO and _is_only_a_person(candidate.name)


def _is_only_a_person(name: str) -> bool:
    """Whether ``name`` is a person's and can be no house's ("Valley Gazette", "El Correo")."""
    words = name.split()
    return is_person(name) and words[-1].casefold() not in OUTLET_WORDS and words[0] not in ARTICLES


def _houses_before(rule: Rule, before: str, sentence: str) -> Iterator[Candidate]:
    """The houses that stand before the cue: "読売新聞提供", "Anadolu Ajansı kaynağından alınmıştır"."""
    region = before.strip(" \t:–—-*()（）").rpartition("。")[2].strip()
    if not region or len(region) > _LONGEST_BEFORE or speaks_of_pictures(region):
        return
    named = one_house(region) if rule.names == "house" and rule.at == "around" else None
    for name, house in houses_in(region) if named is None else [named]:
        if house is None and (
            rule.names == "known" or (len(name) > _LONGEST_WIDE and WIDE.search(name) is not None)
        ):
            continue
        yield Candidate(_role(rule, house), name, sentence, house)


def _between(tokens: list[Token], hit: PhraseHit, sentence: str) -> str:
    """What stands in the gap that a phrase has for its names; empty where it has none."""
    first, behind = hit.names
    if not hit.first < first < behind < hit.last:
        return ""
    return sentence[tokens[first].start : tokens[behind - 1].end]


def _opening(rule: Rule, region: str, sentence: str) -> Iterator[Candidate]:
    """The house that the first words of a text name: "به گزارش خبرگزاری مهر، ..."."""
    region = region.strip(" \t:–—-*«\"'")
    named = _NAME_ENDS.split(region, maxsplit=1)[0].strip()
    words = named.split()
    for size in range(min(6, len(words)), 0, -1):
        house = gazetteer().find(" ".join(words[:size]), weak=True)
        if house is not None:
            yield Candidate(role_of(house, "original_publisher"), house.name, sentence, house)
            return
    if words and len(words) <= 4 and len(named) <= _LONGEST_OPENING:
        yield Candidate(rule.role, named, sentence, loose=True)


def _names_follow(behind: str) -> bool:
    return any(house is not None for _, house in houses_in(behind))


def _people(rule: Rule, text: str, sentence: str) -> list[Candidate]:
    found: list[Candidate] = []
    for name, house in persons_in(text, houses=rule.names == "mixed"):
        if house is None:
            person = rule.names != "mixed" or is_person(name)
            found.append(Candidate(rule.role if person else "source", name, sentence))
        elif rule.role == "contributor" and (rule.names == "mixed" or house.kind == "agency"):
            found.append(Candidate(role_of(house, "source"), house.name, sentence, house))
    return found


def _speaks_of_this(tokens: list[Token], end: int, sentence: str, *, own_line: bool) -> bool:
    """Whether the words before ``end`` make this text the subject of the sentence."""
    before = [token.text for token in tokens[:end] if token.text[0].isalnum()]
    if not before:
        return True
    subjects, this = phrase_words("subject"), phrase_words("this")
    if own_line and {"above", "following"} & set(before) and len(before) <= 6:
        return True
    if not set(before) & subjects:
        # "Originally published ..." after a sign, or "It first appeared ..." on a line of its own.
        return (
            own_line
            and before[0] in ("it", "er", "es", "sie", "il", "elle", "this")
            and len(before) <= 3
        )
    if set(before) & this or before[0] in subjects:
        return True
    return (
        own_line
        and before[0]
        in ("the", "a", "der", "die", "das", "el", "la", "il", "lo", "le", "o", "de", "het", "an")
        and len(before) <= 40
    )


def _inside(
    rule: Rule,
    tokens: list[Token],
    first: int,
    last: int,
    sentence: str,
    behind: str,
    own_line: bool,
) -> Iterator[Candidate]:
    if rule.names in ("person", "mixed"):
        # "with additional reporting by Jane Doe", "and translated by Jean Roe", amid a line
        yield from _people(rule, behind, sentence)
        return
    if not _speaks_of_this(tokens, first, sentence, own_line=own_line):
        return
    region = behind
    # "based on original reporting by Jane Doe of Example": the house behind the person
    name, of, rest = region.strip().partition(" of ")
    if of and is_person(name):
        region = rest
    named = one_house(region, loose=True)
    if named is None:
        # "Excerpted from a conversation with Jane Doe in the book Example"
        for kind in (" book ", " magazine ", " newspaper ", " journal "):
            _, found, rest = region.partition(kind)
            named = one_house(rest) if found else None
            if named:
                break
    if named and is_person(named[0]) and named[1] is None and tokens[last - 2].text == "written":
        return
    if named:
        yield Candidate(_role(rule, named[1]), named[0], sentence, named[1])


def _around(
    rule: Rule, tokens: list[Token], first: int, sentence: str, behind: str
) -> Iterator[Candidate]:
    words = [token for token in tokens if token.text[0].isalnum()]
    if not words or words[-1].text not in rule.close:
        return
    closing = sentence.rfind(sentence[words[-1].start : words[-1].end])
    region = behind[: closing - (len(sentence) - len(behind))]
    before = [token.text for token in tokens[:first]]
    marked = {
        "original",
        "originally",
        "zuerst",
        "zunächst",
        "ursprünglich",
        "oorspronkelijk",
    } & set(before)
    if not marked and not (
        set(before) & phrase_words("subject") and set(before) & phrase_words("this")
    ):
        return
    named = one_house(region)
    if named and not ((date := date_in(named[0])) and date.start() == 0):
        yield Candidate(rule.role, named[0], sentence, named[1])


def is_residue(sentence: str) -> bool:
    """Whether ``sentence`` is what stands beside credits and is nothing itself."""
    return len(sentence) <= _LONGEST_RESIDUE and _words_only(tokens_of(sentence)) in _residues()


def _words_only(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens if token.text[0].isalnum())


@cache
def _residues() -> frozenset[str]:
    return frozenset(_words_only(tokens_of(entry)) for entry in phrase_words("residue"))
