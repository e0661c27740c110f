"""A message told by mail, with the standard library, on a thread."""

from __future__ import annotations

import asyncio
import base64
import smtplib
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from ingest.alerts.message import one_line
from ingest.alerts.ways.sending import NotSent, secret_of

if TYPE_CHECKING:
    from ingest.alerts.message import Message
    from ingest.alerts.settings import SmtpWay

__all__ = ["SmtpSender"]

#: Characters of what a server says that are told.
_TOLD = 200


class SmtpSender:
    """Hands each message to the mail server, which sees to the rest."""

    def __init__(self, way: SmtpWay, *, tls: ssl.SSLContext | None = None) -> None:
        """``tls``: how the server's certificate is checked; the system's authorities where left out."""
        self._way = way
        self._tls = tls

    async def send(self, message: Message) -> str:
        """Send it; the server has to take it for at least one of the recipients."""
        password = secret_of(self._way.password) if self._way.password is not None else None
        mail = self._mail(message)
        return await asyncio.to_thread(self._send, mail, password)

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        # The library encodes what is not ASCII, and takes no line's end in a header.
        mail["From"] = _mailbox(self._way.sender, "Copydesk")
        mail["To"] = ", ".join(self._way.to)
        mail["Subject"] = f"[copydesk] {one_line(message.subject)}"
        mail["Date"] = format_datetime(message.at)
        name = message.id.replace(":", ".")
        mail["Message-ID"] = f"<{name}@{self._way.sender.rpartition('@')[2]}>"
        # RFC 3834: nobody's notice of absence needs to answer.
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Copydesk-State"] = message.state
        mail.set_content(message.text + "\n")
        return mail

    def _send(self, mail: EmailMessage, password: str | None) -> str:
        way = self._way
        where = f"{way.host}:{way.port}"
        try:
            with self._connected() as server:
                if way.security == "starttls":
                    server.starttls(context=self._context())
                if way.user is not None:
                    _log_in(server, way.user, password or "")
                refused = server.send_message(mail, way.sender, list(way.to))
        except smtplib.SMTPAuthenticationError as error:
            why = f"{where} refuses the log-in of {way.user} ({error.smtp_code})"
            raise NotSent(why, "soon" if error.smtp_code < 500 else "later") from None
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            why = f"{where} takes nothing for {', '.join(error.recipients)}: {_said(code, answer)}"
            raise NotSent(why, "later" if code >= 500 else "soon") from None
        except smtplib.SMTPDataError as error:
            why = f"{where} does not take the message: {_said(error.smtp_code, error.smtp_error)}"
            raise NotSent(why, "never" if error.smtp_code >= 500 else "soon") from None
        except smtplib.SMTPNotSupportedError as error:
            raise NotSent(
                f"{where} does not offer what was asked for: {error}; see security, user", "later"
            ) from None
        except smtplib.SMTPResponseException as error:
            why = f"{where}: {_said(error.smtp_code, error.smtp_error)}"
            raise NotSent(why, "later" if error.smtp_code >= 500 else "soon") from None
        except ssl.SSLCertVerificationError as error:
            why = f"{where}: its certificate is not trusted: {error.verify_message}"
            raise NotSent(why, "later") from None
        except ssl.SSLError as error:
            why = f"{where}: TLS failed: {error.reason}; does it speak {way.security} at this port?"
            raise NotSent(why, "later") from None
        except (TimeoutError, smtplib.SMTPServerDisconnected) as error:
            if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
                raise NotSent(f"{where} did not answer within {way.timeout:g} s") from None
            raise NotSent(f"{where} closed the connection") from None
        except socket.gaierror:
            raise NotSent(f"{where}: name not resolved") from None
        except (OSError, smtplib.SMTPException) as error:
            said = one_line(str(error)) or type(error).__name__
            raise NotSent(f"{where}: {said[:_TOLD]}") from None
        if refused:
            return f"taken, but not for {', '.join(refused)}"
        return "taken"

    def _connected(self) -> smtplib.SMTP:
        way = self._way
        if way.security == "tls":
            return smtplib.SMTP_SSL(
                way.host, way.port, timeout=way.timeout, context=self._context()
            )
        return smtplib.SMTP(way.host, way.port, timeout=way.timeout)

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """Log in; with UTF-8 where the library, which knows ASCII alone, could not (RFC 4616)."""
    if user.isascii() and password.isascii():
        server.login(user, password)
        return
    server.ehlo_or_helo_if_needed()
    if "PLAIN" not in server.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError("AUTH PLAIN, which a log-in beyond ASCII needs")
    told = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, said = server.docmd("AUTH", f"PLAIN {told}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, said)


def _mailbox(address: str, name: str) -> Address:
    return Address(display_name=name, addr_spec=address)


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {(one_line(text) or '')[:_TOLD]}".strip()
