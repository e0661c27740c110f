"""``./run``: what a developer does, one word each, in a checkout without anything set up too."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORDS = ("setup", "test", "lint", "format", "types", "demo", "bench", "check", "pythons")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "run"), *arguments],
        env={**os.environ, **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_a_word_it_says_what_there_is() -> None:
    told = run()
    assert told.returncode == 0
    assert re.findall(r"^  ([a-z]+) ", told.stdout, re.MULTILINE) == list(WORDS)
    assert run("--help").stdout == told.stdout


def test_a_word_that_it_does_not_know_is_no_success() -> None:
    told = run("tset")
    assert told.returncode == 2
    assert "no command 'tset'" in told.stderr
    assert "usage:" in told.stderr


def test_without_an_environment_it_names_the_remedy() -> None:
    told = run("lint", COPYDESK_VENV="/nonexistent")
    assert told.returncode == 1
    assert "./run setup" in told.stderr


def test_a_measurement_without_a_name_is_answered_with_the_names() -> None:
    told = run("bench", COPYDESK_VENV=sys.prefix)
    assert told.returncode == 2
    assert {"filing", "pipeline", "extraction"} <= set(told.stderr.split())
    assert "made_texts" not in told.stderr


def test_the_interpreters_are_told_once_a_version_the_oldest_first() -> None:
    lines = run("pythons").stdout.splitlines()
    versions = [tuple(map(int, line.split()[0].split("."))) for line in lines]
    assert versions == sorted(versions)
    assert len({version[:2] for version in versions}) == len(versions)
    assert all(version >= (3, 11) for version in versions)
    assert all(os.access(line.partition(" ")[2], os.X_OK) for line in lines)


def test_only_real_interpreters_are_taken(tmp_path: Path) -> None:
    """A version manager's shim is there and executable, and refuses to run unless it is chosen."""
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    told = run("pythons", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert told.returncode == 0
    assert str(tmp_path) not in told.stdout


def test_each_word_of_the_readme_and_of_contributing_is_one_of_them() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert set(re.findall(r"\./run ([a-z]+)", text)) <= set(WORDS), page


def test_the_readme_can_be_read_at_a_sitting() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_each_link_of_the_documentation_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for target, heading in re.findall(r"\]\(([^)#:\s]*)#?([^)\s:]*)\)", text):
            led_to = page.parent / target if target else page
            assert led_to.exists(), f"{page.name}: {target}"
            if heading:
                titles = re.findall(r"^#+ (.*)$", led_to.read_text(encoding="utf-8"), re.MULTILINE)
                assert heading in {_anchor(title) for title in titles}, f"{page.name}: #{heading}"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
