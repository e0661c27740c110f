"""A template with what has been seen of it: whether it is tried, trusted or doubted follows from that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from storage.templates import ON_TRIAL, Counts

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["KeptTemplate", "Status"]

#: ``trial``: compared on every page; ``active``: believed; ``doubted``: not applied any more;
#: ``dropped``: gave way to another; ``forgotten``: deleted by the operator.
Status = Literal["trial", "active", "doubted", "dropped", "forgotten"]
#: Agreements after which a template on trial is believed, where they are three of four comparisons.
TRIAL = 2
#: Every how many pages a believed template is compared with the generic path: at first, later, and where
#: that was so often enough. A comparison costs as much as ten pages by template.
SAMPLE_AT_FIRST, SAMPLE, SAMPLE_OF_PROVEN = 16, 64, 160
#: Comparisons after which it is compared less often, and after which it is so again.
AT_FIRST, PROVEN = 4, 8
#: Every how many pages one is compared that has differed of late, by this weight at least.
SAMPLE_OF_SUSPECTS, SUSPECT = 4, 0.5
#: Pages of its signature in a row that it did not fit, from which on it is doubted.
MISSED = 8
#: Confidence below which a template is doubted, and what one comparison weighs less than the next.
LEAST_CONFIDENCE, FADING = 0.7, 0.9


@dataclass(slots=True)
class KeptTemplate:
    """A template with what has been seen of it."""

    name: str
    version: int
    signature: str
    rules: str
    support: int
    status: Status
    made_at: datetime
    #: Comparisons with the generic path, and those without a difference.
    checked: int = 0
    agreed: int = 0
    #: Pages that it made the article of, and pages of its signature that it did not fit.
    applied: int = 0
    misfits: int = 0
    #: As ``checked`` and ``agreed``, the last ones weighing most.
    recent_checked: float = 0.0
    recent_agreed: float = 0.0
    last_applied_at: datetime | None = None
    #: The template that it took the place of.
    replaces: str | None = None
    #: Why it is doubted or dropped.
    reason: str | None = None
    #: Whether the database does not hold all this yet.
    changed: bool = True
    #: Its counts when they were last read or written; ``None`` where the database has none of it.
    written: Counts | None = None
    #: The page, counted in this process, that it was applied to last.
    last_page: int = 0
    #: Pages that are being read with it on trial, and that it was tried on since it is believed.
    out: int = 0
    tried: int = 0
    #: How often single pages have taught it more in this process, and the page, counted there, that
    #: did so last.
    grown: int = 0
    grown_at: int = 0
    #: Pages of its signature that it did not fit since it fitted one.
    missed: int = 0

    @property
    def label(self) -> str:
        """``article@2``."""
        return f"{self.name}@{self.version}"

    @property
    def counts(self) -> Counts:
        """What was seen of it."""
        return Counts(self.checked, self.agreed, self.applied, self.misfits)

    @property
    def confidence(self) -> float:
        """How far its articles can be trusted, 0 to 1, by comparisons with the generic path."""
        return (self.recent_agreed + 1) / (self.recent_checked + 1.2)

    def compared(self, differs: tuple[str, ...]) -> None:
        """Count one comparison."""
        self.checked += 1
        self.agreed += not differs
        self.recent_checked = self.recent_checked * FADING + 1
        self.recent_agreed = self.recent_agreed * FADING + (not differs)
        self.changed = True
        if self.status == "active" and self.confidence < LEAST_CONFIDENCE:
            self.status = "doubted"
            self.reason = f"differs from the generic path in {', '.join(differs)}"
        elif self.status == "trial":
            if not differs and self.agreed >= TRIAL and self.agreed * 4 >= self.checked * 3:
                self.status = "active"
            elif self.checked >= 3 * TRIAL:
                self.status = "doubted"
                which = ", ".join(differs) or "part"
                self.reason = f"differed from the generic path in {which} {ON_TRIAL}"

    def missed_one(self) -> None:
        """Count a page of its signature that it does not fit."""
        self.misfits += 1
        self.missed += 1
        self.changed = True
        if self.status == "active" and self.missed >= MISSED:
            self.status = "doubted"
            self.reason = f"fitted none of the last {MISSED} pages of its kind"

    def wants_check(self) -> bool:
        """Whether the page that it is tried on next is to take both paths."""
        if self.status == "trial":
            return True
        every = SAMPLE_AT_FIRST if self.checked < AT_FIRST else SAMPLE
        if self.checked >= PROVEN:
            every = SAMPLE_OF_PROVEN
        if self.recent_checked - self.recent_agreed >= SUSPECT:
            every = SAMPLE_OF_SUSPECTS
        self.tried += 1
        return self.tried % every == 0
