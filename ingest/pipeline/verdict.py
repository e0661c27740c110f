"""What becomes of a link whose page brought no article: refused for good, or tried again, and when.

"Better no row than a wrong one; the link says why", but nothing good is lost either: what may pass
(a server in trouble, a maintenance page with status 200) is tried again, at growing distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from ingest.errors import TooCostly

if TYPE_CHECKING:
    from ingest.errors import ExtractionCrashed
    from ingest.extract import Refusal
    from sources.errors import FetchError
    from sources.page import Page

__all__ = ["LinkState", "Verdict", "judge_crash", "judge_error", "judge_refusal", "judge_status"]

VerdictState = Literal["failed", "refused", "gone"]
LinkState = Literal["failed", "refused", "gone", "given_up"]

#: How long after the first, second, ... failed attempt the next is made.
RETRY_AFTER = (
    timedelta(minutes=10),
    timedelta(minutes=40),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(days=2),
)
#: Refusals that a site's bad hour may explain: the page is looked at again, this often.
PASSING_REFUSALS = frozenset({"error_page", "cookie_wall", "script_shell", "empty"})
PASSING_REFUSAL_ATTEMPTS = 3
PASSING_REFUSAL_AFTER = (timedelta(hours=6), timedelta(days=1))

#: Statuses that say that the page was there and is no more, or never was.
GONE = frozenset({404, 410})
#: Client errors that may pass: refused for now, asked too much, asked too early.
PASSING_CLIENT_ERRORS = frozenset({401, 403, 408, 421, 423, 425, 429, 451})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a page, or a link without one, brought no article this time."""

    #: ``failed`` may pass; ``refused`` and ``gone`` are the page's own answer.
    state: VerdictState
    #: Short code, such as ``http_403`` or ``front_page``.
    reason: str
    #: One sentence for a person.
    detail: str
    #: How likely the page was held for an article; ``None`` where nothing was weighed.
    probability: float | None = None

    def next_state(
        self, attempts: int, limit: int, now: datetime, retry_after: float | None = None
    ) -> tuple[LinkState, datetime | None]:
        """The link's new state after ``attempts`` tries, and when it is tried again, if it is.

        ``retry_after``: seconds for which the server, or we, leave it alone at least.
        """
        if self.state == "refused":
            if self.reason in PASSING_REFUSALS and attempts < PASSING_REFUSAL_ATTEMPTS:
                return "failed", now + PASSING_REFUSAL_AFTER[attempts - 1]
            return "refused", None
        if self.state == "gone":
            return "gone", None
        if attempts >= limit:
            return "given_up", None
        wait = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
        if retry_after is not None:
            wait = max(wait, timedelta(seconds=min(retry_after, 7 * 86_400)))
        return "failed", now + wait


def judge_status(page: Page) -> Verdict | None:
    """What the status alone says; ``None`` where the page is worth reading."""
    status = page.status
    if 200 <= status < 300 and status != 204:
        return None
    reason = f"http_{status}"
    if status in GONE:
        return Verdict("gone", reason, f"the server answered {status}")
    if status >= 500 or status in PASSING_CLIENT_ERRORS:
        return Verdict("failed", reason, f"the server answered {status}")
    return Verdict("refused", reason, f"the server answered {status}")


def judge_error(error: FetchError) -> Verdict:
    """What becomes of a link whose page could not be fetched."""
    return Verdict("failed" if error.passing else "refused", error.code, error.reason)


def judge_crash(error: ExtractionCrashed) -> Verdict:
    """What becomes of a link whose page no extraction process could read."""
    if isinstance(error, TooCostly):
        # It would cost as much again.
        return Verdict("refused", "too_costly", str(error))
    return Verdict("failed", "extractor_crashed", str(error))


def judge_refusal(refusal: Refusal) -> Verdict:
    """What becomes of a link whose page is no article."""
    return Verdict("refused", refusal.reason, refusal.detail, refusal.probability)
