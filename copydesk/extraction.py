"""One page to its article, without network and database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.extract.refusal import Refusal
    from storage.article import Article

__all__ = ["extract"]


def extract(
    page: str | bytes, *, url: str | None = None, content_type: str | None = None
) -> Article | Refusal:
    """The article on a page, or why it is none.

    The same as ``copydesk extract``, without a source file's own rules. The first call loads the
    extractor, about a second. A hostile page may take long: call it in a process that can be ended.

    Args:
        page: HTML or a plain text dump. Bytes as they came, gzipped or not, in any encoding; text as
            it was decoded, whatever encoding its markup declares.
        url: the page's address, by which relative addresses and dates in it are read.
        content_type: of the answer, such as ``text/html; charset=windows-1251``, where there was one.

    Raises:
        TypeError: ``page`` is neither text nor bytes.
    """
    from ingest.extract import extract_bytes

    if isinstance(page, str):
        media = (content_type or "text/plain").partition(";")[0]
        page, content_type = page.encode("utf-8", "replace"), f"{media}; charset=utf-8"
    elif not isinstance(page, bytes):
        raise TypeError(f"a page is str or bytes, not {type(page).__name__}")
    return extract_bytes(page, url=url, content_type=content_type)
