"""The unit of systemd runs this very daemon, with its paths, and can be read by systemd."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from ingest.deployment.unit import UNIT, UnitPlan, unit_file, unit_text, write_unit
from ingest.errors import SettingsError

PLAN = UnitPlan(
    command=("/opt/copydesk/bin/copydesk",),
    config=Path("/etc/copydesk.toml"),
    folder=Path("/etc"),
    data=Path("/srv/news"),
    database=None,
    user="news",
)


def lines(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def test_it_starts_the_daemon_that_says_when_it_is_ready_and_is_watched() -> None:
    said = lines(unit_text(PLAN))
    assert said["ExecStart"] == ["/opt/copydesk/bin/copydesk --config /etc/copydesk.toml daemon"]
    assert said["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert (said["Type"], said["NotifyAccess"]) == (["notify"], ["main"])
    assert int(said["WatchdogSec"][0]) >= 60
    assert said["Restart"] == ["on-failure"]
    assert said["RestartPreventExitStatus"] == ["2 3 5"], "as the guide's exit codes are"
    assert said["StartLimitIntervalSec"] == ["0"], "a server that is away is waited for"
    assert (said["User"], said["WantedBy"]) == (["news"], ["multi-user.target"])
    # Its own stop takes ten seconds, and two more for what is late.
    assert int(said["TimeoutStopSec"][0]) > 15


def test_it_may_write_to_its_database_and_its_cache_and_to_nothing_else() -> None:
    said = lines(unit_text(PLAN))
    assert said["ProtectSystem"] == ["strict"]
    assert said["ReadWritePaths"] == ["/srv/news"]
    assert said["CacheDirectory"] == ["copydesk"]
    assert said["NoNewPrivileges"] == said["PrivateTmp"] == ["yes"]
    assert said["CapabilityBoundingSet"] == [""]
    state = lines(unit_text(_with(data=Path("/var/lib/copydesk/db"))))
    assert state["StateDirectory"] == ["copydesk/db"]
    assert "ReadWritePaths" not in state
    assert "ReadWritePaths" not in lines(unit_text(_with(data=None))), (
        "a server is written to by net"
    )


def test_what_it_needs_is_not_hidden_from_it() -> None:
    assert lines(unit_text(PLAN))["ProtectHome"] == ["yes"]
    assert lines(unit_text(_with(in_home=True)))["ProtectHome"] == ["read-only"]
    assert "PrivateTmp" not in lines(unit_text(_with(in_tmp=True)))
    drawn = lines(unit_text(_with(renders=True)))
    assert "MemoryDenyWriteExecute" not in drawn, "a browser makes code"
    assert "RestrictNamespaces" not in drawn
    assert lines(unit_text(PLAN))["MemoryDenyWriteExecute"] == ["yes"]


def test_a_unit_of_a_user_asks_for_nothing_that_a_user_may_not_have() -> None:
    said = lines(unit_text(_with(user=None)))
    assert said["WantedBy"] == ["default.target"]
    for key in ("User", "CapabilityBoundingSet", "ProtectSystem", "PrivateDevices", "PrivateTmp"):
        assert key not in said
    assert said["NoNewPrivileges"] == ["yes"]
    assert said["CacheDirectory"] == ["copydesk"]


def test_paths_with_any_signs_come_through_as_they_are() -> None:
    text = unit_text(
        _with(
            command=("/opt/my news/100%/$HOME/copydesk",),
            config=Path('/etc/the "paper".toml'),
            data=Path("/srv/my $news"),
            folder=Path("/etc/my folder"),
        )
    )
    said = lines(text)
    assert said["ExecStart"] == [
        '"/opt/my news/100%%/$$HOME/copydesk" --config "/etc/the \\"paper\\".toml" daemon'
    ]
    assert said["ReadWritePaths"] == ['"/srv/my $news"']
    assert said["WorkingDirectory"] == ["/etc/my folder"]
    with pytest.raises(SettingsError):
        unit_text(_with(folder=Path("/etc/a\nExecStartPre=/bin/rm")))


def _with(**changes: Any) -> UnitPlan:
    from dataclasses import replace

    return replace(PLAN, **changes)


@pytest.mark.parametrize("user", ["root", None])
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path, user: str | None) -> None:
    analyze = shutil.which("systemd-analyze")
    program = tmp_path / "my news" / "copydesk"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = unit_text(
        _with(command=(str(program),), folder=tmp_path, data=tmp_path, user=user, in_tmp=True)
    )
    if analyze is None:
        for line in text.splitlines():
            assert not line or re.fullmatch(r"#.*|\[(Unit|Service|Install)\]|[A-Z]\w+=.*", line), (
                line
            )
        return
    file = tmp_path / UNIT
    file.write_text(text)
    how = [] if user else ["--user"]
    done = subprocess.run(
        [analyze, *how, "verify", "--man=no", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_LOG_LEVEL": "warning"},
    )
    ours = [line for line in done.stderr.splitlines() if UNIT in line]
    assert ours == [], done.stderr
    if user:
        done = subprocess.run(
            [analyze, "security", "--offline=yes", "--no-pager", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        level = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
        if level is not None:  # older ones judge no files
            assert float(level[1]) < 4.0, done.stdout


def test_the_command_writes_it_once_and_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "copydesk.toml").write_text("")
    config = tmp_path / "copydesk.toml"
    assert run(["--config", "copydesk.toml", "daemon", "--install-unit", "--user"]) == 0
    out = capsys.readouterr().out
    path = tmp_path / "config" / "systemd" / "user" / UNIT
    assert unit_file(of_machine=False) == path
    assert out.startswith(f"{path}: written\n")
    for command in ("daemon-reload", f"enable --now {UNIT}", "enable-linger", "journalctl --user"):
        assert command in out
    start = lines(path.read_text())["ExecStart"][0]
    assert f"--config {config} daemon" in start
    assert Path(start.split()[0]).is_absolute()
    assert Path(start.split()[0]).exists()
    assert run(["--config", "copydesk.toml", "daemon", "--install-unit", "--user"]) == 0
    assert f"{path}: is so already" in capsys.readouterr().out


def test_of_the_machine_it_runs_as_whose_the_database_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["--database", "data/news.sqlite3", "daemon", "--install-unit", "--dry-run"]
    assert run([*command, "--system"]) == 0
    said = lines(capsys.readouterr().out)
    assert said["User"] == [pwd.getpwuid(os.getuid()).pw_name]
    assert said["ReadWritePaths"] == [str(tmp_path / "data")]
    assert f"--database {tmp_path}/data/news.sqlite3" in said["ExecStart"][0]
    assert run(["daemon", "--dry-run"]) == 2


def test_what_somebody_else_wrote_is_left(tmp_path: Path) -> None:
    file = tmp_path / UNIT
    file.write_text("[Service]\nExecStart=/usr/bin/mine\n")
    with pytest.raises(SettingsError, match="not written by this command"):
        write_unit(file, unit_text(PLAN))
    assert "mine" in file.read_text()
    with pytest.raises(SettingsError, match="--dry-run"):
        write_unit(Path("/proc/nowhere") / UNIT, unit_text(PLAN))
