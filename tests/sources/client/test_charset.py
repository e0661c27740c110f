import codecs
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.client import decode_page
from sources.client.answer.charset import is_utf8_as_it_stands

TEXTS = {
    "ru": "Городской совет во вторник утвердил бюджет на следующий год. Депутаты спорили более пяти часов, "
    "однако большинство поддержало предложение мэра, сообщила пресс-служба.",
    "uk": "Міська рада у вівторок ухвалила бюджет на наступний рік. Депутати сперечалися понад п'ять годин, "
    "але більшість підтримала пропозицію мера.",
    "ja": "市議会は火曜日、来年度の予算案を賛成多数で可決した。議員たちは五時間以上にわたって議論したが、市長の提案が支持された。",
    "zh": "市议会星期二通过了明年的预算。议员们争论了五个多小时，但多数人支持市长的提案。学校开支将增加百分之八。",
    "zh-tw": "市議會星期二通過了明年的預算。議員們爭論了五個多小時，但多數人支持市長的提案。學校開支將增加百分之八。",
    "ko": "시의회는 화요일 내년도 예산안을 통과시켰다. 의원들은 다섯 시간 넘게 토론했지만 다수가 시장의 제안을 지지했다.",
    "de": "Der Stadtrat hat am Dienstag den Haushalt beschlossen. „Größere Änderungen“ gab es nicht, sagte der "
    "Bürgermeister – die Straßen bleiben übrigens gesperrt.",
    "fr": "Le conseil municipal a adopté mardi le budget de l’année prochaine. La majorité a soutenu le maire.",
    "es": "El concejo aprobó el martes el presupuesto del próximo año. ¿Habrá más dinero? «Sí», dijo en español.",
    "pl": "Rada miasta przyjęła we wtorek budżet na przyszły rok. Radni spierali się ponad pięć godzin, lecz "
    "większość poparła wniosek burmistrza.",
    "cs": "Městská rada v úterý schválila rozpočet na příští rok. Zastupitelé se přeli více než pět hodin.",
    "tr": "Belediye meclisi salı günü gelecek yılın bütçesini onayladı. Üyeler beş saatten fazla tartıştı.",
    "el": "Το δημοτικό συμβούλιο ενέκρινε την Τρίτη τον προϋπολογισμό του επόμενου έτους.",
    "he": "מועצת העיר אישרה ביום שלישי את תקציב השנה הבאה. חברי המועצה התווכחו יותר מחמש שעות.",
    "ar": "وافق مجلس المدينة يوم الثلاثاء على ميزانية العام المقبل. ناقش الأعضاء أكثر من خمس ساعات.",
}
IN = [
    ("ru", "windows-1251"), ("ru", "koi8-r"), ("ru", "iso-8859-5"), ("ru", "ibm866"), ("uk", "windows-1251"),
    ("uk", "koi8-u"), ("ja", "shift_jis"), ("ja", "euc-jp"), ("ja", "iso-2022-jp"), ("zh", "gb18030"), ("zh", "gb2312"),
    ("zh-tw", "big5"), ("ko", "euc-kr"), ("de", "windows-1252"), ("fr", "windows-1252"), ("es", "windows-1252"),
    ("pl", "windows-1250"), ("pl", "iso-8859-2"), ("cs", "windows-1250"), ("tr", "windows-1254"),
    ("el", "windows-1253"), ("he", "windows-1255"), ("ar", "windows-1256"),
    *((language, "utf-8") for language in TEXTS),
]  # fmt: skip


def page(text: str, head: str = "") -> str:
    return (
        f"<!doctype html><html><head>{head}<script>var a = 1;</script></head>"
        f"<body><p>{text}</p><p>&copy; 2026</p></body></html>"
    )


@pytest.mark.parametrize(("language", "encoding"), IN)
def test_a_page_in_the_encoding_that_its_header_says(language: str, encoding: str) -> None:
    text = page(TEXTS[language])
    assert decode_page(text.encode(encoding), f"text/html; charset={encoding}")[0] == text


@pytest.mark.parametrize(("language", "encoding"), IN)
def test_a_page_that_says_it_itself_in_meta(language: str, encoding: str) -> None:
    for head in (
        f'<meta charset="{encoding}">',
        f"<META http-equiv=Content-Type content='text/html;charset={encoding}'>",
    ):
        text = page(TEXTS[language], head)
        assert decode_page(text.encode(encoding), "text/html")[0] == text


@pytest.mark.parametrize(("language", "encoding"), IN)
def test_a_page_whose_encoding_nobody_says(language: str, encoding: str) -> None:
    text = page(TEXTS[language])
    assert decode_page(text.encode(encoding), None)[0] == text
    assert decode_page(TEXTS[language].encode(encoding), None)[0] == TEXTS[language]


# Latin-1 is what servers say of anything; which Latin encoding it is then, only the letters tell.
@pytest.mark.parametrize(
    "wrong", ["utf-8", "iso-8859-1", "windows-1251", "shift_jis", "gb2312", "nonsense"]
)
@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        (language, encoding)
        for language, encoding in IN
        if language not in ("tr", "cs", "el", "he", "ar")
    ],
)
def test_a_page_whose_header_is_wrong(language: str, encoding: str, wrong: str) -> None:
    text = page(TEXTS[language])
    assert decode_page(text.encode(encoding), f"text/html; charset={wrong}")[0] == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
