"""What went wrong on the wire, in words, and whether another attempt may succeed."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import dataclass

import httpx

from sources.client.failure import Failure
from sources.client.settings import ClientSettings
from sources.errors import AddressRefused, TimedOut, Unreachable

__all__ = ["BROKEN", "failure_of"]

#: What connections raise beside ``Failure``.
BROKEN = (httpx.TransportError, httpx.InvalidURL, OSError)


@dataclass(frozen=True, slots=True)
class _Reason:
    text: str
    again: bool = True
    cause: str = Unreachable.cause


_OS_REASONS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection closed by the server",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ETIMEDOUT: "connection timed out",
}


def failure_of(error: BaseException, settings: ClientSettings) -> Failure:
    """``error``, one of ``BROKEN``, as callers are told."""
    if isinstance(error, httpx.ConnectTimeout):
        return Failure(TimedOut, f"no connection within {settings.connect_timeout:g} s", again=True)
    if isinstance(error, httpx.TimeoutException):
        return Failure(TimedOut, f"no byte within {settings.read_timeout:g} s", again=True)
    if isinstance(error, httpx.ProxyError):
        said = " ".join(str(error).split())[:100]
        wrong = said.startswith("407") or "auth" in said.lower()
        remedy = "; check its user and password in [fetch] proxy" if wrong else ""
        return Failure(
            Unreachable, f"the proxy refused: {said}{remedy}", again=not wrong, cause="proxy"
        )
    if isinstance(error, httpx.InvalidURL):
        return Failure(AddressRefused, f"no address that can be asked: {error}")
    reason = _protocol_reason(error) or _cause_reason(error)
    return Failure(Unreachable, reason.text, again=reason.again, cause=reason.cause)


def _protocol_reason(error: BaseException) -> _Reason | None:
    text = " ".join(str(error).split())[:200]
    if isinstance(error, httpx.LocalProtocolError):
        return _Reason(f"the request cannot be sent: {text}", again=False)
    if not isinstance(error, httpx.RemoteProtocolError):
        return None
    if "without sending a response" in text:
        return _Reason("the server closed the connection without an answer")
    if "peer closed connection" in text or text.startswith("<StreamReset"):
        return _Reason("the answer broke off before its end")
    return _Reason(f"the answer is no HTTP: {text or type(error).__name__}")


def _cause_reason(error: BaseException) -> _Reason:
    cause: BaseException | None = error
    for _ in range(10):
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = cause.verify_message or str(cause)
            return _Reason(f"certificate not trusted: {what}", again=False, cause="certificate")
        if isinstance(cause, ssl.SSLError):
            return _Reason(f"TLS failed: {cause.reason or cause}", again=False, cause="tls")
        if isinstance(cause, socket.gaierror):
            return _Reason("name not resolved", cause="dns")
        if isinstance(cause, OSError) and cause.errno in _OS_REASONS:
            timed_out = cause.errno == errno.ETIMEDOUT
            kind = TimedOut.cause if timed_out else Unreachable.cause
            return _Reason(_OS_REASONS[cause.errno], cause=kind)
        if cause is None:
            break
        cause = cause.__cause__ or cause.__context__
    text = " ".join(str(error).split())[:200]
    return _Reason(f"connection broken ({text or type(error).__name__})")
