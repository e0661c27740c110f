"""What an address says of the day, and of the country that its site writes for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.extract.metadata.times.stated_times import stated_time
from ingest.extract.metadata.times.visible_dates import month_number

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["date_of_address", "month_of_address", "writes_month_first"]

_LONGEST = 300
_YEAR_FIRST = re.compile(
    r"(?:^|[/_.=-])((?:19|20)\d\d)([/_.-]?)(\d{2}|\d(?=\2\d)|[a-z]{3,9})\2(\d{1,2})(?![\d])",
    re.IGNORECASE,
)
#: ``/29-10-2021`` and ``/23.1.2022-ski``; the month first is nowhere a convention of addresses.
_DAY_FIRST = re.compile(r"(?:^|[/_=-])(\d{1,2})([-._/])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_MONTH = re.compile(r"(?:^|/)((?:19|20)\d\d)[/-](0[1-9]|1[0-2])(?=[/_-]|$)")
#: Top-level domains of countries that write English and the day first.
_DAY_FIRST_HOSTS = (
    ".uk", ".ie", ".au", ".nz", ".za", ".in", ".ng", ".ke", ".gh", ".sg", ".my", ".pk", ".lk", ".bd", ".mt", ".eu",
)  # fmt: skip
_DAY_FIRST_LOCALE = re.compile(
    r"(?:^|/)en[-_](?:gb|uk|ie|au|nz|za|in|ng|ke|gh|sg|my|pk|lk|bd|mt|eu)(?=/|$)"
)


def _path_of(address: str | None) -> str:
    try:
        return unquote(urlsplit(address or "").path)[:_LONGEST]
    except ValueError:
        return ""


def date_of_address(address: str | None) -> str | None:
    """The day that an address carries, such as ``/2024/03/12/`` or ``/2024-03-12-storm``."""
    path = _path_of(address)
    for match in _YEAR_FIRST.finditer(path):
        year, _, month, day = match.groups()
        number = int(month) if month.isdigit() else month_number(month, "en")
        found = stated_time(f"{year}-{number:02}-{int(day):02}") if number else None
        if found:
            return found
    for match in _DAY_FIRST.finditer(path):
        day, _, month, year = match.groups()
        found = stated_time(f"{year}-{int(month):02}-{int(day):02}")
        if found:
            return found
    return None


def month_of_address(address: str | None) -> str | None:
    """The month that an address carries: ``2024-03`` of ``/2024/03/storm`` or ``/uploads/2024/03/x.jpg``."""
    match = _MONTH.search(_path_of(address))
    return f"{match[1]}-{match[2]}" if match else None


def writes_month_first(page: HtmlPage, language: str | None, address: str | None) -> bool:
    """Whether 03/12 is in March on this page."""
    if language != "en":
        return False
    html = page.tree.css_first("html")
    declared = (html.attributes.get("lang") or "").lower() if html is not None else ""
    locale = (page.first_meta("og:locale") or "").lower()
    if locale and not locale.startswith("en"):
        return False
    try:
        parts = urlsplit(address or "")
        host, path = parts.hostname or "", parts.path[:_LONGEST].lower()
    except ValueError:
        host = path = ""
    return not (
        any(_DAY_FIRST_LOCALE.search(each) for each in (declared, locale, path))
        or host.endswith(_DAY_FIRST_HOSTS)
    )
