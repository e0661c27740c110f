"""What a careful user writes in an afternoon without Copydesk: httpx, trafilatura, SQLAlchemy.

    python -m bench.pipeline.plain_script DATABASE CONNECT_TO SITEMAP ...

CONNECT_TO is ``127.0.0.1:PORT``, where the generated sites are; each SITEMAP is read, and all that it
names and robots.txt lets be fetched is fetched, eight at a time of each host, extracted and saved.
"""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import httpx
import trafilatura
from sqlalchemy import DateTime, String, Text, create_engine, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from trafilatura.settings import Document

#: Requests under way at one host.
PER_HOST = 8


class Base(DeclarativeBase):
    """The tables."""


class Article(Base):
    """One article."""

    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String, unique=True)
    source: Mapped[str] = mapped_column(String)
    title: Mapped[str | None] = mapped_column(String)
    author: Mapped[str | None] = mapped_column(String)
    date: Mapped[datetime | None] = mapped_column(DateTime)
    text: Mapped[str] = mapped_column(Text)


class Collector:
    """Fetches, extracts and saves."""

    def __init__(self, client: httpx.AsyncClient, session: Session, connect_to: str) -> None:
        self._client = client
        self._session = session
        self._connect_to = connect_to

    async def get(self, url: str) -> httpx.Response:
        """The answer of ``url``."""
        parts = urlsplit(url)
        return await self._client.get(
            f"http://{self._connect_to}{parts.path}", headers={"Host": parts.hostname or ""}
        )

    async def addresses(self, sitemap: str) -> list[str]:
        """What a sitemap names, and those that it leads to."""
        answer = await self.get(sitemap)
        answer.raise_for_status()
        found = re.findall(r"<loc>(.*?)</loc>", answer.text)
        if "<sitemapindex" in answer.text:
            found = [url for other in found for url in await self.addresses(other)]
        return list(dict.fromkeys(found))

    async def collect(self, sitemap: str) -> None:
        """All of one source."""
        host = urlsplit(sitemap).hostname or ""
        robots = RobotFileParser()
        answer = await self.get(f"http://{host}/robots.txt")
        robots.parse(answer.text.splitlines() if answer.is_success else [])
        named = [url for url in await self.addresses(sitemap) if robots.can_fetch("plain", url)]
        known = set(self._session.scalars(select(Article.url).where(Article.source == host)))
        queue = iter([url for url in named if url not in known])

        async def work() -> None:
            for url in queue:
                try:
                    answer = await self.get(url)
                    answer.raise_for_status()
                except httpx.HTTPError as error:
                    print("skipped", url, repr(error), file=sys.stderr)
                    continue
                self.save(host, url, answer.text)

        async with asyncio.TaskGroup() as group:
            for _ in range(PER_HOST):
                group.create_task(work())

    def save(self, host: str, url: str, page: str) -> None:
        """The article of a page, where there is one."""
        found = trafilatura.bare_extraction(page, url=url, with_metadata=True)
        if isinstance(found, Document) and found.text:
            date = datetime.fromisoformat(found.date) if found.date else None
            self._session.execute(
                insert(Article)
                .values(
                    url=url,
                    source=host,
                    title=found.title,
                    author=found.author,
                    date=date,
                    text=found.text,
                )
                .on_conflict_do_nothing()
            )
            self._session.commit()


async def collect(database: str, connect_to: str, sitemaps: list[str]) -> None:
    """Save every article that the sitemaps name and the database has not."""
    engine = create_engine(f"sqlite:///{database}")
    event.listen(engine, "connect", lambda c, _: c.execute("pragma journal_mode=wal"))
    Base.metadata.create_all(engine)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    with Session(engine) as session:
        async with httpx.AsyncClient(timeout=20, limits=limits) as client:
            collector = Collector(client, session, connect_to)
            await asyncio.gather(*map(collector.collect, sitemaps))


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    asyncio.run(collect(sys.argv[1], sys.argv[2], sys.argv[3:]))
