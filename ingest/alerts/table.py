"""The table ``[alerts]`` of the settings, as it is written; read only where there is one.

Every key is documented in ``docs/operators-guide.md``, which a test compares with this file.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ingest.alerts.quiet_hours import read_quiet_hours
from ingest.alerts.settings import (
    LOG,
    AlertSettings,
    AppriseWay,
    Channel,
    CommandWay,
    Secret,
    SmtpWay,
    Way,
    WebhookWay,
)
from sources.times.duration import parse_duration

__all__ = ["read_alerts"]

State = Literal["broken", "degraded", "quiet", "paused", "healthy"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}", re.ASCII)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Channel(_Table):
    name: str
    sources: list[str] = []
    states: list[State] = ["broken", "degraded", "quiet"]
    recovery: bool = True
    digest: timedelta = timedelta()
    rate: int = Field(default=12, ge=0, le=1000)
    quiet: str | None = None
    wake_for: list[State] = []
    timeout: float = Field(default=30.0, gt=0, le=600)

    @field_validator("name")
    @classmethod
    def _named(cls, value: str) -> str:
        if not _NAME.fullmatch(value) or value == LOG:
            raise ValueError(
                f"expected small letters, digits, - and _, at most 40, and not {LOG!r},"
                " which is always there"
            )
        return value

    @field_validator("digest", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        return parse_duration(value) if isinstance(value, str) else value

    @field_validator("quiet")
    @classmethod
    def _hours(cls, value: str | None) -> str | None:
        if value is not None:
            read_quiet_hours(value, None)
        return value


class _Command(_Channel):
    kind: Literal["command"]
    command: list[str] = Field(min_length=1)


class _Webhook(_Channel):
    kind: Literal["webhook"]
    url: str | None = None
    url_file: str | None = None
    url_env: str | None = None
    secret_file: str | None = None
    secret_env: str | None = None
    headers: dict[str, str] = {}

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and (
            urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname
        ):
            raise ValueError("expected an address that begins with http:// or https://")
        return value

    @field_validator("headers")
    @classmethod
    def _headers(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _HEADER.fullmatch(name) or not text.isascii() or not text.isprintable():
                raise ValueError(f"{name[:60]!r} is no header that can be sent")
        return value

    @model_validator(mode="after")
    def _one_address(self) -> _Webhook:
        _exactly_one("url", self.url, self.url_file, self.url_env)
        _at_most_one("secret", self.secret_file, self.secret_env)
        return self


class _Smtp(_Channel):
    kind: Literal["smtp"]
    host: str
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = Field(alias="from")
    to: list[str] = Field(min_length=1, max_length=50)
    user: str | None = None
    password_file: str | None = None
    password_env: str | None = None

    @field_validator("sender", "to")
    @classmethod
    def _mailboxes(cls, value: str | list[str]) -> str | list[str]:
        for each in [value] if isinstance(value, str) else value:
            local, at, domain = each.rpartition("@")
            if not (local and at and domain) or not each.isprintable() or set(each) & set(' <>,;"'):
                raise ValueError(f"expected an address such as desk@example.org, found {each!r}")
        return value

    @model_validator(mode="after")
    def _log_in(self) -> _Smtp:
        _at_most_one("password", self.password_file, self.password_env)
        if (self.user is None) != (self.password_file is None and self.password_env is None):
            raise ValueError("user needs password_file or password_env, and they need a user")
        return self


class _Apprise(_Channel):
    kind: Literal["apprise"]
    urls: list[str] = []
    urls_file: str | None = None
    urls_env: str | None = None

    @model_validator(mode="after")
    def _some(self) -> _Apprise:
        _exactly_one("urls", self.urls or None, self.urls_file, self.urls_env)
        return self


_AnyChannel = Annotated[_Command | _Webhook | _Smtp | _Apprise, Field(discriminator="kind")]


class _Alerts(_Table):
    zone: str | None = None
    channel: list[_AnyChannel] = []

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None:
            _zone(value)
        return value

    @field_validator("channel", mode="before")
    @classmethod
    def _of_environment(cls, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    @field_validator("channel")
    @classmethod
    def _each_once(cls, value: list[_Channel]) -> list[_Channel]:
        names = [channel.name for channel in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two channels are called {twice[0]!r}")
        return value


def read_alerts(written: dict[str, Any], base: Path) -> AlertSettings:
    """What ``[alerts]`` says, as frozen values; relative paths are relative to ``base``.

    Raises:
        pydantic.ValidationError: it says something wrong.
    """
    table = _Alerts(**written)
    zone = _zone(table.zone) if table.zone is not None else None
    channels = tuple(
        Channel(
            name=each.name,
            kind=each.kind,
            way=_way(each, base),
            sources=tuple(each.sources),
            states=frozenset(each.states),
            recovery=each.recovery,
            digest=each.digest,
            rate=each.rate or None,
            quiet=read_quiet_hours(each.quiet, zone) if each.quiet is not None else None,
            wake_for=frozenset(each.wake_for),
        )
        for each in table.channel
    )
    return AlertSettings(channels, zone)


def _way(channel: _AnyChannel, base: Path) -> Way:
    if isinstance(channel, _Command):
        return CommandWay(tuple(channel.command), channel.timeout)
    if isinstance(channel, _Webhook):
        url = _secret(channel.url_file, channel.url_env, base) or channel.url
        assert url is not None
        secret = _secret(channel.secret_file, channel.secret_env, base)
        return WebhookWay(url, secret, tuple(channel.headers.items()), channel.timeout)
    if isinstance(channel, _Smtp):
        usual = {"starttls": 587, "tls": 465, "none": 25}[channel.security]
        return SmtpWay(
            host=channel.host,
            port=channel.port or usual,
            security=channel.security,
            sender=channel.sender,
            to=tuple(channel.to),
            user=channel.user,
            password=_secret(channel.password_file, channel.password_env, base),
            timeout=channel.timeout,
        )
    urls = _secret(channel.urls_file, channel.urls_env, base) or tuple(channel.urls)
    return AppriseWay(urls, channel.timeout)


def _secret(file: str | None, variable: str | None, base: Path) -> Secret | None:
    if file is not None:
        # $CREDENTIALS_DIRECTORY is where systemd puts what LoadCredential= names.
        return Secret(file=base / Path(os.path.expandvars(file)).expanduser())
    return Secret(variable=variable) if variable is not None else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"expected a time zone such as Europe/Vienna or UTC, found {name[:60]!r}"
        ) from None


def _exactly_one(what: str, *given: object) -> None:
    if sum(each is not None for each in given) != 1:
        raise ValueError(f"expected one of {what}, {what}_file and {what}_env")


def _at_most_one(what: str, *given: object) -> None:
    if sum(each is not None for each in given) > 1:
        raise ValueError(f"expected one of {what}_file and {what}_env, found both")
