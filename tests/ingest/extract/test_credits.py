"""Whom a page credits its text to: the conventions of houses and languages, and what is no credit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.credits.metadata_candidates import Stated
from ingest.extract.credits.page_credits import CreditInput, CreditReading, read_credits
from ingest.extract.page.lines import Line
from storage.article import Block

PROSE = (
    "The council of the small town voted on Monday for a new bridge across the river, after years of "
    "debate about its cost and its place.",
    "Residents had asked for it since the flood of 2011, when the old one was swept away within hours.",
    "Work is to begin next spring and will take two years, the mayor told the meeting in the town hall.",
)


def lines(texts: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(text, linked=False, area=None, tag="p") for text in texts)


def read(
    *,
    first: str | None = None,
    last: str | None = None,
    head: tuple[str, ...] = (),
    tail: tuple[str, ...] = (),
    byline: tuple[str, ...] = (),
    site: str = "Harbour Gazette",
    url: str = "https://www.harbourgazette.example/news/new-bridge-voted-12345",
    canonical: str | None = None,
    json_ld: tuple[str, ...] = (),
) -> CreditReading:
    texts = [*([first] if first else []), *PROSE, *([last] if last else [])]
    return read_credits(
        CreditInput(
            head=lines(head),
            blocks=tuple(Block("paragraph", text) for text in texts),
            tail=lines(tail),
            byline=byline,
            site_name=site,
            page_url=url,
            canonical_url=canonical,
            stated=tuple(Stated("json_ld.isBasedOn", address) for address in json_ld),
        )
    )


def pairs(reading: CreditReading) -> set[tuple[str, str]]:
    return {(credit.role, credit.name) for credit in reading.credits}


def agencies(reading: CreditReading) -> set[str]:
    assert all(credit.role == "agency" for credit in reading.credits)
    return {credit.name for credit in reading.credits}


@pytest.mark.parametrize(
    ("opening", "names"),
    [
        ("WASHINGTON (Reuters) - The", {"Reuters"}),
        ("ST. JOSEPH, Mich. (AP) — The", {"Associated Press"}),
        ("(Reuters) - The", {"Reuters"}),
        ("MANILA, Philippines (AP) - The", {"Associated Press"}),
        ("Berlin (dpa) - Die", {"Deutsche Presse-Agentur"}),
        ("Hamburg (dpa/lno) – Die", {"Deutsche Presse-Agentur"}),
        ("Wiesbaden (KNA/iz). Die", {"Katholische Nachrichten-Agentur"}),
        ("Bern (awp/sda) - Die", {"AWP", "Keystone-SDA"}),
        ("Frankfurt am Main (ots) - Die", {"ots"}),
        ("MOSKAU, 3. Mai (TASS). Die", {"TASS"}),
        ("GYUMRI, MARCH 3, ARMENPRESS. The", {"Armenpress"}),
        ("Ganja, March 3, AZERTAC The", {"AZERTAC"}),
        ("ALMATY. KAZINFORM The", {"Kazinform"}),
        ("КАЗАНЬ, 3 мар — РИА Новости. Город", {"RIA Novosti"}),
        ("Казань. 3 марта. INTERFAX.RU - Город", {"Interfax"}),
        ("中新社上海3月3日电 市议会", {"China News Service"}),
        ("MOSCOW, May 3. /TASS/. The", {"TASS"}),
        ("NEW YORK, Nov. 3, 2023 /PRNewswire/ -- The", {"PR Newswire"}),
        ("NEW YORK, Nov. 3, 2023 (GLOBE NEWSWIRE) -- The", {"GlobeNewswire"}),
        ("DALLAS--(BUSINESS WIRE)--The", {"Business Wire"}),
        ("BEIJING, Nov. 3 (Xinhua) -- The", {"Xinhua"}),
        ("KUALA LUMPUR, Nov 3 (Bernama) -- The", {"Bernama"}),
        ("New Delhi [India], November 3 (ANI): The", {"Asian News International"}),
        ("Jakarta (ANTARA) - Para", {"ANTARA"}),
        ("Madrid, 3 may (EFE).- El", {"EFE"}),
        ("Londres, 3 mai (AFP) - Le", {"Agence France-Presse"}),
        ("(ANSA) - ROMA, 3 MAG - Il", {"ANSA"}),
        ("ANKARA (AA) - Bakan", {"Anadolu Ajansı"}),
        ("İSTANBUL, (DHA) - Bakan", {"Demirören Haber Ajansı"}),
        ("Praha 3. listopadu (ČTK) - Vláda", {"ČTK"}),
        ("Zagreb, 3. studenoga (Hina) - Vlada", {"Hina"}),
        ("МОСКВА, 3 мая. /ТАСС/. Совет", {"TASS"}),
        ("القاهرة (رويترز) - قال", {"Reuters"}),
        ("新华社北京11月3日电（记者张三）会议", {"Xinhua"}),
        ("【ロンドン共同】政府は", {"Kyodo News"}),
        ("[東京 3日 ロイター] - 政府は", {"Reuters"}),
        ("(서울=연합뉴스) 홍길동 기자 = 정부는", {"Yonhap"}),
    ],
)
def test_a_dateline_names_its_agency_and_stays_in_its_paragraph(
    opening: str, names: set[str]
) -> None:
    paragraph = f"{opening} {PROSE[0]}"
    reading = read(first=paragraph)
    assert agencies(reading) == names
    assert {credit.where for credit in reading.credits} == {"dateline"}
    assert reading.blocks[0].text == paragraph
    assert all(credit.evidence in paragraph for credit in reading.credits)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("(dpa)", {"Deutsche Presse-Agentur"}),
        ("(HG mit dpa)", {"Deutsche Presse-Agentur"}),
        ("SDA/sep", {"Keystone-SDA"}),
        ("aja/PAP", {"Polska Agencja Prasowa"}),
        ("(afp, ap)", {"Agence France-Presse", "Associated Press"}),
        ("(APA, red, 26.1.2021)", {"Austria Presse Agentur"}),
        ("/TT", {"TT Nyhetsbyrån"}),
        ("(TT)", {"TT Nyhetsbyrån"}),
        ("/ritzau/", {"Ritzau"}),
        ("(NTB)", {"NTB"}),
        ("AFP/Reuters", {"Agence France-Presse", "Reuters"}),
        ("(KNA, DR)", {"Katholische Nachrichten-Agentur"}),
        ("Mit Agenturmaterial.", {"News agencies"}),
        ("With Post wires", {"News agencies"}),
        ("(With inputs from agencies)", {"News agencies"}),
        ("Avec AFP", {"Agence France-Presse"}),
        ("(avec AFP et Reuters)", {"Agence France-Presse", "Reuters"}),
        ("Con información de EFE", {"EFE"}),
        ("Com informações da Agência Brasil", {"Agência Brasil"}),
        ("Additional reporting from PA", {"PA Media"}),
        ("(With inputs from ANI)", {"Asian News International"}),
        ("Quelle: kathpress", {"Kathpress"}),
        ("Quelle: sid/dpa", {"Sport-Informations-Dienst", "Deutsche Presse-Agentur"}),
        ("Bron: ANP", {"Algemeen Nederlands Persbureau"}),
        ("Zdroj: ČTK", {"ČTK"}),
        ("Forrás: MTI", {"MTI"}),
        ("Lähde: STT", {"STT"}),
        ("Kaynak: AA", {"Anadolu Ajansı"}),
        ("Источник: ТАСС", {"TASS"}),
        ("Джерело: Укрінформ", {"Ukrinform"}),
        ("Աղբյուրը՝ Արմենպրես", {"Armenpress"}),
        ("المصدر: رويترز", {"Reuters"}),
        ("منبع: خبرگزاری تسنیم", {"Tasnim News"}),
        ("מקור: רויטרס", {"Reuters"}),
        ("Πηγή: ΑΠΕ-ΜΠΕ", {"AMNA"}),
        ("来源：新华社", {"Xinhua"}),
        ("출처: 연합뉴스", {"Yonhap"}),
        ("Sumber: ANTARA", {"ANTARA"}),
        ("© dpa-infocom, dpa:230428-99-483045/5", {"Deutsche Presse-Agentur"}),
    ],
)
def test_a_mark_below_the_text_names_agencies_and_is_struck(line: str, names: set[str]) -> None:
    reading = read(last=line)
    assert agencies(reading) == names
    if names:
        assert [block.text for block in reading.blocks] == list(PROSE)
        assert [(s.text, s.reason) for s in reading.struck] == [(line, "credit")]
        assert {credit.where for credit in reading.credits} == {"tail"}


def test_the_mark_behind_the_last_sentence_is_struck_and_the_sentence_stays() -> None:
    reading = read(last="Mehr wollte der Sprecher dazu am Abend nicht sagen. (FR mit dpa)")
    assert agencies(reading) == {"Deutsche Presse-Agentur"}
    assert reading.blocks[-1].text == "Mehr wollte der Sprecher dazu am Abend nicht sagen."
    assert [s.text for s in reading.struck] == ["(FR mit dpa)"]


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("The Associated Press", {("agency", "Associated Press")}),
        ("Von dpa 30.04.2024, 18:58", {("agency", "Deutsche Presse-Agentur")}),
        ("Von Erika Muster und Max Beispiel, dpa", {("agency", "Deutsche Presse-Agentur")}),
        ("By Jane Doe and John Roe The Associated Press", {("agency", "Associated Press")}),
        (
            "By Jane Doe - Associated Press - Friday, April 28, 2023",
            {("agency", "Associated Press")},
        ),
        ("JANE DOE, AP Sports Writer", {("agency", "Associated Press")}),
        ("Associated Press in Valencia", {("agency", "Associated Press")}),
        ("By Staff and news service reports", {("agency", "News agencies")}),
        ("Por Agencia EFE", {("agency", "EFE")}),
        ("Par L'Exemple avec AFP", {("agency", "Agence France-Presse")}),
        ("AFP/Reuters", {("agency", "Agence France-Presse"), ("agency", "Reuters")}),
        ("By Jane Doe, CNN", {("original_publisher", "CNN")}),
        ("Jane Doe, The New York Times", {("original_publisher", "The New York Times")}),
        ("By Jane Doe", set()),
        ("Petra Reuter", set()),
        ("Sid Vicar", set()),
    ],
)
def test_a_byline_that_names_a_house_is_a_credit(
    author: str, expected: set[tuple[str, str]]
) -> None:
    assert pairs(read(byline=(author,))) == expected


def test_a_visible_byline_is_read_where_the_page_has_no_other() -> None:
    reading = read(head=("A new bridge", "Von Erika Muster, dpa", "30. April 2024"))
    assert [(c.name, c.where, c.evidence) for c in reading.credits] == [
        ("Deutsche Presse-Agentur", "byline", "Von Erika Muster, dpa")
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Jane Doe contributed to this report.", {"Jane Doe"}),
        (
            "The Gazette's Jane Doe and John Roe contributed to this report.",
            {"Jane Doe", "John Roe"},
        ),
        ("Jane Doe contributed reporting from Hong Kong.", {"Jane Doe"}),
        (
            "Additional reporting by Jane Doe in Paris and John Roe in Rome",
            {"Jane Doe", "John Roe"},
        ),
        ("(Reporting by Jane Doe; Editing by John Roe)", {"Jane Doe"}),
        ("Contributing: Jane Doe", {"Jane Doe"}),
        ("Mitarbeit: Erika Muster", {"Erika Muster"}),
        ("Con la colaboración de Juana Pérez", {"Juana Pérez"}),
        ("Avec la contribution de Jeanne Dupont", {"Jeanne Dupont"}),
        ("Współpraca: Anna Kowalska", {"Anna Kowalska"}),
    ],
)
def test_who_helped_is_a_contributor_and_editors_are_not(line: str, expected: set[str]) -> None:
    assert pairs(read(last=line)) == {("contributor", name) for name in expected}


def test_agency_writers_who_contributed_credit_their_agency_too() -> None:
    reading = read(last="—Associated Press writer Jane Doe in Paris contributed to this report.")
    assert pairs(reading) == {("contributor", "Jane Doe"), ("agency", "Associated Press")}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Translated by Jane Doe", "Jane Doe"),
        ("Translated from the Armenian by Jane Doe", "Jane Doe"),
        ("Übersetzung: Erika Muster, Redaktion: Max Beispiel", "Erika Muster"),
        ("Übersetzung Erika Muster, 12.12.22", "Erika Muster"),
        ("Übersetzt vonErika Muster", "Erika Muster"),
        ("Aus dem Englischen von Erika Muster", "Erika Muster"),
        ("Traduit de l’anglais par Jeanne Dupont", "Jeanne Dupont"),
        ("Traducción de Juana Pérez", "Juana Pérez"),
        ("Tradução: Joana Silva", "Joana Silva"),
        ("Traduzione di Maria Rossi", "Maria Rossi"),
        ("Vertaald door Jan de Vries", "Jan de Vries"),
        ("Tłumaczenie: Anna Kowalska", "Anna Kowalska"),
        ("Перевод: Анна Иванова", "Анна Иванова"),
        ("Переклад: Анна Шевченко", "Анна Шевченко"),
        ("Çeviri: Ayşe Yılmaz", "Ayşe Yılmaz"),
        ("Översatt av Anna Svensson", "Anna Svensson"),
        ("תרגום: דנה כהן", "דנה כהן"),
        ("翻译：张三", "张三"),
    ],
)
def test_a_translator_is_a_person(line: str, name: str) -> None:
    assert pairs(read(last=line)) == {("translator", name)}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("This article was originally reported by OC Media", "OC Media"),
        (
            "This article was originally published by Futurism. Read the original article.",
            "Futurism",
        ),
        ("This story first appeared on Hill Valley Telegraph.", "Hill Valley Telegraph"),
        (
            "This article is republished from The Conversation under a Creative Commons license.",
            "The Conversation",
        ),
        ("The post A new bridge appeared first on Hill Valley Telegraph.", "Hill Valley Telegraph"),
        (
            "This article was originally published on examplesite and has been republished here with permission.",
            "examplesite",
        ),
        ("First published in The Conversation.", "The Conversation"),
        ("Courtesy of Forest Letters", "Forest Letters"),
        ("This report was based on original reporting by Jane Doe of Rawstory.", "Raw Story"),
        ("The above is an excerpt from Bridges of the World, by Jane Doe.", "Bridges of the World"),
        (
            "Dieser Beitrag ist am 1. Juni 2017 in der Wochenzeitung „der Freitag“ erschienen.",
            "der Freitag",
        ),
        (
            "Dieser Artikel ist eine Übersetzung, im Original ist er in der israelischen Tageszeitung Haaretz erschienen.",
            "Haaretz",
        ),
        ("Dieser Artikel erschien zuerst bei Beispielblatt.", "Beispielblatt"),
        (
            "Cet article est republié à partir de The Conversation sous licence Creative Commons.",
            "The Conversation",
        ),
        ("Este artículo fue publicado originalmente en El Ejemplo.", "El Ejemplo"),
        ("Este artigo foi publicado originalmente em O Exemplo.", "O Exemplo"),
        ("Questo articolo è stato pubblicato originariamente su Esempio.", "Esempio"),
        ("Dit artikel verscheen eerder op Voorbeeld.", "Voorbeeld"),
        ("Publicado originalmente em Jornal da Ponte", "Jornal da Ponte"),
        ("Este artículo se publicó originalmente en el Diario de la Ría.", "Diario de la Ría"),
        ("Originally published in the Journal of Bridge Lore.", "Journal of Bridge Lore"),
    ],
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_the_house_of_the_original_is_named_as_the_page_writes_it(
    line: str, name: str, place: str
) -> None:
    reading = read(first=line) if place == "first" else read(last=line)
    [credit] = reading.credits
    assert (credit.role, credit.name) == ("original_publisher", name)
    assert credit.where == ("head" if place == "first" else "tail")
    assert credit.evidence in line
    assert [block.text for block in reading.blocks] == list(PROSE)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Quelle: Shanghai Electric", {"Shanghai Electric"}),
        ("1.12.2022 | Quelle: Shanghai Electric | gazette.example", {"Shanghai Electric"}),
        ("Quelle: Pressemitteilung Ökologische Tierzucht", {"Ökologische Tierzucht"}),
        ("With reports from Reforma and El Economista", {"Reforma", "El Economista"}),
        ("Fuente: Ministerio de Salud", {"Ministerio de Salud"}),
        ("Źródło: Komenda Główna Policji", {"Komenda Główna Policji"}),
        ("Quelle: https://www.example.org/2019/bridge", {"example.org"}),
    ],
)
def test_a_source_line_names_who_supplied_the_text(line: str, names: set[str]) -> None:
    assert pairs(read(last=line)) == {("source", name) for name in names}


def test_a_source_label_and_the_line_below_it_are_read_together() -> None:
    reading = read(tail=("Quelle:", "https://www.example.org/2019/bridge", "Teilen"))
    assert pairs(reading) == {("source", "example.org")}


@pytest.mark.parametrize(
    "paragraph",
    [
        "The minister told Reuters on Monday that the bridge would be built in two years.",
        "AFP reported earlier that the council had voted for it.",
        "Das sagte ein Sprecher der Deutschen Presse-Agentur (dpa) am Montag in Berlin.",
        "Die Brücke soll laut dpa in zwei Jahren fertig sein.",
        "Selon l'AFP, le pont sera construit en deux ans.",
        "The Associated Press (AP) is a news agency that was founded in 1846.",
        "Originally published on May 3, 2021, and updated since.",
        "This article was originally published on our website in May.",
        "This story was first published in 2019.",
        "The book was translated by a team of students and reviewed in our last issue.",
        "She contributed to the campaign and to the party for many years.",
        "The trees contributed to this.",
        "The article was first published by a newspaper that has since closed.",
        "It is the source of the river: the spring above the village.",
        "Quelle: Getty Images",
        "Source: Statista",
        "Photo: AP",
        "Foto: dpa",
        "All rights reserved.",
        "With you, by you, from you: that is how they work.",
        "BERLIN, June 5, Reuters told the court, was the day on which the contract ended.",
        "On Tuesday, March 3, Kazinform and two other agencies will move into the old town hall.",
    ],
)
def test_mentions_pictures_and_dates_are_no_credits(paragraph: str) -> None:
    for reading in (read(first=paragraph), read(last=paragraph)):
        assert reading.credits == ()
        assert paragraph in [block.text for block in reading.blocks]


def test_a_source_line_under_a_picture_is_the_pictures() -> None:
    blocks = (
        Block("paragraph", PROSE[0]),
        Block("caption", "The old bridge in 1998."),
        Block("paragraph", "Quelle: dpa"),
        Block("paragraph", PROSE[1]),
    )
    assert read_credits(CreditInput(blocks=blocks)).credits == ()


def test_the_translator_in_a_books_data_is_not_the_pages() -> None:
    texts = ("Verlag: Musterverlag", "ISBN: 9783123456789", "Übersetzer: Erika Muster", *PROSE)
    blocks = tuple(Block("paragraph", text) for text in texts)
    assert read_credits(CreditInput(blocks=blocks)).credits == ()


def test_a_house_does_not_credit_itself() -> None:
    own = {"site": "Reuters", "url": "https://www.reuters.com/world/new-bridge-voted-2024-05-03/"}
    assert read(first=f"LONDON (Reuters) - {PROSE[0]}", **own).credits == ()
    assert read(last="Quelle: Harbour Gazette").credits == ()
    assert read(last="The post A new bridge appeared first on Harbour Gazette.").credits == ()


def test_an_agency_named_as_publisher_on_anothers_page_is_still_credited() -> None:
    reading = read_credits(
        CreditInput(
            blocks=(Block("paragraph", f"PARIS (AP) — {PROSE[0]}"),),
            site_name="Harbour Gazette",
            publisher="Associated Press",
            page_url="https://www.harbourgazette.example/a",
        )
    )
    assert agencies(reading) == {"Associated Press"}


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        (
            "https://www.nbcnews.com/news/new-bridge-voted-rcna1234",
            {("original_publisher", "NBC News")},
        ),
        (
            "https://other.example.org/2024/a-new-bridge-voted",
            {("original_publisher", "other.example.org")},
        ),
        ("https://amp.harbourgazette.example/news/new-bridge-voted-12345", set()),
        ("https://www.harbourgazette.co.uk/2024/a-new-bridge-voted", set()),
        ("https://gazette-staging.herokuapp.com/2024/a-new-bridge-voted", set()),
        ("https://example.net/news/new-bridge-voted-12345", set()),
        ("https://example.net/", set()),
        ("not an address", set()),
    ],
)
def test_a_canonical_address_at_another_house_is_a_credit(
    canonical: str, expected: set[tuple[str, str]]
) -> None:
    reading = read(canonical=canonical)
    assert pairs(reading) == expected
    assert all(c.where == "meta" and c.evidence == canonical for c in reading.credits)


def test_rights_of_another_house_count_beside_a_distributor() -> None:
    tail = ("Via SyndiGate.info", "Copyright © 2019 Press TV. All rights reserved.")
    assert pairs(read(tail=tail)) == {("agency", "SyndiGate"), ("original_publisher", "Press TV")}
    assert read(tail=tail[1:]).credits == ()


def test_a_credit_given_twice_is_given_once() -> None:
    reading = read(first=f"BERLIN (dpa) - {PROSE[0]}", last="(dpa)", byline=("dpa",))
    assert [credit.name for credit in reading.credits] == ["Deutsche Presse-Agentur"]


TEXT = st.text(max_size=300) | st.sampled_from(
    [
        "(dpa",
        "Quelle: ",
        "((((",
        "By , , ,",
        "contributed to this report",
        "（）",
        "/ / /",
        "：",
        "By " * 80,
    ]
)


@given(st.lists(TEXT, max_size=6), st.lists(TEXT, max_size=6), st.lists(TEXT, max_size=3), TEXT)
def test_any_lines_give_a_reading_whose_evidence_stands_in_them(
    blocks: list[str], texts: list[str], byline: list[str], url: str
) -> None:
    reading = read_credits(
        CreditInput(
            head=lines(texts),
            blocks=tuple(Block("paragraph", text) for text in blocks),
            tail=lines(texts),
            byline=tuple(byline),
            site_name=url,
            page_url=url,
            canonical_url=url,
            stated=(Stated("json_ld.isBasedOn", url), *(Stated("meta.author", b) for b in byline)),
            between=lines(texts),
        )
    )
    page = " ".join(" ".join([*blocks, *texts, *byline, url]).split())
    for credit in reading.credits:
        assert credit.name
        assert " ".join(credit.evidence.split()) in page
    assert len(reading.blocks) <= len(blocks)
