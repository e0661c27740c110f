"""Which site an address is of, also where many share one domain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.hosting import Sites, country_suffix, same_site, site_of


@pytest.mark.parametrize(
    ("address", "root", "key"),
    [
        ("https://www.bbc.co.uk/news/1", "https://www.bbc.co.uk", "bbc.co.uk"),
        ("https://Name.wixsite.com/paper/post/x", "https://name.wixsite.com/paper", "name.wixsite.com/paper"),
        ("https://name.wixsite.com/", "https://name.wixsite.com", "name.wixsite.com"),
        ("https://name.wixsite.com/blog-feed.xml", "https://name.wixsite.com", "name.wixsite.com"),
        ("https://x.blogspot.de/2026/", "https://x.blogspot.de", "x.blogspot.de"),
        ("https://www.substack.com/x", "https://www.substack.com", "substack.com"),
        ("https://medium.com/feed/@lena", "https://medium.com/@lena", "medium.com/@lena"),
        ("https://sites.google.com/view/valley/x", "https://sites.google.com/view/valley", "google.com/view/valley"),
        ("http://uni.example/~bob/news.html", "http://uni.example/~bob", "uni.example/~bob"),
        ("http://u:p@127.0.0.1:8080/x", "http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://[::1]:80/x", "http://[::1]", "::1"),
    ],
)  # fmt: skip
def test_a_site_is_a_domain_a_name_or_a_folder(address: str, root: str, key: str) -> None:
    site = site_of(address)
    assert (site.root, site.key) == (root, key)
    assert site_of(root).key == key


ADDRESSES = st.from_regex(
    r"https?://[a-z.]{1,10}(wixsite\.com|co\.uk|example)(:[0-9]{1,4})?/[a-z~@/.]{0,12}",
    fullmatch=True,
)


@given(st.text(max_size=60) | ADDRESSES)
def test_any_text_is_of_a_site_or_no_address(text: str) -> None:
    try:
        site = site_of(text)
    except ValueError:
        return
    assert site_of(site.root).root == site.root


@pytest.mark.parametrize(
    ("host", "suffix"),
    [
        ("paper.co.uk", ("uk", True)),
        ("paper.am", ("am", False)),
        ("paper.com", None),
        ("paper.example", None),
        ("127.0.0.1", None),
    ],
)
def test_the_country_code_of_a_host(host: str, suffix: tuple[str, bool] | None) -> None:
    assert country_suffix(host) == suffix


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://one.substack.com/p/1", "https://two.substack.com/p/1"),
        ("https://one.blogspot.com/2026/11/1.html", "https://two.blogspot.com/2026/11/1.html"),
        ("https://medium.com/@one/story-1", "https://medium.com/@two/story-1"),
        ("https://one.wixsite.com/a/post/x", "https://one.wixsite.com/b/post/x"),
        ("https://one.github.io/x", "https://two.github.io/x"),
        ("https://sites.google.com/view/one/x", "https://sites.google.com/view/two/x"),
        ("https://one.substack.com/p/1", "https://substack.com/p/1"),
        ("http://uni.example/~one/x", "http://uni.example/~two/x"),
    ],
)
def test_two_customers_of_one_house_are_two_sites(one: str, other: str) -> None:
    assert not same_site(one, other)
    assert not same_site(other, one)
    assert same_site(one, one)


def test_the_hosts_of_one_paper_are_one_site() -> None:
    assert same_site("https://m.paper.co.uk/1", "http://www.paper.co.uk:8080/2")
    assert same_site("https://medium.com/feed/@one", "https://medium.com/@one/story")
    assert not same_site("https://one.co.uk/", "https://two.co.uk/")
    assert not same_site("https://one.example/", "no address")


def test_a_host_that_is_named_is_taken_whole() -> None:
    sites = Sites(["https://paper.example/"], ["medium.com"])
    assert sites.has("https://medium.com/@one/story")
    assert sites.has("https://cdn.paper.example/x")
    assert not sites.has("https://other.example/")
