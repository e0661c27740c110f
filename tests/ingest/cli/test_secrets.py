"""No password, token, header or user of an address leaves by a log, a status, an error or an export."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from sources.errors import EndpointError, Unreachable
from sources.secrets import without_secrets
from storage.engine.failures import explain
from storage.engine.location import locate
from tests.ingest.conftest import HOST, article_page, feed

#: Each is told to nobody: of an endpoint, a proxy, a header, a database.
SECRETS = ("desk-user", "hunter2", "tok-4711", "proxy-user", "proxy-pass", "Bearer", "head-4711")
#: As an operator may write it: with a log-in, and with a token in its query.
FEED = HOST.replace("://", "://desk-user:hunter2@") + "/feed?access_token=tok-4711&page=1"
FEED_PATH = "/feed?access_token=tok-4711&page=1"


@pytest.fixture
def folder(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    site.put(f"{HOST}{FEED_PATH}", feed("/1", "/2"))
    site.put(f"{HOST}/2", status=500)
    write(site, tmp_path)
    return tmp_path


def write(site: Any, folder: Path, proxy: str = "") -> None:
    (folder / "publishers").mkdir(exist_ok=True)
    (folder / "publishers" / "mill-lane.toml").write_text(
        f'name = "mill-lane"\ntitle = "Courier"\nhome = "{HOST}"\n'
        f'[[endpoint]]\nkind = "feed"\nurl = "{FEED}"\n[fetch]\ndelay = 0\n{proxy}'
        '[fetch.headers]\nAuthorization = "Bearer head-4711"\n'
    )
    targets = "\n".join(f"{json.dumps(h)} = {json.dumps(t)}" for h, t in site.connect_to.items())
    (folder / "copydesk.toml").write_text(
        '[select]\nnames = ["mill-lane"]\n[collect]\nworkers = 0\n[client]\nretries = 0\n'
        f'[daemon]\nfastest = "1s"\nslowest = "1s"\njitter = "0s"\n[client.connect_to]\n{targets}\n'
    )


def leaked(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


COMMANDS = (
    ["run"],
    ["-v", "run"],
    ["run", "--json"],
    ["status"],
    ["status", "mill-lane"],
    ["status", "mill-lane", "--json"],
    ["sources", "show", "mill-lane"],
    ["sources", "show", "mill-lane", "--json"],
    ["sources", "list", "--json"],
    ["sources", "check", "mill-lane"],
    ["sources", "check", "mill-lane", "--json"],
    ["sources", "export", "-"],
    ["-v", "backfill", "mill-lane", "--via", "feed"],
    ["backfill", "mill-lane", "--via", "feed", "--json", "--dry-run"],
    ["articles", "--json"],
)


@pytest.mark.parametrize("trouble", ["none", "feed fails", "no feed", "proxy away"])
def test_no_command_tells_what_lets_one_in(
    site: Any, folder: Path, capfd: pytest.CaptureFixture[str], trouble: str
) -> None:
    if trouble == "feed fails":
        site.put(f"{HOST}{FEED_PATH}", "down", status=503)
    elif trouble == "no feed":
        site.put(f"{HOST}{FEED_PATH}", "<html><title>Log in</title></html>")
    elif trouble == "proxy away":
        write(site, folder, 'proxy = "http://proxy-user:proxy-pass@127.0.0.1:1"\n')
    for command in COMMANDS:
        run(list(command))
        out, err = capfd.readouterr()
        assert leaked(out + err) == [], command


def test_the_request_itself_has_what_is_told_to_nobody(site: Any, folder: Path) -> None:
    assert run(["-q", "run"]) == 0
    (asked,) = site.asked(FEED_PATH)
    assert asked.headers["authorization"] == "Bearer head-4711"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_daemons_log_tells_it_neither(site: Any, folder: Path, form: list[str]) -> None:
    site.put(f"{HOST}{FEED_PATH}", "down", status=503)
    log = folder / "log"
    with log.open("w") as stream:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "ingest", "-v", "daemon", *form], stdout=stream, stderr=stream
        )
        try:
            deadline = time.monotonic() + 60
            while "source broken" not in log.read_text():
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(30)
        finally:
            daemon.kill()
            daemon.wait()
    said = log.read_text()
    assert "503" in said
    assert leaked(said) == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://desk-user:hunter2@127.0.0.1:1/news",
        "postgresql+psycopg://127.0.0.1:1/news?user=desk-user&password=hunter2",
        "mysql://desk-user:hunter2@127.0.0.1/news",
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_log_in(
    folder: Path, capfd: pytest.CaptureFixture[str], address: str
) -> None:
    assert run(["--database", address, "status"]) == 4
    out, err = capfd.readouterr()
    assert leaked(out + err) == []
    (folder / "copydesk.toml").write_text(f"database = [{json.dumps(address)}]\n")
    assert run(["status"]) == 3
    assert leaked(capfd.readouterr().err) == []


def test_a_server_that_names_the_user_is_quoted_without() -> None:
    class Refused(Exception):
        pass

    import sqlalchemy as sa

    said = 'FATAL:  password authentication failed for user "desk-user"'
    error = sa.exc.OperationalError("select", {}, Refused(said))
    told = str(explain(error, locate("postgresql://desk-user:hunter2@db/news").shown))
    assert "password authentication failed" in told
    assert leaked(told) == []


@pytest.mark.parametrize(
    "line",
    [
        'proxy = "proxy-user:proxy-pass@proxy.example:3128"',
        'headers = { Authorization = "Bearer head-4711é" }',
        'headers = "Bearer head-4711"',
        'proxy = ["http://proxy-user:proxy-pass@proxy.example:3128"]',
    ],
)
def test_a_mistake_in_a_source_file_is_told_without_its_secret(
    folder: Path, capfd: pytest.CaptureFixture[str], line: str
) -> None:
    path = folder / "publishers" / "mill-lane.toml"
    path.write_text(f'name = "mill-lane"\nhome = "{HOST}"\n[fetch]\n{line}\n', encoding="utf-8")
    run(["sources", "show", "mill-lane"])
    out, err = capfd.readouterr()
    assert "fetch" in err
    assert leaked(out + err) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://u:p@h/a", "http://***@h/a"),
        ("see http://u@h/x, https://a:b@c@d:80/?token=abc&x=1", "see http://***@h/x, https://***@d:80/?token=***&x=1"),
        ("http://h/?api_key=Zz9;k=2&auth=1", "http://h/?api_key=***;k=2&auth=***"),
        ("'https://h/p?access-token=aa#f'", "'https://h/p?access-token=***#f'"),
        ("https://h/@user/x:y@z", "https://h/@user/x:y@z"),
        ("http://h:80/a@b?author=anna&keyword=x&page=2", "http://h:80/a@b?author=anna&keyword=x&page=2"),
        ("mail desk@paper.example", "mail desk@paper.example"),
    ],
)  # fmt: skip
def test_what_lets_one_in_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


@pytest.mark.parametrize("kind", [EndpointError, Unreachable])
def test_an_error_keeps_the_address_and_does_not_tell_it(kind: Any) -> None:
    error = kind(FEED, f"redirected to {FEED}")
    assert error.url == FEED
    assert leaked(str(error) + error.reason) == []
