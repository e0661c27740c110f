"""Pages of kinds, as sites draw them: what the tests of the verdict read."""

from __future__ import annotations

from html import escape

SENTENCES = (
    "The county opened the old drawbridge to barges on Monday, eleven weeks after a tug had bent its rail.",
    "Welders worked from rafts at low water, since the road above them had to stay open for the buses.",
    "Harbour master Ilse Brandt said that the repair had cost less than the committee feared in spring.",
    "A second span will be lifted in October, when the grain ships are out of the river for the winter.",
    "Shopkeepers on the east bank counted every lost customer and sent the list to the council in June.",
    "The council answered that it would waive the market fees until the end of the following year.",
    "Two engineers from the university measured how far the piers move when a loaded barge passes.",
    "Their figures, four millimetres at most, were read out in the town hall and met with applause.",
    "Nobody was hurt when the tug hit the rail, but its skipper lost his licence for three months.",
    "He told the inquiry that the current had been twice as strong as the gauge upstream had shown.",
    "The gauge has been replaced since, and a lamp now warns pilots when the sluices are opened.",
    "Children of the riverside school painted the new rail, which is green on one side and red on the other.",
)
HEADLINES = (
    "Council votes for a night bus along the whole of the river road",
    "Grain harvest is late, and the mills wait with empty silos",
    "A swimmer crosses the estuary for the twentieth time",
    "Why the old observatory will not be sold after all",
    "Three families move into the houses that students built",
    "Museum shows the letters of a lighthouse keeper",
    "School kitchens are to cook with what the county grows",
    "The ferry to the island runs every hour from Saturday",
    "Court hears the case of the flooded cellars in May",
    "Volunteers plant four thousand willows in a single day",
    "Orchestra without a hall plays in the fish market",
    "Tower clock stands still because a pigeon nested in it",
)


def paragraphs(number: int, sentences: int = 3) -> str:
    """``number`` paragraphs, each of some sentences."""
    return "\n".join(
        "<p>"
        + " ".join(SENTENCES[(each * sentences + n) % len(SENTENCES)] for n in range(sentences))
        + "</p>"
        for each in range(number)
    )


def page(body: str, *, title: str, head: str = "", classes: str = "") -> bytes:
    """A page with a menu and a footer around ``body``."""
    menu = "".join(
        f'<li><a href="/{name}/">{name.title()}</a></li>'
        for name in ("news", "town", "sport", "culture", "weather")
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f'<body class="{classes}"><header><a href="/">The River Post</a><nav><ul>{menu}</ul></nav></header>'
        f"{body}<footer><p>© The River Post</p><a href='/imprint'>Imprint</a> <a href='/privacy'>Privacy</a>"
        "</footer></body></html>"
    ).encode()


def card(number: int, standfirst: bool = True, time: bool = True) -> str:
    """A teaser of another article."""
    headline = HEADLINES[number % len(HEADLINES)]
    when = f'<time datetime="2026-11-{number % 27 + 1:02}">{number % 27 + 1} November 2026</time>'
    text = f'<p class="summary">{SENTENCES[number % len(SENTENCES)]}</p>' if standfirst else ""
    return (
        f'<article class="card"><a href="/2026/11/{number + 1}/story-{number}"><img src="/i/{number}.jpg" alt=""></a>'
        f'<h3><a href="/2026/11/{number + 1}/story-{number}">{headline}</a></h3>{text}{when if time else ""}</article>'
    )


def cards(number: int, **kinds: bool) -> str:
    """Several teasers."""
    return "".join(card(each, **kinds) for each in range(number))


def article(title: str, text: str, *, byline: bool = True, around: str = "") -> str:
    """An article with its headline."""
    signed = (
        '<p class="byline">By <a rel="author" href="/by/ada-lund">Ada Lund</a> '
        '<time datetime="2026-11-14T10:00:00+00:00">14 November 2026, 10:00</time></p>'
    )
    return (
        f'<main><article class="story"><h1>{escape(title)}</h1>{signed if byline else ""}'
        f'<div class="story-body">{text}</div></article>{around}</main>'
    )
