"""Under which suffix of the public suffix list a host is registered (https://publicsuffix.org/list/).

The list is the one that comes with tldextract, read here: that package loads an HTTP client to keep its
list fresh, and two tries of it, for what takes a set of names and a few milliseconds. The rules are those
of https://github.com/publicsuffix/list/wiki/Format; tests hold it against tldextract over the whole list.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Registered", "registered"]

_PRIVATE_BEGINS = "// ===BEGIN PRIVATE DOMAINS==="


@dataclass(frozen=True, slots=True)
class Registered:
    """A host by the list."""

    #: The label that is registered, before the suffix; empty where the host is a suffix itself.
    label: str
    #: Empty where the list does not know the host's last label.
    suffix: str
    #: Whether the suffix is a hosting house's, such as ``github.io``, and no registry's.
    private: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    registries: frozenset[str]
    houses: frozenset[str]


@cache
def _rules() -> _Rules:
    found = importlib.util.find_spec("tldextract")  # found, not imported
    places = (found.submodule_search_locations if found is not None else None) or []
    texts = [Path(place, ".tld_set_snapshot").read_text("utf-8") for place in places]
    registries, _, houses = texts[0].partition(_PRIVATE_BEGINS)
    return _Rules(_names(registries), _names(houses))


def _names(text: str) -> frozenset[str]:
    # A rule ends at the first blank of its line.
    return frozenset(line.split()[0] for line in text.split("\n") if line[:2] not in ("", "//"))


def registered(host: str, *, houses: bool = False) -> Registered:
    """What ``host``, a name in lower case and no IP address, registers under its suffix.

    ``houses``: by the private part of the list, too, where each customer of a house is registered.
    """
    rules = _rules()
    labels = host.split(".")
    names = [_decoded(label) for label in labels]
    for start in range(len(names)):
        name = ".".join(names[start:])
        parent = name.partition(".")[2]
        if houses and (cut := _cut(rules.houses, name, parent, start)) is not None:
            private = True
        elif (cut := _cut(rules.registries, name, parent, start)) is not None:
            private = False
        else:
            continue
        return Registered(labels[cut - 1] if cut else "", ".".join(labels[cut:]), private)
    return Registered(labels[-1], "")


def _cut(rules: frozenset[str], name: str, parent: str, start: int) -> int | None:
    """The number of labels in front of the suffix that ``rules`` say ``name`` is, or holds."""
    if name in rules:
        return start
    if f"!{name}" in rules:
        return start + 1
    return start if parent and f"*.{parent}" in rules else None


def _decoded(label: str) -> str:
    """A label as the list writes it."""
    if not label.startswith("xn--"):
        return label
    import idna

    try:
        return idna.decode(label)
    except UnicodeError:
        return label
