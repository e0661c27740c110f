"""Mail is handed to a server that takes it, secured as was asked for, or it is said why not."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest

from ingest.alerts.settings import Secret, SmtpWay
from ingest.alerts.ways.sending import NotSent
from ingest.alerts.ways.smtp import SmtpSender
from tests.ingest.alerts.ways.conftest import running_mail_server


@pytest.fixture
def way() -> SmtpWay:
    return SmtpWay(
        host="127.0.0.1",
        port=0,
        security="none",
        sender="desk@example.org",
        to=("bad@example.org", "good@example.org"),
        user=None,
        password=None,
        timeout=20.0,
    )


def send(way, mail, message, tls=None) -> str:
    return asyncio.run(SmtpSender(replace(way, port=mail.port), tls=tls).send(message))


def refused(way, mail, message, tls=None) -> NotSent:
    with pytest.raises(NotSent) as raised:
        send(way, mail, message, tls)
    return raised.value


def test_a_mail_says_what_the_message_says(way, message):
    with running_mail_server() as mail:
        assert send(way, mail, message) == "taken"
    (got,) = mail.mails
    assert got["Subject"] == "[copydesk] gazette is broken: login wall"
    assert got["From"] == "Copydesk <desk@example.org>"
    assert got["To"] == "bad@example.org, good@example.org"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Message-ID"] == "<ops.41-41@example.org>"
    assert got.get_content().replace("\r\n", "\n") == message.text + "\n"
    assert "„Bitte anmelden“" in got.get_content()
    assert mail.envelopes[0][1] == ["bad@example.org", "good@example.org"]


def test_a_subject_in_any_script_and_none_that_adds_a_header(way, message):
    hostile = replace(message, subject="Zürich 東京\r\nBcc: all@example.org\nX: y")
    with running_mail_server() as mail:
        send(way, mail, hostile)
    (got,) = mail.mails
    assert got["Subject"] == "[copydesk] Zürich 東京 Bcc: all@example.org X: y"
    assert "Bcc" not in got
    assert "X" not in got


def test_starttls_with_a_log_in(way, message, serving, trusting, tmp_path):
    (tmp_path / "password").write_text("p4ß\n")
    way = replace(way, security="starttls", user="desk", password=Secret(tmp_path / "password"))
    with running_mail_server(starttls=serving) as mail:
        mail.account = ("desk", "p4ß")
        send(way, mail, message, trusting)
        assert mail.secured == [True]
        mail.account = ("desk", "changed")
        error = refused(way, mail, message, trusting)
        assert error.why == f"127.0.0.1:{mail.port} refuses the log-in of desk (535)"
        assert error.again == "later"
        # Whoever is in between is not handed the password.
        error = refused(way, mail, message)
        assert "certificate is not trusted" in error.why


def test_tls_from_the_beginning(way, message, serving, trusting):
    way = replace(way, security="tls")
    with running_mail_server(tls=serving) as mail:
        send(way, mail, message, trusting)
        assert mail.secured == [True]
    with running_mail_server() as mail:
        assert "TLS failed" in refused(way, mail, message, trusting).why


def test_a_server_without_what_was_asked_for_gets_nothing(way, message):
    with running_mail_server() as mail:
        error = refused(replace(way, security="starttls"), mail, message)
        assert mail.mails == []
    assert "STARTTLS" in error.why
    assert error.again == "later"


@pytest.mark.parametrize(
    ("command", "said", "again"),
    [
        ("DATA", "554 5.6.0 spam", "never"),
        ("DATA", "451 try later", "soon"),
        ("MAIL", "451 busy", "soon"),
        ("MAIL", "550 not you", "later"),
        ("EHLO", "421 closing", "soon"),
    ],
)
def test_a_refusal_is_told_with_its_code(way, message, command, said, again):
    with running_mail_server() as mail:
        mail.refusals[command] = said
        if command == "EHLO":
            mail.refusals["HELO"] = said
        error = refused(way, mail, message)
    assert said[:3] in error.why
    assert error.again == again


def test_who_can_be_reached_is_told_though_another_cannot(way, message):
    with running_mail_server() as mail:
        mail.refusals["RCPT"] = "550 no such user"
        assert send(way, mail, message) == "taken, but not for bad@example.org"
        assert mail.envelopes[0][1] == ["good@example.org"]
        error = refused(replace(way, to=("bad@example.org",)), mail, message)
    assert error.why.endswith("takes nothing for bad@example.org: 550 no such user")


def test_silence_and_absence_pass(way, message):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = replace(way, port=silent.getsockname()[1], timeout=0.3)
        with pytest.raises(NotSent, match=r"did not answer within 0\.3 s"):
            asyncio.run(SmtpSender(way).send(message))
    with pytest.raises(NotSent, match="refused") as raised:
        asyncio.run(SmtpSender(way).send(message))
    assert raised.value.again == "soon"
