"""A template as a value: selectors of a source's parts, and what is kept of the elements inside.

Its JSON is what the database keeps (column ``templates.rules``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

__all__ = [
    "FORMAT",
    "PLAIN_TEXT",
    "FieldRule",
    "Leaf",
    "Place",
    "Template",
    "is_of_newer_release",
    "is_telling",
]

#: Changed when a template of an older release would be read wrongly: such ones are learned anew.
FORMAT = 1

Origin = Literal["json_ld", "meta", "select", "title"]
#: How many times the characters on one side outweigh those on the other.
_MANIFOLD = 6
#: What is done with an element inside the text's container.
Action = Literal["keep", "drop", "into"]


#: Tags of text whose names say nothing of where they stand.
PLAIN_TEXT = frozenset("p ul ol li blockquote h2 h3 h4 h5 h6 table tbody tr td".split())


_TELLING = frozenset("figure form nav button footer header figcaption label".split())


@dataclass(frozen=True, slots=True)
class Place:
    """Where one part of the text stands."""

    #: The first that picks something decides.
    selectors: tuple[str, ...]
    #: Elements that it picks on a page, at most.
    most: int
    #: Whether every page has it.
    required: bool


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where the value of one field stands."""

    origin: Origin
    #: Key of JSON-LD's article, name of a ``meta`` element, or a selector; "" for ``<title>``.
    key: str = ""
    #: What the site adds before and behind it.
    before: str = ""
    behind: str = ""

    def __str__(self) -> str:
        """As a person reads it."""
        where = {"json_ld": f"JSON-LD {self.key}", "meta": f"meta {self.key}", "title": "<title>"}
        affix = f', without "{self.before or self.behind}"' if self.before or self.behind else ""
        return where.get(self.origin, self.key) + affix


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the pages held at one path inside the container, in characters."""

    kept: int = 0
    left_out: int = 0
    #: Pages that hold something there.
    pages: int = 1
    #: How lines begin that are left out whatever else is kept; they do not count above.
    openings: tuple[str, ...] = ()

    @property
    def decision(self) -> bool | None:
        """Whether what stands there is kept; ``None`` where the pages do not agree."""
        if self.kept >= _MANIFOLD * self.left_out:
            return True
        return False if self.left_out >= _MANIFOLD * self.kept else None


@dataclass(frozen=True)
class Template:
    """Where a source keeps each part of its articles, learned from ``support`` pages.

    Paths are steps from the container down (``>div.box>p``), each a tag with its lasting names; a
    mark behind says that all of a block's text is linked, strong or emphasised (``#link``).
    """

    #: What it is told apart by: kind of article and the place of the text, of lasting names.
    signature: str
    kind: str
    #: The places of the text, in the order of reading; the largest is the container.
    body: tuple[Place, ...]
    leaves: dict[str, Leaf]
    #: Lines that stood in the text's place of several pages.
    chrome: tuple[str, ...] = ()
    fields: dict[str, FieldRule] = field(default_factory=dict)
    #: Fields that every page learned from has.
    required: tuple[str, ...] = ()
    #: Whether the pages say of themselves that they are articles.
    claims: bool = True
    #: Characters of the smallest and of the largest text.
    smallest: int = 0
    largest: int = 0
    #: Paragraphs outside the text, at most.
    outside: int = 0
    #: Whether some page learned from has a standfirst.
    standfirsts: bool = True
    #: What no page learned from has, or needed: no page is searched for it. Names of ``metadata.SELDOM``.
    lacks: tuple[str, ...] = ()
    #: Lines below the text that are read for credits.
    below: int = 14
    #: Pages it was learned from.
    support: int = 0
    #: The shortest common words of its texts: they tell that a page is in the declared language.
    language: str | None = None
    words: tuple[str, ...] = ()

    def as_json(self) -> str:
        """One line of JSON, the same for the same template."""
        value = asdict(self)
        value["leaves"] = {
            path: [
                leaf.kept,
                leaf.left_out,
                leaf.pages,
                *([leaf.openings] if leaf.openings else []),
            ]
            for path, leaf in self.leaves.items()
        }
        return json.dumps(
            {"format": FORMAT, **value}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    @classmethod
    def of_json(cls, text: str) -> Template:
        """The template that ``as_json`` wrote.

        Raises:
            ValueError: it is of another format, or broken.
        """
        return _of_json(text)

    @cached_property
    def steps(self) -> dict[str, Action]:
        """Every path from the container down to a leaf: keep all of it, leave all out, or look inside."""
        sums: dict[str, list[int]] = {}
        for path, leaf in self.leaves.items():
            parts = path.partition("#")[0].split(">")
            for end in range(2, len(parts) + 1):
                held = sums.setdefault(">".join(parts[:end]), [0, 0])
                held[0] += leaf.kept
                held[1] += leaf.left_out
        return {
            path: ("drop" if is_telling(path) else "into")
            if not kept
            else "into"
            if left_out
            else "keep"
            for path, (kept, left_out) in sums.items()
        }

    @cached_property
    def endings(self) -> dict[str, bool]:
        """The last two steps and the last step of known leaves, to whether they are kept.

        An element at a path never seen is judged by these where all that they saw agrees.
        """
        sums: dict[str, list[int]] = {}
        for path, leaf in self.leaves.items():
            if not leaf.kept and not leaf.left_out:
                continue
            plain, _, mark = path.partition("#")
            parts = plain.split(">")
            for ending in {">".join(parts[-2:]), parts[-1]}:
                held = sums.setdefault(f"{ending}#{mark}", [0, 0])
                held[0] += leaf.kept
                held[1] += leaf.left_out
        return {
            ending: kept > 0
            for ending, (kept, left_out) in sums.items()
            if not (kept and left_out)
            # That some heading or list was none of the text says nothing of another one.
            and (kept or "." in ending or _last_of(ending.partition("#")[0]) not in PLAIN_TEXT)
        }


def is_of_newer_release(rules: str) -> bool:
    """Whether a later release wrote ``rules``, which may run beside this one."""
    try:
        value = json.loads(rules)
    except ValueError:
        return False
    number = value.get("format") if isinstance(value, dict) else None
    return isinstance(number, int) and number > FORMAT


def is_telling(path: str) -> bool:
    """Whether the last step says what it holds: it has a name, or a tag that does."""
    last = _last_of(path)
    return "." in last or last in _TELLING


def _last_of(path: str) -> str:
    return path.rpartition(">")[2]


def _leaf_of(kept: int, left_out: int, pages: int, openings: Sequence[str] = ()) -> Leaf:
    return Leaf(kept, left_out, pages, tuple(openings))


@lru_cache(maxsize=256)
def _of_json(text: str) -> Template:
    try:
        value: dict[str, Any] = json.loads(text)
        if value.pop("format", None) != FORMAT:
            raise ValueError("a template of another release")
        return Template(
            signature=value["signature"],
            kind=value["kind"],
            body=tuple(
                Place(tuple(p["selectors"]), p["most"], p["required"]) for p in value["body"]
            ),
            leaves={path: _leaf_of(*held) for path, held in value["leaves"].items()},
            chrome=tuple(value["chrome"]),
            fields={name: FieldRule(**rule) for name, rule in value["fields"].items()},
            required=tuple(value["required"]),
            claims=value["claims"],
            smallest=value["smallest"],
            largest=value["largest"],
            outside=value["outside"],
            standfirsts=value["standfirsts"],
            lacks=tuple(value.get("lacks", ())),
            below=value["below"],
            support=value["support"],
            language=value["language"],
            words=tuple(value["words"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a template: {error!r}") from None
