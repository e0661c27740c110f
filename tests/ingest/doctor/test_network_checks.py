"""Names, certificates, robots.txt and clocks of real servers, on loopback."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ingest.doctor.network import check_network
from sources.client.settings import ClientSettings


@pytest.fixture
def look(trusting):
    """What is found at some sources, of which each host is served at a port."""

    def run(sources, ports, tls=trusting):
        settings = ClientSettings(
            connect_to={host: f"127.0.0.1:{port}" for host, port in ports.items()}
        )
        found = asyncio.run(check_network(sources, settings, lambda: datetime.now(UTC), tls=tls))
        return {(each.about, each.state): each for each in found}

    return run


def test_all_well(serve, paper, authority, look):
    until = datetime.now(UTC) + timedelta(days=60)
    port = serve(certificate=authority.issue_cert("a.example", not_after=until))
    ports = {"a.example": port, "b.example": serve(), "c.example": serve(404)}
    sources = [paper("a.example"), paper("b.example", "http"), paper("c.example", "http")]
    found = look(sources, ports)
    assert [state for _, state in found] == ["ok", "ok", "ok"]
    assert found["network", "ok"].said == "3 hosts resolve and answer for robots.txt"
    said = found["certificates", "ok"].said
    assert said.startswith("1 are right; the first to end is that of a.example, in ")
    assert " 59 days" in said
    assert "agrees with those of 3 sites" in found["clock", "ok"].said


def test_a_certificate_that_ends_soon_is_told_with_its_days(serve, paper, authority, look):
    until = datetime.now(UTC) + timedelta(days=5, hours=1)
    port = serve(certificate=authority.issue_cert("a.example", not_after=until))
    found = look([paper("a.example")], {"a.example": port})
    assert f"ends in 5 days, {until:%Y-%m-%d}" in found["certificates", "note"].said


def test_a_certificate_that_has_ended_or_is_another_s(serve, paper, authority, look, trusting):
    before = datetime.now(UTC) - timedelta(days=2)
    ended = authority.issue_cert(
        "a.example", not_before=before - timedelta(days=9), not_after=before
    )
    said = look([paper("a.example")], {"a.example": serve(certificate=ended)})
    assert "expired" in said["certificates", "wrong"].said
    other = authority.issue_cert("other.example")
    said = look([paper("a.example")], {"a.example": serve(certificate=other)})
    assert "a.example" in said["certificates", "wrong"].said
    good = authority.issue_cert("a.example")
    said = look([paper("a.example")], {"a.example": serve(certificate=good)}, tls=None)
    assert "not trusted" in said["certificates", "wrong"].said


def test_a_host_that_is_away_and_one_whose_robots_txt_is_ill(serve, paper, look):
    sources = [paper(f"{name}.example", "http") for name in ("a", "b", "c")]
    found = look(sources, {"a.example": serve(), "b.example": 9, "c.example": serve(503)})
    assert found["network", "note"].said == "b.example: connection refused"
    assert "c.example answers 503" in found["robots", "wrong"].said
    assert ("network", "ok") not in found


def test_a_name_that_does_not_resolve(serve, paper, look):
    sources = [paper("a.example", "http"), paper("nowhere.invalid", "http")]
    found = look(sources, {"a.example": serve()})
    assert "nowhere.invalid" in found["names", "wrong"].said
    both = [paper("no-1.invalid", "http"), paper("no-2.invalid", "http")]
    found = look(both, {})
    assert list(found) == [("names", "wrong")]
    assert "none of 2 names resolves" in found["names", "wrong"].said


def test_an_address_inside_is_refused_as_a_download_would_be(paper, look):
    found = look([paper("localhost", "http"), paper("127.0.0.1", "http")], {})
    assert "names" in {about for about, _ in found}
    allowed = look([paper("127.0.0.1:9", "http", allow_private=True)], {})
    assert allowed["network", "note"].said == "127.0.0.1: connection refused"


def test_a_clock_that_is_wrong_is_told_by_many_others(serve, paper, look):
    sources = [paper(f"{name}.example", "http") for name in "abcd"]
    hour = timedelta(hours=1)
    ports = {f"{name}.example": serve(ahead=hour) for name in "abc"}
    found = look(sources, {**ports, "d.example": serve()})
    said = found["clock", "wrong"].said
    assert "behind those of 4 sites" in said
    assert "3,6" in said or "3,5" in said
    # One server whose own clock is wrong says nothing of ours.
    found = look(sources[:1], ports)
    assert "clock" not in {about for about, _ in found}


def test_a_host_is_asked_once_and_one_behind_a_proxy_not_at_all(serve, paper, look):
    port = serve()
    twice = [paper("a.example", "http"), paper("a.example", "http")]
    proxied = paper("b.example", "http", proxy="http://127.0.0.1:9")
    found = look([*twice, proxied], {"a.example": port})
    assert found["network", "ok"].said.startswith("1 hosts")
