"""``copydesk stories``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.cli.reading.articles import moment_text, print_json
from ingest.cli.reading.filters import FilterOptions, make_filter
from ingest.errors import EXIT_OK, InputError
from ingest.views.article_text import cell, console, plain
from ingest.views.story_json import story_json, whole_story_json
from ingest.views.story_text import origin_line
from storage.database import Database
from storage.stories.queries import get_story, list_stories

if TYPE_CHECKING:
    from ingest.settings import Settings
    from storage.stories.queries import Story

__all__ = ["list_found", "show_story"]


def list_found(
    settings: Settings, options: FilterOptions, *, sources: int, limit: int, as_json: bool
) -> int:
    """List stories with an article of a filter, the one that something joined last first.

    Raises:
        InputError, SettingsError: an option cannot be read, or names what there is not.
    """
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        chosen = make_filter(c, settings, options)
        found = list_stories(c, chosen, least_sources=sources, limit=limit)
    if as_json:
        for story in found:
            print_json(story_json(story))
        return EXIT_OK
    if not found:
        print("no story")
        return EXIT_OK
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("id", "articles", "updated", "original", "sources", "title"):
        table.add_column(name, justify="right" if name in ("id", "articles") else "left")
    for story in found:
        table.add_row(
            str(story.id),
            str(story.articles),
            moment_text(story.updated_at),
            cell(_original(story)),
            cell(", ".join(story.sources)),
            cell(story.title),
        )
    console().print(table, markup=False)
    return EXIT_OK


def show_story(settings: Settings, story_id: int, *, as_json: bool) -> int:
    """Show the articles of a story.

    Raises:
        InputError: no story has this number.
    """
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        found = get_story(c, story_id)
    if found is None:
        raise InputError(f"no story {story_id}; `copydesk stories` lists them")
    story, members = found
    if as_json:
        print_json(whole_story_json(story, members))
        return EXIT_OK
    if story.merged_into is not None:
        print(f"story {story.id} was merged into story {story.merged_into}")
        return EXIT_OK
    print(f"story {story.id}: {plain(story.title or '(no title)')}")
    print(
        f"  {story.articles} articles of {len(story.sources)} sources in {_list(story.languages)}"
    )
    if story.origin is not None:
        print(f"  origin: {plain(origin_line(story.origin))}")
    for member in members:
        first = "  (first)" if member.id == story.first_article_id else ""
        if member.id == story.original_article_id:
            first += "  (origin, inferred)"
        near = f" with {member.closest_id}" if member.closest_id else ""
        print(
            f"  {member.id}  {(member.published_at or '')[:16]}  {member.source}"
            f"  {member.share:.0%} in common{near}{first}"
        )
        print(f"      {plain(member.title or '(no title)')}")
    return EXIT_OK


def _original(story: Story) -> str | None:
    """The house that the text is from, and which article of the story is its own."""
    if story.original is None:
        return None
    kept = story.original_article_id
    return f"{story.original} ({kept if kept is not None else 'not kept here'})"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "no known language"
