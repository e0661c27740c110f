"""The obvious is right: pages of kinds that sites of news draw, which nobody trained the trees with."""

from __future__ import annotations

import json

import pytest

from ingest.extract import Refusal, extract_bytes
from storage.article import Article
from tests.ingest.extract.verdict.sites import (
    HEADLINES,
    SENTENCES,
    article,
    cards,
    page,
    paragraphs,
)

STORY = "https://www.river-post.example/2026/11/14/the-drawbridge-opens-again"
OG = '<meta property="og:type" content="article">'
DATED = OG + '<meta property="article:published_time" content="2026-11-14T10:00:00+00:00">'
WEBSITE = '<meta property="og:type" content="website">'


def _comments(number: int) -> str:
    each = (
        '<li class="comment"><span class="comment-author">reader{0}</span> <time>15 November 2026</time>'
        '<div class="comment-body"><p>{1}</p></div><a href="#r{0}">Reply</a></li>'
    )
    return (
        '<section id="comments"><h2>Comments</h2><ol class="comment-list">'
        + "".join(each.format(n, SENTENCES[n % 12]) for n in range(number))
        + "</ol></section>"
    )


def _live(number: int) -> str:
    return "".join(
        f'<div class="live-entry"><time>{9 + n}:{n}5</time><h2>{HEADLINES[n]}</h2>{paragraphs(1, 3)}</div>'
        for n in range(number)
    )


def _interview() -> str:
    return "".join(
        f"<p><strong>{SENTENCES[n][:60]}?</strong></p><p>{SENTENCES[n + 1]} {SENTENCES[(n + 2) % 12]}</p>"
        for n in range(8)
    )


RECIPE = (
    "<p>The mills still wait for their grain, so this bread is made of last year's rye. It keeps a week.</p>"
    "<h2>Ingredients</h2><ul><li>500 g of rye flour</li><li>350 ml of warm water</li><li>a spoon of salt</li>"
    "<li>150 g of sourdough</li></ul><h2>Method</h2><ol><li>Stir flour, salt and water until no dry flour is "
    "left, then fold in the sourdough with a wet hand.</li><li>Leave it under a cloth for six hours, at the "
    "warmest place of the house, until it has doubled.</li><li>Bake it in a hot pot with its lid on for half "
    "an hour, then for twenty minutes without.</li></ol><p>Let it stand until the next morning before it is cut, "
    "however good it smells; a warm loaf sticks to the knife.</p>"
)
RELEASE = (
    "<p>MARLOW, 14 November 2026. The Marlow Harbour Company today announced that its new dry dock has taken "
    "in its first ship, two months ahead of plan.</p>"
    + paragraphs(3)
    + "<p><strong>About the company</strong>"
    "</p><p>The Marlow Harbour Company has run docks, cranes and a pilot service since 1888.</p>"
    "<p>Press contact: Ilse Brandt, press@marlow-harbour.example, +44 20 0000 0000</p>"
)
SHOP_BOX = (
    '<aside class="product-box"><h3>The river in pictures</h3><p class="price">£24.00</p>'
    '<a class="button" href="/shop/river">Buy now</a></aside>'
)
GALLERY = "".join(
    f'<figure><img src="/g/{n}.jpg" alt=""><figcaption>{SENTENCES[n]}</figcaption></figure>'
    for n in range(8)
)

ARTICLES = {
    "a report": page(
        article("Drawbridge opens", paragraphs(6)), title="Drawbridge opens", head=DATED
    ),
    "one that says nothing of itself": page(
        article("Drawbridge opens", paragraphs(5)), title="Drawbridge opens"
    ),
    "one whose site calls everything a website": page(
        article("Drawbridge opens again", paragraphs(6), around=cards(6)),
        title="Drawbridge opens again",
        head=WEBSITE,
    ),
    "one with many related cards": page(
        article("Drawbridge opens again", paragraphs(5), around=f"<aside>{cards(12)}</aside>"),
        title="Drawbridge opens again",
        head=DATED,
    ),
    "a brief": page(
        article("Drawbridge opens again", paragraphs(2, 2)),
        title="Drawbridge opens again",
        head=DATED,
    ),
    "a live blog": page(
        article("The flood, hour by hour", paragraphs(1) + _live(8)),
        title="The flood, hour by hour",
        head=DATED,
    ),
    "an interview": page(
        article("'I read the river every morning'", paragraphs(1) + _interview()),
        title="'I read the river every morning'",
        head=DATED,
    ),
    "a recipe": page(
        article("Rye bread of the harbour inn", RECIPE),
        title="Rye bread of the harbour inn",
        head=OG,
    ),
    "a press release": page(
        article("New dry dock takes in its first ship", RELEASE, byline=False),
        title="New dry dock takes in its first ship | Marlow Harbour Company",
        head=WEBSITE,
    ),
    "one with many comments": page(
        article("Drawbridge opens again", paragraphs(5), around=_comments(20)),
        title="Drawbridge opens again",
        head=DATED,
    ),
    "one with a box of the shop": page(
        article("Drawbridge opens again", paragraphs(3) + SHOP_BOX + paragraphs(2)),
        title="Drawbridge opens again",
        head=DATED,
    ),
    "a gallery with a text": page(
        article("The river in eight pictures", paragraphs(2) + GALLERY),
        title="The river in eight pictures",
        head=DATED,
    ),
}

