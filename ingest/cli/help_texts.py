"""The groups of ``copydesk --help``, and the example of each command's help.

In one place, so that they are worded alike; a test parses every example with the real commands.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXAMPLES", "GROUPS"]

#: Heading to commands, both in the order in which they are shown.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "To begin with": ("demo", "add", "extract"),
    "Collect": ("run", "daemon", "pause", "resume", "poll", "retry", "backfill", "status"),
    "Keep it running": ("doctor", "alerts", "healthcheck"),
    "Read what is filed": ("articles", "show", "search", "stories", "diff", "changes", "export"),
    "Sources, and what was learned of them": ("sources", "templates"),
    "Pages and the database": ("reextract", "clean", "pages", "db"),
}

#: Command ("" is ``copydesk`` itself) to lines that can be typed as they stand.
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": (
        "copydesk demo                             # see it work, without the internet",
        "copydesk add https://www.example.org      # your own site: find out how",
        "copydesk sources enable armenian-report   # or one of those that ship",
        "copydesk run                              # collect what is switched on",
        "copydesk articles",
    ),
    "add": (
        "copydesk add https://www.example.org/2026/11/a-story",
        "copydesk add https://www.example.org --dry-run > example.toml",
    ),
    "alerts": (
        "copydesk alerts",
        "copydesk alerts test",
    ),
    "alerts list": ("copydesk alerts list --json",),
    "alerts test": (
        "copydesk alerts test",
        "copydesk alerts test ops --json",
    ),
    "articles": (
        "copydesk articles --source armenian-report --limit 10",
        "copydesk articles --text ferry --json",
    ),
    "backfill": (
        "copydesk backfill armenian-report --since 2025 --dry-run",
        "copydesk backfill armenian-report --since 2025 --limit 500",
    ),
    "changes": (
        "copydesk changes --since 0 --limit 20",
        "copydesk changes --since 1200 --follow --json",
    ),
    "clean": (
        "copydesk clean --dry-run",
        "copydesk clean armenian-report",
    ),
    "daemon": (
        "copydesk --config /etc/copydesk.toml daemon --json",
        "copydesk --config /etc/copydesk.toml daemon --install-unit",
    ),
    "db": (
        "copydesk db check",
        "copydesk db stats --json",
    ),
    "db backup": ("copydesk db backup /backups/copydesk.sqlite3.zst",),
    "db check": ("copydesk db check",),
    "db copy": ("copydesk db copy copydesk.sqlite3 postgresql+psycopg://me@host/news",),
    "db restore": (
        "copydesk db restore /backups/copydesk.sqlite3.zst",
        "copydesk --database new.sqlite3 db restore copydesk.sqlite3.gz",
    ),
    "db stats": ("copydesk db stats",),
    "db upgrade": ("copydesk db upgrade",),
    "db vacuum": ("copydesk db vacuum",),
    "demo": (
        "copydesk demo",
        "copydesk demo --serve     # and try the commands on its sites yourself",
    ),
    "diff": (
        "copydesk diff 45",
        "copydesk diff 45 --revision 1 --to 3",
    ),
    "doctor": (
        "copydesk doctor",
        "copydesk doctor --offline --json",
    ),
    "export": (
        "copydesk export news.parquet --source armenian-report",
        "copydesk export news.jsonl.gz --cursor 1200",
    ),
    "extract": (
        "copydesk extract https://www.example.org/2026/11/a-story --struck",
        "copydesk extract saved/ --json > articles.jsonl",
    ),
    "healthcheck": ("copydesk healthcheck",),
    "pages": ("copydesk pages show 45 > page.html",),
    "pages export": ("copydesk pages export pages.warc.gz armenian-report",),
    "pages show": ("copydesk pages show 45 > page.html",),
    "pause": ("copydesk pause armenian-report",),
    "poll": ("copydesk poll armenian-report",),
    "reextract": ("copydesk reextract armenian-report --since 90d",),
    "resume": ("copydesk resume armenian-report",),
    "retry": (
        "copydesk retry armenian-report --dry-run",
        "copydesk retry armenian-report --refused --reason login_wall --since 7d",
    ),
    "run": (
        "copydesk run",
        "copydesk run armenian-report --limit 20 --json",
    ),
    "search": (
        "copydesk search harbour '\"winter crossing\"'",
        "copydesk search --newest --limit 5 -- title:ferry -strike",
    ),
    "show": ("copydesk show 1 --struck",),
    "sources": (
        "copydesk sources list --all --language de",
        "copydesk sources enable armenian-report",
    ),
    "sources check": ("copydesk sources check armenian-report",),
    "sources disable": ("copydesk sources disable armenian-report",),
    "sources enable": (
        "copydesk sources enable armenian-report",
        "copydesk sources enable --country AT --country CH",
    ),
    "sources export": ("copydesk sources export feeds.opml",),
    "sources import": ("copydesk sources import feeds.opml --dry-run",),
    "sources list": (
        "copydesk sources list",
        "copydesk sources list --all --language de",
    ),
    "sources show": ("copydesk sources show armenian-report",),
    "status": (
        "copydesk status",
        "copydesk status armenian-report --problems 20",
    ),
    "stories": (
        "copydesk stories --sources 3",
        "copydesk stories 12",
    ),
    "templates": (
        "copydesk templates",
        "copydesk templates armenian-report",
    ),
    "templates export": ("copydesk templates export armenian-report table.toml --name article@2",),
    "templates forget": ("copydesk templates forget armenian-report --name live_blog",),
    "templates learn": ("copydesk templates learn saved/ --export table.toml",),
    "templates relearn": ("copydesk templates relearn armenian-report",),
    "templates show": ("copydesk templates show armenian-report --json",),
}
