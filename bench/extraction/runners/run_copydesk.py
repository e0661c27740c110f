"""Copydesk, in the environment that the comparison itself runs in."""

from __future__ import annotations

from typing import Any

from page_protocol import Page, serve

from bench.extraction.copydesk import SiteState, read_page, start_site
from ingest.extract import warm_up
from ingest.workers.allocator import collect_between_pages, collect_rarely


class _Reader:
    """Hands the state of a site from each of its pages to the next."""

    def __init__(self) -> None:
        self._site: SiteState | None = None

    def read(self, page: Page) -> dict[str, Any]:
        if self._site is None or page.site is None or page.site != self._site.host:
            self._site = start_site(page.site)
        return read_page("", page.raw, page.url, self._site)[0]


def _read(page: Page, reader: _Reader) -> dict[str, Any]:
    found = reader.read(page)
    return {name: value for name, value in found.items() if name != "id"}


if __name__ == "__main__":
    warm_up(rare=True)
    # As the processes do that read pages.
    collect_rarely()
    collect_between_pages()
    one = _Reader()
    serve(lambda page: _read(page, one))
