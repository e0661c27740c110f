"""Which sender a channel has."""

from __future__ import annotations

from ingest.alerts.settings import AppriseWay, Channel, CommandWay, SmtpWay, WebhookWay
from ingest.alerts.ways.sending import Sender

__all__ = ["sender_of"]


def sender_of(channel: Channel) -> Sender:
    """The sender of ``channel``; each is imported when it is first needed."""
    way = channel.way
    if isinstance(way, CommandWay):
        from ingest.alerts.ways.command import CommandSender

        return CommandSender(way)
    if isinstance(way, WebhookWay):
        from ingest.alerts.ways.webhook import WebhookSender

        return WebhookSender(way)
    if isinstance(way, SmtpWay):
        from ingest.alerts.ways.smtp import SmtpSender

        return SmtpSender(way)
    assert isinstance(way, AppriseWay), "the log is nobody's to send to"
    from ingest.alerts.ways.apprise import AppriseSender

    return AppriseSender(way)
