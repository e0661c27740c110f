"""Whole pages of WARC files and folders become articles, without a request to the site; resumable."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import pytest
import sqlalchemy as sa
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.backfill.backfiller import BackfillRequest
from ingest.run import run_backfills
from storage.schema import articles, backfill_documents, links
from tests.ingest.conftest import HOST, article_page


def warc(count: int, *, ours_every: int = 1) -> bytes:
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True)
    for number in range(count):
        host = HOST if number % ours_every == 0 else "http://other.example"
        page = article_page(f"Week {number} of the bridge", number)
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"{host}/news/week-{number}-of-the-bridge",
                "response",
                payload=io.BytesIO(page.encode()),
                http_headers=http,
            )
        )
    return stream.getvalue()


@pytest.fixture
def run(site, source, database, settings):
    def run(request, **changes):
        made = settings()
        made = replace(made, collect=replace(made.collect, **changes))
        return asyncio.run(run_backfills([source], database, made, request))

    return run


def filed(database):
    with database.reading() as connection:
        return sorted(connection.execute(sa.select(articles.c.title)).scalars())


def test_our_pages_of_a_warc_file_are_filed_and_the_site_is_not_asked(
    tmp_path, site, run, database
):
    (tmp_path / "news.warc.gz").write_bytes(warc(40, ours_every=4))
    report = run(BackfillRequest(via="warc", address=str(tmp_path / "news.warc.gz")))
    assert report.sources[0].counts.filed == 10
    assert filed(database) == sorted(f"Week {n} of the bridge" for n in range(0, 40, 4))
    assert site.log == []
    with database.reading() as connection:
        assert connection.execute(sa.select(backfill_documents)).all() == []
        states = set(connection.execute(sa.select(links.c.state)).scalars())
    assert states == {"done"}


def test_an_import_goes_on_where_a_limit_ended_it_and_files_nothing_twice(tmp_path, run, database):
    for name in ("a", "b"):
        (tmp_path / f"{name}.warc.gz").write_bytes(warc(25))
    request = BackfillRequest(via="warc", address=str(tmp_path), limit=10)
    counts = []
    for _ in range(4):
        run(request)
        counts.append(len(filed(database)))
    # Both files hold the same pages.
    assert counts == [10, 20, 25, 25]


def test_a_warc_file_over_http_is_read_in_one_request(tmp_path, site, run, database, settings):
    site.put("http://crawl.example/news.warc.gz", warc(12), content_encoding="identity")
    run(BackfillRequest(via="warc", address="http://crawl.example/news.warc.gz"))
    assert len(filed(database)) == 12
    assert [request.path for request in site.log] == ["/robots.txt", "/news.warc.gz"]


def test_a_folder_of_pages_and_dumps_is_filed(tmp_path, run, database):
    folder = tmp_path / "saved"
    (folder / "www.mill-lane.example/news").mkdir(parents=True)
    page = folder / "www.mill-lane.example/news/the-bridge-is-mended.html"
    page.write_text(article_page("The bridge is mended", 1))
    (folder / "dump.txt").write_text(
        "top of page\n\nThe Ferry Sails Again\n\n"
        + "\n\n".join(
            f"The ferry has sailed every morning of week {n}, full of people and of post."
            for n in range(6)
        )
    )
    report = run(BackfillRequest(via="folder", address=str(folder)))
    assert report.sources[0].counts.filed == 2
    assert filed(database) == ["The Ferry Sails Again", "The bridge is mended"]
    with database.reading() as connection:
        looks = set(
            connection.execute(
                sa.select(links.c.look_again_at).where(links.c.url.contains("#!"))
            ).scalars()
        )
    assert looks == {None}


def test_a_file_that_is_no_archive_fails_in_one_line(tmp_path, run):
    (tmp_path / "x.warc.gz").write_bytes(b"nothing of the kind")
    report = run(BackfillRequest(via="warc", address=str(tmp_path / "x.warc.gz")))
    [problem] = report.sources[0].problems
    assert "WARC" in problem
    assert "\n" not in problem
