import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.client import Client, ClientSettings
from sources.client.address_guard import AddressGuard, literal_address, refusal
from sources.client.failure import Failure
from sources.client.web_address import parse_address
from sources.errors import AddressRefused, Unreachable
from sources.source import FetchRules

from .conftest import Site, answer

pytestmark = pytest.mark.anyio
INSIDE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.88.99.1",
    "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "192.0.0.1", "192.0.0.192", "::ffff:0:127.0.0.1", "::ffff:0:169.254.169.254", "2001:470::5efe:10.0.0.1",
    "2001:470::200:5efe:192.168.0.1", "fe80::5efe:127.0.0.1", "5f00::1", "3fff::1", "2001:2::1", "4000::1",
]  # fmt: skip
CARRIERS = [
    ipaddress.IPv6Network(text)
    for text in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "2001::/32", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48")
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_refused(address: str) -> None:
    assert refusal(address) is not None


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1",
     "::ffff:8.8.8.8", "64:ff9b::808:808", "::ffff:0:8.8.8.8", "2001:470::5efe:8.8.8.8", "192.0.1.1"],
)  # fmt: skip
def test_public_addresses_are_not(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.0.1.",
     "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "%31%32%37.0.0.1", "127。0。0。1", "\uff11\uff12\uff17.0.0.1",
     "0", "[fe80::1%25eth0]", "user:pass@127.0.0.1", "169.254.169.254"],
)  # fmt: skip
async def test_every_spelling_of_an_address_inside_is_refused(host: str) -> None:
    async with Client() as client:
        with pytest.raises(
            AddressRefused, match=r"allow_private = true in \[fetch\] of the source file"
        ):
            await client.fetch(f"http://{host}/")


async def test_a_name_that_leads_inside_is_refused_by_name_and_address(site: Site) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with Client(site.settings(), resolve=resolve) as client:
        with pytest.raises(
            AddressRefused, match=r"intranet\.example leads inside: 127\.0\.0\.1 is a loopback"
        ) as caught:
            await client.fetch(f"http://intranet.example:{site.port}/")
    assert not caught.value.passing
    assert site.connections == 0


async def test_one_address_inside_among_public_ones_refuses_the_name(site: Site) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    async with Client(site.settings(), resolve=resolve) as client:
        with pytest.raises(AddressRefused):
            await client.fetch(f"http://half.example:{site.port}/")


async def test_only_the_address_that_was_checked_is_connected_to(site: Site) -> None:
    # DNS rebinding: the first answer passes, every later one leads elsewhere.
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.9"]

    site.pages["/"] = answer(body=b"checked")
    rules = FetchRules(robots=False, allow_private=True)
    async with Client(site.settings(), resolve=resolve) as client:
        page = await client.fetch(f"http://rebind.example:{site.port}/", rules=rules)
    assert page.body == b"checked"
    assert len(asked) == 1


async def test_what_is_connected_to_is_an_answer_that_was_checked() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    guard = AddressGuard(resolve, {})
    found = await guard.targets("rebind.example", 80, private=False, within=1.0)
    assert found == [("93.184.216.34", 80)]
    with pytest.raises(Failure):
        await guard.targets("rebind.example", 80, private=False, within=1.0)


async def test_a_redirect_inside_is_refused(site: Site) -> None:
    site.pages["/"] = answer(302, Location=f"http://127.0.0.1:{site.port}/secret")
    site.pages["/secret"] = answer(body=b"secret")
    async with site.client() as client:
        with pytest.raises(
            AddressRefused, match=r"redirected to http://127\.0\.0\.1:\d+/secret: 127\.0\.0\.1 is"
        ):
            await client.fetch("http://news.example/")
    assert "/secret" not in site.paths()


async def test_a_redirect_of_robots_txt_inside_is_refused(site: Site) -> None:
    site.pages["/robots.txt"] = answer(302, Location=f"http://localhost:{site.port}/secret")
    async with site.client() as client:
        with pytest.raises(AddressRefused):
            await client.fetch("http://news.example/")
    assert site.paths() == ["/robots.txt"]


