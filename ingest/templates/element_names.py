"""What elements are called on every page of a template: class names without hashes and numbers.

Build tools put hashes into class names (CSS modules, styled-components, Emotion, Svelte), publishing
systems the numbers of posts. What is left is what the template's author wrote.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["is_word_like", "stable_names", "step"]

#: Characters of an element's names that are read; atomic style sheets write thousands.
_LONGEST = 300
_MOST = 6
#: ``css-1a2b3c`` (Emotion), ``sc-bdnxRM`` (styled-components), ``jsx-123``, ``svelte-1abc``.
_GENERATED = re.compile(r"(?:css|sc|jsx|svelte|emotion|jss|astro|data-v)-[\w-]+")
#: ``styles_title__3xYz1`` (CSS modules), ``Title-sc-1a2b3c-0``: the part before is the author's.
_MODULE = re.compile(r"([A-Za-z][\w-]*?)(?:__|--|_|-sc-)([A-Za-z0-9_-]{5,})(?:-\d+)?")
_PLAIN = re.compile(r"-?[A-Za-z_][A-Za-z_-]*")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Characters of a hash that a build tool makes of letters alone.
_LONGEST_HASH = 8


def is_word_like(text: str) -> bool:
    """Whether a person wrote ``text``: no digits, no random capitals, not without vowels."""
    if any(char.isdigit() for char in text):
        return False
    if len(text) < 5 or text.isupper():
        return True
    if len(_VOWEL.findall(text)) * 7 < len(text):
        return False
    if len(text) > _LONGEST_HASH or "-" in text or "_" in text or text.islower():
        return True
    # "bodyText" and "Article" are words, "dbwULn" and "feoRWP" are hashes.
    parts = _CAMEL.findall(text)
    return all(len(part) >= 3 and _VOWEL.search(part) is not None for part in parts) and not (
        parts[-1].isupper()
    )


@lru_cache(maxsize=16384)
def stable_names(names: str) -> tuple[str, ...]:
    """The words of ``names`` (classes and id) that hold across pages, sorted.

    One that ends with ``*`` is what stands before a hash: ``styles_title__*``.
    """
    found = set()
    for token in names[:_LONGEST].split():
        if _GENERATED.fullmatch(token):
            continue
        if _PLAIN.fullmatch(token) and is_word_like(token):
            found.add(token)
            continue
        module = _MODULE.fullmatch(token)
        if module is not None and is_word_like(module[1]) and not is_word_like(module[2]):
            found.add(token[: module.start(2)] + "*")
    return tuple(sorted(found)[:_MOST])


@lru_cache(maxsize=16384)
def step(tag: str, names: str) -> str:
    """One element of a path: its tag and its lasting names, such as ``div.article-body``."""
    return ".".join((tag, *stable_names(names))) if names else tag