@pytest.mark.parametrize("language", ["ru", "zh", "de"])
def test_wide_and_marked_pages(language: str, encoding: str) -> None:
    text = page(TEXTS[language])
    for header in (None, "text/html; charset=windows-1251", "text/html; charset=utf-8"):
        assert decode_page(text.encode(encoding), header)[0] == text


def test_the_xml_declaration_counts() -> None:
    text = f'<?xml version="1.0" encoding="windows-1251"?><rss><title>{TEXTS["ru"]}</title></rss>'
    assert decode_page(text.encode("windows-1251"), "application/xml") == (text, "cp1251")


@pytest.mark.parametrize(
    ("label", "name"),
    [("iso-8859-1", "cp1252"), ("latin1", "cp1252"), ("us-ascii", "cp1252"), ("gb2312", "gb18030"),
     ("x-sjis", "cp932"), ("ks_c_5601-1987", "cp949"), ("ISO-8859-9", "cp1254"), ("'windows-1257'", "cp1257")],
)  # fmt: skip
def test_labels_are_read_as_browsers_read_them(label: str, name: str) -> None:
    assert decode_page(b"\x80 caf\xe9", f"text/html; charset={label}")[1] == name or label in (
        "gb2312",
        "x-sjis",
        "ks_c_5601-1987",
    )
    sample = TEXTS["zh" if name == "gb18030" else "ja" if name == "cp932" else "ko"]
    if name in ("gb18030", "cp932", "cp949"):
        assert decode_page(sample.encode(name), f"text/html; charset={label}") == (sample, name)


@pytest.mark.parametrize(
    "label", ["base64", "rot13", "zip", "idna", "unicode_escape", "utf-7", "undefined", "hex"]
)
def test_what_is_no_character_encoding_is_not_used(label: str) -> None:
    body = b"+ADw-script+AD4- \\x41 aGVsbG8= caf\xe9s"
    assert decode_page(body, f"text/html; charset={label}") == (body.decode("cp1252"), "cp1252")


def test_one_bad_byte_does_not_spoil_a_utf8_page() -> None:
    body = page(TEXTS["ru"] * 5).encode() + b"<!-- \xe9 -->"
    text, name = decode_page(body, "text/html; charset=utf-8")
    assert name == "utf-8"
    assert TEXTS["ru"] in text
    assert decode_page(TEXTS["ru"].encode()[:-3] + "ж".encode()[:1], None)[1] == "utf-8"


def test_two_words_of_chinese_that_happen_to_be_valid_utf8_are_believed_to_be_chinese() -> None:
    assert decode_page("联通".encode("gbk"), "text/html; charset=gbk")[0] == "联通"
    assert decode_page("café".encode(), "text/html; charset=iso-8859-1")[0] == "café"


def test_nul_characters_are_dropped() -> None:
    assert decode_page(b"a\x00b\x00", None)[0] == "ab"


@given(
    st.binary(max_size=2000),
    st.none() | st.text(max_size=60) | st.just("text/html; charset=shift_jis"),
)
def test_any_bytes_become_text(body: bytes, content_type: str | None) -> None:
    text, name = decode_page(body, content_type)
    codecs.lookup(name)
    text.encode("utf-8")
    assert "\x00" not in text


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=300))
def test_any_text_in_utf8_comes_back(text: str) -> None:
    body = text.encode()
    if not body.startswith(codecs.BOM_UTF16_LE) and "\x1b$" not in text:
        assert decode_page(body, "text/html; charset=utf-8")[0] == text


@pytest.mark.parametrize(
    "body",
    [b"\xe9" * 3_000_000, b"<" * 3_000_000 + b"\xe9", b"<meta " * 500_000 + b"\xe9", b"\xe9<script" * 300_000,
     gzip.compress(bytes(range(256)) * 10_000), b"<?xml " + b" " * 3_000_000 + b"\xff"],
    ids=["accents", "angles", "metas", "scripts", "packed", "blanks"],
)  # fmt: skip
def test_hostile_pages_decode_without_delay(body: bytes) -> None:
    assert decode_page(body, "text/html; charset=koi8-r")[0]


@given(
    st.text(st.sampled_from("a<é–漢😀\ufffd\x00\x1b"), max_size=30),
    st.integers(4080, 4110),
    st.sampled_from([None, "text/html", "text/html; charset=utf-8", "text/html; charset=gbk"]),
    st.sampled_from([b"", b"\xe9", b"\xff", b"\xe2\x80", b"\x80" * 5000]),
)
def test_what_stands_as_utf_8_is_read_as_that(text, before, content_type, broken):
    body = b"x" * before + text.encode() + broken + b"y" * before + text.encode()
    if is_utf8_as_it_stands(body, content_type):
        assert decode_page(body, content_type)[0] == body.decode("utf-8")
        assert "\ufffd" not in body.decode("utf-8")
    else:
        assert broken or set(text) & set("\ufffd\x00\x1b") or "gbk" in str(content_type)
