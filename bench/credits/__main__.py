"""``python -m bench.credits made``: coverage of forms and languages on made pages.

    python -m bench.credits made
    python -m bench.credits made --language hy --misses 20
    python -m bench.credits made --json

Each page has one credit in one form of one language, or a line that only looks like one (pictures,
editors, dates, prose). They are made from a grammar of their own, never from a publisher's page. The
figure shows what is covered; it does not say how good the reader is on real pages.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench.credits.made import FORMS, languages, made_pages
from bench.credits.made_figures import Figures, by_language, measure
from bench.extraction.tables import as_markdown, as_text


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; 0, or 2 where a language is not known."""
    options = _parser().parse_args(arguments)
    known = languages()
    chosen = options.language or list(known)
    unknown = [language for language in chosen if language not in known]
    if unknown:
        print(
            f"bench.credits: no pages are made in {unknown[0]!r}; known: {' '.join(known)}",
            file=sys.stderr,
        )
        return 2
    pages = [
        page
        for language in chosen
        for page in made_pages(language, seed=options.seed, per_form=options.per_form)
    ]
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(pages, Path(folder))
    if not options.json:
        table = by_language(figures)
        print((as_markdown if options.markdown else as_text)(table), end="\n\n")
        for miss in figures.misses[: options.misses]:
            wanted = "; ".join(f"{each.roles[0]} {each.name}" for each in miss.page.expected)
            given = "refused" if miss.refused else "; ".join(map(" ".join, miss.given))
            print(f"{miss.page.language} {miss.page.form}: {miss.page.line!r}")
            print(f"    wanted: {wanted or '-'}    given: {given or '-'}")
    print(json.dumps({"made": _as_json(figures)}, ensure_ascii=False))
    return 0


def _as_json(figures: Figures) -> dict[str, object]:
    return {
        "pages": figures.pages,
        "refused": figures.refused,
        "f1": {
            language: {
                form: round(value, 3)
                for form in FORMS
                if (value := figures.cells[form, language].f1) is not None
            }
            for language in dict.fromkeys(language for _, language in list(figures.cells))
        },
        "false": {language: counts[1] for language, counts in figures.without.items() if counts[1]},
        "replaces_labelled_figure": False,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.credits",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("made", help="read made pages of every form and language")
    made.add_argument("--language", nargs="+", metavar="XX", help="only these")
    made.add_argument("--per-form", type=int, default=3, help="pages of a form (%(default)s)")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument(
        "--misses", type=int, default=0, metavar="N", help="show so many that went wrong"
    )
    made.add_argument("--markdown", action="store_true", help="the table as Markdown")
    made.add_argument("--json", action="store_true", help="only the figures")
    return parser


if __name__ == "__main__":
    sys.exit(main())
