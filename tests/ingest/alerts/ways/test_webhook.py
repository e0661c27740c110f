"""A webhook gets JSON that it can believe, and is asked again where that may help."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from ingest.alerts.settings import Secret, WebhookWay
from ingest.alerts.ways.sending import NotSent
from ingest.alerts.ways.webhook import WebhookSender
from tests.ingest.alerts.ways.conftest import running_hook

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "operators-guide.md"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


def send(url, message, *, secret=None, headers=(), timeout=20.0, tls=None) -> str:
    sender = WebhookSender(WebhookWay(url, secret, headers, timeout), tls=tls)
    return asyncio.run(sender.send(message))


def failed(hook, message, *answer, **options) -> NotSent:
    hook.answers = [answer]
    with pytest.raises(NotSent) as raised:
        send(hook.url, message, **options)
    return raised.value


def test_the_message_is_its_body(hook, message):
    assert send(hook.url, message, headers=(("X-Team", "desk"),)) == "answered 204"
    path, headers, body = hook.got[0]
    assert path == "/hook"
    assert json.loads(body) == message.as_json()
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Idempotency-Key"] == "ops:41-41"
    assert headers["User-Agent"].startswith("Copydesk/")
    assert headers["X-Team"] == "desk"
    assert "Copydesk-Signature" not in headers


def test_the_verifier_of_the_guide_believes_it_and_nothing_else(hook, message, tmp_path):
    file = tmp_path / "secret"
    file.write_text("sésame-0123456789\n")
    send(hook.url, message, secret=Secret(file=file))
    _, headers, body = hook.got[0]
    (example,) = re.findall(r"```python\n(.*?def is_ours.*?)```", GUIDE.read_text("utf-8"), re.S)
    names: dict = {}
    exec(example, names)
    is_ours = names["is_ours"]
    header = headers["Copydesk-Signature"]
    assert is_ours("sésame-0123456789", header, body)
    assert not is_ours("another", header, body)
    assert not is_ours("sésame-0123456789", header, body + b" ")
    earlier = re.sub(r"t=(\d+)", lambda found: f"t={int(found[1]) - 3600}", header)
    assert not is_ours("sésame-0123456789", earlier, body)
    assert not is_ours("sésame-0123456789", "", body)


def test_what_passes_is_tried_again_when_the_server_says(hook, message):
    assert failed(hook, message, 503, {}, b"").again == "soon"
    busy = failed(hook, message, 429, {"Retry-After": "120"}, b"slow down")
    assert (busy.again, busy.after) == ("soon", 120)
    assert busy.why == "answered 429: slow down"


@pytest.mark.parametrize(
    ("status", "again"),
    [(401, "later"), (404, "later"), (410, "later"), (400, "never"), (422, "never")],
)
def test_what_does_not_pass_is_not_tried_again_at_once(hook, message, status, again):
    assert failed(hook, message, status, {}, b"no").again == again


def test_a_redirect_is_not_followed(hook, message):
    error = failed(hook, message, 307, {"Location": "http://elsewhere.example/hook?key=x"}, b"")
    assert error.again == "later"
    assert "elsewhere.example" in error.why
    assert "key" not in error.why
    assert len(hook.got) == 1


def test_silence_is_waited_for_as_long_as_said(hook, message):
    hook.answering.clear()
    error = failed(hook, message, 204, {}, b"", timeout=0.3)
    assert (error.why, error.again) == ("no answer within 0.3 s", "soon")


def test_nobody_there_passes(message):
    with pytest.raises(NotSent) as raised:
        send("http://127.0.0.1:9/hook", message)
    assert (raised.value.why, raised.value.again) == ("connection refused", "soon")


def test_only_a_certificate_that_is_trusted(message, serving, trusting):
    with running_hook(serving) as hook:
        url = hook.url.replace("http:", "https:")
        assert send(url, message, tls=trusting) == "answered 204"
        with pytest.raises(NotSent, match="certificate not trusted") as raised:
            send(url, message)
    assert raised.value.again == "later"


def test_an_address_that_is_a_secret_is_never_told(hook, message, monkeypatch, tmp_path):
    monkeypatch.setenv("OPS_HOOK", f"http://127.0.0.1:{hook.port}/T0PSECRET")
    send(Secret(variable="OPS_HOOK"), message)
    assert hook.got[0][0] == "/T0PSECRET"
    for address in (
        "http://127.0.0.1:9/T0PSECRET",
        "http://T0PSECRET:99999/",
        "T0PSECRET",
        "http://[::T0PSECRET/",
    ):
        monkeypatch.setenv("OPS_HOOK", address)
        with pytest.raises(NotSent) as raised:
            send(Secret(variable="OPS_HOOK"), message)
        assert "T0PSECRET" not in raised.value.why
    monkeypatch.delenv("OPS_HOOK")
    with pytest.raises(NotSent, match="no variable OPS_HOOK"):
        send(Secret(variable="OPS_HOOK"), message)
    with pytest.raises(NotSent, match="cannot be read: No such file"):
        send(hook.url, message, secret=Secret(file=tmp_path / "none"))
