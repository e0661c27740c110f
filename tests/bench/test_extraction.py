"""``python -m bench.extraction``: predictions, runners and tables, without any corpus or peer."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

import bench.extraction
from bench.extraction.__main__ import main
from bench.extraction.compare import compare, quality_table, speed_of, speed_table
from bench.extraction.pages import LabelledPage, by_site, read_listing
from bench.extraction.peers import PEERS, Extractor
from bench.extraction.running import Runner, run_pages
from bench.extraction.tables import Table, as_markdown, as_text
from bench.news_site import page as generated_page

RUNNERS = Path(bench.extraction.__file__).parent / "runners"
SCORE = """
import json, sys
folder, predictions, flag = sys.argv[1:]
found = [json.loads(line) for line in open(predictions)]
print(json.dumps({"pages": len(found), "word_f1": sum(map(bool, (f["body"] for f in found))) / 2}))
"""
#: A peer that dies of some pages, dawdles over others and talks where its answers go.
STUB = f"""
import os, signal, sys, time
sys.path.insert(0, {str(RUNNERS)!r})
from page_protocol import serve

def read(page):
    print("some library's chatter")
    if "dies" in page.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "dawdles" in page.text:
        time.sleep(60)
    if "raises" in page.text:
        raise ValueError("*****\\nnot\\nto my taste")
    return {{"title": None, "authors": [], "date": None, "body": f"{{page.site}}: {{page.text[:40]}}"}}

