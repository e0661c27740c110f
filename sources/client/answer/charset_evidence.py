"""Which of several encodings the bytes themselves speak for.

A wrong encoding yields text that nobody writes: rare ideographs, capitals inside words, scripts mixed
in one word, symbols where letters should be. Each character beyond ASCII carries a weight
(``charsets.toml``), each oddity a penalty, and the encoding with the most per byte wins.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Charsets", "charsets", "evidence", "likeliest", "sample_of"]

#: Bytes of text that are weighed.
SAMPLE = 8 * 1024
#: What a declaration is worth against the bytes; more where there are few of them.
DECLARED = 0.35
#: What windows-1252 (Latin-1) is worth as a declaration: servers say it of anything.
DECLARED_USUAL = 0.1
FEW = 24
#: What the page's language is worth.
LANGUAGE = 0.3
#: A declared encoding that reads so well is not doubted.
GOOD = 0.6
#: What most pages without a declaration are in has a little more than its equals.
USUAL = ("cp1252", 0.1)

_TAGS = re.compile(rb"<(?:script|style)\b[^<]{0,20000}|<[^<>]{0,2000}>", re.IGNORECASE)
#: From a byte beyond ASCII to the end of its line or element, so that no character is cut.
_RUN = re.compile(rb"[^\x00-\x7f][^<>\r\n]{0,4000}")
_LOWER_UPPER = re.compile("[a-zà-öø-ÿα-ώа-џ][À-ÖØ-ÞΑ-ΩЀ-Я]|[à-öø-ÿα-ώа-џ][A-Z]")
_MIXED = re.compile(
    "[A-Za-z](?=[\u0370-\u06ff\u0e00-\u0e7f])|[\u0370-\u06ff\u0e00-\u0e7f](?=[A-Za-z])"
)
_LOST_IDEOGRAPH = re.compile("[A-Za-z][\u4e00-\u9fff\uff66-\uff9f\uac00-\ud7a3](?=[A-Za-z\\s.,])")
_HIRAGANA = re.compile("[ぁ-ん]")
_ACCENTS_ONLY = re.compile("[À-ÖØ-öø-ɏ]{3,40}")


@dataclass(frozen=True, slots=True)
class Charsets:
    """``charsets.toml``."""

    labels: Mapping[str, str]
    candidates: Sequence[str]
    languages: Mapping[str, Sequence[str]]
    weights: Mapping[str, float]


@cache
def charsets() -> Charsets:
    """The shipped knowledge of encodings, read once."""
    text = resources.files("sources.client.answer").joinpath("charsets.toml").read_text("utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    weights: dict[str, float] = {}
    for group in data["weight"]:
        for character in group["characters"]:
            if not character.isascii():
                weights.setdefault(character, float(group["value"]))
    names = [codecs.lookup(name).name for name in data["candidates"]["names"]]
    languages = {
        language: tuple(codecs.lookup(name).name for name in given)
        for language, given in data["languages"].items()
    }
    return Charsets(data["labels"], tuple(names), languages, weights)


def sample_of(body: bytes) -> bytes:
    """The text of ``body`` beyond ASCII, without markup, up to ``SAMPLE`` bytes or little more."""
    parts: list[bytes] = []
    size = 0
    for match in _RUN.finditer(_TAGS.sub(b"\n", body[: 64 * SAMPLE])):
        parts.append(match[0])
        size += len(match[0])
        if size > SAMPLE:
            break
    if not parts:
        # All of it behind the beginning: a page of scripts, then text.
        found = _RUN.search(body)
        parts = [body[found.start() : found.start() + SAMPLE]] if found else []
    return b"\n".join(parts)


def evidence(sample: bytes, name: str) -> float:
    """How much ``sample`` reads like text in encoding ``name``, from about -3 to 1, by byte."""
    beyond = len(sample.translate(None, bytes(range(128))))
    if not beyond:
        return 0.0
    text = sample.decode(name, "replace")
    weights = charsets().weights
    total = 0.0
    for character, count in Counter(text).items():
        if not character.isascii():
            weight = weights.get(character)
            total += count * (_other(character) if weight is None else weight)
    total -= 1.5 * len(_LOWER_UPPER.findall(text))
    total -= 1.0 * len(_MIXED.findall(text))
    total -= 2.5 * len(_LOST_IDEOGRAPH.findall(text))
    total -= sum(map(len, _ACCENTS_ONLY.findall(text)))
    if name == "gb18030":
        # GB 2312 has the kana where EUC-JP has them, but no Chinese text is full of them.
        total -= 1.5 * len(_HIRAGANA.findall(text))
    return total / beyond


def _other(character: str) -> float:
    """The weight of a character without one of its own."""
    code = ord(character)
    if code < 0xA0 or 0xE000 <= code < 0xF900:
        return -2.0  # controls; private use
    if code == 0xFFFD:
        return -3.0
    if 0x4E00 <= code < 0xA000:
        return 0.3
    if 0xAC00 <= code < 0xD7A4:
        return 0.5
    if 0x3000 <= code < 0x3100 or 0xFF01 <= code < 0xFF60:
        return 0.8  # East Asian punctuation, kana, full-width forms
    if 0xFF60 <= code < 0xFFA0:
        return -0.4  # half-width katakana, which single bytes become in Shift_JIS
    if 0x2500 <= code < 0x25A0:
        return -1.0  # box drawing
    return -0.2


def likeliest(sample: bytes, declared: Sequence[str], language: str | None) -> str | None:
    """The encoding that ``sample`` speaks for most; ``None`` where it speaks for none.

    ``declared`` are favoured, the first the most, and so is what the page's language is written in.
    """
    known = charsets()
    spoken = known.languages.get(language or "", ())
    if "koi8-r" in declared:
        declared = (*declared, "koi8-u")  # Ukrainian pages rarely say which
    beyond = len(sample.translate(None, bytes(range(128))))
    trust = min(4.0, max(1.0, FEW / max(1, beyond)))
    best, most = None, 0.0
    for name in dict.fromkeys((*declared, *spoken, *known.candidates)):
        score = evidence(sample, name)
        if name in declared:
            if score >= GOOD and name not in (USUAL[0], "koi8-r"):
                return name
            worth = DECLARED_USUAL if name == USUAL[0] else DECLARED
            score += (worth - 0.02 * declared.index(name)) * (trust if score > 0.1 else 1.0)
        if name in spoken:
            score += LANGUAGE
        if name == USUAL[0]:
            score += USUAL[1]
        if score > most:
            best, most = name, score
    return best
