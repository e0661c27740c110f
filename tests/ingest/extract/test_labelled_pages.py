"""The labelled pages in ``../shared``, read in place; skipped where they are absent."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest.extract import extract_bytes
from storage.article import Article


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def f1(predicted: str, truth: str) -> float:
    one, other = words(predicted), words(truth)
    shared = sum((one & other).values())
    return 2 * shared / (sum(one.values()) + sum(other.values()))


@pytest.fixture(scope="module")
def wix(shared: Path) -> list[tuple[dict[str, Any], Article]]:
    folder = shared / "corpus" / "wix"
    found = []
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        raw = gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes())
        article = extract_bytes(raw, url=truth["url"])
        assert isinstance(article, Article)
        found.append((truth, article))
    return found


def test_wix_pages_come_out_whole_and_without_chrome(
    wix: list[tuple[dict[str, Any], Article]],
) -> None:
    for truth, article in wix:
        assert article.title == truth["title"]
        assert list(article.authors) == truth["authors"]
        assert (article.published_at or "")[:10] == truth["date"]
        assert f1(article.text, truth["body"]) >= 0.97
        for leaked in ("min read", "top of page", "bottom of page"):
            assert leaked not in article.text


def test_the_first_document_of_the_project_is_read_to_the_line(shared: Path) -> None:
    [seed] = sorted((shared / "seeds").glob("000_*.txt"))
    raw = seed.read_bytes()
    article = extract_bytes(raw)
    assert isinstance(article, Article)
    lines = [line for line in raw.decode().splitlines() if line.strip()]
    title, sentence, *paragraphs = lines[1], *lines[3:-2]
    assert article.title == title
    assert [block.text for block in article.blocks] == paragraphs
    assert len(paragraphs) == 7
    [credit] = article.credits
    assert (credit.role, credit.name, credit.evidence) == (
        "original_publisher",
        "Tasnim News",
        sentence,
    )
    struck = Counter(line.reason for line in article.struck)
    assert struck == {"page_anchor": 2, "doubled_title": 1, "ad": 1, "credit": 1}


@pytest.mark.parametrize("corpus", ["aeb", "fundus-eval", "fundus-pages"])
def test_hardly_a_page_of_news_is_refused(shared: Path, corpus: str) -> None:
    folder = shared / "corpus" / corpus
    truths = [
        json.loads(line)
        for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    sample = truths[::5]
    refused = [
        truth["id"]
        for truth in sample
        if not isinstance(
            extract_bytes(
                gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes()),
                url=truth.get("url"),
            ),
            Article,
        )
    ]
    assert len(refused) <= len(sample) // 20 + 1


def test_newspapers_that_nobody_described_come_out_clean(shared: Path) -> None:
    folder = shared / "corpus" / "fundus-eval"
    scores = []
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        article = extract_bytes(
            gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes()),
            url=truth["url"],
        )
        assert isinstance(article, Article), truth["id"]
        # Paragraphs in square brackets may be there or not.
        required = re.sub(r"(?m)^\[(.*)\]$", r"\1", truth["body"])
        scores.append(f1(article.text, required))
    assert sum(scores) / len(scores) > 0.95