serve(read)
"""


def write_folder(folder: Path, pages: dict[str, tuple[str | None, str]]) -> Path:
    """A folder as a corpus has them: id to address and markup."""
    (folder / "pages").mkdir(parents=True)
    lines = []
    for name, (url, markup) in pages.items():
        (folder / "pages" / f"{name}.html.gz").write_bytes(gzip.compress(markup.encode()))
        lines.append(json.dumps({"id": name, "url": url, "body": "not to be looked at"}))
    (folder / "truth.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def stub_runner(tmp_path: Path, longest: float = 30) -> Runner:
    script = tmp_path / "stub.py"
    script.write_text(STUB)
    stub = Extractor("stub", script)
    return Runner(stub, Path(sys.executable), (), tmp_path / "stub.log", longest)


def test_predict_writes_a_line_for_each_page_in_the_order_of_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = "http://www.bench-herald.example"
    folder = write_folder(
        tmp_path / "corpus",
        {
            "b": (f"{site}/story/1", generated_page(1, 100)),
            "a": (None, generated_page(2, 100)),
            "c": (f"{site}/story/3", generated_page(3, 100)),
            "front": (f"{site}/", "<html><body><p>Nothing.</p></body></html>"),
        },
    )
    predictions = tmp_path / "predictions.jsonl"
    assert main(["predict", str(folder), str(predictions), "--processes", "1"]) == 0
    entries = [json.loads(line) for line in predictions.read_text().splitlines()]
    assert [entry["id"] for entry in entries] == ["b", "a", "c", "front"]
    assert all(entry["cpu_ms"] > 0 for entry in entries)
    assert entries[0]["title"].endswith(" no 1")
    assert entries[0]["date"].startswith("2026-11-22T17:59")
    assert "Sign up for our newsletter" not in entries[0]["body"]
    assert entries[3]["body"] == ""
    assert entries[3]["refused"]
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])["extraction"]
    assert (figures["pages"], figures["refused"]) == (4, 1)


def test_pages_of_one_site_come_one_after_another_and_those_without_address_alone() -> None:
    addresses = ["http://a.example/1", None, "http://b.example/1", "https://A.example/2", None]
    pages = tuple(LabelledPage(str(n), Path(), url) for n, url in enumerate(addresses))
    assert [[page.id for page in group] for group in by_site(pages)] == [
        ["0", "3"],
        ["1"],
        ["2"],
        ["4"],
    ]


def test_a_peer_that_dies_dawdles_or_raises_loses_that_page_only(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "corpus",
        {
            "one": ("http://a.example/1", "first"),
            "two": ("http://a.example/2", "dies"),
            "three": ("http://b.example/3", "raises"),
            "four": ("http://a.example/4", "dawdles"),
            "five": (None, "last"),
        },
    )
    pages = read_listing(folder).pages
    found = run_pages(stub_runner(tmp_path, longest=0.5), pages)
    assert [entry["id"] for entry in found] == ["one", "two", "three", "four", "five"]
    assert [entry.get("error") for entry in found] == [
        None,
        "crashed by signal 9",
        "ValueError: not to my taste",
        "cut off after 0.5 s",
        None,
    ]
    assert [entry["body"] for entry in found] == ["a.example: first", "", "", "", "None: last"]
    assert ["cpu_ms" in entry for entry in found] == [True, False, True, False, True]


def test_compare_makes_a_quality_and_a_speed_table_of_a_folder(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "corpus",
        {
            "one": ("http://a.example/1", generated_page(1, 100)),
            "two": ("http://a.example/2", f"{generated_page(2, 100)} raises"),
        },
    )
    (tmp_path / "score.py").write_text(SCORE)
    [results] = compare([folder], (stub_runner(tmp_path).extractor,), tmp_path / "work")
    quality = quality_table(results)
    assert quality.caption == "Quality on corpus, 2 pages"
    assert quality.headings == ("extractor", "word F1", "no text", "failed")
    assert [row[1:] for row in quality.rows] == [("1.000", "0", "0"), ("0.500", "1", "1")]
    assert quality.notes == (f"{results[1].extractor}: two: ValueError: not to my taste",)
    assert len(speed_table(results).rows) == 2


def test_speed_is_of_the_pages_times() -> None:
    speed = speed_of([float(n) for n in range(1, 101)])
    assert speed is not None
    assert (speed.median_ms, speed.p95_ms, speed.max_ms) == (50.5, 95.0, 100.0)
    assert speed.pages_per_s == pytest.approx(1000 / 50.5)
    assert speed_of([]) is None


def test_a_table_as_text_and_as_markdown() -> None:
    table = Table(
        ("extractor", "F1"), (("one|1", "0.9"), ("another", "10.25")), "corpus", ("a note",)
    )
    assert as_text(table).splitlines() == [
        "corpus",
        "extractor     F1",
        "one|1        0.9",
        "another    10.25",
        "  a note",
    ]
    assert as_markdown(table).splitlines() == [
        "corpus:",
        "",
        "| extractor | F1 |",
        "| --- | ---: |",
        r"| one\|1 | 0.9 |",
        "| another | 10.25 |",
        "",
        "- a note",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["predict", "absent", "out.jsonl"], "absent: no such folder"),
        (["predict", "bare", "out.jsonl"], "bare: expected truth.jsonl or labels.jsonl in it"),
        (["predict", "corpus", "absent/out.jsonl"], "there is no folder absent"),
        (["compare", "corpus"], "no score.py in it or beside it"),
        (["compare", "corpus", "--peers", "boilerpipe"], "boilerpipe: no such peer"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bare").mkdir()
    write_folder(tmp_path / "corpus", {"one": (None, "text")})
    assert main(arguments) == 2
    told = capsys.readouterr().err.strip()
    assert said in told
    assert "\n" not in told


def test_a_failing_pip_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "corpus", {"one": (None, "text")})
    (tmp_path / "score.py").write_text(SCORE)

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        failed = "pip" in command
        error = "WARNING: slow\nERROR: No matching distribution found\n" if failed else ""
        return subprocess.CompletedProcess(command, int(failed), "", error)

    monkeypatch.setattr("bench.extraction.peers.subprocess.run", run)
    assert main(["compare", str(folder), "--workdir", str(tmp_path / "work")]) == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("bench.extraction: trafilatura: pip could not install ")
    assert told.endswith("No matching distribution found")


def test_every_peer_has_a_runner_and_a_pinned_version_of_itself() -> None:
    for peer in PEERS:
        assert peer.runner.is_file()
        assert peer.pins is not None
        pinned = peer.pins.read_text().splitlines()
        assert all(line.count("==") == 1 for line in pinned)
        assert any(character.isdigit() for character in peer.label.split()[1])
