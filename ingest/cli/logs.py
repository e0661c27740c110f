"""The daemon's log: one line an event on stderr, coloured on a terminal, JSON where asked for."""

from __future__ import annotations

import logging
import sys

import structlog

from ingest.cli.loudness import Loudness

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
    if as_json:
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if quiet else logging.DEBUG
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.INFO if loudness is Loudness.VERBOSE else logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(name)s %(message)s",
    )
    # What it warns of is reported by our own listener, with the source's name.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
