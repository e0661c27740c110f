"""The papers of the soak: what each publishes when, and in which of ten ways it may break.

Everything is reckoned from the paper's number and the time, so that the truth is known beforehand.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

__all__ = ["BREAKS", "Answer", "Paper", "papers_of"]

#: Ways to break, each with the words of reasons that tell it rightly.
BREAKS: dict[str, tuple[str, ...]] = {
    "markup changed": ("markup", "template", "fields", "authors"),
    "403": ("http_403",),
    "DNS gone": ("dns",),
    "certificate expired": ("certificate",),
    "feed frozen": ("frozen", "silence"),
    "feed empty": ("empty",),
    "robots closed": ("robots",),
    "login wall": ("login_wall",),
    "encoding changed": ("encoding",),
    "flooding": ("flood",),
}
#: Entries of a feed, and how many times as much a flooding one announces.
FEED_LENGTH, FLOOD = 40, 12
_SUBJECTS = (
    "Die Bürgermeisterin von Überlingen|Der Müller aus Grünau|Die Fähre nach Süderhöft"
    "|Der Straßenbahnhof|Das Äußere der Mühle|Die Königin der Dörfer|Der Förster von Nöthen"
).split("|")
_VERBS = "prüft|schließt|eröffnet|übergibt|bemängelt|erklärt|verkürzt".split("|")
_OBJECTS = (
    "die Brücke über die Lühe|den Höhenweg|das Gästehaus|die Türme der Börse|den Kräutergarten"
    "|die Geschäfte am Fluß|das Rührwerk|die Gärten im Süden"
).split("|")
_REST = (
    "für fünf Wochen|nach der Prüfung|während der Körnerlese|für alle Gäste|trotz der Kälte"
    "|gegen frühere Pläne|mit größter Mühe|zur Überraschung der Wähler"
).split("|")
_NAMES = "Jörg Häberle|Käthe Brühl|Günter Lößnitz|Bärbel Vöge|Uwe Schrödter".split("|")


@dataclass(frozen=True)
class Answer:
    """What is answered to a request."""

    status: int
    kind: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Paper:
    """One paper on loopback."""

    number: int
    name: str
    host: str
    port: int
    scheme: str
    #: Instants of its articles, ascending.
    published: list[float]
    #: How it breaks, from when until when; ``None`` for one that does not.
    breaks: str | None = None
    begins: float = float("inf")
    ends: float = float("inf")
    #: What it was asked for, and when.
    asked: list[tuple[float, str]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Its address."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def is_broken(self, now: float) -> bool:
        """Whether it is, just now."""
        return self.begins <= now < self.ends

    def answer(self, path: str, now: float) -> Answer:
        """What stands under ``path`` at ``now`` (seconds since the epoch)."""
        self.asked.append((now, path))
        broken = self.breaks if self.is_broken(now) else None
        if path == "/robots.txt":
            closed = "/" if broken == "robots closed" else ""
            return _text(f"User-agent: *\nDisallow: {closed}\n")
        if broken == "403":
            return Answer(403, "text/html", b"<title>403 Forbidden</title><h1>Forbidden</h1>")
        if path == "/feed.xml":
            return self._feed(now, broken)
        if path.startswith("/artikel/"):
            number = path.removeprefix("/artikel/")
            if number.isdigit():
                return self._page(int(number), broken)
        return Answer(404, "text/html", b"<title>404</title>not here")

    def _feed(self, now: float, broken: str | None) -> Answer:
        until = self.begins if broken == "feed frozen" else now
        there = bisect_right(self.published, until)
        numbers = [] if broken == "feed empty" else list(range(max(0, there - FEED_LENGTH), there))
        entries = [(n, self.published[n]) for n in numbers]
        if broken == "flooding":
            since = bisect_right(self.published, self.begins)
            # Each article brings others with it, under numbers that no article has else.
            entries = [
                (1_000_000 + FLOOD * n + more, self.published[n])
                for n in range(max(since, there - FEED_LENGTH), there)
                for more in range(FLOOD)
            ] + entries
        items = "".join(
            f"<item><title>{escape(_title(self.number, n))}</title>"
            f"<link>{self.origin}/artikel/{n}</link>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(at, UTC))}</pubDate></item>"
            for n, at in reversed(entries)
        )
        feed = (
            f'<rss version="2.0"><channel><title>{self.name}</title>'
            f"<link>{self.origin}/</link>{items}</channel></rss>"
        )
        return Answer(200, "application/rss+xml; charset=utf-8", feed.encode())

    def _page(self, number: int, broken: str | None) -> Answer:
        if broken == "login wall":
            return _html(
                "<title>Anmelden</title><main><h1>Anmelden</h1><form method=post><input name=user>"
                "<input type=password name=password><button>Anmelden</button></form>"
                "<p>Bitte melden Sie sich an, um weiterzulesen.</p></main>"
            )
        make = _relaunched if broken == "markup changed" else _article
        at = self.published[number if number < 1_000_000 else (number - 1_000_000) // FLOOD]
        page = make(self, number, datetime.fromtimestamp(at, UTC))
        if broken == "encoding changed":
            # A server that takes UTF-8 for ASCII and writes what it does not know as U+FFFD.
            page = page.encode().decode("ascii", "replace")
        return _html(page)


def _title(paper: int, number: int) -> str:
    chance = random.Random(f"{paper}-{number}")
    return (
        f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)}"
        f" (Nr. {number})"
    )


def _paragraphs(paper: int, number: int) -> list[str]:
    chance = random.Random(f"text-{paper}-{number}")

    def sentence() -> str:
        return (
            f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)}"
            f" {chance.choice(_REST)}, {chance.choice(_REST)} im Jahr {chance.randint(1200, 2026)}."
        )

    return [" ".join(sentence() for _ in range(chance.randint(2, 4))) for _ in range(6)]


def _article(paper: Paper, number: int, at: datetime) -> str:
    title = escape(_title(paper.number, number))
    author = random.Random(f"by-{paper.number}-{number}").choice(_NAMES)
    text = "".join(f"<p>{escape(each)}</p>" for each in _paragraphs(paper.number, number))
    return (
        f"<title>{title} - {paper.name}</title>"
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="{at.isoformat()}">'
        f'<meta name="author" content="{author}"></head><body><header><nav><a href="/">Start</a>'
        f'<a href="/sport">Sport</a></nav></header><main><article><h1>{title}</h1>'
        f'<p class="byline">Von {author}</p><div class="text">{text}</div></article></main>'
        f"<footer><p>Impressum von {paper.name}</p></footer>"
    )


def _relaunched(paper: Paper, number: int, at: datetime) -> str:
    """The same paper after a relaunch: the text comes by script, but for its beginning."""
    title = escape(_title(paper.number, number))
    first = escape(_paragraphs(paper.number, number)[0])
    return (
        f'<title>{title}</title></head><body><div id="app"><div class="x1"><div class="x2">{title}'
        f'</div><div class="x3"><div class="x4">{first}</div></div></div></div>'
        f'<script>loadStory({number}, "{at.date()}")</script>'
    )


def _html(page: str) -> Answer:
    head = '<!doctype html><html lang="de"><head><meta charset="utf-8">'
    return Answer(200, "text/html; charset=utf-8", f"{head}{page}</body></html>".encode())


def _text(text: str) -> Answer:
    return Answer(200, "text/plain; charset=utf-8", text.encode())


def papers_of(
    sources: int, begin: float, seconds: float, gap: float, ports: tuple[int, int], seed: int
) -> list[Paper]:
    """``sources`` papers that publish every ``gap`` seconds on average, from before ``begin``.

    ``ports``: of plain and of encrypted connections; the one whose certificate expires has those.
    """
    kinds = list(BREAKS)
    papers = []
    for number in range(sources):
        chance = random.Random(f"{seed}-{number}")
        breaks = kinds[number] if number < len(kinds) else None
        at, times = begin - gap * FEED_LENGTH * 1.5, []
        while at < begin + seconds + 60:
            times.append(at)
            # Neither a clock nor pure chance.
            at += gap * chance.gammavariate(3, 1 / 3)
        encrypted = breaks == "certificate expired" or (breaks is None and number % 5 == 0)
        name = f"paper-{number:02}"
        papers.append(
            Paper(
                number,
                name,
                f"{name}.example",
                ports[encrypted],
                "https" if encrypted else "http",
                times,
                breaks,
            )
        )
    return papers
