"""``bench/pipeline``: generated sites with their truth, and programs that give figures on them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from bench.pipeline.filed import filed_rows
from bench.pipeline.made_articles import made_article
from bench.pipeline.page_parts import gzipped, markup_of
from bench.pipeline.papers import number_in
from bench.pipeline.programs import announce, copydesk_run, serving
from bench.pipeline.quality import FiledArticle, compare, word_f1
from bench.pipeline.runs import Plan, run_pipeline
from bench.pipeline.sites import Site, redesigned_site, sites
from bench.pipeline.tables import goals, print_goals, print_pipeline
from bench.pipeline.variety import FEATURES, is_copy
from storage.text.sketch import SketchedText, overlap
from storage.text.tokens import tokens_of

ALL = sites(10)
reads_proc = pytest.mark.skipif(sys.platform != "linux", reason="what a process took is in /proc")
_DIGEST = """
import hashlib
from bench.pipeline.page_parts import markup_of
from bench.pipeline.sites import sites
pages = "".join(markup_of(site.page(7)) for site in sites(10))
print(hashlib.sha256(pages.encode()).hexdigest())
"""


def letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def test_the_same_number_gives_the_same_page_in_every_process() -> None:
    pages = "".join(markup_of(site.page(7)) for site in sites(10))
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    told = subprocess.run(
        [sys.executable, "-c", _DIGEST], capture_output=True, env=environment, check=True
    )
    assert told.stdout.decode().strip() == hashlib.sha256(pages.encode()).hexdigest()


@pytest.mark.parametrize("site", ALL, ids=lambda site: site.design)
def test_a_page_has_all_of_its_article_and_the_size_of_a_real_one(site: Site) -> None:
    for number in range(8):
        article = site.article(number)
        html = markup_of(site.page(number))
        assert 120_000 < len(html) < 750_000
        tree = LexborHTMLParser(html)
        assert 600 < len(tree.css("*")) < 1500
        tree.strip_tags(["script", "style"])
        text = letters(tree.body.text() if tree.body else "")
        for line in (*article.paragraphs, *article.optional, article.title, *article.authors):
            assert letters(line) in text, line
        words = sum(len(line.split()) for line in article.paragraphs)
        assert 240 <= words < 1100
        assert number_in(site.paper.path_of(number)) == number


@pytest.mark.parametrize("site", ALL, ids=lambda site: site.design)
def test_joined_stretches_are_one_gzip_member(site: Site) -> None:
    parts = site.page(3)
    pieces, tag = gzipped(parts)
    assert gzip.decompress(b"".join(pieces)).decode() == markup_of(parts)
    assert gzipped(site.page(3))[1] == tag != gzipped(site.page(4))[1]


def test_two_articles_are_no_story() -> None:
    texts = [
        SketchedText(tokens_of("\n\n".join(made_article("courier", "en", n).paragraphs)))
        for n in range(12)
    ]
    for place, one in enumerate(texts):
        assert all(overlap(one, other).in_runs < 0.1 for other in texts[:place])


def test_pages_weigh_what_those_of_real_papers_do() -> None:
    sizes = [len(markup_of(site.page(1))) for site in sites(5)]
    assert 300_000 < sum(sizes) / len(sizes) < 500_000
    assert max(sizes) > 2 * min(sizes)


def test_a_tenth_of_the_texts_is_another_papers() -> None:
    original, taker = sites(2)
    copies = [n for n in range(200) if is_copy(taker.paper.name, n)]
    assert 10 <= len(copies) <= 35
    for number in copies[:4]:
        article = taker.article(number)
        assert article.credit is not None
        assert article.credit[0] == original.paper.title
        theirs = SketchedText(tokens_of("\n\n".join(original.article(number + 30).paragraphs)))
        ours = SketchedText(tokens_of("\n\n".join(article.paragraphs)))
        assert overlap(ours, theirs).in_runs > 0.5
        assert article.paragraphs != original.article(number + 30).paragraphs


def test_longer_pieces_of_some_papers_stand_in_a_frame_of_their_own() -> None:
    site = sites(2)[1]
    frames = {
        n: "--feature" in markup_of(site.page(n))
        for n in range(60)
        if not is_copy(site.paper.name, n)
    }
    assert frames == {n: site.article(n).kind in FEATURES for n in frames}
    assert set(frames.values()) == {True, False}


def test_a_redesign_changes_the_markup_and_nothing_else() -> None:
    site = redesigned_site(5)
    old, new = (markup_of(site.page(number)) for number in (4, 5))
    assert "entry-content" in old
    assert "entry-content" not in new
    assert markup_of(site.page(4, redesigned=True)) != old


def test_leaked_and_lost_lines_are_told() -> None:
    article = made_article("courier", "en", 1)
    right = compare(article, FiledArticle("\n\n".join(article.paragraphs), article.title))
    assert (right.f1, right.leaked, right.lost, right.wrong) == (1.0, (), (), False)
    with_standfirst = "\n".join((article.standfirst, *article.paragraphs))
    assert compare(article, FiledArticle(with_standfirst)).leaked == ()
    pull_quote = article.paragraphs[0].split(". ")[0]
    doubled = compare(article, FiledArticle("\n".join((pull_quote, *article.paragraphs))))
    assert doubled.leaked == (pull_quote,)
    short = compare(article, FiledArticle("\n".join(article.paragraphs[1:])))
    assert short.lost == (article.paragraphs[0],)
    assert compare(article, FiledArticle("")).far_off
    assert word_f1("a b c d", "A b x") == pytest.approx(4 / 7)


@reads_proc
def test_copydesk_gives_figures_with_cpu_of_every_stage(tmp_path: Path) -> None:
    papers = sites(2)
    with serving("--sources", "2", "--articles", "6") as port:
        announce(port, 0, 3)
        taken = copydesk_run(tmp_path, port, papers, most=3, workers=1)
    rows = filed_rows(tmp_path, papers)
    assert {(row.source, row.number) for row in rows} == {
        (site.paper.name, number) for site in papers for number in range(3)
    }
    assert min(row.quality.f1 for row in rows) > 0.9
    assert taken.peak_bytes > 50_000_000
    assert {name for name, seconds in taken.stages.items() if seconds > 0.001} >= {
        "event_loop",
        "store",
        "extraction",
    }
    assert sum(taken.stages.values()) == pytest.approx(taken.cpu_seconds, rel=0.05)


@reads_proc
def test_the_plain_script_gives_figures_and_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    plan = Plan(sources=1, articles=3, teach=1, programs=("plain",))
    found = run_pipeline(plan)
    assert found["plain"]["filed"] == 3
    assert json.loads(json.dumps(found)) == found
    print_pipeline(found)
    assert "cpu_ms_per_article" in capsys.readouterr().out


def test_the_goals_stand_beside_the_plain_script_and_over_the_cores(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(cpu: float, without: float, rate: float) -> dict[str, object]:
        return {
            "cpu_ms_per_article": cpu, "cpu_ms_without_start": without, "articles_per_s": rate,
            "busiest_share": 0.4, "peak_memory_mb": 300.0,
        }  # fmt: skip

    one = {"warm": run(20.0, 10.0, 30.0), "plain": run(60.0, 58.0, 15.0)}
    two = {"warm": run(20.0, 10.0, 57.0), "plain": run(60.0, 58.0, 15.0)}
    assert goals(one) == {
        "warm_ratio": 3.0, "warm_ratio_without_start": 5.8, "warm_busiest_share": 0.4,
        "warm_articles_per_s": 30.0, "warm_peak_pss_mb": 300.0,
    }  # fmt: skip
    assert print_goals({"1_cores": one, "2_cores": two})["warm_speedup"] == 1.9
    assert print_goals({"1_cores": {"plain": run(1, 1, 1)}}) == {}
    assert "warm_ratio" in capsys.readouterr().out


@reads_proc
def test_cpu_of_a_process_that_outlives_its_parent_is_counted(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "bench.supervised", "--report", str(report), "--"]
    subprocess.run([*command, sys.executable, "-c", parent], check=True)
    told = json.loads(report.read_text())
    assert told["code"] == 0
    assert told["cpu_seconds"] > 0.45
    assert len(told["by_process"]) >= 1


def test_an_edition_beyond_the_ten_kinds_is_a_paper_of_its_own() -> None:
    more = sites(12)
    assert more[10].design == more[0].design
    assert more[10].article(0).paragraphs != more[0].article(0).paragraphs
    assert replace(more[10], paper=more[0].paper, copies=None) == more[0]
