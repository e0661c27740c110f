"""The articles that have marks in common with some texts: who they are, in which story, what they say.

Asked for all texts of a transaction at once: a statement costs as much as a dozen rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from storage.engine.statements import on_server, run, run_listed
from storage.engine.stored_text import encode_json
from storage.stories.comparing import Comparisons
from storage.text.sketch import SketchedText

__all__ = ["MOST_COMPARED", "PER_MARK", "PER_STORY", "Neighbours"]

#: Rows read of one mark: a stock phrase may stand in thousands of texts.
PER_MARK = 40
#: Texts compared word by word with a new one, at most, and of one story.
MOST_COMPARED, PER_STORY = 8, 2

# The newest articles of each mark: copies come within days of each other.
_NEWEST = " ".join(
    (
        "SELECT value, (SELECT group_concat(article_id) FROM",
        "(SELECT article_id FROM story_marks WHERE mark = wanted.value",
        f"ORDER BY article_id DESC LIMIT {PER_MARK}))",
        "FROM json_each(?) AS wanted",
    )
)
_NEWEST_ON_SERVER = " ".join(
    (
        "SELECT wanted.mark, newest.articles FROM unnest(CAST(? AS bigint[])) AS wanted (mark)",
        "CROSS JOIN LATERAL",
        "(SELECT string_agg(CAST(article_id AS text), ',' ORDER BY article_id DESC) AS articles FROM",
        "(SELECT article_id FROM story_marks WHERE mark = wanted.mark",
        f"ORDER BY article_id DESC LIMIT {PER_MARK}) AS those) AS newest",
    )
)
_CHUNK = 5000
_STORIES = "SELECT article_id, story_id FROM story_articles WHERE article_id IN (??)"
_FINGERPRINTS = "SELECT id, fingerprint FROM articles WHERE id IN (??)"
# The text itself only of those that were filed before sketches were kept.
_SKETCHES = (
    "SELECT a.id, a.fingerprint, s.shingles, CASE WHEN s.shingles IS NULL THEN a.text END"
    " FROM articles AS a LEFT JOIN sketches AS s ON s.article_id = a.id WHERE a.id IN (??)"
)


class Neighbours:
    """Of some texts, each with the number of its article; a negative one where it has none yet."""

    def __init__(
        self,
        connection: sa.Connection,
        texts: Mapping[int, SketchedText],
        comparisons: Comparisons,
    ) -> None:
        self._connection = connection
        self._texts = texts
        self._comparisons = comparisons
        #: Of each text that shares marks with others: those, the nearest first.
        self.nearest: dict[int, list[int]] = _nearest(connection, texts)
        #: The stories of all of them.
        self.story_of: dict[int, int] = {}
        self._fingerprints: dict[int, str | None] = {
            number: text.fingerprint for number, text in texts.items() if number < 0
        }
        if not self.nearest:
            return
        near = {number for numbers in self.nearest.values() for number in numbers}
        self.ask_stories(near.union(self.nearest))
        for number in self.nearest:
            comparisons.add(texts[number])
        likely = {number for each in self.nearest for number in self._likely(each)}
        self._identify(likely)
        self._load(likely)

    def share(self, text: SketchedText, number: int, ahead: Sequence[int]) -> float | None:
        """What ``text`` shares with that of an article; ``None`` where there is no such article.

        ``ahead``: those that will be asked for next, if this is not what was looked for.
        """
        if number not in self._fingerprints:
            self._identify([number, *ahead])
        fingerprint = self._fingerprints[number]
        if fingerprint is None:
            return None
        known = self._comparisons.known(text, fingerprint)
        if known is not None:
            return known
        other = self.text(number, ahead)
        return None if other is None else self._comparisons.share(text, other)

    def text(self, number: int, ahead: Sequence[int] = ()) -> SketchedText | None:
        """The text of an article."""
        if number in self._texts:
            return self._texts[number]
        if number not in self._fingerprints:
            self._identify([number])
        fingerprint = self._fingerprints[number]
        if fingerprint is None:
            return None
        known = self._comparisons.ready(fingerprint)
        return known if known is not None else self._load([number, *ahead]).get(number)

    def ask_stories(self, numbers: Collection[int]) -> None:
        """Learn the stories of articles."""
        if numbers:
            self.story_of.update(run_listed(self._connection, _STORIES, numbers).all())

    def know(self, fingerprints: Iterable[tuple[int, str]]) -> None:
        """Take in what another statement gave: articles and their fingerprints."""
        self._fingerprints.update(fingerprints)

    def _likely(self, number: int) -> Iterator[int]:
        """Those that a text will be compared with, where none of them is found to be its story's."""
        tried: defaultdict[int, int] = defaultdict(int)
        left = MOST_COMPARED
        for other in self.nearest[number]:
            story = self.story_of.get(other)
            if story is not None:
                tried[story] += 1
                if tried[story] > PER_STORY:
                    continue
            yield other
            left -= 1
            if not left:
                return

    def _identify(self, numbers: Collection[int]) -> None:
        unknown = [number for number in numbers if number not in self._fingerprints]
        for number in unknown:
            here = self._texts.get(number)
            self._fingerprints[number] = here.fingerprint if here is not None else None
        asked = [number for number in unknown if self._fingerprints[number] is None]
        if asked:
            self.know(run_listed(self._connection, _FINGERPRINTS, asked).all())

    def _load(self, numbers: Collection[int]) -> dict[int, SketchedText]:
        """Have the texts of articles ready, as far as they are not."""
        missing: list[int] = []
        for number in numbers:
            fingerprint = self._fingerprints.get(number)
            if number not in self._texts and not (
                fingerprint is not None and self._comparisons.ready(fingerprint)
            ):
                missing.append(number)
        found: dict[int, SketchedText] = {}
        if missing:
            for number, fingerprint, sketch, text in run_listed(
                self._connection, _SKETCHES, missing
            ):
                made = (
                    SketchedText(text=text, fingerprint=fingerprint)
                    if sketch is None
                    else SketchedText(sketch=bytes(sketch), marks=(), fingerprint=fingerprint)
                )
                found[number] = self._comparisons.add(made)
                self._fingerprints[number] = fingerprint
        return found


def _nearest(connection: sa.Connection, texts: Mapping[int, SketchedText]) -> dict[int, list[int]]:
    """The articles that share marks with each text, those that share most first."""
    newest = _newest_of(connection, {mark for text in texts.values() for mark in text.marks})
    # Those that have no row yet are newer than all that have one.
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    for number in sorted(number for number in texts if number < 0):
        for mark in texts[number].marks:
            waiting[mark].append(number)
    found: dict[int, list[int]] = {}
    for number, text in texts.items():
        shared: Counter[int] = Counter()
        for mark in sorted(text.marks):
            there = newest.get(mark, ())
            if waiting and mark in waiting:
                there = [*waiting[mark], *there][:PER_MARK]
            if len(there) > 1 or number not in there:
                shared.update(there)
        del shared[number]
        if shared:
            found[number] = [other for other, _ in shared.most_common(PER_MARK)]
    return found


def _newest_of(connection: sa.Connection, marks: Collection[int]) -> dict[int, list[int]]:
    ordered = sorted(marks)
    newest: dict[int, list[int]] = {}
    for start in range(0, len(ordered), _CHUNK):
        some = ordered[start : start + _CHUNK]
        if on_server(connection):
            rows = run(connection, _NEWEST_ON_SERVER, (some,))
        else:
            rows = run(connection, _NEWEST, (encode_json(some),))
        for mark, numbers in rows.all():
            if numbers is not None:
                newest[mark] = [int(number) for number in numbers.split(",")]
    return newest
