"""Which of the articles near to a text carry the same, and are of one story with it.

The nearest few are compared word by word. A page that holds the texts of several articles whole (a
digest, or a site that wants to take stories over) joins nothing together: texts are of one story only
where they share words with one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.engine.statements import run
from storage.stories.comparing import RELATED, Comparisons
from storage.stories.neighbours import MOST_COMPARED, PER_STORY, Neighbours
from storage.text.sketch import SketchedText, is_same_story

__all__ = ["Match", "Matcher"]

#: A text so many times as long as another may hold it beside others.
HOLDS = 1.5

# The shortest: what is copied whole from several articles is as good a witness as none.
_OTHERS = (
    "SELECT a.id, a.fingerprint FROM articles AS a WHERE a.id IN (SELECT s.article_id"
    " FROM story_articles AS s WHERE s.story_id = ? AND s.article_id <> ? AND s.article_id <> ?"
    " ORDER BY s.article_id LIMIT 200) ORDER BY a.words, a.id LIMIT 4"
)


@dataclass(frozen=True, slots=True)
class Match:
    """An article that carries the same text."""

    article_id: int
    #: Of which it is so far, if of any.
    story_id: int | None
    #: What the two share in long stretches, of the shorter text.
    share: float
    text: SketchedText


class Matcher:
    """Finds the matches of some texts among their neighbours, whose stories it is told of as they change.

    ``settle`` is called before the database is asked who is of a story.
    """

    def __init__(
        self,
        connection: sa.Connection,
        neighbours: Neighbours,
        comparisons: Comparisons,
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._neighbours = neighbours
        self._comparisons = comparisons
        self._settle = settle

    def matches(self, article_id: int, text: SketchedText) -> list[Match]:
        """The articles that are of one story with ``text``, of each story one."""
        found = self._carrying(article_id, text)
        return self._of_one_story(text, found) if len(found) > 1 else found

    def _carrying(self, article_id: int, text: SketchedText) -> list[Match]:
        """Of the articles nearest to a text those that carry the same."""
        near = self._neighbours
        nearest = near.nearest.get(article_id, [])
        found: list[Match] = []
        tried: defaultdict[int, int] = defaultdict(int)
        joined: set[int] = set()
        compared = 0
        for place, number in enumerate(nearest):
            story = near.story_of.get(number)
            if story is not None:
                if story in joined or tried[story] >= PER_STORY:
                    continue
                tried[story] += 1
            if compared >= MOST_COMPARED:
                break
            compared += 1
            ahead = nearest[place + 1 : place + MOST_COMPARED - compared + 1]
            common = near.share(text, number, ahead)
            if common is None or not is_same_story(common):
                continue
            other = near.text(number)
            if other is None:
                continue
            if story is not None:
                if other.length >= HOLDS * text.length and not self._is_related(
                    text, story, (number, article_id)
                ):
                    continue
                joined.add(story)
            found.append(Match(number, story, round(common, 4), other))
        return found

    def _is_related(self, text: SketchedText, story_id: int, but: tuple[int, int]) -> bool:
        """Whether a text that stands in a longer one of a story shares words with the rest of it.

        With each of the rest: what else holds it whole, as another digest does, speaks for nothing.
        """
        self._settle()
        others = run(self._connection, _OTHERS, (story_id, *but)).all()
        self._neighbours.know((number, fingerprint) for number, fingerprint in others)
        rest = [number for number, _ in others]
        return all(
            (self._neighbours.share(text, number, rest[place + 1 :]) or 0.0) >= RELATED
            for place, number in enumerate(rest)
        )

    def _of_one_story(self, text: SketchedText, matches: Sequence[Match]) -> list[Match]:
        """Those of ``matches`` that are of one story with ``text`` and with one another.

        All of them, as a rule. Where some have nothing in common but that ``text`` holds them, those
        stay that make up most of it, if there are any.
        """
        share = self._comparisons.share
        groups: list[list[Match]] = []
        # The shortest first, so that those that a longer one may hold are known.
        for match in sorted(matches, key=lambda match: match.text.length):
            near = [
                group
                for group in groups
                if any(share(match.text, other.text) >= RELATED for other in group)
            ]
            if all(match.text.length >= HOLDS * o.text.length for group in near for o in group):
                near = []  # it may hold them as ``text`` does
            groups = [group for group in groups if group not in near]
            groups.append([match, *(other for group in near for other in group)])
        if len(groups) == 1:
            return list(matches)
        whole = max(1, text.length)

        def held(group: Sequence[Match]) -> float:
            return max(match.share * min(match.text.length, whole) / whole for match in group)

        most = max(groups, key=held)
        return most if is_same_story(held(most)) else []
