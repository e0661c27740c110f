"""The log that an operator keeps: what it says of an error, and what it must not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import sys
import structlog
from ingest.cli.logs import set_up_logs

set_up_logs(as_json=sys.argv[1] == "json")

def collect(proxy):
    raise RuntimeError("boom")

try:
    collect("http://desk:" + "hunter" + str(2) + "@proxy.example:3128")
except RuntimeError:
    structlog.get_logger().exception("collecting failed", source="paper")
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_is_told_with_its_place_and_without_the_values_that_were_there(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, form], capture_output=True, text=True, check=True
    )
    assert "collecting failed" in done.stderr
    assert "RuntimeError: boom" in done.stderr
    assert "hunter2" not in done.stderr
    assert done.stderr.count("\n") < 20


@pytest.mark.parametrize(
    "gone", ["sys.stderr.close()", "os.close(2)", "pass  # a pipe without a reader"]
)
def test_a_log_that_nobody_can_write_to_or_reads_ends_nothing(gone: str) -> None:
    script = f"""
import os, sys, structlog
from ingest.cli.logs import set_up_logs
set_up_logs(as_json=False)
log = structlog.get_logger()
log.info("before")
{gone}
for _ in range(5):
    log.warning("database away", since="now")
    log.error("x" * 100_000)
print("still here")
"""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=writing, check=False
        )
    finally:
        os.close(writing)
    assert done.stdout == b"still here\n"
