"""What templates spoiled: faults of their articles that the generic path does not make of the same page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from bench.pipeline.filed import FiledRow
from bench.pipeline.page_parts import markup_of
from bench.pipeline.quality import FiledArticle, TextQuality, compare
from bench.pipeline.sites import Site

__all__ = ["spoiled"]


def spoiled(
    rows: Sequence[FiledRow], papers: Sequence[Site], redesigned: Collection[int] = ()
) -> list[dict[str, object]]:
    """The articles by templates with a line leaked or lost that the generic path got right.

    Args:
        rows: what was filed.
        papers: of these sites.
        redesigned: numbers of the articles whose page had its site's new design.
    """
    by_name = {site.paper.name: site for site in papers}
    found: list[dict[str, object]] = []
    for row in rows:
        if row.template is None or not (row.quality.leaked or row.quality.lost):
            continue
        site = by_name[row.source]
        generic = _generic(site, row.number, row.number in redesigned)
        leaked = set(row.quality.leaked) - set(generic.leaked)
        lost = set(row.quality.lost) - set(generic.lost)
        if leaked or lost:
            found.append(
                {
                    "source": row.source,
                    "number": row.number,
                    "kind": site.article(row.number).kind,
                    "template": row.template,
                    "f1": round(row.quality.f1, 4),
                    "leaked": [line[:100] for line in sorted(leaked)],
                    "lost": [line[:100] for line in sorted(lost)],
                }
            )
    return found


@cache
def _generic(site: Site, number: int, redesigned: bool) -> TextQuality:
    from ingest.extract import extract_page
    from ingest.extract.page_context import PageContext
    from storage.article import Article

    html = markup_of(site.page(number, redesigned=redesigned))
    article = extract_page(html, PageContext(site.paper.url_of(number)))
    text = article.text if isinstance(article, Article) else ""
    return compare(site.article(number), FiledArticle(text))
