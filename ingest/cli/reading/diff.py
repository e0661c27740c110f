"""``copydesk diff``: what was changed in an article after it was filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.cli.reading.articles import moment_text, print_json
from ingest.errors import EXIT_OK, InputError
from ingest.views.article_text import console, plain
from ingest.views.feed_json import diff_json
from ingest.views.word_diff import ParagraphDiff, compare_paragraphs
from storage.database import Database
from storage.reading.queries import Version, versions_of

if TYPE_CHECKING:
    from rich.text import Text

    from ingest.settings import Settings

__all__ = ["show_diff"]

_BY = {"publisher": "by its publisher", "reextracted": "by us, reading the same page again"}
_STYLES = {"gone": "red strike", "new": "green", "same": ""}
_SIGNS = {"gone": ("[-", "-]"), "new": ("{+", "+}"), "same": ("", "")}


def show_diff(
    settings: Settings, article_id: int, revision: int | None, to: int | None, *, as_json: bool
) -> int:
    """Show what changed between two texts of an article, the last change where none is named.

    Raises:
        InputError: no article, or no text of it, has this number.
    """
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        versions = {version.number: version for version in versions_of(c, article_id)}
    if not versions:
        raise InputError(f"no article {article_id}; `copydesk articles` lists them")
    newest = max(versions)
    if newest == 1 and revision is None and to is None:
        if as_json:
            print_json(diff_json(article_id, versions[1], versions[1], ()))
        else:
            print(f"article {article_id} has not changed since it was filed")
        return EXIT_OK
    last = to or (newest if revision is None or revision < newest else revision)
    first = revision or last - 1
    for number in (first, last):
        if number not in versions:
            raise InputError(
                f"article {article_id} has no text {number}; it has {min(versions)} to {newest}"
            )
    old, new = versions[first], versions[last]
    paragraphs = compare_paragraphs(_paragraphs(old), _paragraphs(new))
    if as_json:
        print_json(diff_json(article_id, old, new, paragraphs))
        return EXIT_OK
    out = console()
    if last == first + 1:
        by = _BY.get(old.cause or "", "")
        counts = f", {old.words_added} words new, {old.words_removed} gone"
        counts = counts if old.words_added is not None else ""
        print(
            f"article {article_id}, text {first} to {last}: {moment_text(old.replaced_at)}"
            f" {by}{counts}"
        )
    else:
        print(f"article {article_id}, text {first} to {last}")
    same = 0
    for paragraph in paragraphs:
        if paragraph.op == "same":
            same += 1
            continue
        _print_same(same)
        same = 0
        print()
        out.print(_shown(paragraph, styled=out.is_terminal), soft_wrap=not out.is_terminal)
    _print_same(same)
    return EXIT_OK


def _paragraphs(version: Version) -> list[str]:
    head = [version.title or "", version.standfirst or ""]
    return [text for text in (*head, *version.blocks) if text]


def _print_same(count: int) -> None:
    if count:
        print(f"\n    … {count} paragraph{'s' if count > 1 else ''} unchanged")


def _shown(paragraph: ParagraphDiff, *, styled: bool) -> Text:
    from rich.text import Text

    shown = Text()
    for part in paragraph.parts:
        text = plain(part.text)
        if styled:
            shown.append(text, style=_STYLES[part.op])
            continue
        body = text.rstrip()
        begin, end = _SIGNS[part.op]
        shown.append(f"{begin}{body}{end}{text[len(body) :]}")
    return shown
