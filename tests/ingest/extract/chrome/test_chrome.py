"""Lines that are a site's and not an article's, kind by kind and language by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.chrome.chrome import ChromeContext, chrome_kind, strike_chrome
from ingest.extract.data import load_data
from storage.article import Block, BlockType, Struck

PROSE = (
    "The council of the small town voted on Monday for a new bridge across the river, after years of "
    "debate about its cost and its place.",
    "Residents had asked for it since the flood of 2011, when the old one was swept away within a few "
    "hours, and with it the road to the school.",
    "Work is to begin next spring and will take two years, the mayor told the meeting, and nobody in the "
    "town hall seemed to doubt it.",
)


def page(*texts: str | tuple[BlockType, str]) -> tuple[Block, ...]:
    return tuple(
        Block("paragraph", text) if isinstance(text, str) else Block(text[0], text[1])
        for text in texts
    )


def strike(
    *texts: str | tuple[BlockType, str], context: ChromeContext | None = None
) -> tuple[list[str], list[tuple[str, str]]]:
    kept, struck = strike_chrome(page(*texts), context or ChromeContext())
    return [block.text for block in kept], [(line.text, line.reason) for line in struck]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("top of page", "page_anchor"),
        ("bottom of page", "page_anchor"),
        ("Back to top ↑", "page_anchor"),
        ("Nach oben", "page_anchor"),
        ("Retour en haut", "page_anchor"),
        ("Наверх", "page_anchor"),
        ("返回顶部", "page_anchor"),
        ("Advertisement", "ad"),
        ("ADVERTISEMENT", "ad"),
        ("- Anzeige -", "ad"),
        ("Publicité", "ad"),
        ("Реклама", "ad"),
        ("Story continues below advertisement", "ad"),
        ("Ad for subscribing to The Harbour Gazette", "ad"),
        ("La suite après la publicité", "ad"),
        ("Dalsza część artykułu pod reklamą", "ad"),
        ("広告", "ad"),
        ("Subscribe to our newsletter", "prompt"),
        ("Sign up for our daily newsletter and never miss a story.", "prompt"),
        ("Follow us on Facebook and Twitter", "prompt"),
        ("Leave a comment", "prompt"),
        ("Folgen Sie uns auf Facebook", "prompt"),
        ("Suscríbete a nuestro boletín", "prompt"),
        ("Подписывайтесь на наш канал в Telegram", "prompt"),
        ("تابعنا على فيسبوك", "prompt"),
        ("Share this article", "share"),
        ("Share on Facebook", "share"),
        ("WhatsApp", "share"),
        ("Artikel teilen", "share"),
        ("858 shares", "share"),
        ("复制链接", "share"),
        ("Read more: Who pays for the bridge", "related"),
        ("READ NEXT: Who pays for the bridge", "related"),
        ("Also read", "related"),
        ("Lesen Sie auch: Wer die Brücke bezahlt", "related"),
        ("Lire aussi : Qui paiera le pont", "related"),
        ("Lee también: Quién paga el puente", "related"),
        ("Читайте также: Кто заплатит за мост", "related"),
        ("اقرأ أيضا: من يدفع ثمن الجسر", "related"),
        ("【関連記事】橋の費用は誰が払うのか", "related"),
        ("Photo: Jane Doe", "caption"),
        ("Foto: dpa", "caption"),
        ("Jane Doe/Getty Images", "caption"),
        ("(AP Photo/Jane Doe)", "caption"),
        ("Symbolbild", "caption"),
        ("© 2026 The Harbour Gazette. All rights reserved.", "legal"),
        ("Alle Rechte vorbehalten", "legal"),
        ("We use cookies to improve your experience on this site.", "legal"),
        ("저작권자 © 하버뉴스, 무단전재 및 재배포 금지", "legal"),
        ("Tags: bridge, council, river", "byline"),
        ("Last updated: 3 May 2026", "byline"),
        ("Stand: 03.05.2026, 14:30 Uhr", "byline"),
        ("4 min read", "timestamp"),
        ("Vor 3 Stunden", "timestamp"),
        ("il y a 2 heures", "timestamp"),
        ("May 3, 2026", "timestamp"),
        ("2026年5月3日 12時30分", "timestamp"),
        ("___", "ornament"),
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_line_of_the_site_is_struck_and_kept_with_its_kind(
    line: str, reason: str, place: str
) -> None:
    texts = (line, *PROSE) if place == "above" else (*PROSE, line)
    assert strike(*texts) == (list(PROSE), [(line, reason)])


def _cases() -> list[tuple[str, str, str, str]]:
    """One line of each sort, kind and language in the data."""
    cases = []
    for kind, table in load_data("chrome").items():
        for language, phrases in table.items():
            if not isinstance(phrases, dict):
                continue
            for sort, entries in phrases.items():
                cases.extend((kind, language, sort, entry) for entry in entries)
    return cases


def test_every_phrase_of_the_data_strikes_its_line() -> None:
    for kind, language, sort, phrase in _cases():
        line = {
            "beginnings": f"{phrase} 12 h",
            "endings": f"12 {phrase}",
        }.get(sort, phrase)
        found = chrome_kind(line, edge=True)
        assert found is not None, (kind, language, sort, phrase)
        if sort == "lines" and load_data("chrome")[kind]["where"] != "edges":
            assert chrome_kind(line, edge=False) is not None, (kind, language, phrase)


@pytest.mark.parametrize(
    "kind", ["page_anchor", "ad", "prompt", "share", "related", "caption", "legal", "byline"]
)
def test_the_common_kinds_are_known_in_many_languages(kind: str) -> None:
    wanted = set(
        "en de fr es it pt nl sv no da fi pl cs ru uk tr ar fa he hy el ro hu zh ja ko id vi".split()
    )
    assert wanted <= set(load_data("chrome")[kind])


@pytest.mark.parametrize(
    "sentence",
    [
        "Top of page one was the story of the bridge.",
        "Advertisement revenue fell by a third, the publisher said.",
        "Share prices rose after the vote.",
        "Read more books, the librarian tells the children.",
        "Subscribe is what nobody did.",
        "Follow the river and you will reach the sea.",
        "Photo shops closed all over the country.",
        "Updated rules will apply from May.",
        "By Monday the water had gone.",
        "More people came than the hall could hold.",
        "Related to the mayor by marriage, he kept silent.",
        "Watch the birds, he said, and you will know.",
        "Facebook said on Monday that it would appeal.",
        "He died two days ago.",
        "He died 2 days ago.",
        "Anzeige wurde nicht erstattet, sagte die Polizei.",
        "Werbung für die Brücke machte nur der Bürgermeister.",
        "Mehr als 300 Menschen kamen.",
        "Teilen wollte er das Geld nicht.",
        "Bilder der Brücke gingen um die Welt.",
        "Vor dem Rathaus standen 300 Menschen.",
        "La suite est connue de tous.",
        "Lire est un plaisir, dit-elle.",
        "Publicité mensongère, répond le maire.",
        "Compartir la mesa es una costumbre del pueblo.",
        "Foto y firma son obligatorias.",
        "Leggi nuove, problemi vecchi.",
        "Meer mensen dan ooit kwamen.",
        "Del av bron stängs i maj.",
        "Czytaj, mówi nauczycielka, a zrozumiesz.",
        "Фотографии моста обошли весь мир.",
        "Реклама обошлась городу дорого, сказал мэр.",
        "Reklam yapmak yasak, dedi başkan.",
        "المزيد من الناس جاؤوا إلى القاعة",
        "广告牌被风吹倒了。",
        "広告費は三割減った。",
        "사진은 온 세계로 퍼졌다.",
        "Quảng cáo sai sự thật bị phạt.",
        "C# and C++ are taught in the second year.",
        "(c) the road to the school.",
    ],
)
def test_a_sentence_that_uses_the_sites_words_stays(sentence: str) -> None:
    texts = (PROSE[0], sentence, PROSE[1], PROSE[2])
    assert strike(*texts) == (list(texts), [])
    assert strike(sentence, *PROSE) == ([sentence, *PROSE], [])


def test_ordinary_words_are_struck_only_at_the_edges_and_never_as_headings() -> None:
    inside = (*PROSE[:2], ("list_item", "Facebook"), *PROSE, PROSE[0])
    assert strike(*inside)[1] == []
    assert strike(PROSE[0], ("heading", "Search"), PROSE[1])[1] == []
    assert strike(*PROSE, "Facebook", "Twitter")[1] == [("Facebook", "share"), ("Twitter", "share")]


def test_a_date_in_the_middle_of_a_list_stays() -> None:
    dates = tuple(f"May {day}, 2026" for day in range(1, 29))
    kept, _ = strike(*dates)
    assert set(dates[8:-4]) <= set(kept)


@pytest.mark.parametrize("title", ["A New Bridge for the Town", "Ein Fluß, zwei Ufer"])
def test_a_title_above_the_text_is_struck_however_often_it_stands_there(title: str) -> None:
    context = ChromeContext(titles=(title,))
    twice = (("heading", title), title.upper(), *PROSE)
    assert strike(*twice, context=context) == (
        list(PROSE),
        [(title, "doubled_title"), (title.upper(), "doubled_title")],
    )


def test_a_long_headline_is_struck_below_the_text_too_and_a_short_one_stays() -> None:
    long, short = "Town votes for a new bridge across the river", "The river"
    assert strike(*PROSE, long, context=ChromeContext(titles=(long,)))[1] == [
        (long, "doubled_title")
    ]
    texts = (PROSE[0], ("heading", short), PROSE[1])
    assert strike(*texts, context=ChromeContext(titles=(long, short)))[1] == []


def test_known_authors_and_by_lines_above_the_text_are_struck() -> None:
    context = ChromeContext(authors=("Jane Doe",))
    kept, struck = strike("By Jane Doe", "Von Erika Muster, Berlin", *PROSE, context=context)
    assert kept == list(PROSE)
    assert [reason for _, reason in struck] == ["byline", "byline"]


def test_the_source_files_lines_are_struck_under_the_name_of_their_kind() -> None:
    context = ChromeContext(
        lines=("Ad for subscribing to the Gazette", "Made with love in Harbour")
    )
    _, struck = strike(
        *PROSE, "Ad for subscribing to the Gazette", "Made with love in Harbour!", context=context
    )
    assert [reason for _, reason in struck] == ["ad", "source_line"]


def test_a_line_printed_twice_in_a_row_is_struck_once() -> None:
    kept, struck = strike(PROSE[0], PROSE[1], PROSE[1], PROSE[2])
    assert kept == list(PROSE)
    assert struck == [(PROSE[1], "doubled_line")]


def test_a_pull_quote_of_the_text_is_struck() -> None:
    kept, struck = strike(PROSE[0], PROSE[1], ("quote", f"“{PROSE[0]}”"), PROSE[2])
    assert kept == list(PROSE)
    assert [reason for _, reason in struck] == ["doubled_line"]


def test_headlines_under_related_articles_go_with_it_and_the_text_after_it_stays() -> None:
    below = (
        ("heading", "Related articles"),
        ("list_item", "Who pays for the bridge"),
        "The flood of 2011",
    )
    kept, struck = strike(*PROSE, *below)
    assert kept == list(PROSE)
    assert [reason for _, reason in struck] == ["related"] * 3
    kept, struck = strike(PROSE[0], *below, *PROSE[1:])
    assert kept == [PROSE[0], "Who pays for the bridge", "The flood of 2011", *PROSE[1:]]


def test_a_table_of_contents_goes_where_its_entries_are_headings_of_the_text() -> None:
    kept, struck = strike(
        ("heading", "Table of contents"),
        ("list_item", "The flood"),
        ("list_item", "The plan"),
        ("heading", "The flood"),
        PROSE[0],
        ("heading", "The plan"),
        PROSE[1],
    )
    assert kept == ["The flood", PROSE[0], "The plan", PROSE[1]]
    assert [reason for _, reason in struck] == ["contents"] * 3


def test_code_and_tables_are_not_read() -> None:
    texts: tuple[tuple[BlockType, str], ...] = (("code", "share"), ("table", "Advertisement"))
    assert strike(*PROSE, *texts)[1] == []


TEXT = st.text(max_size=400) | st.sampled_from(
    [
        "Advertisement",
        "Read more:",
        "((((",
        "©",
        "1/1",
        "By ",
        "Photo:",
        "Related articles",
        "9" * 400,
    ]
)
BLOCKS = st.lists(
    st.builds(Block, st.sampled_from(["paragraph", "heading", "list_item", "quote"]), TEXT),
    max_size=12,
)


@given(BLOCKS, st.lists(TEXT, max_size=3))
def test_every_line_is_kept_or_struck_and_striking_again_keeps_the_order(
    blocks: list[Block], titles: list[str]
) -> None:
    context = ChromeContext(titles=tuple(titles), authors=tuple(titles), lines=tuple(titles))
    kept, struck = strike_chrome(blocks, context)
    assert sorted([b.text for b in kept] + [s.text for s in struck]) == sorted(
        b.text for b in blocks
    )
    rest = iter(blocks)
    assert all(block in rest for block in kept)
    assert all(isinstance(line, Struck) and line.reason for line in struck)
