import asyncio

import pytest

from sources.client import Client
from sources.client.failure import Failure
from sources.client.limiter import MOST_HOSTS, HostLimiter
from sources.errors import RobotsDisallowed, Unreachable
from sources.source import FetchRules

from .conftest import Asked, Site, answer

pytestmark = pytest.mark.anyio
URL = "http://news.example"


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in zip(times, times[1:], strict=False)]


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


async def test_requests_to_a_host_keep_their_distance(site: Site) -> None:
    site.pages["/"] = answer()
    async with site.client("other.example", delay=0.1, concurrency=4) as client:
        pages = [client.fetch(f"{URL}/{n}") for n in range(4)]
        await asyncio.gather(*pages, client.fetch("http://other.example/"))
    own = [asked.at for asked in site.log if asked.host == "news.example"]
    assert len(own) == 5
    assert min(gaps(own)) > 0.08


async def test_a_source_may_ask_for_its_own_distance(site: Site) -> None:
    async with site.client(delay=30.0) as client:
        rules = FetchRules(delay=0.05, robots=False)
        await asyncio.gather(*(client.fetch(f"{URL}/{n}", rules=rules) for n in range(3)))
    assert min(gaps(site.times())) > 0.03


async def test_no_more_at_once_than_a_host_may_be_asked(site: Site) -> None:
    site.slow = 0.05
    async with site.client(concurrency=2) as client:
        await asyncio.gather(*(client.fetch(f"{URL}/{n}") for n in range(6)))
    assert site.most_open == 2


async def test_no_more_at_once_than_the_whole_process_may_ask(site: Site) -> None:
    site.slow = 0.05
    hosts = [f"h{n}.example" for n in range(9)]
    async with site.client(*hosts, total_concurrency=3) as client:
        await asyncio.gather(*(client.fetch(f"http://{host}/") for host in hosts))
    assert site.most_open == 3


async def test_who_comes_first_is_served_first(site: Site) -> None:
    async with site.client(concurrency=1) as client:
        await client.fetch(f"{URL}/first")
        await asyncio.gather(*(client.fetch(f"{URL}/{n}") for n in range(10)))
    assert site.paths()[2:] == [f"/{n}" for n in range(10)]


async def test_hosts_do_not_wait_for_each_other() -> None:
    clock = Clock()
    limiter = HostLimiter(10, 30.0, clock, clock.sleep)
    for number in range(100):
        async with limiter.turn(f"h{number}:80", delay=5.0, concurrency=1):
            pass
    assert clock.now == 0.0
    async with limiter.turn("h0:80", delay=5.0, concurrency=1):
        assert clock.now == 5.0


async def test_a_wider_gap_counts_from_the_last_start() -> None:
    clock = Clock()
    limiter = HostLimiter(10, 30.0, clock, clock.sleep)
    for delay in (0.0, 20.0, 1.0):
        async with limiter.turn("h:80", delay=delay, concurrency=1):
            pass
    assert clock.slept == [20.0, 1.0]


async def test_hosts_that_rest_are_forgotten_when_they_are_many() -> None:
    clock = Clock()
    limiter = HostLimiter(10, 30.0, clock, clock.sleep)
    limiter.pause("resting:80", 1e6)
    for number in range(3 * MOST_HOSTS):
        async with limiter.turn(f"h{number}:80", delay=1.0, concurrency=1):
            clock.now += 1.0
    assert len(limiter._hosts) <= MOST_HOSTS
    with pytest.raises(Failure):
        limiter.check_pause("resting:80")


async def test_cancelled_waiters_leave_no_place_taken() -> None:
    limiter = HostLimiter(1, 30.0)
    started = asyncio.Event()

    async def hold() -> None:
        async with limiter.turn("h:80", delay=0.0, concurrency=1):
            started.set()
            await asyncio.sleep(60)

    tasks = [asyncio.create_task(hold()) for _ in range(5)]
    await started.wait()
    for task in reversed(tasks):
        task.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(5), limiter.turn("h:80", delay=0.0, concurrency=1):
        pass


async def test_a_rest_that_is_asked_for_meanwhile_stops_those_who_wait() -> None:
    limiter = HostLimiter(5, 0.2)
    limiter.pause("h:80", 0.1)

    async def turn() -> None:
        async with limiter.turn("h:80", delay=0.0, concurrency=1):
            pytest.fail("it had asked to be left alone")

    waiting = [asyncio.create_task(turn()) for _ in range(3)]
    await asyncio.sleep(0.02)
    limiter.pause("h:80", 3600)
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(outcome, Failure)
        assert outcome.error is Unreachable


# robots.txt (RFC 9309)


