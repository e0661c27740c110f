"""The public suffix list, read as tldextract reads it."""

from __future__ import annotations

from functools import cache

import pytest
import tldextract
from hypothesis import given
from hypothesis import strategies as st

from sources.public_suffix import Registered, _rules, registered


@cache
def theirs() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def by_tldextract(host: str, *, houses: bool) -> Registered:
    found = theirs()(host, include_psl_private_domains=houses)
    return Registered(found.domain, found.suffix, found.is_private)


@pytest.mark.parametrize(
    ("host", "houses", "found"),
    [
        ("feeds.bbc.co.uk", False, Registered("bbc", "co.uk")),
        ("co.uk", False, Registered("", "co.uk")),
        ("paper.github.io", False, Registered("github", "io")),
        ("paper.github.io", True, Registered("paper", "github.io", True)),
        ("news.paper.example", True, Registered("example", "")),
        ("localhost", False, Registered("localhost", "")),
        ("a.b.ck", False, Registered("a", "b.ck")),
        ("www.ck", False, Registered("www", "ck")),
        ("x.city.kawasaki.jp", False, Registered("city", "kawasaki.jp")),
        ("gazeta.xn--p1ai", False, Registered("gazeta", "xn--p1ai")),
        ("xn--.com", False, Registered("xn--", "com")),
    ],
)
def test_a_host_is_registered_under_its_suffix(host: str, houses: bool, found: Registered) -> None:
    assert registered(host, houses=houses) == found


@pytest.mark.parametrize("houses", [False, True])
def test_every_rule_of_the_list_is_read_as_tldextract_reads_it(houses: bool) -> None:
    rules = sorted(_rules().registries | _rules().houses)
    assert len(rules) > 9000
    for rule in rules:
        name = rule.lstrip("!").replace("*", "any")
        for host in (name, f"paper.{name}", f"www.paper.{name}"):
            assert registered(host, houses=houses) == by_tldextract(host, houses=houses), host


labels = st.sampled_from(
    ["www", "paper", "co", "com", "uk", "ck", "jp", "kawasaki", "city", "github", "io", "blogspot",
     "example", "xn--p1ai", "xn--", "compute", "amazonaws", "us-east-1", "s3", "no", "name"]
)  # fmt: skip


@given(st.lists(labels, min_size=1, max_size=6).map(".".join), st.booleans())
def test_any_host_is_read_as_tldextract_reads_it(host: str, houses: bool) -> None:
    assert registered(host, houses=houses) == by_tldextract(host, houses=houses)
