"""What a source announces is found and filed, whatever stands in the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ingest.run import RunReport
from sources.platforms import apply_platform
from sources.source import LinkRules, Source
from storage.database import Database
from tests.conftest import Answer
from tests.ingest.conftest import HOST, article_page, feed
from tests.ingest.pipeline.test_collect import rows

Collect = Callable[..., RunReport]


def test_notices_that_only_a_ref_numbers_are_all_filed_and_so_is_a_later_one(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    paths = [f"/index.php?id=10&ref={number}" for number in (101, 102, 103, 104)]
    for number, path in enumerate(paths):
        site.put(f"{HOST}{path}", article_page(f"Notice of the {number}th", number))
    site.put(f"{HOST}/feed", feed(*paths[:3]))
    assert collect(source).sources[0].counts.filed == 3
    # By now the source itself has shown what its ref is.
    site.put(f"{HOST}/feed", feed(paths[3]))
    assert collect(source).sources[0].counts.filed == 1
    keys = {key for (key,) in rows(database, "select key from links")}
    assert keys == {key for (key,) in rows(database, "select key from articles")}
    assert len(keys) == 4
    assert collect(source).sources[0].counts.links_new == 0


def test_a_mended_source_file_reads_what_has_not_changed_since(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/news/1", "/news/2"))
    for number in (1, 2):
        site.put(f"{HOST}/news/{number}", article_page(f"The bridge {number}", number))
    wrong = replace(source, links=LinkRules(include=("*/post/*",)))
    assert collect(wrong).sources[0].counts.links_new == 0
    assert collect(wrong).sources[0].counts.not_modified == 1
    mended = replace(source, links=LinkRules(include=("*/news/*",)))
    assert collect(mended).sources[0].counts.filed == 2
    assert collect(mended).sources[0].counts.not_modified == 1


def test_a_feed_that_leads_elsewhere_fails_its_source_with_the_remedy_at_every_pass(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    elsewhere = feed("/r/1", "/r/2").replace(HOST, "http://click.counter.example")
    site.put(f"{HOST}/feed", elsewhere)
    for _ in range(2):
        error = collect(source).sources[0].error or ""
        assert "click.counter.example (2)" in error
        assert "[links] hosts" in error


def test_a_wordpress_site_without_its_usual_feed_is_read_by_its_api(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    posts = [{"link": f"{HOST}/news/{number}", "title": {"rendered": "x"}} for number in (1, 2)]
    site.put(f"{HOST}/", "<html><body>The feed is switched off</body></html>")
    site.elsewhere = lambda host, path: (
        Answer(json.dumps(posts).encode()) if path.startswith("/wp-json/wp/v2/posts?") else None
    )
    for number in (1, 2):
        site.put(f"{HOST}/news/{number}", article_page(f"The bridge {number}", number))
    wordpress = apply_platform(replace(source, endpoints=(), platform="wordpress"))
    assert "404" in (collect(wordpress).sources[0].error or "")
    second = collect(wordpress).sources[0]
    assert (second.error, second.counts.filed) == (None, 2)
    assert len(site.asked("/feed/")) == 2
    assert collect(wordpress).sources[0].error is None
    assert len(site.asked("/feed/")) == 2


def test_a_page_that_only_leads_on_is_filed_under_the_page_it_leads_to(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/r/1", "/r/2", "/r/3"))
    site.put(f"{HOST}/r/1", f'<meta http-equiv="refresh" content="0; url={HOST}/news/1">')
    site.put(f"{HOST}/r/2", refresh=f"0; url={HOST}/news/2")
    site.put(f"{HOST}/r/3", '<meta http-equiv="refresh" content="0; url=http://other.example/3">')
    site.put("http://other.example/3", article_page("Elsewhere", 3))
    for number in (1, 2):
        site.put(f"{HOST}/news/{number}", article_page(f"The bridge {number}", number))
    assert collect(source).sources[0].counts.filed == 2
    keys = {key for (key,) in rows(database, "select key from articles")}
    assert {key.rpartition("/")[2] for key in keys} == {"1", "2"}
    [(state, detail)] = rows(database, "select state, detail from links where url like '%/r/3'")
    assert state == "refused"
    assert "other.example" in detail
