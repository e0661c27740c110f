"""Which site an address is of, also where many share one domain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.hosting import country_suffix, site_of


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
