"""A program of the operator's is given the message, and ended where it does not end by itself."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from ingest.alerts.settings import CommandWay
from ingest.alerts.ways.command import CommandSender
from ingest.alerts.ways.sending import NotSent


def send(message, *command: str, timeout: float = 30.0) -> str:
    return asyncio.run(CommandSender(CommandWay(command, timeout)).send(message))


def script(folder: Path, text: str) -> list[str]:
    file = folder / "told.py"
    file.write_text(text)
    return [sys.executable, str(file)]


def test_it_gets_the_message_on_its_input_and_the_gist_in_its_environment(message, tmp_path):
    out = tmp_path / "out.json"
    command = script(
        tmp_path,
        "import json, os, sys\n"
        "given = {n: v for n, v in os.environ.items() if n.startswith('COPYDESK_ALERT_')}\n"
        "json.dump([json.load(sys.stdin), given, sys.argv[1:]], open(sys.argv[1], 'w'))\n",
    )
    send(message, *command, str(out), "$HOME; rm *")
    said, given, arguments = json.loads(out.read_text())
    assert said == message.as_json()
    assert said["changes"][0]["why"] == "„Bitte anmelden“ auf jeder Seite"
    assert given == {
        "COPYDESK_ALERT_ID": "ops:41-41",
        "COPYDESK_ALERT_CHANNEL": "ops",
        "COPYDESK_ALERT_KIND": "alert",
        "COPYDESK_ALERT_STATE": "broken",
        "COPYDESK_ALERT_SUBJECT": "gazette is broken: login wall",
    }
    assert arguments[1] == "$HOME; rm *", "no shell has had it"


def test_one_that_does_not_read_is_no_failure(message):
    assert send(message, "true")


def test_one_that_fails_is_told_with_the_end_of_what_it_said(message, tmp_path):
    command = script(tmp_path, "import sys\nprint('x' * 5000)\nsys.exit('no such pager')")
    with pytest.raises(NotSent) as raised:
        send(message, *command)
    assert raised.value.again == "soon"
    assert raised.value.why.endswith("no such pager")
    assert "ended with 1" in raised.value.why
    assert len(raised.value.why) < 500


def test_one_that_is_not_there_is_for_somebody_to_mend(message):
    with pytest.raises(NotSent, match="/nonexistent/pager cannot be started: No such file") as r:
        send(message, "/nonexistent/pager")
    assert r.value.again == "later"


@pytest.mark.parametrize("child_holds_the_output", [True, False])
def test_one_that_hangs_is_ended_with_all_that_it_started(
    message, tmp_path, child_holds_the_output
):
    pids = tmp_path / "pids"
    redirect = "" if child_holds_the_output else ", stdout=subprocess.DEVNULL, stderr=-2"
    command = script(
        tmp_path,
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']{redirect})\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} ')\n"
        "time.sleep(60)\n",
    )
    with pytest.raises(NotSent, match="longer than 3 s"):
        send(message, *command, timeout=3.0)
    for pid in pids.read_text().split():
        assert_ends(int(pid))


def assert_ends(pid: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except OSError:
            return
        if state == "Z":
            return
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.02)


def test_the_process_number_is_not_one_of_ours_afterwards(message, tmp_path):
    command = script(
        tmp_path, f"import os\nopen({str(tmp_path / 'g')!r}, 'w').write(str(os.getpgid(0)))"
    )
    send(message, *command)
    assert int((tmp_path / "g").read_text()) != os.getpgid(0)
