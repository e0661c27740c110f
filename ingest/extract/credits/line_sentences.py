"""The sentences of a line that can hold a credit, each with whether it is a line of its own."""

from __future__ import annotations

import re

from ingest.extract.credits.candidate import LONGEST_LINE
from ingest.extract.credits.dates import without_leading_day
from ingest.extract.credits.grammar.cues import flat, phrase_words

__all__ = ["sentences_of"]

#: Begun with the signs, which are rare, it is found quicker.
_SENTENCE_END = re.compile(
    r"[.!?。！？](?:(?<=[。！？])|(?<=[^\s.][^\s.].)[\"”“»')\]]{0,2}\s+(?=\S))"
)
_SEGMENTS = re.compile(r"\s+[|•·/]\s+|(?<=\w)/(?=Mit\s)|[\r\n]+")
#: All up to a time of day.
_BEHIND_TIME = re.compile(
    r"^\D{0,60}\d[^:：]{0,30}\d{1,2}[:：]\d\d(?:[:：]\d\d)?\s*(?:Uhr\b)?\s*[)）\]|,·•-]{0,2}\s*"
)
_LONGEST_DATED = 160
#: A press release and whose it is, with a bar or dash between: "Pressemitteilung | Example e.V.".
_LABEL_BAR = re.compile(
    r"^(press release|pressemitteilung|pressemeldung|presseinformation|presseinfo|medienmitteilung|pressemededeling|"
    r"persbericht|communiqué(?: de presse)?|comunicado(?: de prensa| de imprensa)?|comunicato stampa|nota de prensa|"
    r"pressmeddelande|pressemelding|pressemeddelelse|tiedote|komunikat prasowy|tisková zpráva|пресс-релиз|"
    r"basın bülteni|quelle|source|fuente|fonte|bron|źródło)\s+[|–—-]\s+",
    re.IGNORECASE,
)


def sentences_of(line: str) -> list[tuple[str, bool]]:
    """(sentence, whether it is a line of its own) of the sentences of ``line`` that can hold a credit."""
    text = without_leading_day(line.strip())
    text = _LABEL_BAR.sub(r"\1: ", text, count=1)
    sentences: list[str] = []
    at = 0
    for end in _SENTENCE_END.finditer(text):
        # "St. Louis", "Mr. Doe", "J. Doe": no end of a sentence
        word = text[max(0, end.start() - 8) : end.start()].rpartition(" ")[2]
        if end.group()[0] == "." and (
            (len(word) <= 2 and word[:1].isupper()) or flat(word) in phrase_words("abbreviations")
        ):
            continue
        sentences.append(text[at : end.end()].strip())
        at = end.end()
    sentences.append(text[at:].strip())
    sentences = [sentence for sentence in sentences if sentence]
    behind = _BEHIND_TIME.match(text) if len(text) <= _LONGEST_DATED else None
    if behind is not None and behind.end() < len(text):
        # "Channel of Example (2026-06-04 09:20:26) 来源： ..."
        sentences = [text[behind.end() :].strip()]
    if len(text) > LONGEST_LINE or len(sentences) > 6:
        sentences = sentences[:2] + sentences[-3:]
    pieces: list[tuple[str, bool]] = []
    alone = len(text) <= LONGEST_LINE and len(sentences) <= 3
    for number, sentence in enumerate(sentences):
        if len(sentence) > LONGEST_LINE:
            continue
        bracketed = sentence[0] in "([" and sentence.rstrip(".")[-1:] in (")", "]")
        own = (
            len(sentences) == 1
            or (bracketed and number == len(sentences) - 1)
            or (alone and number == 0)
        )
        segments = [s for s in _SEGMENTS.split(sentence) if s]
        pieces.extend((segment, own or len(segments) > 1) for segment in segments)
    return pieces
