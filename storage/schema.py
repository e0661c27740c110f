"""The tables, as ``docs/database.md`` documents them for downstream readers.

Names are an interface: they change only by a migration and a note in the changelog.
"""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine.column_types import Id, KeyText, StoredText, UtcDateTime

__all__ = [
    "address_shapes",
    "alert_channels",
    "articles",
    "backfill_documents",
    "backfills",
    "changes",
    "credits",
    "documents",
    "endpoints",
    "health",
    "health_changes",
    "index_backlogs",
    "leases",
    "links",
    "metadata",
    "page_dictionaries",
    "passes",
    "raw_pages",
    "reextractions",
    "revisions",
    "rhythms",
    "robots_files",
    "run_sources",
    "runs",
    "site_lines",
    "sketches",
    "source_hours",
    "sources",
    "stories",
    "story_articles",
    "story_marks",
    "struck",
    "templates",
    "wrong_claims",
]

# Partial indexes tell SQLite's condition alone: ``postgresql_where`` would have every process load all
# of that dialect, and its migrations say the same of both.
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: ``json`` on PostgreSQL, text on SQLite; a missing value is SQL NULL, never JSON ``null``.
_Json = sa.JSON(none_as_null=True)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    sa.Column("title", StoredText),
    sa.Column("home", StoredText),
    sa.Column("language", StoredText),
    sa.Column("country", StoredText),
    sa.Column("platform", StoredText),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("last_run_at", UtcDateTime),
    sa.Column("last_success_at", UtcDateTime),
    sa.Column("last_error", StoredText),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_due_at", UtcDateTime),
    sa.Column("lines_counted", sa.Integer, nullable=False, server_default="0"),
    sa.Column("house", StoredText),
    sa.Column("cleaned_at", UtcDateTime),
    sa.Column("paused_at", UtcDateTime),
    sa.Column("poll_asked_at", UtcDateTime),
    sa.Column("last_cause", StoredText),
)

#: What came of a source's polls by the hour: what months of passes come to, quickly read.
source_hours = sa.Table(
    "source_hours",
    metadata,
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), primary_key=True),
    sa.Column("hour", UtcDateTime, primary_key=True),
    sa.Column("passes", sa.Integer, nullable=False),
    sa.Column("passes_failed", sa.Integer, nullable=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("links_new", sa.Integer, nullable=False),
    sa.Column("filed", sa.Integer, nullable=False),
    sa.Column("revised", sa.Integer, nullable=False),
    sa.Column("duplicate", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("gone", sa.Integer, nullable=False),
    sa.Column("robots", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    # The last days of all sources.
    sa.Index(None, "hour"),
    # A source's hours lie together.
    sqlite_with_rowid=False,
)

#: When each source publishes, as learned.
rhythms = sa.Table(
    "rhythms",
    metadata,
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), primary_key=True),
    sa.Column("learned_at", UtcDateTime, nullable=False),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("rhythm", _Json, nullable=False),
)

#: How each source is, as it was judged last.
health = sa.Table(
    "health",
    metadata,
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), primary_key=True),
    sa.Column("state", StoredText, nullable=False),
    sa.Column("since", UtcDateTime),
    sa.Column("reason", StoredText),
    sa.Column("why", StoredText),
    sa.Column("advice", StoredText),
    sa.Column("judged_at", UtcDateTime, nullable=False),
    sa.Column("findings", _Json, nullable=False),
)

#: Each time that a source's state became another.
health_changes = sa.Table(
    "health_changes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("before", StoredText, nullable=False),
    sa.Column("state", StoredText, nullable=False),
    sa.Column("since", UtcDateTime),
    sa.Column("reason", StoredText),
    sa.Column("why", StoredText),
    sa.Column("advice", StoredText),
    sa.Index(None, "source", "at"),
    # A number is never given twice, so that a channel of alerts may keep it as its place.
    sqlite_autoincrement=True,
)

