"""Apprise delivers to what it knows, and its addresses are never told."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from ingest.alerts.settings import AppriseWay, Secret
from ingest.alerts.ways.apprise import AppriseSender
from ingest.alerts.ways.sending import NotSent


def send(message, urls, timeout=20.0) -> str:
    return asyncio.run(AppriseSender(AppriseWay(urls, timeout)).send(message))


def test_it_delivers_to_each_address(hook, message, tmp_path):
    pytest.importorskip("apprise")
    hook.answers = [(200, {}, b"ok")]
    address = f"json://127.0.0.1:{hook.port}/T0PSECRET"
    assert send(message, (address,)) == "delivered"
    path, _, body = hook.got[0]
    assert path.startswith("/T0PSECRET")
    given = json.loads(body)
    assert (given["title"], given["type"]) == (message.subject, "failure")
    assert "„Bitte anmelden“" in given["message"]
    (tmp_path / "urls").write_text(f"# ours\n{address}\n\n{address}/2\n")
    assert send(message, Secret(tmp_path / "urls")) == "delivered to 2"


def test_what_it_cannot_deliver_is_told_by_the_kind_alone(hook, message):
    pytest.importorskip("apprise")
    hook.answers = [(500, {}, b"")]
    with pytest.raises(NotSent) as raised:
        send(message, (f"json://T0PSECRET@127.0.0.1:{hook.port}/T0PSECRET",))
    assert raised.value.why == "Apprise could not deliver to json:// (1 of 1)"
    with pytest.raises(NotSent, match=r"no address like nosuch:// \(1 of 1\)") as raised:
        send(message, ("nosuch://T0PSECRET",))
    assert raised.value.again == "later"


def test_without_it_the_remedy_is_named(message, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(NotSent, match=r"pip install 'copydesk\[apprise\]'"):
        send(message, ("json://127.0.0.1",))
