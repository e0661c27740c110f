"""A backfill: the articles of a time, planned, fetched in turns, resumable."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from ingest.backfill import downloading, turns
from ingest.backfill.backfiller import BackfillRequest
from ingest.cli.collecting.backfill import make_request
from ingest.errors import InputError, SettingsError
from ingest.events import BackfillPlanned, Waiting
from ingest.run import run_backfills, run_sources
from ingest.workers.pool import ExtractionPool
from sources.platforms import apply_platform
from sources.source import Endpoint, FetchRules
from storage.schema import articles, backfill_documents, backfills, links
from tests.conftest import Answer
from tests.ingest.conftest import HOST, article_page, feed

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
YEAR = BackfillRequest(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


def path(month: str, number: int) -> str:
    return f"/news/{month.replace('-', '/')}/{number + 10}/the-bridge-in-its-{number}-th-week-of-{month}"


@pytest.fixture
def archive(site, source):
    """Five months of three articles, a sitemap a month, and the source without anything else."""
    files = ""
    for m, month in enumerate(MONTHS):
        files += f"<sitemap><loc>{HOST}/sitemap-{month}.xml</loc></sitemap>"
        entries = ""
        for number in range(3):
            site.put(
                f"{HOST}{path(month, number)}",
                article_page(f"Week {number} of {month}", m * 3 + number),
            )
            entries += f"<url><loc>{HOST}{path(month, number)}</loc></url>"
        site.put(f"{HOST}/sitemap-{month}.xml", f"<urlset {NS}>{entries}</urlset>")
    site.put(f"{HOST}/sitemap.xml", f"<sitemapindex {NS}>{files}</sitemapindex>")
    return replace(source, endpoints=(Endpoint("sitemap", f"{HOST}/sitemap.xml", archive=True),))


@pytest.fixture
def run(database, settings):
    def run(source, request=YEAR, *, dry_run=False, client=None, **changes):
        events = []
        made = settings(**(client or {}))
        made = replace(made, collect=replace(made.collect, **changes))
        report = asyncio.run(
            run_backfills(
                [source], database, made, request, observer=events.append, dry_run=dry_run
            )
        )
        return report, events

    return run


def filed(database):
    with database.reading() as connection:
        return set(connection.execute(sa.select(articles.c.url)).scalars())


def pages_asked(site):
    return [request.path for request in site.log if request.path.startswith("/news/")]


def wanted(*months):
    return {f"{HOST}{path(month, number)}" for month in months for number in range(3)}


def test_a_backfill_files_what_is_of_the_time_and_asks_for_no_more(site, archive, run, database):
    report, events = run(archive)
    assert filed(database) == wanted("2026-01", "2026-02")
    [plan] = [event for event in events if isinstance(event, BackfillPlanned)]
    assert (plan.links, plan.by_month) == (6, {"2026-01": 3, "2026-02": 3})
    # Files of other months are not even asked for; the first day of March belongs to nothing else.
    asked = {request.path for request in site.log if "sitemap-" in request.path}
    assert asked == {"/sitemap-2026-01.xml", "/sitemap-2026-02.xml"}
    assert report.sources[0].counts.filed == 6
    assert not report.failed


def test_pages_come_newest_first_or_oldest_first(site, archive, run):
    # What the source file says of requests at once is what counts.
    archive = replace(archive, fetch=replace(archive.fetch, concurrency=1))
    run(archive)
    newest_first = pages_asked(site)
    assert newest_first[0] == path("2026-02", 2)
    assert newest_first[-1] == path("2026-01", 0)


def test_oldest_first(site, archive, run):
    run(archive, replace(YEAR, oldest_first=True))
    assert pages_asked(site)[0].startswith("/news/2026/01/")
    assert pages_asked(site)[-1].startswith("/news/2026/02/")


def test_a_plan_alone_records_nothing(site, archive, run, database):
    _, events = run(archive, dry_run=True)
    [plan] = [event for event in events if isinstance(event, BackfillPlanned)]
    assert (plan.links, plan.by_month) == (6, {"2026-01": 3, "2026-02": 3})
    assert plan.seconds > 0
    assert pages_asked(site) == []
    with database.reading() as connection:
        assert connection.execute(sa.select(links)).all() == []
        assert connection.execute(sa.select(backfills)).all() == []


def test_the_plan_counts_seconds_at_the_polite_rate(site, archive, run):
    site.put(f"{HOST}/robots.txt", "User-agent: *\nCrawl-delay: 7", content_type="text/plain")
    _, events = run(archive, dry_run=True, client={"max_crawl_delay": 0.02})
    assert [e.seconds for e in events if isinstance(e, BackfillPlanned)] == [6 * 0.05]


def test_the_same_command_goes_on_where_a_limit_ended_it(site, archive, run, database):
    limited = replace(YEAR, limit=2)
    counts = []
    for _ in range(4):
        run(archive, limited)
        counts.append(len(filed(database)))
    assert counts == [2, 4, 6, 6]
    assert sorted(pages_asked(site)) == sorted(url.removeprefix(HOST) for url in filed(database))
    # The endpoints were read once, by the first of them, and again by the fourth, which began anew.
    assert len(site.asked("/sitemap.xml")) == 1


def test_what_is_done_leaves_no_trace_of_its_plan(archive, run, database):
    run(archive)
    with database.reading() as connection:
        assert connection.execute(sa.select(backfill_documents)).all() == []
        [row] = connection.execute(sa.select(backfills)).all()
    assert row.finished_at is not None


def test_a_poll_leaves_planned_links_alone_and_a_backfill_what_is_filed(
    site, archive, run, collect, database
):
    run(archive, replace(YEAR, limit=1))
    newest = path("2026-02", 1)
    site.put(f"{HOST}/feed", feed(newest))
    polled = replace(archive, endpoints=(Endpoint("feed", f"{HOST}/feed"),))
    collect(polled)
    assert len(filed(database)) == 2
    run(archive)
    assert filed(database) == wanted("2026-01", "2026-02")
    assert sorted(pages_asked(site)) == sorted(set(pages_asked(site)))


def test_a_failing_page_is_tried_again_by_the_same_command(site, archive, run, database):
    broken = f"{HOST}{path('2026-01', 1)}"
    good = site.pages[broken.removeprefix("http://").partition("/")[0], path("2026-01", 1)]
    site.put(broken, "busy", status=503)
    run(archive)
    assert filed(database) == wanted("2026-01", "2026-02") - {broken}
    site.pages["www.mill-lane.example", path("2026-01", 1)] = good
    database.write(
        lambda c: (
            c.execute(
                sa.update(links)
                .where(links.c.state == "failed")
                .values(next_attempt_at=datetime(2026, 1, 1, tzinfo=UTC))
            )
            and None
        )
    )
    run(archive)
    assert filed(database) == wanted("2026-01", "2026-02")
    assert len(site.asked("/sitemap.xml")) == 1


def test_a_file_of_the_index_that_fails_is_asked_for_again_and_nothing_else_is(
    site, archive, run, database
):
    month = f"{HOST}/sitemap-2026-01.xml"
    good = site.pages["www.mill-lane.example", "/sitemap-2026-01.xml"]
    site.put(month, "busy", status=503)
    report, _ = run(archive)
    assert filed(database) == wanted("2026-02")
    assert "503" in report.sources[0].problems[0]
    site.pages["www.mill-lane.example", "/sitemap-2026-01.xml"] = good
    run(archive)
    assert filed(database) == wanted("2026-01", "2026-02")
    assert len(site.asked("/sitemap-2026-02.xml")) == 1


def test_a_backfill_waits_for_a_network_that_is_away_and_loses_nothing(
    site, archive, run, database, monkeypatch
):
    monkeypatch.setattr(downloading, "FIRST_WAIT", 0.05)
    answers = {}
    for m in ("2026-01", "2026-02"):
        for number in range(3):
            answers[path(m, number)] = site.pages["www.mill-lane.example", path(m, number)]
    down = {"left": 8}

    def flaky(found):
        def answer() -> Answer:
            if down["left"] > 0:
                down["left"] -= 1
                raise ConnectionAbortedError
            return found

        return answer

    for where, found in answers.items():
        site.answer(f"{HOST}{where}", flaky(found))
    _, events = run(archive, client={"first_rest": 0.05})
    assert any(isinstance(event, Waiting) for event in events)
    with database.reading() as connection:
        states = dict(
            connection.execute(
                sa.select(links.c.state, sa.func.count()).group_by(links.c.state)
            ).all()
        )
    # The first few failures count as the pages' own; after that the links wait untouched.
    assert states["done"] + states.get("failed", 0) == 6
    assert states.get("failed", 0) <= downloading.AWAY_AFTER


def test_a_second_backfill_of_a_source_is_told_that_one_is_at_work(archive, run, database):
    with database.lock("backfill-mill-lane"):
        report, _ = run(archive)
    assert report.busy == ("mill-lane",)


def test_a_backfill_waits_while_a_poll_has_its_turn(site, archive, settings, database):
    async def both():
        with database.lock("source-mill-lane"):
            task = asyncio.create_task(run_backfills([archive], database, settings(), YEAR))
            await asyncio.sleep(0.5)
            assert site.log == []
        return await task

    assert not asyncio.run(both()).failed
    assert len(filed(database)) == 6


NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def test_through_a_month_means_its_last_day_too():
    request = make_request(
        since="2026-01", until="2026-02", via=None, address=None, limit=None, oldest_first=False
    )
    assert (request.since, request.until) == (YEAR.since, YEAR.until)
    assert request.asked == YEAR.asked


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"since": "last year"}, "--since last year: expected a year, month, day"),
        ({"since": "2024-13"}, "--since 2024-13: expected"),
        ({"until": "99999d"}, None),
        ({"since": "2025", "until": "2024"}, "--since 2025 is not before --until 2024"),
        ({"via": "fax"}, "no kind of endpoint 'fax'; known: cdx, feed"),
        ({"address": "https://a.example/"}, "--from needs --via KIND"),
        ({"via": "sitemap", "address": "sitemap.xml"}, "expected an address"),
        ({"via": "warc"}, "--via warc needs --from"),
        ({"via": "folder", "address": "no/such/folder"}, "no such file or folder"),
    ],
)
def test_a_wrong_option_is_one_line_that_names_it(options, said):
    given = {
        "since": None,
        "until": None,
        "via": None,
        "address": None,
        "limit": None,
        "oldest_first": False,
    }
    if said is None:
        make_request(**{**given, **options}, now=NOW)
        return
    with pytest.raises((InputError, SettingsError), match=said):
        make_request(**{**given, **options}, now=NOW)


def test_a_kind_that_the_source_does_not_have_is_named(site, archive, run):
    site.put(f"{HOST}/", "<html><body>nothing</body></html>")
    with pytest.raises(InputError, match="mill-lane: has no endpoint of kind wordpress"):
        run(archive, replace(YEAR, via="wordpress"))


def test_the_command_line_plans_fetches_and_says_so(site, archive, tmp_path, capfd):
    from ingest.cli.app import run as copydesk

    publishers = tmp_path / "publishers"
    publishers.mkdir()
    (publishers / "mill-lane.toml").write_text(
        f'name = "mill-lane"\nhome = "{HOST}"\nlanguage = "en"\n'
        '[[endpoint]]\nkind = "sitemap"\nurl = "/sitemap.xml"\narchive = true\n'
        "[fetch]\ndelay = 0\n"
    )
    config = tmp_path / "copydesk.toml"
    config.write_text(
        'database = "cli.sqlite3"\nsources_folder = "publishers"\n[client.connect_to]\n'
        f'"www.mill-lane.example" = "127.0.0.1:{site.port}"\n[collect]\nworkers = 0\n'
    )
    common = [
        "--config",
        str(config),
        "backfill",
        "mill-lane",
        "--since",
        "2026-01",
        "--until",
        "2026-02",
    ]
    assert copydesk([*common, "--dry-run"]) == 0
    said = capfd.readouterr().out
    assert "mill-lane: 6 links to fetch, named by 3 documents" in said
    assert "2026-02         3" in said
    assert "at the polite rate" in said
    assert pages_asked(site) == []
    assert copydesk([*common, "--limit", "4", "--json"]) == 0
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [e["pages"] for e in events if e["event"] == "plan"] == [4]
    assert sum(e["event"] == "page" and e["outcome"] == "filed" for e in events) == 4
    assert copydesk(common) == 0
    said = capfd.readouterr().out
    assert "2 links to fetch (goes on with an earlier command)" in said
    assert "2 filed" in said
    assert copydesk([*common, "--forget"]) == 0
    assert "0 planned links dropped" in capfd.readouterr().out
    assert copydesk([*common, "--via", "fax"]) == 3
    assert "no kind of endpoint 'fax'; known: " in capfd.readouterr().err


def test_on_a_terminal_a_bar_shows_how_far_it_is(
    site, archive, database, settings, monkeypatch, capsys
):
    from ingest.cli.collecting.progress import Work, observer_for

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "150")
    with observer_for(as_json=False, work=Work.BACKFILL) as observer:
        report = asyncio.run(
            run_backfills([archive], database, settings(), YEAR, observer=observer)
        )
        observer(Waiting("mill-lane", "the network is away", 15.0))
        observer.summary(report)
    said = capsys.readouterr().out
    assert "6/6" in said
    assert "waiting: the network is away" in said
    assert "6 new links, 6 filed" in said


def test_a_poll_beside_a_backfill_does_not_double_the_load(
    site, archive, database, settings, monkeypatch
):
    """Two processes' worth of clients on one source: the gap between any two requests is kept."""
    for module in (downloading, turns):
        monkeypatch.setattr(module, "SLICE", 0.4)
    paths = [f"/news/today-{n}-at-the-bridge" for n in range(4)]
    for number, where in enumerate(paths):
        site.put(f"{HOST}{where}", article_page(f"Today {number}", 100 + number))
    site.put(f"{HOST}/feed", feed(*paths))
    polite = replace(archive, fetch=FetchRules(delay=0.15, concurrency=4))
    polled = replace(polite, endpoints=(Endpoint("feed", f"{HOST}/feed"),))

    async def both():
        await asyncio.gather(
            run_backfills([polite], database, settings(), YEAR),
            run_sources([polled], database, settings()),
        )

    asyncio.run(both())
    assert len(filed(database)) == 10
    times = sorted(request.at for request in site.log)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    # robots.txt is asked for outside the turns, by whoever needs it first.
    assert sum(gap < 0.1 for gap in gaps) <= 2


