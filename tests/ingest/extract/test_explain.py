"""``copydesk extract --explain``: every block with what became of it, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.cli.collecting.extract import Shown, extract_inputs
from ingest.errors import InputError
from ingest.extract import Refusal, extract_bytes
from ingest.extract.explain import ExplainedBlock, explain_bytes
from ingest.settings import load_settings
from ingest.views.explanation import explanation_html, explanation_lines
from storage.article import Article

SENTENCE = (
    "The lock keeper of Elsmere has opened the gates by hand for thirty-one years, and on Friday he "
    "handed the crank to his niece, who grew up in the cottage beside the basin"
)
PAGE = (
    "<html lang='en'><head><title>Lock keeper retires</title>"
    "<meta property='og:type' content='article'></head><body>"
    "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
    "<main><article><h1>Lock keeper retires</h1>"
    "<p class='byline'>By Ada Lund</p><div class='share'><a href='#'>Share</a></div>"
    "<div class='article-body'>"
    + "".join(f"<p>{SENTENCE}, item {n}.</p>" for n in range(5))
    + "<p>Advertisement</p><p>This article was originally reported by The River Post</p></div>"
    "</article></main><footer><p>Imprint &lt;b&gt;</p></footer></body></html>"
).encode()


@pytest.fixture
def explained() -> tuple[Article, tuple[ExplainedBlock, ...]]:
    article = extract_bytes(PAGE)
    assert not isinstance(article, Refusal)
    return article, explain_bytes(PAGE, None, article)


def test_every_block_of_the_page_is_told_in_its_order(
    explained: tuple[Article, tuple[ExplainedBlock, ...]],
) -> None:
    article, blocks = explained
    by_text = {block.text: block for block in blocks}
    assert [b.text for b in blocks if b.verdict == "kept"] == [b.text for b in article.blocks]
    assert by_text["Lock keeper retires"].verdict == "title"
    assert by_text["Home"].verdict == "outside"
    assert not by_text["Home"].is_told
    advertisement = by_text["Advertisement"]
    assert (advertisement.verdict, advertisement.reason) == ("struck", "ad")
    credit = by_text["This article was originally reported by The River Post"]
    assert credit.credits == ("original_publisher The River Post",)


def test_a_kept_block_says_who_spoke_for_it(
    explained: tuple[Article, tuple[ExplainedBlock, ...]],
) -> None:
    kept = next(block for block in explained[1] if block.verdict == "kept")
    assert kept.likely is not None
    assert kept.likely > 0.5
    assert ("markup", True) in kept.witnesses
    assert len(kept.because) == 3


def test_the_terminal_gets_no_menus_and_no_control_characters(
    explained: tuple[Article, tuple[ExplainedBlock, ...]],
) -> None:
    lines = list(explanation_lines(*explained))
    assert any(line.startswith("      kept  paragraph: The lock keeper") for line in lines)
    assert any("lines of menus, lists and footers" in line for line in lines)
    assert not any("Sport" in line for line in lines)
    evil = ExplainedBlock("\x1b[2Jgone", "paragraph", "kept")
    assert "\x1b" not in "".join(explanation_lines(explained[0], [evil]))


def test_the_page_of_an_explanation_escapes_what_it_quotes(
    explained: tuple[Article, tuple[ExplainedBlock, ...]],
) -> None:
    page = explanation_html(*explained)
    assert "Imprint &lt;b&gt;" in page
    assert "<div class='b struck" in page
    assert "<script" not in page


def test_a_text_dump_is_explained_by_its_lines() -> None:
    dump = f"top of page\n\nLock keeper retires\n\n{SENTENCE}.\n\n{SENTENCE}, he said.\n\nbottom of page\n".encode()
    article = extract_bytes(dump)
    assert not isinstance(article, Refusal)
    blocks = explain_bytes(dump, None, article)
    assert [(b.verdict, b.reason) for b in blocks if b.verdict == "struck"] == [
        ("struck", "page_anchor"),
        ("struck", "page_anchor"),
    ]


def test_the_command_prints_writes_and_names_mistakes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, report = tmp_path / "page.html", tmp_path / "report.html"
    saved.write_bytes(PAGE)
    settings = load_settings(None, database=str(tmp_path / "x.sqlite3"))

    def extract(*inputs: Path, **shown: object) -> int:
        return extract_inputs(
            [str(path) for path in inputs],
            None,
            shown=Shown(**shown),  # type: ignore[arg-type]
            settings=settings,
        )

    assert extract(saved, explain=True) == 0
    assert "struck  paragraph: Advertisement" in capsys.readouterr().out
    assert extract(saved, html=report) == 0
    assert "blocks explained" in capsys.readouterr().out
    assert "Lock keeper retires" in report.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="one page"):
        extract(saved, saved, html=report)
    with pytest.raises(InputError, match="leave out --json"):
        extract(saved, explain=True, as_json=True)
    with pytest.raises(InputError, match="cannot be written"):
        extract(saved, html=tmp_path / "no" / "folder.html")
