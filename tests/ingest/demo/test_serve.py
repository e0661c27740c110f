"""``copydesk demo --serve``: the tour that a new user follows in a second terminal."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from ingest.cli.invocation import as_called, own_command
from ingest.demo.site_server import SiteServer
from ingest.demo.sites import load_sites
from ingest.demo.tour import open_tour
from ingest.errors import InputError
from ingest.settings import load_settings

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "PYTHONUNBUFFERED": "1",
    "COPYDESK_COLLECT__WORKERS": "0",
    "COLUMNS": "80",
}
#: The last line before the process waits for its end.
LAST = "http://www.valleygazette.example/"


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """``copydesk demo --serve`` in ``folder``, and what it printed up to when its sites are up."""
    command = [sys.executable, "-m", "ingest", "demo", "--serve", *options]
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1].strip() == LAST or lines[-1].startswith("{"):
                break
        yield process, lines
    finally:
        process.kill()
        process.communicate()


def tour_of(lines: list[str]) -> list[str]:
    """The commands that are to be typed in the other terminal."""
    start = next(number for number, line in enumerate(lines) if "In another terminal" in line)
    return [line.strip() for line in lines[start + 2 : start + 8]]


def test_what_it_prints_works_as_it_stands_and_it_ends_with_ctrl_c(tmp_path: Path) -> None:
    start = tmp_path / "it's a folder of mine"
    start.mkdir()
    with serving(start, "--keep", "my demo.sqlite3") as (process, lines):
        # The hints about what the demo itself filed.
        first = lines.index("Look around in what was filed:") + 2
        for command in lines[first : first + 3]:
            done = subprocess.run(
                ["bash", "--norc", "-c", command], cwd=start, env=ENVIRONMENT, text=True,
                capture_output=True, check=False,
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, ""), command
            assert done.stdout.count("\n") > 2
        # The tour.
        commands = tour_of(lines)
        assert commands[0] == f"cd {shlex.quote(str(start / 'copydesk-demo'))}"
        assert [len(line) for line in lines if len(line) > 80 and "copydesk" not in line] == []
        # Another terminal begins somewhere else, and knows nothing of the first one.
        script = "set -e\n" + "\necho ---\n".join(commands)
        done = subprocess.run(
            ["bash", "--norc"], input=script, cwd="/", env=ENVIRONMENT, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        added, ran, listed, shown, found = done.stdout.split("---\n")[1:]
        assert "publishers/the-highland-dispatch.toml: written" in added
        assert "7 filed" in ran
        assert "the-highland-dispatch" in listed
        assert "\n  by: " in shown
        assert "Winter Ferry" in found
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert err == "copydesk: the sites are down; copydesk-demo stays as it is\n"


def test_served_again_the_folder_keeps_what_was_switched_on_and_its_port(tmp_path: Path) -> None:
    folder = tmp_path / "copydesk-demo"
    with serving(tmp_path, "--json") as (_, [line]):
        serving_at = json.loads(line)["serving"]
        assert serving_at["folder"] == "copydesk-demo"
        settings = folder / "copydesk.toml"
        settings.write_text(settings.read_text() + '\n[select]\nnames = ["rheinblick"]\n')
        with pytest.raises(InputError, match="served already, on port"):
            open_tour(folder)
    with serving(tmp_path, "--json") as (process, [line]):
        assert json.loads(line)["serving"] == serving_at
        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode == 0
        again = load_settings(settings)
        assert again.select.names == ("rheinblick",)
        assert again.client.connect_to["www.rheinblick.example"].endswith(f":{serving_at['port']}")


def test_a_port_that_is_taken_by_something_else_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tour"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        open_tour(folder).write({"www.rheinblick.example": f"127.0.0.1:{port}"})
        other.settimeout(0.01)
        tour = open_tour(folder)  # nobody answers there
        assert tour.last_port == port
        with serving(tmp_path, "--json", "--folder", "tour") as (_, [line]):
            assert json.loads(line)["serving"]["port"] != port


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path, capsys: Any) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "copydesk.toml").write_text("# my settings\n")
    keep = ["--keep", str(tmp_path / "x.sqlite3")]
    for folder, said in (
        (mine, "has other files in it; choose another with --folder"),
        (mine / "copydesk.toml", "is no folder"),
        (tmp_path / "no" / "such", "the folder"),
    ):
        assert run(["demo", "--serve", "--folder", str(folder), *keep]) == 2
        assert said in capsys.readouterr().err
    assert (mine / "copydesk.toml").read_text() == "# my settings\n"
    assert not (tmp_path / "x.sqlite3").exists()


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with SiteServer(load_sites()) as server:
        path = open_tour(tmp_path / "empty").write(server.connect_to)
        assert load_settings(path).client.connect_to == server.connect_to
        assert load_settings(path).select.names == ()


# how the command is called


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script as an environment of Python has it, started from the folder above."""
    path = tmp_path / "my env" / "bin" / "copydesk"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["my env/bin/copydesk", "run"])
    return path


def test_a_hint_names_the_command_so_that_the_shell_finds_it(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert own_command() == "'my env/bin/copydesk'"
    assert own_command(elsewhere=True) == shlex.quote(str(script))
    assert as_called("see `copydesk sources list`") == "see `'my env/bin/copydesk' sources list`"
    monkeypatch.setenv("PATH", str(script.parent))
    assert own_command() == own_command(elsewhere=True) == "copydesk"
    assert as_called("see `copydesk sources list`") == "see `copydesk sources list`"


def test_a_module_without_a_script_is_called_by_its_interpreter(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["/somewhere/ingest/__main__.py"])
    monkeypatch.setattr("sys.executable", str(script.with_name("python3")))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert own_command() == "'my env/bin/copydesk'"  # installed beside it
    script.unlink()
    assert own_command() == "'my env/bin/python3' -m ingest"
