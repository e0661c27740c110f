"""Who is told when a source's state becomes another, as frozen values; ``table`` reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from ingest.alerts.quiet_hours import QuietHours

__all__ = [
    "LOG",
    "STATES",
    "AlertSettings",
    "AppriseWay",
    "Channel",
    "CommandWay",
    "Secret",
    "SmtpWay",
    "Way",
    "WebhookWay",
]

#: The channel that is always there.
LOG = "log"
#: States of a source, the worst first; of several changes the worst is said first.
STATES = ("broken", "degraded", "quiet", "paused", "healthy")


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands; read anew for each message, so that it may be exchanged."""

    #: A file that holds it and nothing else.
    file: Path | None = None
    #: A variable of the environment.
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class CommandWay:
    """A program that is started for each message."""

    command: tuple[str, ...]
    timeout: float


@dataclass(frozen=True, slots=True)
class WebhookWay:
    """An address to which each message is sent as JSON."""

    #: What of it is no secret may stand in the settings; else it is one as a whole.
    url: str | Secret
    secret: Secret | None
    headers: tuple[tuple[str, str], ...]
    timeout: float


@dataclass(frozen=True, slots=True)
class SmtpWay:
    """A mail server."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    to: tuple[str, ...]
    user: str | None
    password: Secret | None
    timeout: float


@dataclass(frozen=True, slots=True)
class AppriseWay:
    """Services that the library Apprise knows, by its addresses."""

    urls: tuple[str, ...] | Secret
    timeout: float


Way = CommandWay | WebhookWay | SmtpWay | AppriseWay


@dataclass(frozen=True, slots=True)
class Channel:
    """One way on which changes are told, and which of them, and when."""

    name: str
    kind: str
    #: ``None`` is the log.
    way: Way | None
    #: Names or globs of sources; empty for all.
    sources: tuple[str, ...] = ()
    #: What is told: that a source comes into one of these states, or leaves it.
    states: frozenset[str] = frozenset(STATES)
    #: Whether it is told that a source leaves them.
    recovery: bool = True
    #: For how long is collected before a message goes out.
    digest: timedelta = timedelta()
    #: Messages an hour at most; ``None`` for any number.
    rate: int | None = None
    quiet: QuietHours | None = None
    #: States that are told in quiet hours as well.
    wake_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """All channels that are declared; the log is not among them."""

    channels: tuple[Channel, ...] = ()
    #: In which times are told and quiet hours meant; ``None`` is the machine's own.
    zone: ZoneInfo | None = None
