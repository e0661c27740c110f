"""What can go wrong on the way from a source to a page.

    SourcesError
    ├── SourceFileError        a source file, preset or selection cannot be used
    ├── UnknownSource          no source of that name
    ├── EndpointError          an endpoint answered something that it should not
    └── FetchError             no page came back
        ├── AddressRefused     the address, or where it resolves, may not be asked
        ├── RobotsDisallowed   robots.txt says no
        ├── Unreachable        no connection, no answer, a broken answer
        ├── TimedOut           the answer took too long
        ├── TooManyRedirects   redirects beyond the limit, or in a circle
        └── TooLarge           the body is beyond the cap, compressed or not

The other two trees and how a command maps them to exit codes: ``ingest/errors.py``.
"""

from __future__ import annotations

from sources.secrets import without_secrets

__all__ = [
    "AddressRefused",
    "EndpointError",
    "FetchError",
    "RobotsDisallowed",
    "SourceFileError",
    "SourcesError",
    "TimedOut",
    "TooLarge",
    "TooManyRedirects",
    "UnknownSource",
    "Unreachable",
]


class SourcesError(Exception):
    """Base of everything that ``sources`` raises on purpose; its text is one line for a person."""


class SourceFileError(SourcesError):
    """A source file is wrong: the text names the file, the key and what was expected."""

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        #: Everything that is wrong with the file, each as ``key: what was expected``.
        self.faults = faults or (message,)


class UnknownSource(SourcesError):
    """No source of that name is shipped or in the operator's folder."""


class EndpointError(SourcesError):
    """An endpoint's answer is no feed, sitemap or listing: the text says what it was instead."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(without_secrets(f"{url}: {reason}"))
        self.url = url
        self.reason = without_secrets(reason)

    def __reduce__(self) -> tuple[type[EndpointError], tuple[str, str]]:
        return type(self), (self.url, self.reason)


class FetchError(SourcesError):
    """No page came back from ``url``; ``passing`` says whether a later attempt may succeed."""

    passing = True
    #: Short code that links and runs store, such as ``"unreachable"``.
    code = "failed"

    def __init__(self, url: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(without_secrets(f"{url}: {reason}"))
        self.url = url
        self.reason = without_secrets(reason)
        #: Seconds until it makes sense to ask again, where that is known.
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[FetchError], tuple[str, str, float | None]]:
        return type(self), (self.url, self.reason, self.retry_after)


class AddressRefused(FetchError):
    """The address is malformed, of another scheme, or leads into a private network."""

    passing = False
    code = "address_refused"


class RobotsDisallowed(FetchError):
    """The site's robots.txt does not let us fetch this address."""

    passing = False
    code = "robots"


class Unreachable(FetchError):
    """Name not resolved, connection refused or broken, or an answer that is no HTTP."""

    code = "unreachable"


class TimedOut(FetchError):
    """Connecting, waiting or the whole download took longer than allowed."""

    code = "timeout"


class TooManyRedirects(FetchError):
    """More redirects than allowed, or a redirect back to where we were."""

    passing = False
    code = "redirects"


class TooLarge(FetchError):
    """The body is larger than the cap, on the wire or after decompression."""

    passing = False
    code = "too_large"
