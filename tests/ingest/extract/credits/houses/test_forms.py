"""Names of houses as sentences bend them: the gazetteer finds the house all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.credits.gazetteer import gazetteer
from ingest.extract.credits.houses.forms import bent, without_words
from ingest.extract.credits.houses.keys import house_key


def found(name: str, *, bare: bool = True) -> str | None:
    house = gazetteer().find(name, weak=True, bare=bare)
    return None if house is None else house.id


@pytest.mark.parametrize(
    ("written", "id"),
    [
        # behind an apostrophe, whatever it is
        ("AA'nın", "anadolu"),
        ("Anadolu Ajansı’ndan", "anadolu"),
        ("Hürriyet'in", "hurriyet"),
        ("Reuters'ə", "reuters"),
        ("AP's", "ap"),
        ("Reuters’", "reuters"),
        # behind a colon or hyphen, where it is a case's
        ("AFP:n", "afp"),
        ("MTI-nek", "mti"),
        ("PAP-u", "pap"),
        ("ՏԱՍՍ-ի", "tass"),
        ("AFP-ის", "afp"),
        ("JAMnews-ի", "jamnews"),
        ("AZƏRTAC-ın", "azertac"),
        # glued to the word
        ("РИА Новостей", "ria-novosti"),
        ("Интерфаксу", "interfax"),
        ("Медузы", "meduza"),
        ("Коммерсантом", "kommersant"),
        ("Эхом Кавказа", "ekho-kavkaza"),
        ("Արմենպրեսի", "armenpress"),
        ("Արմենպրեսից", "armenpress"),
        ("ՌԻԱ Նովոստիին", "ria-novosti"),
        ("Sputnik Արմենիայի", "sputnik"),
        ("Ազատության", "azatutyun"),
        ("რადიო თავისუფლების", "radio-tavisupleba"),
        ("ინტერპრესნიუსის", "interpressnews"),
        ("Polską Agencją Prasową", "pap"),
        ("České tiskové kanceláře", "ctk"),
        ("Deutschen Presse-Agentur", "dpa"),
        ("der Deutschen Presse-Agentur", "dpa"),
        ("Frankfurter Allgemeinen Zeitung", "faz"),
        ("Αθηναϊκού Πρακτορείου Ειδήσεων", "amna"),
        # with its mark in brackets
        ("Austria Presse Agentur (APA)", "apa-at"),
        ("خبرگزاری دانشجویان ایران (ایسنا)", "isna"),
        # a preposition that is written together with the name
        ("لرويترز", "reuters"),
        ("לרויטרס", "reuters"),
    ],
)
def test_a_name_is_found_in_its_cases(written: str, id: str) -> None:
    assert found(written) == id


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("Turan news agency", "turan-az"),
        ("Turan İnformasiya Agentliyinin", "turan-az"),
        ("Trend agentliyi", "trend-az"),
        ("agencia EFE", "efe"),
        ("Agence Reuters", "reuters"),
        ("агентству «Интерфакс»", "interfax"),
        ("ИА «Регнум»", "regnum"),
        ("газеты «Коммерсантъ»", "kommersant"),
        ("Արմենպրես լրատվական գործակալության", "armenpress"),
        ("«Առավոտ» օրաթերթի", "aravot"),
        ("Cumhuriyet gazetesi", "cumhuriyet"),
        ("سایت تابناک", "tabnak"),
        ("خبرگزاری مهر", "mehr"),
        ("وكالة الأناضول للأنباء", "anadolu"),
        ("로이터통신", "reuters"),
        ("newspaper Haaretz", "haaretz"),
    ],
)
def test_words_that_say_what_a_house_is_are_no_part_of_its_name(written: str, id: str) -> None:
    assert found(written) == id


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("ANADOLU AJANSI", "anadolu"),
        ("anadolu ajansı muhabiri", None),
        ("HÜRRİYET", "hurriyet"),
        ("El Pais", "el-pais"),
        ("ΑΘΗΝΑΪΚΟ ΠΡΑΚΤΟΡΕΙΟ", "amna"),
        ("الاناضول", "anadolu"),
        ("خبرگزاري تسنيم", "tasnim"),
    ],
)
def test_letters_that_writers_exchange_are_one(written: str, id: str | None) -> None:
    assert found(written) == id


@pytest.mark.parametrize(
    "written",
    [
        "Politik",
        "Daily Stern",
        "Star Magazine",
        "Portal",
        "Agentur für Arbeit",
        "the agency",
        "Anna Berg",
        "Mehr als",
        "Сегодня утром",
        "l'agence",
    ],
)
def test_what_is_no_case_of_a_name_is_no_house(written: str) -> None:
    assert found(written) is None


def test_a_name_that_means_something_else_too_does_so_in_every_case() -> None:
    assert found("der Stern") == "stern"
    assert found("der Stern", bare=False) is None
    assert found("журнал Time", bare=False) == "time", "announced, it is the house"


@given(st.text(max_size=70))
def test_any_text_can_be_unbent(text: str) -> None:
    for form in bent(text):
        assert len(form) < len(text)
    for rest, _ in without_words(text, house_key(text)):
        assert len(rest) < len(text)
