"""A template as a person reads it, as JSON, and as a table for a source file."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError
from ingest.templates.selectors import selector_of_path
from ingest.templates.source_rules import removals, same_text, source_rules, unsaid_marks
from ingest.templates.template import Template
from ingest.views.article_text import plain
from sources.source_file_text import extract_table_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingest.templates.yields import PageYield
    from sources.source import Source
    from storage.article import Article
    from storage.templates import TemplateRow

__all__ = ["counted", "print_template", "rules_of", "table_text", "template_json", "write_table"]

_MOST_SHOWN = 12


def rules_of(row: TemplateRow) -> Template | None:
    """The template that a row holds; ``None`` where another release wrote it."""
    try:
        return Template.of_json(row.rules)
    except ValueError:
        return None


def print_template(row: TemplateRow, yields: Sequence[PageYield], *, pages: str) -> None:
    """Print one template.

    Args:
        row: as the database holds it.
        yields: what it makes of some pages.
        pages: which pages these are.
    """
    for line in _lines(row, yields, pages):
        print(plain(line))


def _lines(row: TemplateRow, yields: Sequence[PageYield], pages: str) -> Iterator[str]:
    instead = f", in the place of {row.replaces}" if row.replaces else ""
    yield f"  {row.label}: {row.status}, learned {row.made_at:%Y-%m-%d} from {counted(row.support)}{instead}"
    if row.reason:
        yield f"    {row.status} because: {row.reason}"
    yield f"    how sure: {_sureness(row)}"
    template = rules_of(row)
    if template is None:
        yield "    written by another release, and not applied; its next pages teach anew"
        return
    for number, place in enumerate(template.body):
        what = "text" if place.required else f"text, where a page has it ({number + 1})"
        yield f"    {what}: {_listed(place.selectors, ' or ')}"
    removed = _left_out(template) + unsaid_marks(template)
    if removed:
        yield f"    left out: {_listed(tuple(dict.fromkeys(removed)), ', ')}"
    for line in template.chrome[:_MOST_SHOWN]:
        yield f"    line of the site: {line[:100]!r}"
    for name, rule in template.fields.items():
        yield f"    {name}: {rule}"
    if not yields:
        yield "    no page of it is kept"
        return
    yield f"    {pages}:"
    for each in yields:
        yield f"      {each.url}"
        if each.misfit is not None:
            yield f"        does not fit: {each.misfit}{': ' if each.detail else ''}{each.detail}"
            continue
        by = f" by {', '.join(each.authors)}" if each.authors else ""
        yield f"        {each.title or '(no title)'}{by}, {each.published_at or 'no date'}"
        yield f"        {each.blocks} blocks, {each.characters:,} characters: {each.first_words}"


def _left_out(template: Template) -> list[str]:
    """Selectors of what is left out; where none tells it from the text, the last steps to it."""
    return [selector or selector_of_path(path) for path, selector in removals(template)]


def _sureness(row: TemplateRow) -> str:
    if not row.checked:
        said = "not compared with the generic path yet"
    else:
        said = (
            f"{row.confidence:.2f}; {row.agreed} of {row.checked} pages read both ways came out"
            " the same"
        )
    applied = f"; applied to {counted(row.applied)}" if row.applied else ""
    misfits = f"; {counted(row.misfits)} of its kind did not fit" if row.misfits else ""
    return f"{said}{applied}{misfits}"


def counted(number: int) -> str:
    """So many pages."""
    return "1 page" if number == 1 else f"{number} pages"


def _listed(texts: Sequence[str], between: str) -> str:
    more = f"{between}{len(texts) - _MOST_SHOWN} more" if len(texts) > _MOST_SHOWN else ""
    return between.join(texts[:_MOST_SHOWN]) + more


def template_json(row: TemplateRow, yields: Sequence[PageYield]) -> dict[str, Any]:
    """The same for programs."""
    template = rules_of(row)
    value = asdict(row)
    del value["rules"]
    if template is None:
        return {**value, "body": None, "yield": []}
    return {
        **value,
        "body": [asdict(place) for place in template.body],
        "left_out": _left_out(template),
        "left_out_marks": unsaid_marks(template),
        "chrome": list(template.chrome),
        "fields": {name: asdict(rule) for name, rule in template.fields.items()},
        "yield": [asdict(each) for each in yields],
    }


def table_text(
    row: TemplateRow, source: Source | None, pages: Sequence[tuple[str, Article]]
) -> str:
    """A template as the ``[extract]`` table of a source file, with what it is worth as a comment.

    Args:
        row: a template.
        source: that the table is for, where it is known.
        pages: markup of pages that the template fits, with what it makes of them.

    Raises:
        InputError: another release wrote the template.
    """
    template = rules_of(row)
    if template is None:
        raise InputError(f"{row.source}: {row.label} was written by another release; learn it anew")
    said = source_rules(template, pages)
    same = sum(same_text(said.rules, source, html, article) for html, article in pages)
    lines = [f"{row.source}, template {row.label}, learned {row.made_at:%Y-%m-%d}"]
    if pages:
        lines.append(f"tried on {len(pages)} of its pages: the same text on {same}")
    else:
        lines.append("no page of it is kept to try this on")
    return extract_table_text(said.rules, comment="\n".join([*lines, *said.notes]))


def write_table(text: str, file: Path | None) -> None:
    """Write a table to ``file``, or to standard output.

    Raises:
        InputError: there is such a file, or it cannot be written.
    """
    if file is None or str(file) == "-":
        print(text, end="")
        return
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise InputError(f"{file}: there is such a file already") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {error.strerror or error}") from None
    print(f"{file}: written; put it into the source file")
