"""The container is built and started where a container tool is there; else its steps are tried one by one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "ingest" / "deployment" / "Containerfile"


def steps() -> list[tuple[str, str]]:
    """The instructions, in order."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            found.append((word, rest))
    return found


def said(word: str) -> list[str]:
    return [rest for each, rest in steps() if each == word]


def test_what_is_copied_is_there_and_is_all_that_the_package_is_made_of() -> None:
    copied = [rest.split() for rest in said("COPY") if not rest.startswith("--from")]
    sources = {source for parts in copied for source in parts[:-1]}
    for source in sources:
        assert (ROOT / source).exists(), source
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], "pyproject.toml"}
    needed |= {project["project"]["readme"], *project["project"]["license-files"]}
    assert needed <= sources
    extras = re.search(r'"\.\[([a-z,]+)\]"', FILE.read_text(encoding="utf-8"))
    assert extras is not None
    assert set(extras[1].split(",")) <= project["project"]["optional-dependencies"].keys()


def test_its_commands_can_be_read_by_a_shell_and_its_second_stage_takes_what_the_first_made() -> (
    None
):
    for command in said("RUN"):
        subprocess.run(["sh", "-n", "-c", command], check=True)
    (taken,) = [rest.split() for rest in said("COPY") if rest.startswith("--from")]
    assert taken[0] == "--from=build"
    assert any(f"venv {taken[1]}" in command for command in said("RUN"))
    assert f"PATH={taken[2]}/bin:" in said("ENV")[0]


def test_it_does_not_run_as_root_and_its_state_is_in_the_volume() -> None:
    (user,) = said("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), "a number, so that runAsNonRoot can tell"
    (volume,) = said("VOLUME")
    assert said("WORKDIR")[-1] == volume
    environment = dict(pair.split("=", 1) for pair in said("ENV")[0].split())
    assert environment["XDG_CACHE_HOME"].startswith(volume)
    made = [command for command in said("RUN") if "install -d" in command]
    assert any(volume in command and f"-o {user.split(':')[0]}" in command for command in made)
    words = [word for word, _ in steps()]
    assert words.index("VOLUME") > max(i for i, each in enumerate(words) if each == "RUN"), (
        "what is changed in a volume after it was declared is lost"
    )


def test_its_first_process_is_the_daemon_itself_and_its_health_is_asked_for() -> None:
    (start,), (command,) = said("ENTRYPOINT"), said("CMD")
    assert json.loads(start) == ["copydesk"], "no shell, which would not pass a signal on"
    assert json.loads(command)[0] == "daemon"
    (health,) = said("HEALTHCHECK")
    asked = json.loads(health[health.index("CMD ") + 4 :])
    assert asked == ["copydesk", "healthcheck"]
    (timeout,) = re.findall(r"--timeout=(\d+)s", health)
    assert int(timeout) > 10


def test_the_command_that_asks_for_its_health_works_in_an_empty_folder(tmp_path: Path) -> None:
    """As in a new volume: read-only, no settings, no home."""
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "healthcheck"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("not alive: no database at")
    assert list(tmp_path.iterdir()) == []


def _tool() -> str | None:
    for name in ("podman", "docker"):
        found = shutil.which(name)
        if found is not None:
            asked = subprocess.run([found, "info"], capture_output=True, text=True, check=False)
            server = "ERROR" not in asked.stdout + asked.stderr and asked.returncode == 0
            if server and "Cannot connect" not in asked.stderr:
                return found
    return None


@pytest.mark.long
def test_it_is_built_and_started_and_stops_when_it_is_told() -> None:
    tool = _tool()
    if tool is None or not os.environ.get("COPYDESK_TEST_CONTAINER"):
        pytest.skip(
            "no container tool, or COPYDESK_TEST_CONTAINER is not set: it needs the internet"
        )
    form = ["--format", "docker"] if tool.endswith("podman") else []

    def call(*words: str) -> str:
        done = subprocess.run([tool, *words], capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    call("build", *form, "-f", str(FILE), "-t", "copydesk-test", ".")
    setting = 'COPYDESK_SELECT__NAMES=["armenian-report"]'
    running = call(
        "run", "-d", "--rm", "--read-only", "--tmpfs", "/tmp", "-e", setting, "copydesk-test"
    )
    try:
        deadline = time.monotonic() + 120
        while True:
            done = subprocess.run(
                [tool, "exec", running, "copydesk", "healthcheck"], capture_output=True, check=False
            )
            if done.returncode == 0:
                break
            assert time.monotonic() < deadline, done.stdout
            time.sleep(1)
        assert call("exec", running, "id", "-u") == "10001"
        call("stop", "--time", "60", running)
    finally:
        subprocess.run([tool, "rm", "-f", running], capture_output=True, check=False)