#: How far each channel of alerts has told ``health_changes``.
alert_channels = sa.Table(
    "alert_channels",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    sa.Column("told_id", Id, nullable=False),
    sa.Column("sent_at", _Json, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("error", StoredText),
)

#: Who is at work that only one may be, and whether it still is.
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    sa.Column("holder", StoredText, nullable=False),
    sa.Column("host", StoredText, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("beats", sa.BigInteger, nullable=False),
    sa.Column("beat_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

site_lines = sa.Table(
    "site_lines",
    metadata,
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), primary_key=True),
    sa.Column("line", KeyText, primary_key=True),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("cleaned", sa.Integer, nullable=False, server_default="0"),
    # The few lines that return are read, and counted on, without the many that stood once.
    sa.Index(
        "ix_site_lines_repeated",
        "source",
        "articles",
        sqlite_where=sa.text("articles > 1"),
    ),
    # Those that articles were cleaned of, which may be fewer than return.
    sa.Index(
        "ix_site_lines_cleaned",
        "source",
        "line",
        sqlite_where=sa.text("cleaned > 0"),
    ),
)

endpoints = sa.Table(
    "endpoints",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("kind", StoredText, nullable=False),
    sa.Column("url", KeyText, nullable=False),
    sa.Column("selector", StoredText),
    sa.Column("archive", sa.Boolean, nullable=False),
    sa.Column("origin", StoredText, nullable=False),
    sa.Column("discovered_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("source", "url", "kind"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("endpoint_url", StoredText),
    sa.Column("url", KeyText, nullable=False),
    sa.Column("kind", StoredText, nullable=False),
    sa.Column("etag", StoredText),
    sa.Column("last_modified", StoredText),
    sa.Column("status", sa.Integer),
    sa.Column("error", StoredText),
    sa.Column("checked_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime),
    sa.Column("link_count", sa.Integer, nullable=False),
    sa.Column("following", _Json),
    # A fingerprint of what of the source file decided which links were taken.
    sa.Column("rules", StoredText),
    sa.Column("moved_to", StoredText),
    sa.UniqueConstraint("source", "url"),
    # The few that have moved, beside a sitemap's thousands.
    sa.Index(
        "ix_documents_moved",
        "source",
        sqlite_where=sa.text("moved_to IS NOT NULL"),
    ),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("url", StoredText),
    sa.Column("key", KeyText, nullable=False, unique=True),
    sa.Column("title", StoredText),
    sa.Column("standfirst", StoredText),
    sa.Column("text", StoredText, nullable=False),
    sa.Column("words", sa.Integer, nullable=False),
    sa.Column("blocks", _Json, nullable=False),
    sa.Column("authors", _Json, nullable=False),
    sa.Column("published", StoredText),
    sa.Column("published_at", UtcDateTime),
    sa.Column("published_precision", StoredText),
    sa.Column("modified", StoredText),
    sa.Column("modified_at", UtcDateTime),
    sa.Column("modified_precision", StoredText),
    sa.Column("language", StoredText),
    sa.Column("section", StoredText),
    sa.Column("tags", _Json, nullable=False),
    sa.Column("image", StoredText),
    sa.Column("kind", StoredText, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("extractor", StoredText, nullable=False),
    sa.Column("fingerprint", StoredText, nullable=False),
    sa.Column("filed_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("organisations", _Json),
    sa.Column("image_caption", StoredText),
    sa.Column("image_credit", StoredText),
    sa.Column("publisher", StoredText),
    sa.Column("paid", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reuse", _Json),
    sa.Column("declared_language", StoredText),
    sa.Column("withdrawn_at", UtcDateTime),
    sa.Column("probability", sa.Float),
    sa.UniqueConstraint("source", "fingerprint"),
    sa.Index(None, "filed_at"),
    sa.Index(None, "published_at"),
    # The list of one source; with the times that its rhythm is learned from, which stand behind the text.
    sa.Index(
        "ix_articles_source_filed_at",
        "source",
        "filed_at",
        "published_at",
        "published_precision",
    ),
    # A row number is never given twice, so that a reader may keep it as its place.
    sqlite_autoincrement=True,
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("key", KeyText, nullable=False, unique=True),
    sa.Column("url", StoredText, nullable=False),
    sa.Column("title", StoredText),
    sa.Column("announced_published", StoredText),
    sa.Column("announced_at", UtcDateTime),
    sa.Column("announced_modified", StoredText),
    sa.Column("authors", _Json, nullable=False),
    sa.Column("language", StoredText),
    sa.Column("content", StoredText),
    sa.Column("document_url", StoredText),
    sa.Column("state", StoredText, nullable=False),
    sa.Column("reason", StoredText),
    sa.Column("detail", StoredText),
    sa.Column("status", sa.Integer),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("discovered_at", UtcDateTime, nullable=False),
    sa.Column("fetched_at", UtcDateTime),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id")),
    sa.Column("fetch_url", StoredText),
    sa.Column("origin", StoredText),
    sa.Column("etag", StoredText),
    sa.Column("last_modified", StoredText),
    sa.Column("look_again_at", UtcDateTime),
    sa.Column("looks_in_vain", sa.Integer, nullable=False, server_default="0"),
    sa.Column("probability", sa.Float),
    # What is due at a source, newest first; also counts links by state.
    sa.Index(None, "source", "state", "announced_at"),
    # Retries are few beside a million done links, so only they are indexed by time.
    sa.Index(
        "ix_links_retry",
        "source",
        "next_attempt_at",
        sqlite_where=sa.text("state = 'failed'"),
    ),
    # Only young articles are looked at again, and those announced as modified.
    sa.Index(
        "ix_links_look_again",
        "source",
        "look_again_at",
        sqlite_where=sa.text("look_again_at IS NOT NULL"),
    ),
    sa.Index(None, "article_id"),
)

#: Addresses that pages of a source claim as theirs though another text stands there.
wrong_claims = sa.Table(
    "wrong_claims",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("key", KeyText, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("example", StoredText, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("source", "key"),
)

credits = sa.Table(
    "credits",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("role", StoredText, nullable=False),
    sa.Column("name", StoredText, nullable=False),
    sa.Column("evidence", StoredText, nullable=False),
    sa.Column("place", StoredText, nullable=False),
    sa.Column("stated", StoredText),
    sa.Column("house", StoredText),
    sa.Column("probability", sa.Float),
    sa.Column("cue", StoredText),
    sa.UniqueConstraint("article_id", "position"),
    # What is credited to a house, without reading the credits of all articles.
    sa.Index(
        "ix_credits_house",
        "house",
        "article_id",
        sqlite_where=sa.text("house IS NOT NULL"),
    ),
)

struck = sa.Table(
    "struck",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("text", StoredText, nullable=False),
    sa.Column("reason", StoredText, nullable=False),
    sa.Column("rule", StoredText),
    sa.UniqueConstraint("article_id", "position"),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("title", StoredText),
    sa.Column("standfirst", StoredText),
    sa.Column("text", StoredText, nullable=False),
    sa.Column("blocks", _Json, nullable=False),
    sa.Column("authors", _Json, nullable=False),
    sa.Column("published", StoredText),
    sa.Column("modified", StoredText),
    sa.Column("fingerprint", StoredText, nullable=False),
    sa.Column("credits", _Json, nullable=False),
    sa.Column("struck", _Json, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("replaced_at", UtcDateTime, nullable=False),
    sa.Column("cause", StoredText, nullable=False, server_default="publisher"),
    sa.Column("changed", _Json),
    sa.Column("words_added", sa.Integer),
    sa.Column("words_removed", sa.Integer),
    sa.UniqueConstraint("article_id", "number"),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", StoredText, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("state", StoredText, nullable=False),
    sa.Column("host", StoredText, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("process", StoredText, nullable=False),
    # Runs to close after a crash are found without reading years of them.
    sa.Index(None, "state"),
)

passes = sa.Table(
    "passes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("run_id", Id, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("started_by", StoredText, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("outcome", StoredText, nullable=False),
    sa.Column("documents", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_modified", sa.Integer, nullable=False, server_default="0"),
    sa.Column("links_new", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fetched", sa.Integer, nullable=False, server_default="0"),
    sa.Column("filed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("revised", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unchanged", sa.Integer, nullable=False, server_default="0"),
    sa.Column("duplicate", sa.Integer, nullable=False, server_default="0"),
    sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
    sa.Column("gone", sa.Integer, nullable=False, server_default="0"),
    sa.Column("robots", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("withdrawn", sa.Integer, nullable=False, server_default="0"),
    sa.Column("requests", sa.Integer),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("error", StoredText),
    sa.Column("errors", _Json, nullable=False),
    sa.Column("cause", StoredText),
    sa.Column("announced", sa.Integer),
    sa.Column("known", sa.Integer),
    sa.Column("appeared", sa.Integer),
    sa.Column("tried", sa.Integer),
    sa.Column("reasons", _Json),
    sa.Column("troubles", _Json),
    sa.Column("words", sa.Integer),
    sa.Column("untitled", sa.Integer),
    sa.Column("undated", sa.Integer),
    sa.Column("authorless", sa.Integer),
    sa.Column("by_template", sa.Integer),
    sa.Column("struck", sa.Integer),
    sa.Column("garbled", sa.Integer),
    sa.Column("incomplete", sa.Integer),
    sa.Column("delays", sa.Integer),
    sa.Column("delay", sa.Integer),
    # The history of a source.
    sa.Index(None, "source", "started_at"),
    # Those that brought pages, without the many that found nothing new.
    sa.Index(
        "ix_passes_tried",
        "source",
        "started_at",
        sqlite_where=sa.text("tried > 0"),
    ),
    # What one run did.
    sa.Index(None, "run_id", "source"),
    # Passes to close when their run ends, without reading years of a daemon's.
    sa.Index(
        "ix_passes_running",
        "run_id",
        sqlite_where=sa.text("outcome = 'running'"),
    ),
)

#: A view over ``passes`` with the columns of the table that it replaced in schema 0006. Not in
#: ``metadata``: it holds no row of its own to copy, count or compare.
run_sources = sa.table(
    "run_sources",
    *(
        sa.column(name, passes.c[name].type)
        for name in (
            "run_id",
            "source",
            "started_at",
            "finished_at",
            "outcome",
            "documents",
            "not_modified",
            "links_new",
            "fetched",
            "filed",
            "revised",
            "unchanged",
            "duplicate",
            "refused",
            "failed",
            "robots",
            "error",
            "errors",
            "withdrawn",
        )
    ),
)

backfills = sa.Table(
    "backfills",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("asked", KeyText, nullable=False),
    sa.Column("since", UtcDateTime),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("planned_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    # The same command finds the one that it goes on with.
    sa.Index(None, "source", "asked"),
)

backfill_documents = sa.Table(
    "backfill_documents",
    metadata,
    sa.Column(
        "backfill_id", Id, sa.ForeignKey("backfills.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("url", KeyText, primary_key=True),
    sa.Column("following", _Json, nullable=False),
    sa.Column("position", StoredText),
    sa.Column("whole", sa.Boolean, nullable=False),
    sa.Column("read_at", UtcDateTime, nullable=False),
)

address_shapes = sa.Table(
    "address_shapes",
    metadata,
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), primary_key=True),
    sa.Column("shape", KeyText, primary_key=True),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("others", sa.Integer, nullable=False),
)

templates = sa.Table(
    "templates",
    metadata,
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), primary_key=True),
    sa.Column("name", KeyText, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("signature", StoredText, nullable=False),
    sa.Column("status", StoredText, nullable=False),
    sa.Column("rules", StoredText, nullable=False),
    sa.Column("support", sa.Integer, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("checked", sa.Integer, nullable=False),
    sa.Column("agreed", sa.Integer, nullable=False),
    sa.Column("applied", sa.Integer, nullable=False),
    sa.Column("misfits", sa.Integer, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("last_applied_at", UtcDateTime),
    sa.Column("replaces", StoredText),
    sa.Column("reason", StoredText),
)

robots_files = sa.Table(
    "robots_files",
    metadata,
    sa.Column("origin", KeyText, primary_key=True),
    sa.Column("url", StoredText, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("fetched_at", UtcDateTime, nullable=False),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("kind", StoredText, nullable=False),
    # No foreign key: it would have every writer look up and lock the article once more.
    sa.Column("article_id", Id, nullable=False),
    sa.Column("source", StoredText, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("story_id", Id),
    # A number is never given twice, so that a reader may keep it as its place.
    sqlite_autoincrement=True,
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("first_article_id", Id, sa.ForeignKey("articles.id")),
    sa.Column("original", StoredText),
    sa.Column("original_article_id", Id, sa.ForeignKey("articles.id")),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("sources", _Json, nullable=False),
    sa.Column("languages", _Json, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("merged_into", Id, sa.ForeignKey("stories.id")),
    sa.Column("original_house", StoredText),
    sa.Column("original_from", StoredText),
    sa.Column("original_sources", sa.Integer),
    # What happened of late; also what joined a story that is watched.
    sa.Index(None, "updated_at"),
    sqlite_autoincrement=True,
)

story_articles = sa.Table(
    "story_articles",
    metadata,
    sa.Column(
        "article_id", Id, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("story_id", Id, sa.ForeignKey("stories.id"), nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("closest_id", Id, sa.ForeignKey("articles.id")),
    # The articles of a story.
    sa.Index(None, "story_id"),
)

story_marks = sa.Table(
    "story_marks",
    metadata,
    sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

#: Texts as they are compared with one another; of those that have marks.
sketches = sa.Table(
    "sketches",
    metadata,
    sa.Column("article_id", Id, primary_key=True, autoincrement=False),
    sa.Column("shingles", sa.LargeBinary, nullable=False),
)

index_backlogs = sa.Table(
    "index_backlogs",
    metadata,
    sa.Column("name", StoredText, primary_key=True),
    sa.Column("done_id", Id, nullable=False),
    sa.Column("last_id", Id, nullable=False),
)

page_dictionaries = sa.Table(
    "page_dictionaries",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    # The newest of a source is the one in use.
    sa.Index(None, "source"),
)

raw_pages = sa.Table(
    "raw_pages",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", StoredText, sa.ForeignKey("sources.name"), nullable=False),
    sa.Column("link_id", Id, sa.ForeignKey("links.id"), nullable=False),
    sa.Column("url", StoredText, nullable=False),
    sa.Column("fetched_at", UtcDateTime, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("digest", StoredText, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("stored_bytes", sa.Integer, nullable=False),
    sa.Column("dictionary_id", Id, sa.ForeignKey("page_dictionaries.id")),
    sa.Column("page", sa.LargeBinary, nullable=False),
    # The pages of a source in the order of their numbers, for reading all of them again.
    sa.Index(None, "source", "id"),
    # The versions of one page.
    sa.Index(None, "link_id"),
    # The oldest go first when room is made; how much is read from the index alone.
    sa.Index(None, "fetched_at", "stored_bytes"),
    sqlite_autoincrement=True,
)

reextractions = sa.Table(
    "reextractions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("asked", KeyText, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("done_id", Id, nullable=False),
    sa.Column("last_id", Id, nullable=False),
    # The same command finds the one that it goes on with.
    sa.Index(None, "asked"),
)
