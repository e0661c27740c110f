"""An explanation of an extraction, for a terminal and as a page with what was struck coloured."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.views.article_text import credit_line, plain

if TYPE_CHECKING:
    from ingest.extract.explain import ExplainedBlock, ExplainedVerdict
    from storage.article import Article

__all__ = ["explanation_html", "explanation_lines", "verdict_lines"]

_SHORTENED = 160
_STYLE = """
body{font:16px/1.5 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em;color:#1b1b1b}
.b{margin:.6em 0;padding:.3em .7em;border-left:4px solid #2e7d32;white-space:pre-wrap}
.heading{font-weight:bold}.struck{border-color:#c62828;background:#fdecea;color:#7a1c1c;text-decoration:line-through}
.outside{border-color:#bbb;color:#888;font-size:.85em}.title{border-color:#1565c0;font-weight:bold}
.standfirst{border-color:#1565c0}.caption{border-color:#f9a825;background:#fffde7;font-size:.9em}
.c{border-color:#6a1b9a;background:#f6ecfa}
small{display:block;font:12px/1.4 monospace;color:#666;text-decoration:none}
.w{text-decoration:none;display:inline-block}
"""


def verdict_lines(verdict: ExplainedVerdict) -> Iterator[str]:
    """What the page was taken for, and what spoke for an article and against it most."""
    if verdict.probability is None:
        yield f"verdict: {verdict.verdict}, nothing weighed"
        return
    yield f"verdict: {verdict.verdict}; an article to {verdict.probability:.3f}"
    for side, sign in (("for", 1), ("against", -1)):
        told = [
            f"{name} {value:.3g} ({by:+.1f})"
            for name, value, by in verdict.because
            if by * sign > 0
        ]
        if told:
            yield f"{side:>10}  {', '.join(told)}"


def explanation_lines(article: Article, blocks: Sequence[ExplainedBlock]) -> Iterator[str]:
    """The page block by block; menus and other lines nobody doubts are counted, not shown."""
    yield f"{plain(article.title or '(no title)')}  [{article.extractor}]"
    quiet = 0
    for block in blocks:
        if not block.is_told:
            quiet += 1
            continue
        if quiet:
            yield f"    … {quiet} lines of menus, lists and footers"
            quiet = 0
        mark = "credited" if block.credits else block.verdict
        text = plain(" ".join(block.text.split()))
        shown = text if len(text) <= _SHORTENED else text[: _SHORTENED - 1] + "…"
        yield f"{mark:>10}  {block.type}: {shown}"
        note = _note(block)
        if note:
            yield f"            {plain(note)}"
    if quiet:
        yield f"    … {quiet} lines of menus, lists and footers"
    for credit in article.credits:
        yield f"    credit  {plain(credit_line(credit))}"


def explanation_html(
    article: Article, blocks: Sequence[ExplainedBlock], verdict: ExplainedVerdict | None = None
) -> str:
    """The same as a page of its own: no script, nothing loaded."""
    title = html.escape(article.title or "(no title)")
    parts = [
        "<!doctype html><html><head><meta charset='utf-8'>"
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1><p><small>{html.escape(article.url or '')} · {html.escape(article.extractor)}</small></p>",
    ]
    if verdict is not None:
        said = "<br>".join(html.escape(line) for line in verdict_lines(verdict))
        parts.append(f"<p><small>{said}</small></p>")
    for block in blocks:
        classes = f"b {block.verdict} {block.type}{' c' if block.credits else ''}"
        parts.append(
            f"<div class='{classes}'>{html.escape(block.text)}"
            f"<small>{html.escape(block.verdict)} · {html.escape(_note(block))}</small></div>"
        )
    for credit in article.credits:
        parts.append(f"<div class='b c'>{html.escape(credit_line(credit))}</div>")
    parts.append("</body></html>")
    return "\n".join(parts)


def _note(block: ExplainedBlock) -> str:
    """Why: kind, rule, credits, witnesses, what weighed most."""
    notes = []
    if block.credits:
        notes.append("credits " + ", ".join(block.credits))
    if block.reason:
        notes.append(f"{block.reason}: {block.rule}" if block.rule else block.reason)
    if block.likely is not None:
        notes.append(f"likely {block.likely:.2f}")
    notes += [f"{name} {'has it' if has else 'has it not'}" for name, has in block.witnesses]
    if block.because:
        notes.append("because " + ", ".join(f"{name} {by:+.1f}" for name, by in block.because))
    return " · ".join(notes)
