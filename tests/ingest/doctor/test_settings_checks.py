"""Settings that contradict each other, secrets that everybody can read, sources that there are not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.catalogue.selection import sources_that_can_be_read
from ingest.cli.app import run
from ingest.doctor.settings import check_channels, check_contradictions, check_sources
from ingest.settings import load_settings
from sources.catalogue import Catalogue
from sources.source import Schedule


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(text: str, *sources: Any, state: str = "wrong") -> list[str]:
    Path("copydesk.toml").write_text('[client]\ncontact = "me"\n' * ("[client]" not in text) + text)
    settings = load_settings()
    checks = [*check_contradictions(settings, sources), *check_channels(settings, sources)]
    return [each.said for each in checks if each.state == state]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('[daemon]\nfastest = "7h"', "daemon.fastest (7h) is slower than daemon.slowest (6h)"),
        ('[daemon]\njitter = "10m"', "daemon.jitter (10m) is more than daemon.fastest (5m)"),
        ("[client]\nread_timeout = 90", "client.read_timeout (90 s) is longer"),
        ("[client]\nconcurrency = 8\ntotal_concurrency = 4", "of one host) is more than"),
    ],
)
def test_a_contradiction_is_said_with_both_values(text: str, part: str) -> None:
    (said,) = found(text)
    assert part in said


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[client]\ndelay = 1", "client.contact is not set"),
        ('[raw]\nage = "0d"\ngigabytes = 0', "raw pages grow for ever"),
        ("[collect]\nworkers = 0", "without limits of time and memory"),
        ("[collect]\nworkers = 256", "more than twice the"),
    ],
)
def test_what_may_not_be_meant_is_noted(text: str, part: str) -> None:
    assert any(part in said for said in found(text, state="note"))
    assert found(text) == []


def test_the_defaults_contradict_nothing() -> None:
    assert found("") == []


def test_a_schedule_that_no_request_can_keep(paper: Any) -> None:
    quick = replace(paper("a.example"), schedule=Schedule(every=timedelta(seconds=1)))
    (said,) = found("[client]\ndelay = 2", quick)
    assert "a: its schedule (1s) is quicker" in said
    assert found("[client]\ndelay = 2", replace(quick, fetch=replace(quick.fetch, delay=0.5))) == []


def test_a_budget_that_no_pace_can_keep(paper: Any) -> None:
    two = paper("a.example"), paper("b.example")
    (said,) = found("[daemon]\nrequests_a_day = 7", *two)
    assert "daemon.requests_a_day (7) is less than the 8 that 2 sources take" in said
    assert found("[daemon]\nrequests_a_day = 8", *two) == []


CHANNEL = '[[alerts.channel]]\nname = "ops"\nkind = "webhook"\nurl_file = "hook.url"\n'


def test_a_channel_that_can_never_speak(paper: Any, folder: Path) -> None:
    (folder / "hook.url").write_text("https://x.example")
    (folder / "hook.url").chmod(0o600)
    (said,) = found(CHANNEL + 'quiet = "22:00-07:00"\nwake_for = ["broken"]\nstates = ["quiet"]')
    assert "wake_for has broken, which states has not" in said
    (said,) = found(CHANNEL + 'wake_for = ["broken"]')
    assert "without quiet" in said
    noted = found(CHANNEL + 'sources = ["sport-*", "a"]', paper("a.example"), state="note")
    assert noted == ["ops: 'sport-*' in sources is none that is on"]


def test_a_secret_that_everybody_can_read_or_nobody(folder: Path) -> None:
    (said,) = found(CHANNEL)
    assert said.endswith("hook.url cannot be read")
    (folder / "hook.url").write_text("https://x.example")
    (folder / "hook.url").chmod(0o644)
    (said,) = found(CHANNEL)
    assert "can be read by everybody on this machine (mode 644)" in said
    (folder / "hook.url").chmod(0o640)
    assert found(CHANNEL) == []
    noted = found(CHANNEL.replace('url_file = "hook.url"', 'url_env = "NO_SUCH"'), state="note")
    assert "no variable NO_SUCH" in noted[0]


def test_every_fault_of_every_file_is_told(folder: Path, capsys: Any) -> None:
    Path("copydesk.toml").write_text(
        '[client]\ndelay = -1\nretries = "x"\n[daemon]\nfast = 1\n'
        '[[alerts.channel]]\nname = "ops"\nkind = "pigeon"\n'
    )
    assert run(["doctor", "--offline", "--json"]) == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    faults = [each["said"] for each in told if each["about"] == "settings"]
    keys = ["client.delay", "client.retries", "daemon.fast", "alerts.channel.0"]
    assert len(faults) == 4
    for key, said in zip(keys, faults, strict=True):
        assert f": {key}: " in said
    Path("copydesk.toml").write_text("x = ")
    assert run(["doctor", "--offline"]) == 1
    assert "not valid TOML" in capsys.readouterr().out


def test_sources_that_there_are_not_and_files_that_are_wrong(folder: Path) -> None:
    Path("publishers").mkdir()
    Path("publishers/mine.toml").write_text('name = "mine"\nhome = "nowhere"\n')
    Path("publishers/other.toml").write_text("name = ")
    Path("copydesk.toml").write_text(
        '[select]\nnames = ["mine", "nobody", "kicker"]\nexclude = ["kicker"]\n'
    )
    settings = load_settings()
    catalogue = Catalogue.load(settings.sources_folder)
    sources = sources_that_can_be_read(settings, catalogue, {}, lambda _: None)
    said = [each.said for each in check_sources(settings, catalogue, sources)]
    assert any("mine.toml: home" in each for each in said)
    assert any("other.toml" in each for each in said)
    assert any("'nobody', which no source is called" in each for each in said)
    assert any("both have 'kicker'" in each for each in said)
    assert any("no source is switched on" in each for each in said)
