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
    "cause_of_status",
]


def cause_of_status(status: int) -> str:
    """The word for an answer that says no: ``http_403``; of a server in trouble ``http_5xx``."""
    return "http_5xx" if status >= 500 else f"http_{status}"


class SourcesError(Exception):
    """Base of everything that ``sources`` raises on purpose; its text is one line for a person."""

    #: What kind of trouble it is, in a word, as passes and health name it: ``dns``, ``http_403``.
    cause = "other"


class SourceFileError(SourcesError):
    """A source file is wrong: the text names the file, the key and what was expected."""

    cause = "source_file"

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        #: Everything that is wrong with the file, each as ``key: what was expected``.
        self.faults = faults or (message,)


class UnknownSource(SourcesError):
    """No source of that name is shipped or in the operator's folder."""

    cause = "source_file"


class EndpointError(SourcesError):
    """An endpoint's answer is no feed, sitemap or listing: the text says what it was instead."""

    cause = "markup"

    def __init__(self, url: str, reason: str, cause: str | None = None) -> None:
        super().__init__(without_secrets(f"{url}: {reason}"))
        self.url = url
        self.reason = without_secrets(reason)
        if cause is not None:
            self.cause = cause

    def __reduce__(self) -> tuple[type[EndpointError], tuple[str, str, str]]:
        return type(self), (self.url, self.reason, self.cause)


class FetchError(SourcesError):
    """No page came back from ``url``; ``passing`` says whether a later attempt may succeed."""

    passing = True
    #: Short code that links and runs store, such as ``"unreachable"``.
    code = "failed"

    def __init__(
        self, url: str, reason: str, retry_after: float | None = None, cause: str | None = None
    ) -> None:
        super().__init__(without_secrets(f"{url}: {reason}"))
        self.url = url
        self.reason = without_secrets(reason)
        #: Seconds until it makes sense to ask again, where that is known.
        self.retry_after = retry_after
        if cause is not None:
            self.cause = cause

    def __reduce__(self) -> tuple[type[FetchError], tuple[str, str, float | None, str]]:
        return type(self), (self.url, self.reason, self.retry_after, self.cause)


class AddressRefused(FetchError):
    """The address is malformed, of another scheme, or leads into a private network."""

    passing = False
    code = cause = "address_refused"


class RobotsDisallowed(FetchError):
    """The site's robots.txt does not let us fetch this address."""

    passing = False
    code = cause = "robots"


class Unreachable(FetchError):
    """Name not resolved, connection refused or broken, or an answer that is no HTTP."""

    code = "unreachable"
    cause = "connection"


class TimedOut(FetchError):
    """Connecting, waiting or the whole download took longer than allowed."""

    code = cause = "timeout"


class TooManyRedirects(FetchError):
    """More redirects than allowed, or a redirect back to where we were."""

    passing = False
    code = cause = "redirects"


class TooLarge(FetchError):
    """The body is larger than the cap, on the wire or after decompression."""

    passing = False
    code = cause = "too_large"
