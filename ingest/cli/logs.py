"""The daemon's log: one line an event on stderr, coloured on a terminal, JSON where asked for."""

from __future__ import annotations

import contextlib
import logging
import sys

import structlog

from ingest.cli.loudness import Loudness
from sources.secrets import without_secrets

__all__ = ["set_up_logs"]


def set_up_logs(*, as_json: bool, loudness: Loudness = Loudness.NORMAL) -> None:
    """Send structlog's events, and warnings of the libraries, to stderr.

    ``-q`` leaves out what is no warning; ``-v`` adds what the libraries say of their work.
    """
    quiet = loudness is Loudness.QUIET
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        # Its own renderer of exceptions shows local variables: passwords of proxies, headers.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    processors += [structlog.processors.format_exc_info, _hide_secrets]
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if quiet else logging.DEBUG
        ),
        logger_factory=_Stderr,
        cache_logger_on_first_use=True,
    )
    of_libraries = logging.StreamHandler(sys.stderr)
    of_libraries.setFormatter(_WithoutSecrets("%(asctime)s %(name)s %(message)s"))
    logging.basicConfig(
        level=logging.INFO if loudness is Loudness.VERBOSE else logging.WARNING,
        handlers=[of_libraries],
    )
    # What it warns of is reported by our own listener, with the source's name.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class _Stderr(structlog.PrintLogger):
    """Lines on stderr; where that is closed, or nobody reads it any more, the work goes on without."""

    def __init__(self, *_: object) -> None:
        super().__init__(sys.stderr)

    def msg(self, message: str) -> None:
        """Write a line, if it can be written."""
        with contextlib.suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def _hide_secrets(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Take log-ins and tokens out of all texts of a line, tracebacks included."""
    return {
        key: without_secrets(value) if isinstance(value, str) else value
        for key, value in event.items()
    }


class _WithoutSecrets(logging.Formatter):
    """The same for what the libraries say: the whole line, with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
