"""The bench of kills: it kills, it finds nothing wrong, and it would see what is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.kills.operations import operations_that_check
from bench.kills.paper import ARTICLES
from storage.database import Database

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


def test_it_kills_and_what_is_left_comes_to_its_end() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.kills", "--kills", "3", "--only", "clean", "--database", "sqlite"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["kills"], told["wrong"]) == (3, [])


def test_it_would_see_what_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite3"
    Database.open(path).close()
    for name, check in operations_that_check().items():
        assert check(str(path)), name
    missing = operations_that_check()["run"](str(path))
    assert len([each for each in missing if each.startswith("missing")]) == ARTICLES
