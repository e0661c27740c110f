"""Where a host's domain ends: what the public suffix list says, as tldextract reads it."""

from __future__ import annotations

import random
from importlib import resources

import pytest
import tldextract
from hypothesis import given
from hypothesis import strategies as st

from sources.suffixes import ending_of

THEIRS = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
LIST = resources.files("tldextract").joinpath(".tld_set_snapshot").read_text("utf-8")
RULES = [line.strip() for line in LIST.splitlines() if line[:1] not in ("", "/")]


def same(host: str) -> None:
    for private in (False, True):
        theirs = THEIRS(host, include_psl_private_domains=private)
        ours = ending_of(host, private=private)
        assert (ours.domain, ours.suffix, ours.is_private) == (
            theirs.domain,
            theirs.suffix,
            theirs.is_private,
        ), (host, private)


@pytest.mark.parametrize(
    ("host", "private", "domain", "suffix"),
    [
        ("feeds.bbc.co.uk", False, "bbc", "co.uk"),
        ("paper.github.io", False, "github", "io"),
        ("paper.github.io", True, "paper", "github.io"),
        ("city.kawasaki.jp", False, "city", "kawasaki.jp"),
        ("a.b.other.kawasaki.jp", False, "b", "other.kawasaki.jp"),
        ("paper.xn--p1ai", False, "paper", "xn--p1ai"),
        ("paper.example", False, "example", ""),
        ("co.uk", False, "", "co.uk"),
    ],
)
def test_the_domain_of_a_host(host: str, private: bool, domain: str, suffix: str) -> None:
    found = ending_of(host, private=private)
    assert (found.domain, found.suffix) == (domain, suffix)


def test_every_rule_ends_hosts_as_tldextract_ends_them() -> None:
    names = random.Random(4)
    for rule in names.sample(RULES, 2500):
        bare = rule.lstrip("*!.")
        for host in (bare, f"a.{bare}", f"www.b.{bare}", f"x.y.z.{bare}"):
            same(host)


LABEL = st.text(alphabet="abcxyz0-\u00e9\u4e00A", min_size=1, max_size=6)
HOST = st.lists(LABEL | st.sampled_from(["www", "co", "com", "kawasaki", "jp", "xn--p1ai", "xn--", "github", "io", "ck", "uk"]), min_size=1, max_size=5)  # fmt: skip


@given(HOST)
def test_any_host_ends_as_tldextract_ends_it(labels: list[str]) -> None:
    same(".".join(labels))
