"""How each host bears us: slower where it says or shows that it is too much, not at all where it is down.

Pace: additive increase, multiplicative decrease, as TCP's (RFC 5681) and for its reason: many who ask
share one server. Circuit breaker: M. Nygard, "Release It!", chapter 5. Retry budget: Google's "Site
Reliability Engineering", chapter 21.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sources.client.failure import Failure
from sources.errors import Unreachable, cause_of_status

__all__ = ["HostHealth"]

#: What 429 or 503 does to the gap between two requests, and a host that answers ever slower.
TOO_MUCH, TOO_SLOW = 2.0, 1.2
#: How much of that each good answer takes back: fifty undo one 429.
RECOVERY = 0.02
#: The gap grows up to this factor, and up to so many seconds; a gap of nothing grows from the last.
MOST_SLOWDOWN, LONGEST_GAP, LEAST_GAP = 32.0, 60.0, 0.1
#: An answer counts as slow where the latest take this much longer than usual, and so many seconds:
#: pages differ threefold in size, and no one notices half a second.
SLOW_RATIO, SLOW_EXCESS = 3.0, 1.0
#: Answers before a host has a usual time; weights of one answer in the usual and the latest time.
LEAST_ANSWERS, USUAL_WEIGHT, LATEST_WEIGHT = 10, 0.02, 0.25
#: Failures in a row after which a host is left alone, and seconds for which it is, doubling.
MOST_FAILURES, FIRST_REST, LONGEST_REST = 6, 30.0, 900.0
#: Seconds after which another may see whether a host is back, should the first never end.
PROBE_LASTS = 120.0
#: Retries: a share of a host's requests, and some beside, so that a storm does not double the load.
RETRY_SHARE, RETRY_ALLOWANCE = 0.2, 10
#: Requests after which half of the count is forgotten.
REMEMBERED = 2000
MOST_HOSTS = 4096


@dataclass(slots=True)
class _Host:
    slowdown: float = 1.0
    usual: float = 0.0
    latest: float = 0.0
    answers: int = 0
    failures: int = 0
    #: Why it failed last, and the kind of that in a word.
    why: str | None = None
    cause: str | None = None
    rests: int = 0
    rest_until: float = float("-inf")
    probe_since: float | None = None
    requests: int = 0
    retries: int = 0


class HostHealth:
    """What is known of each host that was asked; bounded, for one event loop."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, first_rest: float = FIRST_REST
    ) -> None:
        """Leave a failing host alone for ``first_rest`` seconds, then for twice as long, ..."""
        self._clock = clock
        self._first_rest = first_rest
        self._hosts: dict[str, _Host] = {}

    def check(self, host: str) -> None:
        """Return where ``host`` (``name:port``) may be asked now.

        Raises:
            Failure: it is being left alone; ``retry_after`` says for how long.
        """
        state = self._hosts.get(host)
        if state is None or state.rest_until == float("-inf"):
            return
        now = self._clock()
        left = state.rest_until - now
        if left <= 0 and state.probe_since is not None:
            # One asks whether it is back; the others wait for what that brings.
            left = min(1.0, PROBE_LASTS - (now - state.probe_since))
        if left > 0:
            name = host.rpartition(":")[0]
            raise Failure(
                Unreachable,
                f"{name} failed {state.failures} times in a row; it is asked again in {left:.0f} s"
                + (f"; the last time: {state.why}" if state.why else ""),
                retry_after=left,
                cause=state.cause,
            )
        state.probe_since = now

    def gap(self, host: str, delay: float) -> float:
        """Seconds between two requests, where ``delay`` is what was configured: never less."""
        state = self._hosts.get(host)
        if state is None or state.slowdown <= 1.0:
            return delay
        slower = max(delay, LEAST_GAP) * state.slowdown
        return max(delay, min(slower, LONGEST_GAP))

    def concurrency(self, host: str, configured: int) -> int:
        """Requests under way at once: never more than ``configured``."""
        state = self._hosts.get(host)
        return configured if state is None else max(1, int(configured / state.slowdown))

    def answered(self, host: str, status: int, seconds: float) -> None:
        """An answer came, ``seconds`` after it was asked for."""
        state = self._state(host)
        if status in (429, 503):
            state.slowdown = min(state.slowdown * TOO_MUCH, MOST_SLOWDOWN)
        if status >= 500:
            self._failed(state, f"the server answered {status}", cause_of_status(status))
            return
        state.failures = state.rests = 0
        state.rest_until = float("-inf")
        state.probe_since = None
        if status == 429:
            return
        self._note_time(state, seconds)

    def failed(self, host: str, why: str | None = None, cause: str | None = None) -> None:
        """No answer came: no connection, a broken one, or too late.

        ``why`` is one line, ``cause`` its kind in a word.
        """
        self._failed(self._state(host), why, cause)

    def may_retry(self, host: str) -> bool:
        """Whether another attempt at ``host`` is within its budget; counts it where it is."""
        state = self._state(host)
        if state.retries >= RETRY_ALLOWANCE + RETRY_SHARE * state.requests:
            return False
        state.retries += 1
        return True

    def _failed(self, state: _Host, why: str | None, cause: str | None) -> None:
        state.failures += 1
        state.why, state.cause = why or state.why, cause or state.cause
        probing, state.probe_since = state.probe_since is not None, None
        if state.failures >= MOST_FAILURES or probing:
            # Those that were under way together fail together: one rest for all.
            now = self._clock()
            if probing or state.rest_until <= now:
                rest = min(self._first_rest * 2**state.rests, LONGEST_REST)
                state.rests = min(state.rests + 1, 10)
                state.rest_until = now + rest

    def _note_time(self, state: _Host, seconds: float) -> None:
        state.answers += 1
        if state.answers == 1:
            state.usual = state.latest = seconds
        state.latest += LATEST_WEIGHT * (seconds - state.latest)
        # Until there is a usual time the average is plain.
        weight = max(USUAL_WEIGHT, 1 / state.answers)
        state.usual += weight * (seconds - state.usual)
        slow = state.latest > max(SLOW_RATIO * state.usual, state.usual + SLOW_EXCESS)
        if slow and state.answers >= LEAST_ANSWERS:
            state.slowdown = min(state.slowdown * TOO_SLOW, MOST_SLOWDOWN)
        else:
            state.slowdown = max(1.0, state.slowdown - RECOVERY)

    def asked(self, host: str) -> None:
        """A request was sent."""
        state = self._state(host)
        state.requests += 1
        if state.requests >= REMEMBERED:
            state.requests //= 2
            state.retries //= 2

    def _state(self, host: str) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            if len(self._hosts) >= MOST_HOSTS:
                # Half at once, so that it costs little a host; first those with nothing against them.
                bad = [
                    pair for pair in self._hosts.items() if pair[1].slowdown > 1 or pair[1].failures
                ]
                self._hosts = dict(bad[-(MOST_HOSTS // 2) :])
            state = self._hosts[host] = _Host()
        return state
