"""What readers see of markup that says it in its own way: ruby, notes, shadow roots, panels, first letters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import Refusal, extract_bytes
from ingest.extract.page.blocks import blocks_of, page_blocks
from ingest.extract.page.folding import collapse
from ingest.extract.page.html_page import HtmlPage
from storage.article import Article

PROSE = (
    "The harbour council decided on Monday to move the fish market to the old rope works, because "
    "the quay under it has to be renewed before the winter storms, the harbour master said."
)
MORE = (
    "Forty stalls are to stand under the long roof by the end of March; the sellers asked for a well, "
    "a tram stop and a clock, and were promised the clock."
)
URL = "https://harbour-post.example/2026/11/fish-market"


def told(markup: str) -> list[tuple[str, str]]:
    tree = HtmlPage.parse(f"<html><body>{markup}</body></html>").tree
    return [(block.type, block.text) for block in page_blocks(tree).blocks]


def texts(markup: str) -> list[str]:
    return [text for _, text in told(markup)]


def article(markup: str, head: str = "") -> Article:
    page = (
        "<!doctype html><html lang='en'><head><title>Fish market moves to the rope works</title>"
        f"{head}</head><body><article><h1>Fish market moves to the rope works</h1>{markup}"
        "</article></body></html>"
    )
    found = extract_bytes(page.encode(), url=URL)
    assert not isinstance(found, Refusal), found
    return found


@pytest.mark.parametrize(
    "ruby",
    [
        "<ruby>港<rt>みなと</rt></ruby>",
        "<ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>",
        "<ruby><rb>港</rb><rtc><rt>みなと</rt></rtc></ruby>",
        "<RUBY>港<RT>みなと</RUBY>",
    ],
)
def test_how_a_word_is_said_is_no_part_of_the_word(ruby: str) -> None:
    assert texts(f"<p>船は{ruby}を出ます。</p>") == ["船は港を出ます。"]


def test_how_a_word_is_said_is_no_part_of_a_title() -> None:
    text = "港の船は来週から島へ走ります。朝と夕方の二回です。"
    page = (
        "<html lang=ja><head><title>港の船が走る</title><meta property=og:type content=article></head><body><article><h1><ruby>港<rt>みなと</rt></ruby>の"
        f"<ruby>船<rt>ふね</rt></ruby>が走る</h1><p>{text * 5}</p><p>{text * 4}</p></article></body></html>"
    )
    found = extract_bytes(page.encode(), url=URL)
    assert not isinstance(found, Refusal)
    assert found.title == "港の船が走る"


@pytest.mark.parametrize(
    "mark",
    [
        '<sup><a href="#fn1">1</a></sup>',
        '<a href="#fn:1"><sup>1</sup></a>',
        '<sup class="reference" id="cite_ref-4"><a href="#cite_note-4">[4]</a></sup>',
        '<a href="#_ftn2" name="_ftnref2">[2]</a>',
        '<a class="footnote-ref" href="#note-3" role="doc-noteref">3</a>',
        "<sup>[12]</sup>",
        "<sup>[<i>citation needed</i>]</sup>",
        "<sup>*</sup>",
        '<sup><a href="https://harbour-post.example/2026/11/fish-market#fn1">1, 2</a></sup>',
    ],
)
def test_the_mark_of_a_footnote_does_not_stick_to_its_word(mark: str) -> None:
    assert texts(f"<p>The quay{mark} has to be renewed.</p>") == ["The quay has to be renewed."]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>A hall of 400 m<sup>2</sup> and no door</p>", "A hall of 400 m2 and no door"),
        ("<p>On the 1<sup>st</sup> of May</p>", "On the 1st of May"),
        ("<p>M<sup>me</sup> Roche a dit</p>", "Mme Roche a dit"),
        ("<p>Sold by Acme<sup>®</sup> alone</p>", "Sold by Acme® alone"),
        ("<p>About 10<sup>6</sup> fish</p>", "About 106 fish"),
        ("<p>E = mc<sup>2</sup>, they say</p>", "E = mc2, they say"),
        ("<p>The law<sup>2</sup> of a square</p>", "The law2 of a square"),
        (
            '<p>As others found [<a href="#ref1">1</a>-<a href="#ref3">3</a>]</p>',
            "As others found [1-3]",
        ),
        ('<p>Go to <a href="#part2">part 2</a></p>', "Go to part 2"),
    ],
)
def test_what_stands_high_but_belongs_to_the_text_stays(markup: str, text: str) -> None:
    assert texts(markup) == [text]


def test_bare_numbers_are_marks_where_notes_begin_with_them_or_they_count_up() -> None:
    noted = "<p>The market<sup>1</sup> moves.</p><p><sup>1</sup> Since 1880.</p>"
    assert texts(noted) == ["The market moves.", "1 Since 1880."]
    counted = "<p>The market<sup>1</sup> moves to the works.<sup>2</sup> Soon.</p>"
    assert texts(counted) == ["The market moves to the works. Soon."]


def test_a_note_that_is_shown_at_a_click_does_not_run_into_the_word_before_it() -> None:
    markup = (
        '<p>A clock<sup class="footnote"><a href="#n1">1</a></sup>'
        '<span class="footnote__note">By Lund.</span> was promised.</p>'
    )
    assert texts(markup) == ["A clock By Lund. was promised."]


@pytest.mark.parametrize(
    "attribute", ["shadowrootmode=open", "shadowrootmode='closed'", "shadowroot=open"]
)
def test_a_declared_shadow_root_is_read_and_an_ordinary_template_is_not(attribute: str) -> None:
    markup = f"<x-story><template {attribute}><style>p{{}}</style><p>Drawn</p></template></x-story>"
    assert texts(markup) == ["Drawn"]
    assert texts("<x-story><template><p>For scripts</p></template><p>Read</p></x-story>") == [
        "Read"
    ]


def test_the_text_of_a_host_stands_in_its_slots() -> None:
    root = (
        "<p>Above</p><slot name='second'>none</slot><slot></slot><slot name='third'>Fallback</slot>"
    )
    markup = (
        f"<x-story><template shadowrootmode=open>{root}</template>"
        "<p>First</p><p slot='second'>Second</p><p slot='nowhere'>Not drawn</p></x-story>"
    )
    assert texts(markup) == ["Above", "Second", "First", "Fallback"]


def test_a_root_inside_a_root_is_read() -> None:
    inner = "<x-in><template shadowrootmode=open><p>Inner <ruby>港<rt>みなと</rt></ruby></p></template></x-in>"
    assert texts(f"<x-out><template shadowrootmode=open>{inner}</template></x-out>") == ["Inner 港"]


def test_a_root_of_styles_alone_hides_no_text_of_its_host() -> None:
    markup = "<x-a><template shadowrootmode=open><style>p{color:red}</style></template><p>Read me now</p></x-a>"
    assert texts(markup) == ["Read me now"]


def test_a_document_in_a_frame_is_read_where_it_holds_prose() -> None:
    frame = (
        f'<iframe srcdoc="&lt;p&gt;{PROSE}&lt;/p&gt;&lt;p&gt;{PROSE} {MORE}&lt;/p&gt;"></iframe>'
    )
    assert texts(frame) == [PROSE, f"{PROSE} {MORE}"]
    assert texts('<iframe srcdoc="&lt;p&gt;Watch now&lt;/p&gt;"></iframe>') == []


ANSWER = "The move costs three million, of which a fund for rural roads pays two thirds."


@pytest.mark.parametrize(
    "panel",
    [
        "<h3><button aria-expanded=false aria-controls=a1>Who pays?</button></h3><div id=a1 hidden>{}</div>",
        "<h3><button aria-expanded=false>Who pays?</button></h3><div class=panel style='display: none'>{}</div>",
        "<button data-bs-toggle=collapse data-bs-target='#c1'>Who pays?</button><div id=c1 class=x style='display:none'>{}</div>",
        "<h3 class='ui-accordion-header' role=tab aria-selected=false>Who pays?</h3>"
        "<div class='ui-accordion-content' role=tabpanel aria-hidden=true style='display: none;'>{}</div>",
        "<div class='elementor-tab-title' role=button aria-controls=e1>Who pays?</div>"
        "<div id=e1 class='elementor-tab-content' role=region hidden=hidden>{}</div>",
        "<div class='faq-question'>Who pays?</div><div class='faq-answer' style='display:none'>{}</div>",
        "<dl><dt>Who pays?</dt><dd hidden>{}</dd></dl>",
        "<details><summary>Who pays?</summary>{}</details>",
        "<h3 class='accordion-title'>Who pays?</h3><div><div class='inner' style='display:none'>{}</div></div>",
        "<h3 id=q1>Who pays?</h3><div aria-labelledby=q1 role=region hidden>{}</div>",
        "<p>Who pays?</p><div hidden='until-found'>{}</div>",
    ],
)
def test_what_a_reader_opens_by_a_click_is_text(panel: str) -> None:
    assert texts(panel.format(f"<p>{ANSWER}</p>")) == ["Who pays?", ANSWER]


@pytest.mark.parametrize(
    "hidden",
    [
        "<button aria-expanded=false aria-controls=m1>Menu</button><div id=m1 class=dropdown-menu hidden>{}</div>",
        "<button aria-controls=m1>Write to us</button><div id=m1 role=dialog hidden>{}</div>",
        "<button aria-controls=m1>Cookies</button><div id=m1 class=cookie-settings style='display:none'>{}</div>",
        "<button aria-controls=m1>Comments</button><div id=m1 class=comments hidden>{}</div>",
        "<button aria-controls=m1>Sign up</button><div id=m1 hidden>{}<form><input name=mail></form></div>",
        "<nav><button aria-controls=m1>News</button><div id=m1 hidden>{}</div></nav>",
        "<p>Some text</p><div style='display:none'>{}</div>",
        "<h2>News</h2><div hidden>{}</div>",
        "<button aria-controls=m1>More</button><div id=m1 hidden><a href=/a>{}</a></div>",
        "<button aria-expanded=false aria-controls=other>More</button><div id=m1 hidden>{}</div>",
    ],
)
def test_what_is_hidden_for_other_reasons_stays_out(hidden: str) -> None:
    assert ANSWER not in texts(hidden.format(ANSWER))


REST = "he town voted on Monday to move the market, and the sellers asked for a clock."


@pytest.mark.parametrize(
    "markup",
    [
        "<p><span class=dropcap>T</span>{}</p>",
        "<p>\n  <span class=dropcap>T</span>\n  {}</p>",
        "<p><span class=drop-cap>T</span> {}</p>",
        "<p><b>T</b>\n{}</p>",
        "<div class=first>T</div><p>{}</p>",
        "<p>T</p>\n<p>{}</p>",
        "<p><img src=t.gif alt=T>{}</p>",
        "<div><img src=t.gif alt=T></div><p>{}</p>",
        "<p><a href='/t'><img src=t.gif alt=' T '></a>\n {}</p>",
        "<table align=left><tr><td><font size=7>T</font></td></tr></table><p>{}</p>",
        "<p><span><b>T</b></span>{}</p>",
    ],
)
def test_a_first_letter_set_large_stays_with_its_word(markup: str) -> None:
    assert texts(markup.format(REST)) == [f"T{REST}"]


def test_a_quotation_mark_before_the_letter_comes_with_it() -> None:
    assert texts("<p><span class=dropcap>“W</span>\ne have waited,” she said.</p>") == [
        "“We have waited,” she said."
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p><b>A</b> town voted.</p>", "A town voted."),
        (
            "<p><b>R</b> is a language for figures; it is free.</p><p>It is old, is it not?</p>",
            "R is a language for figures; it is free.",
        ),
        ("<p><b>A</b>\n town voted.</p><p>The town is old.</p>", "A town voted."),
        ("<p><b>A</b>\n fter the vote.</p><p>Soon after the vote.</p>", "After the vote."),
        ("<p><b>Q:</b> what now?</p>", "Q: what now?"),
        ("<p><span class=dropcap>I</span>n May</p>", "In May"),
        (
            "<p><span class=dropcap>В</span> городе решили.</p><p>Говорят, в городе тихо.</p>",
            "В городе решили.",
        ),
    ],
)
def test_a_letter_that_is_a_word_stays_one(markup: str, text: str) -> None:
    assert texts(markup)[0] == text


def test_a_picture_of_a_letter_that_begins_no_word_says_nothing() -> None:
    assert texts("<p><img alt=T> The town voted.</p>") == ["The town voted."]
    assert texts("<div><img alt=X></div>") == []


def test_a_letter_over_a_list_of_words_stays_by_itself() -> None:
    assert texts("<h2>T</h2><p>tram: a line on rails</p>") == ["T", "tram: a line on rails"]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Rail\u00adway", "Railway"),
        ("a\u200bb\u2060c\ufeff", "abc"),
        ("\u200fمرحبا بالعالم\u200f", "مرحبا بالعالم"),
        ("\u202bשלום\u202c", "שלום"),
        ("می\u200cشود", "می\u200cشود"),
        ("क्\u200dष", "क्\u200dष"),
        ("news\u200clet\u200dter", "newsletter"),
        ("👩\u200d🚀 flies", "👩\u200d🚀 flies"),
        ("\u200d \u200c", ""),
        ("one\u00a0two\n three", "one two three"),
    ],
)
def test_signs_that_nobody_sees_are_gone_and_those_of_a_spelling_stay(raw: str, clean: str) -> None:
    assert collapse(raw) == clean


@settings(max_examples=300)
@given(
    st.text(
        alphabet="ab \n\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u2066\u0645é",
        max_size=30,
    )
)
def test_a_text_that_is_clean_stays_as_it_is(text: str) -> None:
    assert collapse(collapse(text)) == collapse(text)


def test_soft_hyphens_reach_neither_title_nor_text_nor_authors() -> None:
    found = article(
        f"<p>{PROSE.replace('harbour', 'har&shy;bour')}</p><p>{MORE}</p>",
        head='<meta property="og:title" content="Fish mar&shy;ket moves to the rope works">'
        '<meta name="author" content="Ada L&shy;und">',
    )
    assert (found.title, found.authors) == ("Fish market moves to the rope works", ("Ada Lund",))
    assert found.text == f"{PROSE}\n\n{MORE}"


def test_entities_escaped_twice_are_signs_and_those_of_markup_stay() -> None:
    assert texts("<p>R&amp;amp;D&amp;nbsp;says &amp;#8220;no&amp;#8221;</p>") == ["R&D says “no”"]
    assert texts("<p>Write &amp;lt;p&amp;gt; &amp; go</p>") == ["Write &lt;p&gt; & go"]
    assert texts("<pre>a &amp;amp; b</pre>") == ["a &amp; b"]


def test_a_place_with_a_name_is_no_link() -> None:
    found = page_blocks(
        HtmlPage.parse(f"<body><a name=top><p>{PROSE}</p><p>{MORE}</p></body>").tree
    )
    assert [(block.text, block.linked) for block in found.blocks] == [(PROSE, 0), (MORE, 0)]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Donau<wbr>dampf<wbr>schiff</p>", [("paragraph", "Donaudampfschiff")]),
        ("<p>At <s>nine</s> <ins>ten</ins></p>", [("paragraph", "At nine ten")]),
        ("<figure><svg><text>42</text></svg></figure><p>Text</p>", [("paragraph", "Text")]),
        (
            "<p>Text</p><img data-src=a.jpg><noscript><img src=a.jpg><p>Text again</p></noscript>",
            [("paragraph", "Text")],
        ),
        (
            "<dl><dt>Who</dt><dd>The council</dd></dl>",
            [("list_item", "Who"), ("list_item", "The council")],
        ),
        (
            "<blockquote><p>Said</p><blockquote><p>Deeper</p></blockquote></blockquote>",
            [("quote", "Said"), ("quote", "Deeper")],
        ),
        (
            "<div style='white-space: pre-line'>One\nTwo\n\nThree</div>",
            [("paragraph", "One\nTwo"), ("paragraph", "Three")],
        ),
        ("<p>A <x-term><a href=/b>large</a></x-term> hall</p>", [("paragraph", "A large hall")]),
        (
            "<x-card><p>One</p></x-card><x-card><p>Two</p></x-card>",
            [("paragraph", "One"), ("paragraph", "Two")],
        ),
        (
            "<table align=right><tr><td><img src=a.jpg><br><font size=1>The quay in May</font></td></tr></table><p>Text</p>",
            [("caption", "The quay in May"), ("paragraph", "Text")],
        ),
        (
            "<table><tr><td><img src=a.jpg></td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table>",
            [("table", "1"), ("table", "B | 2")],
        ),
    ],
)
def test_elements_are_read_as_browsers_draw_them(
    markup: str, expected: list[tuple[str, str]]
) -> None:
    assert told(markup) == expected


def test_lines_that_are_paragraphs_are_divided_at_each_break() -> None:
    markup = (
        f"<div>{PROSE}<br>{MORE}<br>Second day<br>{PROSE[::-1].lower()}.<br>{MORE.upper()}</div>"
    )
    assert texts(markup) == [PROSE, MORE, "Second day", f"{PROSE[::-1].lower()}.", MORE.upper()]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Roses are red,<br>violets are blue,<br>sugar is sweet,<br>and so are you.</p>",
        "<p>Harbour Post<br>12 Rope Walk<br>Brook</p>",
        f"<p>{PROSE}<br>{MORE}</p>",
        "<p>" + "<br>".join(PROSE[n : n + 60].strip() for n in range(0, 180, 60)) + "</p>",
    ],
)
def test_lines_of_one_paragraph_stay_together(markup: str) -> None:
    assert len(texts(markup)) == 1


def test_prose_that_was_typed_is_paragraphs_and_code_stays_code() -> None:
    typed = (
        "The harbour council decided on Monday to move the fish market to\n"
        "the old rope works, the harbour master said. The quay under it has\n"
        "to be renewed.\n\nForty stalls are to stand there by the end of March. The sellers\n"
        "were promised a clock.\n"
    )
    assert told(f"<pre>{typed}</pre>") == [
        (
            "paragraph",
            "The harbour council decided on Monday to move the fish market to the old rope works, the "
            "harbour master said. The quay under it has to be renewed.",
        ),
        (
            "paragraph",
            "Forty stalls are to stand there by the end of March. The sellers were promised a clock.",
        ),
    ]
    code = "def move(market):\n    if market.open():\n        return works;\n\nmove(x)  # now.\nmove(y)  # then. It is so.\n"
    assert [kind for kind, _ in told(f"<pre>{code}</pre>")] == ["code"]
    assert [kind for kind, _ in told(f"<pre><code>{typed}</code></pre>")] == ["code"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<ruby>港<rt>み<rt>x</rt></rt></ruby>",
                "<rt>",
                "</ruby>",
                "<sup>1<sup>2</sup></sup>",
                "<sup>",
                "<sup><rt>[1]</rt></sup>",
                "<template shadowrootmode=open>",
                "</template>",
                "<slot>",
                "</slot>",
                "<slot name=a>",
                "<p slot=a>light</p>",
                "<iframe srcdoc='&lt;p&gt;x'></iframe>",
                "<div hidden>",
                "<button aria-expanded=false>q</button>",
                "</div>",
                "<x-a>",
                "</x-a>",
                "word ",
                "<p>",
                "<b>T</b>",
                "<img alt=T>",
                "<a href='#fn1'>1</a>",
                "<pre>",
                "</pre>",
                "<br>",
                "<table>",
                "<td>",
                "<template>",
            ]
        ),
        max_size=25,
    )
)
def test_any_order_of_such_markup_is_read(pieces: list[str]) -> None:
    page = HtmlPage.parse(f"<html><body>{''.join(pieces)}</body></html>")
    for block in (*page_blocks(page.tree).blocks, *page.lines):
        assert block.text.strip()
    body = page.tree.body
    assert body is not None
    assert all(block.text for block in blocks_of(body))
