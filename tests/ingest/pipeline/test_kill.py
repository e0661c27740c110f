"""A run killed with SIGKILL loses nothing and files nothing twice (50 kills: ``bench/kill.py``)."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not on Windows"),
]


def test_after_kills_at_random_points_every_article_is_there_once(tmp_path: Path) -> None:
    from bench.kill import kill_and_finish

    result = kill_and_finish(tmp_path, kills=6, chance=random.Random(7))
    assert result["problems"] == []
    assert result["filed"] == result["expected"]