async def test_a_source_file_opens_its_own_network_only(site: Site) -> None:
    site.pages["/"] = answer(body=b"inside")
    url = f"http://127.0.0.1:{site.port}/"
    async with site.client() as client:
        page = await client.fetch(url, rules=FetchRules(allow_private=True))
        assert page.body == b"inside"
        # Not even over the connection that is still open.
        with pytest.raises(AddressRefused):
            await client.fetch(url)


async def test_an_open_connection_inside_serves_nobody_else(site: Site) -> None:
    site.pages["/"] = answer(body=b"inside")

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    url = f"http://intranet.example:{site.port}/"
    async with Client(site.settings(), resolve=resolve) as client:
        assert (await client.fetch(url, rules=FetchRules(allow_private=True))).body == b"inside"
        with pytest.raises(AddressRefused):
            await client.fetch(url)


async def test_the_operators_own_word_is_trusted(site: Site) -> None:
    site.pages["/"] = answer(body=b"x")
    settings = ClientSettings(connect_to={"Paper.Example:8080": f"127.0.0.1:{site.port}"}, delay=0)
    async with Client(settings) as client:
        assert (await client.fetch("http://paper.example:8080/")).body == b"x"
    assert site.log[-1].host == "paper.example:8080"


async def test_a_dead_address_gives_way_to_the_next(site: Site) -> None:
    site.pages["/"] = answer(body=b"x")

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]  # the server listens on the second only

    async with Client(site.settings(), resolve=resolve) as client:
        url = f"http://two.example:{site.port}/"
        assert (await client.fetch(url, rules=FetchRules(allow_private=True))).body == b"x"


async def test_a_name_without_an_address_is_unreachable() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return []

    async with Client(ClientSettings(retries=0), resolve=resolve) as client:
        with pytest.raises(Unreachable, match="has no address"):
            await client.fetch("http://none.example/")


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("HTTP://News.Example", "http://news.example/"),
        ("https://news.example:443/a b?q=é#x", "https://news.example/a%20b?q=%C3%A9"),
        ("http://news.example:8080?x", "http://news.example:8080/?x"),
        ("https://bücher.example/%7Ea%2F", "https://xn--bcher-kva.example/%7Ea%2F"),
        ("https://правда.example./", "https://xn--80aafi6cg.example/"),
        ("http://[2606:4700::1111]:81/", "http://[2606:4700::1111]:81/"),
        (" http://news.example/a\n/b ", "http://news.example/a/b"),
    ],
)
def test_addresses_go_out_in_one_spelling(url: str, wire: str) -> None:
    assert parse_address(url).url == wire


@given(
    st.text(max_size=60),
    st.sampled_from(["", "http://", "https://news.example/", "//", "http://a:"]),
)
def test_any_text_is_an_address_or_refused(text: str, front: str) -> None:
    try:
        address = parse_address(front + text)
    except Failure as failure:
        assert failure.error is AddressRefused
        return
    assert address.url.isascii()
    assert parse_address(address.url) == address


@given(st.ip_addresses())
def test_literal_addresses_are_read_as_such(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert literal_address(str(ip)) == str(ip)
    if any(ip.version == network.version and ip in network for network in CARRIERS):
        return  # the address inside decides, whatever this Python's table says of the range
    if ip.is_private or ip.is_loopback or ip.is_multicast:
        assert refusal(str(ip)) is not None


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_by_what_is_inside(ip: ipaddress.IPv4Address) -> None:
    packed = f"{int(ip) >> 16:x}:{int(ip) & 0xFFFF:x}"
    inverted = f"{int(ip) >> 16 ^ 0xFFFF:x}:{int(ip) & 0xFFFF ^ 0xFFFF:x}"
    for carrier in (
        f"::{packed}", f"::ffff:{packed}", f"::ffff:0:{packed}", f"64:ff9b::{packed}", f"64:ff9b:1::{packed}",
        f"2002:{packed}::1", f"2001:0:4136:e378:8000:63bf:{inverted}", f"2a00:1450::5efe:{packed}",
    ):  # fmt: skip
        assert (refusal(carrier) is None) == (refusal(str(ip)) is None), carrier
