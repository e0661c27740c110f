"""The publishers that ship, and the operator's folder over them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sources.catalogue import Catalogue
from sources.errors import SourceFileError, UnknownSource


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return Catalogue.load()


def test_181_publishers_ship_and_each_file_is_right(shipped: Catalogue) -> None:
    sources = shipped.all()
    assert shipped.problems == ()
    assert len(sources) == len(shipped.names()) == 181
    for source in sources:
        assert source.country is not None
        assert urlsplit(source.home).scheme in ("http", "https")
        assert source.shipped


def test_the_first_source_is_there_with_its_platform(shipped: Catalogue) -> None:
    source = shipped.get("armenian-report")
    assert source.platform == "wix"
    assert source.endpoints[0].url == "https://www.thearmenianreport.com/blog-feed.xml"
    assert "Ad for subscribing to The Armenian Report" in source.extract.chrome


def test_every_shipped_endpoint_is_absolute_and_named_once(shipped: Catalogue) -> None:
    for source in shipped.all():
        urls = [endpoint.url for endpoint in source.endpoints]
        assert len(urls) == len(set(urls)) > 0, source.name
        for url in urls:
            assert urlsplit(url).scheme in ("http", "https"), source.name
            assert urlsplit(url).hostname, source.name


def test_a_poll_has_something_small_to_read(shipped: Catalogue) -> None:
    for source in shipped.all():
        polled = [endpoint for endpoint in source.endpoints if not endpoint.archive]
        assert polled, source.name
        # With an archive beside it, what is polled is a feed or a news sitemap; a feed is never
        # the archive.
        assert all(e.kind == "sitemap" for e in source.endpoints if e.archive), source.name
        if source.links.max_age is not None:
            # Nothing but plain sitemaps, which list everything.
            assert source.links.max_age == timedelta(days=14)
            assert all(e.kind == "sitemap" and not e.archive for e in source.endpoints)


def test_sources_are_selected_by_name_country_and_language(shipped: Catalogue) -> None:
    german = shipped.select(languages=("de",))
    austrian = shipped.select(countries=("AT",))
    assert len(german) > len(austrian) > 3
    both = shipped.select(names=("armenian-report",), countries=("AT",), exclude=("die-presse",))
    assert {source.name for source in both} == (
        {source.name for source in austrian} - {"die-presse"} | {"armenian-report"}
    )


def test_an_unknown_name_is_told_with_the_nearest_ones(shipped: Catalogue) -> None:
    with pytest.raises(UnknownSource, match="armenian-report"):
        shipped.get("armenian-reprot")
    with pytest.raises(UnknownSource, match="sources list --all"):
        shipped.select(names=("qqqqqqqq",))


def test_the_operators_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "die-presse.toml").write_text(
        'name = "die-presse"\nhome = "https://mine.example"\n'
    )
    catalogue = Catalogue.load(tmp_path)
    assert catalogue.get("die-presse").home == "https://mine.example"
    assert not catalogue.get("die-presse").shipped
    assert len(catalogue.names()) == 181


def test_a_broken_file_spoils_only_its_own_source(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ")
    (tmp_path / "good.toml").write_text('name = "good"\nhome = "https://good.example"\n')
    catalogue = Catalogue.load(tmp_path)
    assert len(catalogue.problems) == 1
    assert "broken.toml" in str(catalogue.problems[0])
    assert catalogue.get("good").home == "https://good.example"
    with pytest.raises(SourceFileError, match="not valid TOML"):
        catalogue.get("broken")


def test_a_name_given_twice_in_subfolders_is_told_with_both_files(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "paper.toml").write_text(
            f'name = "paper"\nhome = "https://{folder}.example"\n'
        )
    catalogue = Catalogue.load(tmp_path)
    message = str(catalogue.problems[0])
    assert "paper.toml" in message
    assert str(Path("a") / "paper.toml") in message
    assert catalogue.get("paper").home == "https://a.example"


def test_what_editors_and_version_control_leave_behind_is_no_source(tmp_path: Path) -> None:
    # Emacs locks a file by a dangling link beside it.
    os.symlink("someone@somewhere.1234", tmp_path / ".#paper.toml")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.toml").write_text("[core]")
    catalogue = Catalogue.load(tmp_path)
    assert catalogue.problems == ()
    assert len(catalogue.names()) == 181


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "publishers").write_text("")
    catalogue = Catalogue.load(tmp_path / "publishers")
    assert "expected a folder" in str(catalogue.problems[0])
    assert len(catalogue.names()) == 181


def test_a_broken_file_is_never_replaced_by_the_shipped_one(tmp_path: Path) -> None:
    # The operator meant something by it: polling the shipped addresses instead would be a surprise.
    (tmp_path / "die-presse.toml").write_text("name = ")
    catalogue = Catalogue.load(tmp_path)
    assert catalogue.select(names=("die-presse",)) == []
    assert "die-presse" not in {source.name for source in catalogue.all()}


def test_a_folder_that_does_not_exist_counts_as_empty(tmp_path: Path) -> None:
    assert len(Catalogue.load(tmp_path / "missing").names()) == 181


def test_an_address_leads_to_its_source(shipped: Catalogue) -> None:
    found = shipped.source_of("https://www.thearmenianreport.com/post/something")
    assert found is not None
    assert found.name == "armenian-report"
    assert shipped.source_of("https://nobody.example/x") is None
    assert shipped.source_of("not an address") is None
