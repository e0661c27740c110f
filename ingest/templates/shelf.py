"""The templates of one source, as a run goes: which are tried, trusted, doubted, replaced.

    example ─▶ group of its signature ─▶ three of them: learned ─▶ on trial (both paths, the generic
    article is filed) ─▶ active (a sample takes both paths) ─▶ doubted, and learned anew

A new version is on trial beside the old one; the old one stays for the pages that it fits. All is
bounded: a site that draws each page anew costs no more than one that does not.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from ingest.templates.kept import TRIAL, KeptTemplate
from ingest.templates.reading_values import FEWEST, Candidate, Misfit, PackedExample, pack
from storage.templates import STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ingest.templates.reading_values import Grown, Learned, PageReading
    from ingest.templates.template import Template
    from sources.link import Link
    from sources.page import Page
    from storage.article import Article

__all__ = ["Shelf"]

_ON_SHELF = frozenset[str](["trial", "active", "doubted"])

#: Templates of a source that are tried on a page, and that are kept.
MOST_TRIED, MOST_KEPT = 4, 12
#: Signatures of a source whose pages are gathered, and pages of each.
MOST_GROUPS, MOST_EXAMPLES = 6, 8
#: Bytes of a page, compressed, above which it is no example.
LARGEST_EXAMPLE = 300_000
#: Pages of a source that fit no template after which one is not waited for any more.
WAITED_FOR = 24
#: Pages after a failed attempt to learn; doubled by each further failure.
WAIT, LONGEST_WAIT = 6, 2000


@dataclass(slots=True)
class _Group:
    """Pages of one signature that the generic path has read."""

    #: The page, counted in this process, from which on they were gathered.
    since: int
    examples: list[PackedExample] = field(default_factory=list)
    #: Examples that came since the last attempt.
    fresh: int = 0
    failures: int = 0
    learning: bool = False
    #: Signature of the template that they taught: a wider place where their texts differ in depth.
    learned_as: str | None = None


def _rest(grown: int) -> int:
    """Pages until a template that has grown so often may grow again: a site may draw each page anew."""
    return min((1 << grown) // 4, LONGEST_WAIT)


class Shelf:
    """The templates of one source in one process."""

    def __init__(self, source: str, known: Sequence[KeptTemplate] = ()) -> None:
        """A shelf.

        Args:
            source: whose templates they are.
            known: every one that it ever had: a name and version are given once.
        """
        self.source = source
        #: The newest first.
        self.kept: list[KeptTemplate] = []
        #: Those that were taken off, until that is written.
        self.left: list[KeptTemplate] = []
        #: The name of each signature, the highest version of each name, and every label.
        self._names: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._labels: set[str] = set()
        for template in sorted(known, key=lambda t: (t.made_at, t.version)):
            self._take(template)
        self._groups: OrderedDict[str, _Group] = OrderedDict()
        self._failures = 0
        self._wait = 0
        self._pages = 0
        #: The last pages that no believed template fitted.
        self._unfitted = 0

    @property
    def bytes(self) -> int:
        """Bytes of the pages that are gathered, compressed."""
        return sum(len(e.body) for group in self._groups.values() for e in group.examples)

    def changed(self) -> list[KeptTemplate]:
        """Those, on it and off it, of which the database does not hold all yet."""
        return [kept for kept in (*self.kept, *self.left) if kept.changed]

    def drop_examples(self) -> None:
        """Forget the pages gathered; templates stay."""
        self._groups.clear()

    def _take(self, template: KeptTemplate) -> None:
        """Put a template in front, or only keep its name from being given again."""
        self._names[template.signature] = template.name
        self._count(template)
        if template.status in _ON_SHELF:
            self.kept.insert(0, template)
        while len(self.kept) > MOST_KEPT:
            oldest = min(
                self.kept[1:], key=lambda t: (t.status != "doubted", t.last_applied_at or t.made_at)
            )
            self.drop(oldest, oldest.reason or "many newer ones came")

    def _count(self, template: KeptTemplate) -> None:
        self._labels.add(template.label)
        self._versions[template.name] = max(template.version, self._versions.get(template.name, 0))

    def renumber(self, template: KeptTemplate, version: int) -> None:
        """Give a new template the version that is stored: another process had taken its own."""
        if template.version != version:
            self._labels.discard(template.label)
            template.version = version
            self._count(template)

    def drop(self, template: KeptTemplate, reason: str) -> None:
        """Take a template off the shelf; its name stays taken."""
        self.kept = [t for t in self.kept if t is not template]
        template.status, template.reason, template.changed = "dropped", reason, True
        self.left.append(template)

    def adopt(self, stored: Sequence[KeptTemplate]) -> None:
        """Take in what other processes, and the operator, have done with the templates since."""
        by_label = {t.label: t for t in self.kept}
        for other in sorted(stored, key=lambda t: (t.made_at, t.version)):
            own = by_label.get(other.label)
            if own is None:
                if other.label not in self._labels:
                    self._take(other)
            elif STATUSES.index(other.status) > STATUSES.index(own.status):
                own.status, own.reason, own.replaces = other.status, other.reason, other.replaces
        self.kept = [t for t in self.kept if t.status in _ON_SHELF]

    # Reading

    def is_new(self) -> bool:
        """Whether the pages that come are of no believed template, and one is soon to be learned."""
        if self._failures:
            return False
        if all(t.status != "active" for t in self.kept):
            return self._pages < WAITED_FOR
        return FEWEST <= self._unfitted < WAITED_FOR

    def candidates(self) -> tuple[Candidate, ...]:
        """The templates to try on the next page, the likeliest first."""
        # No more pages take both paths at once than a trial needs.
        usable = [
            t
            for t in self.kept
            if t.status == "active" or (t.status == "trial" and t.out < 2 * TRIAL)
        ]
        tried = sorted(
            usable[: 2 * MOST_TRIED],
            key=lambda t: (t.status == "trial", t.last_applied_at or t.made_at),
            reverse=True,
        )[:MOST_TRIED]
        for kept in tried:
            kept.out += kept.status == "trial"
        return tuple(
            Candidate(
                t.label,
                t.rules,
                check=t.wants_check(),
                trial=t.status == "trial",
                grows=t.status == "active" and self._pages >= t.grown_at + _rest(t.grown),
            )
            for t in tried
        )

    def note(
        self, reading: PageReading, page: Page, link: Link | None, now: datetime
    ) -> str | None:
        """Take in what became of a page; the signature that is now to be learned, where one is."""
        self._pages += 1
        for kept_now in self.kept:
            kept_now.out = max(kept_now.out - 1, 0)
        by_label = {t.label: t for t in self.kept}
        kept = by_label.get(reading.template or "")
        self._unfitted = 0 if kept is not None and kept.status == "active" else self._unfitted + 1
        if kept is not None:
            kept.applied += 1
            kept.missed = 0
            kept.last_applied_at = now
            kept.last_page = self._pages
            kept.changed = True
            if reading.checked:
                on_trial = kept.status == "trial"
                kept.compared(reading.differs)
                if on_trial and kept.status == "active" and kept.replaces is None:
                    kept.replaces = self._fallen(kept)
        for label, misfit in reading.misfits:
            other = by_label.get(label)
            if other is not None and misfit == Misfit("format"):
                # No page will ever fit it, and it takes the place of one that some do.
                self.drop(other, "learned by an older release")
            elif other is not None and other.signature == reading.signature:
                other.missed_one()
        if reading.grown is not None:
            grown = by_label.get(reading.grown.label)
            if grown is not None and grown.status == "active":
                self._grow(grown, reading.grown)
                return None
        if reading.signature is None or reading.generic is None:
            return None
        agreed = kept is not None and not reading.differs
        counts = self._counts(reading, page)
        if not agreed or (kept is not None and kept.support < MOST_EXAMPLES):
            self._gather(reading.signature, page, reading.generic, link, fresh=counts)
        return None if agreed or not counts else self._to_learn(reading.signature)

    def _grow(self, kept: KeptTemplate, grown: Grown) -> None:
        """Put in the place of ``kept`` what it has become by one page: the same, with places that it lacked.

        It stays as old as it is, and in the place of what it had replaced: the site has not changed.
        """
        new = replace(
            kept,
            version=self._versions[kept.name] + 1,
            rules=grown.rules,
            support=grown.support,
            checked=0,
            agreed=0,
            applied=0,
            misfits=0,
            written=None,
            changed=True,
            grown=kept.grown + 1,
            grown_at=self._pages,
        )
        self.drop(kept, f"gave way to {new.label}, which knows more places")
        self._take(new)

    def _counts(self, reading: PageReading, page: Page) -> bool:
        """Whether a page may speak against the template of its kind: not one begun before that was made."""
        known = self._of(reading.signature or "")
        if known is None or known.label in (
            reading.template,
            *(label for label, _ in reading.misfits),
        ):
            return True
        return known.status == "active" and page.fetched_at >= known.made_at

    def _gather(
        self, signature: str, page: Page, article: Article, link: Link | None, *, fresh: bool
    ) -> None:
        packed = pack(page, article, link)
        if len(packed.body) > LARGEST_EXAMPLE:
            return
        group = self._groups.setdefault(signature, _Group(self._pages))
        self._groups.move_to_end(signature)
        # A page that is looked at again is one page still: twice, its paragraphs would be chrome.
        others = [example for example in group.examples if example.url != page.url]
        group.fresh += fresh and len(others) == len(group.examples)
        others.append(packed)
        group.examples = others[-MOST_EXAMPLES:]
        while len(self._groups) > MOST_GROUPS:
            self._groups.popitem(last=False)

    def _to_learn(self, signature: str) -> str | None:
        if self._wait > 0:
            self._wait -= 1
            return None
        group = self._groups.get(signature)
        if group is None or group.learning:
            return None
        known = next((t for t in self.kept if t.signature == self._learned_as(signature)), None)
        needed = FEWEST << min(group.failures, 8)
        if known is not None and known.status != "doubted":
            # More pages refine it, the fewer the longer it has held.
            needed = max(needed, min(known.support, MOST_EXAMPLES))
        if len(group.examples) < FEWEST or group.fresh < needed:
            return None
        group.learning = True
        return signature

    # Learning

    def examples(self, signature: str) -> list[PackedExample]:
        """The pages of ``signature`` that a template is to be learned from."""
        group = self._groups.get(signature)
        return list(group.examples) if group is not None else []

    def known(self, signature: str) -> str | None:
        """The rules of the template that pages of ``signature`` refine; ``None`` where there is none."""
        kept = self._of(signature)
        return kept.rules if kept is not None else None

    def _of(self, signature: str) -> KeptTemplate | None:
        own = self._learned_as(signature)
        return next((t for t in self.kept if t.signature == own and t.status != "doubted"), None)

    def _learned_as(self, signature: str) -> str:
        group = self._groups.get(signature)
        return group.learned_as if group is not None and group.learned_as else signature

    def learned(self, signature: str, learned: Learned, now: datetime) -> KeptTemplate | None:
        """Take in what the pages of ``signature`` taught: a new version on trial, or nothing."""
        group = self._groups.get(signature)
        if group is not None:
            group.learning = False
            group.fresh = 0
        if learned.template is None:
            self._failures += 1
            if group is not None:
                group.failures += 1
            self._wait = min(WAIT << min(self._failures, 10), LONGEST_WAIT)
            return None
        self._failures = 0
        if group is not None:
            # What they taught is in the template.
            group.failures = 0
            group.examples.clear()
            group.learned_as = learned.template.signature
        return self._put(learned.template, now)

    def _put(self, template: Template, now: datetime) -> KeptTemplate | None:
        rules = template.as_json()
        same = [t for t in self.kept if t.signature == template.signature]
        if any(t.rules == rules and t.status != "doubted" for t in same):
            return None
        name = self._names.get(template.signature) or self._free_name(template.kind)
        new = KeptTemplate(
            name=name,
            version=self._versions.get(name, 0) + 1,
            signature=template.signature,
            rules=rules,
            support=template.support,
            status="trial",
            made_at=now,
            replaces=next((t.label for t in same if t.status != "trial"), None),
        )
        # One on trial gives way to the next.
        for other in same:
            if other.status == "trial":
                self.drop(other, f"gave way to {new.label} before it was believed")
        self._take(new)
        return new

    def _free_name(self, kind: str) -> str:
        numbered = (f"{kind}-{n}" for n in count(2))
        return next(name for name in chain([kind], numbered) if name not in self._versions)

    def _fallen(self, new: KeptTemplate) -> str | None:
        """The template of this kind that fitted no page since pages as ``new`` is of came."""
        group = self._groups.get(new.signature)
        since = group.since if group is not None else self._pages
        kind = new.name.partition("-")[0]
        return next(
            (
                t.label
                for t in self.kept
                if t.name.partition("-")[0] == kind
                and t.name != new.name
                and t.applied > 0
                and t.last_page < since
            ),
            None,
        )
