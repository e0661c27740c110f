"""The text that a page carries in its scripts: found beside its title, in whatever shape an editor keeps it."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import Refusal, extract_bytes
from ingest.extract.carried.rich_text import rich_blocks
from ingest.extract.carried.states import states_of
from ingest.extract.carried.written import blocks_of_text
from ingest.extract.page.html_page import HtmlPage
from storage.article import Article

TITLE = "Fish market moves to the old rope works"
ONE = (
    "The harbour council decided on Monday to move the fish market to the old rope works, because "
    "the quay under it has to be renewed before the winter storms, the harbour master said."
)
TWO = (
    "Forty stalls are to stand under the long roof by the end of March; the sellers asked for a well, "
    "a tram stop and a clock, and were promised the clock."
)
THREE = (
    "The council has set aside two millions for it, of which a fund for rural roads pays one half. "
    "The other half comes from the lottery, as it did when the bath house was built in the spring."
)
TEXT = (ONE, TWO, THREE)
HTML = "".join(f"<p>{text}</p>" for text in TEXT)
URL = "https://harbour-post.example/2026/11/fish-market"


def page(scripts: str, body: str = "<div id=root></div>", head: str = "") -> bytes:
    return (
        f"<!doctype html><html lang=en><head><title>{TITLE} | Harbour Post</title>"
        f'<meta property="og:type" content="article"><meta property="og:title" content="{TITLE}">{head}</head>'
        f"<body>{body}{scripts}</body></html>"
    ).encode()


def read(scripts: str, body: str = "<div id=root></div>") -> Article | Refusal:
    return extract_bytes(page(scripts, body), url=URL)


def state(data: Any) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>'


def story(body: Any) -> dict[str, Any]:
    other = {"title": "Bath house opens in the spring", "body": HTML * 3}
    return {"props": {"pageProps": {"article": {"title": TITLE, "body": body}, "related": [other]}}}


def leaf(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text}]


SHAPES: dict[str, Any] = {
    "html": HTML,
    "rendered": {"rendered": HTML},
    "lines": list(TEXT),
    "contentful": {
        "nodeType": "document",
        "content": [
            {
                "nodeType": "paragraph",
                "data": {},
                "content": [{"nodeType": "text", "value": text, "marks": []}],
            }
            for text in TEXT
        ],
    },
    "sanity": [
        {
            "_type": "block",
            "style": "normal",
            "markDefs": [],
            "children": [{"_type": "span", "text": text}],
        }
        for text in TEXT
    ],
    "prosemirror": {
        "type": "doc",
        "content": [
            {"type": "paragraph", "attrs": {"align": None}, "content": leaf(text)} for text in TEXT
        ],
    },
    "slate": [{"type": "p", "children": [{"text": text}]} for text in TEXT],
    "lexical": {
        "root": {
            "type": "root",
            "children": [{"type": "paragraph", "children": leaf(text)} for text in TEXT],
        }
    },
    "draft": {
        "blocks": [{"key": "a", "type": "unstyled", "text": text} for text in TEXT],
        "entityMap": {},
    },
    "draft, as a string": json.dumps(
        {
            "blocks": [{"key": "a", "type": "unstyled", "text": text} for text in TEXT],
            "entityMap": {},
        }
    ),
    "editorjs": {"blocks": [{"type": "paragraph", "data": {"text": text}} for text in TEXT]},
    "gutenberg": [
        {"name": "core/paragraph", "attributes": {"content": text}, "innerBlocks": []}
        for text in TEXT
    ],
    "arc": [{"_id": "x", "type": "text", "content": text} for text in TEXT],
    "nested model": {
        "type": "text",
        "model": {
            "blocks": [
                {
                    "type": "paragraph",
                    "model": {
                        "text": text,
                        "blocks": [{"type": "fragment", "model": {"text": text}}],
                    },
                }
                for text in TEXT
            ]
        },
    },
    "html in blocks": [{"kind": "paragraph", "html": f"<p>{text}</p>"} for text in TEXT],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_text_is_found_in_whatever_shape_it_is_kept(shape: str) -> None:
    found = read(state(story(SHAPES[shape])))
    assert isinstance(found, Article), found
    assert [block.text for block in found.blocks] == list(TEXT)
    assert (found.title, found.extractor) == (TITLE, "script")


def flat(value: Any) -> list[Any]:
    """As Nuxt writes a state: one list, numbers for places in it."""
    places: list[Any] = []

    def put(item: Any) -> int:
        at = len(places)
        places.append(None)
        if isinstance(item, dict):
            places[at] = {key: put(inner) for key, inner in item.items()}
        elif isinstance(item, list):
            places[at] = [put(inner) for inner in item]
        else:
            places[at] = item
        return at

    put(value)
    return places


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/json">{json}</script>',
        '<script type="application/json" data-hypernova-key="Story"><!--{json}--></script>',
        "<script>window.__INITIAL_STATE__ = {json};</script>",
        "<script>window.__APOLLO_STATE__={json};window.x=1</script>",
        "<script>var a=1;window['__DATA__'] = {json}</script>",
        "<script>window.__PRELOADED_STATE__ = JSON.parse({quoted});</script>",
        '<script id="__NUXT_DATA__" type="application/json">{flat}</script>',
        "<script>self.__next_f=[]</script><script>self.__next_f.push([1,{flight}])</script>",
    ],
)
def test_the_state_is_read_however_it_is_delivered(script: str) -> None:
    data = story(HTML)
    written = json.dumps(data)
    for name, value in (
        ("{json}", written),
        ("{quoted}", json.dumps(written)),
        ("{flat}", json.dumps(flat(data))),
        ("{flight}", json.dumps(f"4:{written}\n5:null\n")),
    ):
        script = script.replace(name, value)
    found = read(script)
    assert isinstance(found, Article), found
    assert [block.text for block in found.blocks] == list(TEXT)


def test_elements_that_a_server_has_drawn_are_read_as_elements() -> None:
    children = [
        ["$", "p", None, {"children": [text[:20], ["$", "b", None, {"children": text[20:]}]]}]
        for text in TEXT
    ]
    found = rich_blocks(
        ["$", "div", None, {"children": [["$", "h2", None, {"children": "Why"}], *children]}]
    )
    assert [(block.type, block.text) for block in found] == [
        ("heading", "Why"),
        *(("paragraph", text) for text in TEXT),
    ]


def test_kinds_of_blocks_are_kept_and_what_is_no_text_is_not() -> None:
    value = [
        {"type": "header", "level": 2, "content": "Why it moves"},
        {"type": "text", "content": f"The <b>council</b> &amp; {ONE}"},
        {"type": "image", "caption": "The quay", "url": "/a.jpg"},
        {
            "type": "list",
            "items": [
                {"type": "text", "content": "a clock"},
                {"type": "text", "content": "a well"},
            ],
        },
        {"type": "quote", "content_elements": [{"type": "text", "content": "We wait."}]},
        {"type": "interstitial_link", "content": "Read more: bath house"},
        {
            "_type": "block",
            "listItem": "bullet",
            "children": [{"_type": "span", "text": "a "}, {"_type": "span", "text": "tram"}],
        },
        {"type": "header-two", "text": "What now"},
        {
            "type": "paragraph",
            "content": [
                {"type": "text", "text": "One"},
                {"type": "hardBreak"},
                {"type": "text", "text": "two"},
            ],
        },
    ]
    assert [(block.type, block.text) for block in rich_blocks(value)] == [
        ("heading", "Why it moves"),
        ("paragraph", f"The council & {ONE}"),
        ("list_item", "a clock"),
        ("list_item", "a well"),
        ("quote", "We wait."),
        ("list_item", "a tram"),
        ("heading", "What now"),
        ("paragraph", "One\ntwo"),
    ]


def test_a_page_that_shows_its_text_is_read_as_it_shows_it() -> None:
    shown = f"<article><h1>{TITLE}</h1><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></article>"
    found = read(state(story(HTML + "<p>Only in the state.</p>")), shown)
    assert isinstance(found, Article)
    assert found.extractor == "generic"
    assert "Only in the state." not in found.text


def test_another_storys_text_is_not_taken() -> None:
    data = {"stories": [{"title": "Bath house opens in the spring", "body": HTML}]}
    found = read(state(data))
    assert isinstance(found, Refusal)


def test_a_state_that_lists_stories_under_the_pages_title_is_no_article() -> None:
    cards = [
        {"title": f"Story {n} of the harbour", "url": f"/{n}", "summary": ONE} for n in range(9)
    ]
    found = read(state({"page": {"title": TITLE, "items": cards}}))
    assert isinstance(found, Refusal)


def test_a_template_of_html_is_read_and_one_with_holes_is_not() -> None:
    found = read(f'<script type="text/template"><div class=story>{HTML}</div></script>')
    assert isinstance(found, Article)
    assert [block.text for block in found.blocks] == list(TEXT)
    assert isinstance(
        read(f'<script type="text/template"><h2>{{{{title}}}}</h2>{HTML}</script>'), Refusal
    )


ESCAPED = html.escape(HTML)


@pytest.mark.parametrize(
    "body",
    [
        HTML,
        ESCAPED,
        html.escape(ESCAPED),
        "\n\n".join(TEXT),
        "\n".join(TEXT),
        f"{ONE}\n\n**{TWO}**\n\n{THREE.replace('lottery', '[lottery](https://lottery.example/a)')}",
    ],
)
def test_the_text_in_json_ld_is_read_however_it_is_written(body: str) -> None:
    data = {"@type": "NewsArticle", "headline": TITLE, "articleBody": body}
    found = read(f'<script type="application/ld+json">{json.dumps(data)}</script>')
    assert isinstance(found, Article), found
    assert [block.text for block in found.blocks] == list(TEXT)
    assert found.extractor == "json_ld"


def test_markdown_becomes_blocks_without_its_signs() -> None:
    written = (
        f"# The works\n\n{ONE}\nand *so* on, __really__.\n\nWhy\n===\n\n- a clock\n- a **well**\n\n"
        "1. first\n2. second\n\n> We wait,\n> she said.\n\n![quay](/a.jpg)\n\n---\n\n```\nmove(x)\n```\n"
        "2 * 3 * 4 and snake_case_name \\*stay\\*"
    )
    assert [(block.type, block.text) for block in blocks_of_text(written)] == [
        ("heading", "The works"),
        ("paragraph", f"{ONE} and so on, really."),
        ("heading", "Why"),
        ("list_item", "a clock"),
        ("list_item", "a well"),
        ("list_item", "first"),
        ("list_item", "second"),
        ("quote", "We wait, she said."),
        ("code", "move(x)"),
        ("paragraph", "2 * 3 * 4 and snake_case_name *stay*"),
    ]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([TITLE, HTML, "$", "p", "$L4"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "_type",
                    "text",
                    "children",
                    "content",
                    "title",
                    "blocks",
                    "body",
                    "data",
                    "value",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_value_is_read_or_left(value: Any) -> None:
    for block in rich_blocks(value):
        assert block.text.strip()
    script = state({"title": TITLE, "body": value, "pad": "x" * 700}).replace("</", "<\\/")
    assert read(script) is not None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab *_#>-[](`!\\\n<p/&;.", max_size=80))
def test_any_text_is_read_or_left(text: str) -> None:
    assert all(block.text.strip() for block in blocks_of_text(text))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.integers(-3, 9)
        | st.lists(st.integers(-3, 9), max_size=4)
        | st.dictionaries(st.sampled_from("ab"), st.integers(-3, 9)),
        max_size=10,
    )
)
def test_a_list_whose_numbers_lead_round_in_a_circle_is_read(places: list[Any]) -> None:
    script = f'<script id="__NUXT_DATA__" type="application/json">{json.dumps(places)}{" " * 700}</script>'
    assert list(states_of(HtmlPage.parse(script).tree)) is not None


def test_a_deep_state_is_left() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    assert isinstance(
        read(f'<script type="application/json">{{"title": "{TITLE}", "body": {deep}}}</script>'),
        Refusal,
    )
