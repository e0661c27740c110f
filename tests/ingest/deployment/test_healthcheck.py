"""``copydesk healthcheck``: 0 where a daemon lives that the database knows of, else 1 with a line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.cli.app import run
from storage.database import Database
from storage.leases import DAEMON, LEASE_FOR, take_lease
from storage.schema import leases
from tests.ingest.conftest import HOST, article_page, feed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(capsys: Any) -> tuple[int, str]:
    code = run(["healthcheck"])
    return code, capsys.readouterr().out.strip()


def test_alive_is_who_holds_the_lease_and_said_so_lately(capsys: Any) -> None:
    now = datetime.now(UTC)
    with Database.open("copydesk.sqlite3") as database:
        assert checked(capsys) == (1, "no daemon runs")
        database.write(lambda c: take_lease(c, DAEMON, now))
        code, said = checked(capsys)
        assert code == 0
        assert said.startswith("the daemon on ")
        assert " lives: for " in said
        before = now - 2 * LEASE_FOR
        late = {"beat_at": before, "expires_at": before + LEASE_FOR}
        database.write(lambda c: c.execute(sa.update(leases).values(late)))
        code, said = checked(capsys)
        assert code == 1
        assert said.endswith("it last said so 2 min ago")


def test_one_that_was_killed_is_not_alive_though_its_lease_goes_on(capsys: Any) -> None:
    code = (
        "import os\nfrom datetime import UTC, datetime\n"
        "from storage.database import Database\nfrom storage.leases import DAEMON, take_lease\n"
        "database = Database.open('copydesk.sqlite3')\n"
        "database.write(lambda c: take_lease(c, DAEMON, datetime.now(UTC)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(root)}, check=False)
    code_, said = checked(capsys)
    assert code_ == 1
    assert "does not live any more" in said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('database = "missing.sqlite3"', "no database at"),
        ('database = "postgresql://me:T0PSECRET@127.0.0.1:9/x"', "127.0.0.1"),
        ("daemon = 1", "daemon"),
    ],
)
def test_whatever_is_wrong_is_one_line_and_the_one_code(
    capsys: Any, settings: str, said: str
) -> None:
    Path("copydesk.toml").write_text(settings)
    code, line = checked(capsys)
    assert code == 1
    assert said in line
    assert "T0PSECRET" not in line
    assert "\n" not in line


def test_it_writes_nothing(capsys: Any, folder: Path) -> None:
    Database.open("copydesk.sqlite3").close()
    (folder / "copydesk.sqlite3").chmod(0o444)
    before = (folder / "copydesk.sqlite3").read_bytes()
    assert checked(capsys)[0] == 1
    assert (folder / "copydesk.sqlite3").read_bytes() == before


@pytest.mark.long
def test_the_real_daemon_is_alive_until_it_is_killed(site: Any, capsys: Any) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    Path("publishers").mkdir()
    Path("publishers/mill-lane.toml").write_text(
        f'name = "mill-lane"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\nurl = "{HOST}/feed"\n'
    )
    targets = "".join(f'"{host}" = "{target}"\n' for host, target in site.connect_to.items())
    Path("copydesk.toml").write_text(
        f'[select]\nnames = ["mill-lane"]\n[collect]\nworkers = 0\n[client.connect_to]\n{targets}'
    )
    root = Path(__file__).resolve().parents[3]
    for ending in (signal.SIGKILL, signal.SIGTERM):
        daemon = subprocess.Popen(
            [sys.executable, "-m", "ingest", "daemon", "--json"],
            env={**os.environ, "PYTHONPATH": str(root)},
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 120
            while checked(capsys)[0] != 0:
                assert daemon.poll() is None
                assert time.monotonic() < deadline, "it does not come to life"
                time.sleep(0.1)
            assert run(["doctor", "--offline", "--json"]) == 0
            assert f"(process {daemon.pid}) lives" in capsys.readouterr().out
        finally:
            daemon.send_signal(ending)
            daemon.wait(60)
        code, said = checked(capsys)
        assert code == 1
        wanted = "no daemon runs" if ending is signal.SIGTERM else "does not live any more"
        assert wanted in said