async def test_what_robots_txt_forbids_is_not_asked(site: Site) -> None:
    site.pages["/robots.txt"] = answer(
        body=b"User-agent: *\nDisallow: /\n\nUser-agent: copydesk\nAllow: /news/*.html$\nDisallow: /"
    )
    site.pages["/news/a.html"] = answer()
    async with site.client() as client:
        await client.fetch(f"{URL}/news/a.html")
        with pytest.raises(RobotsDisallowed) as caught:
            await client.fetch(f"{URL}/news/a.html?print")
        assert not await client.allowed(f"{URL}/about")
        assert await client.allowed(f"{URL}/about", FetchRules(robots=False))
        assert not caught.value.passing
        await client.fetch(f"{URL}/about", rules=FetchRules(robots=False))
    assert site.paths() == ["/robots.txt", "/news/a.html", "/about"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_without_robots_txt_everything_is_allowed(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = answer(status, b"User-agent: *\nDisallow: /")
    site.pages["/"] = answer(body=b"x")
    async with site.client() as client:
        assert (await client.fetch(URL)).body == b"x"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_while_robots_txt_is_in_trouble_nothing_is_asked(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = answer(status)
    clock = Clock()
    async with Client(site.settings(), clock=clock, sleep=clock.sleep) as client:
        for _ in range(3):
            with pytest.raises(Unreachable, match=rf"robots\.txt answered {status}") as caught:
                await client.fetch(URL)
            assert caught.value.passing
        assert site.paths() == ["/robots.txt"]
        clock.now += 600
        site.pages["/robots.txt"] = answer(404)
        await client.fetch(URL)
    assert site.paths() == ["/robots.txt", "/robots.txt", "/"]


async def test_yesterdays_robots_txt_holds_while_it_cannot_be_had(site: Site) -> None:
    site.pages["/robots.txt"] = answer(body=b"User-agent: *\nDisallow: /private")
    clock = Clock()
    async with Client(site.settings(), clock=clock, sleep=clock.sleep) as client:
        await client.fetch(URL)
        clock.now += 100_000
        site.pages["/robots.txt"] = answer(503)
        await client.fetch(URL)
        with pytest.raises(RobotsDisallowed):
            await client.fetch(f"{URL}/private")
    assert site.paths().count("/robots.txt") == 2


async def test_robots_txt_is_asked_for_once_by_all_who_wait(site: Site) -> None:
    site.slow = 0.05
    async with site.client(concurrency=8) as client:
        impatient = asyncio.create_task(client.fetch(f"{URL}/impatient"))
        await asyncio.sleep(0.01)
        pages = asyncio.gather(*(client.fetch(f"{URL}/{n}") for n in range(5)))
        await asyncio.sleep(0.01)
        impatient.cancel()  # it was the one who asked
        await pages
    assert site.paths().count("/robots.txt") == 1
    assert len(site.log) == 6


async def test_robots_txt_may_be_somewhere_else(site: Site) -> None:
    site.pages["news.example/robots.txt"] = answer(301, Location="http://www.news.example/r.txt")
    site.pages["www.news.example/r.txt"] = answer(body=b"User-agent: *\nDisallow: /x")
    async with site.client("www.news.example") as client:
        assert not await client.allowed(f"{URL}/x")
        assert await client.allowed(f"{URL}/y")


async def test_a_robots_txt_that_redirects_for_ever_is_none(site: Site) -> None:
    site.pages["/robots.txt"] = answer(302, Location="/robots.txt")
    async with site.client() as client:
        assert await client.allowed(f"{URL}/x")


async def test_the_robots_txt_of_where_a_redirect_leads_is_obeyed(site: Site) -> None:
    site.pages["news.example/"] = answer(302, Location="http://other.example/page")
    site.pages["other.example/robots.txt"] = answer(body=b"User-agent: *\nDisallow: /page")
    async with site.client("other.example") as client:
        with pytest.raises(RobotsDisallowed, match=r"redirected to http://other\.example/page"):
            await client.fetch(URL)
    assert "/page" not in site.paths()


async def test_crawl_delay_widens_the_gap_within_reason(site: Site) -> None:
    site.pages["/robots.txt"] = answer(body=b"User-agent: *\nCrawl-delay: 7\n")
    clock = Clock()
    async with Client(site.settings(max_crawl_delay=5.0), clock=clock, sleep=clock.sleep) as client:
        for number in range(3):
            await client.fetch(f"{URL}/{number}")
    assert clock.slept == [5.0, 5.0, 5.0]


async def test_the_sitemaps_of_robots_txt_are_told(site: Site) -> None:
    site.pages["/robots.txt"] = answer(
        body=b"\xef\xbb\xbfSitemap: https://cdn.example/s.xml\nUser-agent: *\nSitemap: /news.xml\n"
    )
    async with site.client() as client:
        found = await client.robots_sitemaps(f"{URL}/some/page")
    assert found == ("https://cdn.example/s.xml", f"{URL}/news.xml")


async def test_only_the_beginning_of_a_huge_robots_txt_counts(site: Site) -> None:
    async def huge(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\n\r\nUser-agent: *\nDisallow: /x\n")
        for _ in range(60):
            writer.write(b"# filler\n" * 10_000)
            await writer.drain()
        writer.write(b"Disallow: /y\n")
        writer.close()

    site.pages["/robots.txt"] = huge
    async with site.client() as client:
        assert not await client.allowed(f"{URL}/x")
        assert await client.allowed(f"{URL}/y")


async def test_a_hostile_robots_txt_costs_little(site: Site) -> None:
    # Each rule counts for each agent of its group: a quarter of a megabyte of both multiply.
    agents = b"".join(b"User-agent: a%d\n" % n for n in range(12_000))
    rules = b"".join(b"Allow: /%d\n" % n for n in range(12_000))
    site.pages["/robots.txt"] = answer(body=agents + b"User-agent: *\n" + rules + b"Disallow: /x")
    async with asyncio.timeout(20), site.client() as client:
        assert not await client.allowed(f"{URL}/x")


async def test_an_operators_own_name_is_what_robots_txt_is_read_for(site: Site) -> None:
    site.pages["/robots.txt"] = answer(
        body=b"User-agent: *\nDisallow: /\nUser-agent: PaperBot\nAllow: /"
    )
    async with site.client() as client:
        assert not await client.allowed(URL)
        assert await client.allowed(
            URL, FetchRules(user_agent="PaperBot/2.0 (+http://paper.example)")
        )
