"""What a source's own pages teach about which of its addresses are worth a request."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from ingest.pipeline.address_learning import LearnedAddresses
from sources.source import Endpoint
from storage.links.address_shapes import shapes_of
from storage.schema import links
from tests.ingest.conftest import HOST, article_page

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemap(*paths: str) -> str:
    return (
        f"<urlset {NS}>{''.join(f'<url><loc>{HOST}{path}</loc></url>' for path in paths)}</urlset>"
    )


def dossier(number: int) -> str:
    items = "".join(
        f"<li><h3><a href=/news/item-{number}-{n}-of-the-file>Item {n} of file {number}</a></h3></li>"
        for n in range(30)
    )
    return f"<html><head><title>File {number}</title></head><body><h1>File {number}</h1><ul>{items}</ul></body></html>"


def test_a_shape_that_never_led_to_an_article_is_left_alone_but_for_samples(
    site, source, collect, database
):
    source = replace(source, endpoints=(Endpoint("sitemap", f"{HOST}/sitemap.xml"),))
    names = ("ferry", "bridge", "council", "school", "mill", "harbour", "library", "market")
    news = [f"/news/the-{name}-opens-again-in-spring" for name in names]
    files = [f"/dossier/{name}-and-all-that-we-know-of-it" for name in names] + [
        f"/dossier/{name}-and-what-comes-next-for-it" for name in names
    ]
    for number, path in enumerate(news):
        site.put(f"{HOST}{path}", article_page(f"The {names[number]} opens", number))
    for number, path in enumerate(files):
        site.put(f"{HOST}{path}", dossier(number))
    site.put(f"{HOST}/sitemap.xml", sitemap(*news[:4], *files[:12]))
    [first] = collect(source).sources
    assert (first.counts.filed, first.counts.refused) == (4, 12)
    more = [f"/dossier/{name}-in-numbers-and-pictures-of-{n}" for name in names for n in range(5)]
    site.put(f"{HOST}/sitemap.xml", sitemap(*news, *files[:12], *more))
    [second] = collect(source).sources
    assert second.counts.filed == 4
    asked = [path for path in more if site.asked(path)]
    assert len(asked) < len(more) / 4
    with database.reading() as connection:
        left = connection.execute(
            sa.select(links.c.state, links.c.attempts).where(links.c.reason == "address")
        ).all()
        counted = shapes_of(connection, source.name)
    assert len(left) == len(more) - len(asked)
    assert set(left) == {("refused", 0)}
    assert sum(articles for articles, _ in counted.values()) == 8


def test_few_pages_teach_nothing_and_one_article_in_twenty_is_enough():
    shape = next(iter(_shapes(f"{HOST}/dossier/all-that-we-know")))
    urls = [f"{HOST}/dossier/all-that-we-know-of-{word}" for word in "abcdefghijklmnopqrstuvwxyz"]
    assert not any(LearnedAddresses({shape: (0, 9)}).is_hopeless(url) for url in urls)
    assert not any(LearnedAddresses({shape: (1, 19)}).is_hopeless(url) for url in urls)
    judged = [LearnedAddresses({shape: (0, 10)}).is_hopeless(url) for url in urls]
    assert judged.count(True) > 20


def _shapes(*urls: str) -> set[str]:
    from sources.endpoints.addresses.article_address import address_shape

    return {address_shape(url) for url in urls}