def test_a_wordpress_sites_api_is_found_where_the_source_file_names_the_platform(
    site, archive, run, database
):
    months = {month: [path(month, number) for number in range(3)] for month in MONTHS}
    posts = [
        {"link": f"{HOST}{each}", "date_gmt": f"{month}-10T10:00:00", "title": {"rendered": each}}
        for month, paths in months.items()
        for each in paths
    ]

    def api(host, asked):
        api_asked = asked.startswith("/wp-json/wp/v2/posts?")
        return Answer(json.dumps(posts).encode()) if api_asked else None

    site.put(f"{HOST}/", "<html><body>The API is announced nowhere</body></html>")
    site.elsewhere = api
    wordpress = apply_platform(replace(archive, endpoints=(), platform="wordpress"))
    assert {endpoint.kind for endpoint in wordpress.endpoints} == {"feed", "sitemap"}
    report, _ = run(wordpress)
    assert not report.failed
    assert filed(database) == wanted("2026-01", "2026-02")


def test_a_wordpress_site_that_closes_its_api_is_read_by_its_sitemap(site, archive, run, database):
    site.put(f"{HOST}/", "<html><body>No API</body></html>")
    site.put(f"{HOST}/wp-sitemap.xml", site.pages["www.mill-lane.example", "/sitemap.xml"].body)
    report, _ = run(apply_platform(replace(archive, endpoints=(), platform="wordpress")))
    assert not report.failed
    assert filed(database) == wanted("2026-01", "2026-02")


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_a_site_sends_while_its_endpoints_are_looked_for_is_parsed_where_it_can_be_ended(
    site, archive, run, monkeypatch, dry_run
):
    asked = []
    submit = ExtractionPool.submit

    async def seen(pool, task):
        asked.append(task.what.removeprefix(HOST))
        return await submit(pool, task)

    monkeypatch.setattr(ExtractionPool, "submit", seen)
    site.put(f"{HOST}/", f"<html><head><link rel=sitemap href='{HOST}/sitemap.xml'></head></html>")
    _, events = run(replace(archive, endpoints=()), dry_run=dry_run)
    [plan] = [event for event in events if isinstance(event, BackfillPlanned)]
    assert plan.links == 6
    assert "/" in asked
    assert asked.count("/sitemap.xml") == 2  # tried, then read