POST = (
    '<div class="post" id="p{0}"><div class="postprofile"><a href="/u/{0}">pilot{0}</a><br>Posts: {0}7</div>'
    '<div class="postbody"><p class="author"><time>14 November 2026, 1{0}:05</time></p>'
    '<div class="content">{1}</div><a href="#q{0}">Quote</a> <a href="#r{0}">Reply</a></div></div>'
)
THREAD = "".join(POST.format(n, paragraphs(1, 2)) for n in range(8))
SHELF = "".join(
    f'<li class="product-card"><a href="/products/lamp-{n}"><img src="/l/{n}.jpg" alt=""></a><h3>'
    f'<a href="/products/lamp-{n}">Signal lamp no. {n} of brass</a></h3><span class="price">£{n}9.00</span>'
    '<button class="add-to-cart">Add to cart</button></li>'
    for n in range(1, 13)
)
PRODUCT = (
    '<main class="product"><div class="product-gallery"><img src="/l/1.jpg" alt=""></div><div class="product-info">'
    '<h1>Signal lamp of brass</h1><span class="price">£49.00</span><form class="cart" action="/cart/add">'
    '<select name="size"><option>Small</option></select><input type="number" name="quantity" value="1">'
    '<button name="add" class="add-to-cart">Add to cart</button></form><p>In stock</p><div class="description">'
    "<p>A lamp as pilots hung it at the mast, turned from solid brass. It burns oil or takes a bulb.</p></div>"
    "<h2>How it is shipped</h2><p>In a box of wood, within three days.</p></div></main>"
)
SOLD = json.dumps(
    {"@context": "https://schema.org", "@type": "Product", "name": "Signal lamp of brass"}
)
HEAD_OF_PRODUCT = (
    f'<meta property="og:type" content="product"><script type="application/ld+json">{SOLD}</script>'
)

OTHERS = {
    "a section front": (
        "listing",
        "https://www.river-post.example/town/",
        page(f"<main><h1>Town</h1>{cards(24)}</main>", title="Town | The River Post", head=WEBSITE),
    ),
    "the page of a tag": (
        "listing",
        "https://www.river-post.example/tag/bridges",
        page(
            f'<main><h1>Bridges</h1>{cards(10)}<a rel="next" href="?page=2">Next</a></main>',
            title="Bridges - The River Post",
        ),
    ),
    "the page of an author": (
        "listing",
        "https://www.river-post.example/by/ada-lund",
        page(
            "<main><h1>Ada Lund</h1><p class='bio'>Ada Lund writes about the river and its bridges for the "
            f"Post.</p>{cards(15, standfirst=False)}</main>",
            title="Ada Lund | The River Post",
        ),
    ),
    "a thread": (
        "forum",
        "https://forum.river-post.example/viewtopic.php?t=1722",
        page(
            f'<div id="page-body"><h2 class="topic-title">Lamp of the drawbridge</h2>{THREAD}</div>',
            title="Lamp of the drawbridge - Pilots' forum",
            head='<meta name="generator" content="phpBB">',
        ),
    ),
    "a shelf of a shop": (
        "listing",
        "https://shop.river-post.example/collections/lamps",
        page(
            f'<main><h1>Lamps</h1><ul class="product-grid">{SHELF}</ul></main>',
            title="Lamps | Shop",
        ),
    ),
    "a product": (
        "product",
        "https://shop.river-post.example/products/signal-lamp-of-brass",
        page(PRODUCT, title="Signal lamp of brass | Shop", head=HEAD_OF_PRODUCT),
    ),
    "a front page": (
        "front_page",
        "https://www.river-post.example/",
        page(f"<main>{cards(30)}</main>", title="The River Post", head=WEBSITE),
    ),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_what_a_newsroom_writes_is_filed(name: str) -> None:
    for url in (STORY, None):
        found = extract_bytes(ARTICLES[name], url=url)
        assert isinstance(found, Article), found
        assert found.probability is not None
        assert found.probability >= 0.8


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_article_is_refused_as_what_it_is(name: str) -> None:
    reason, url, body = OTHERS[name]
    found = extract_bytes(body, url=url)
    assert isinstance(found, Refusal), found.text
    assert (found.reason, found.url) == (reason, url)
