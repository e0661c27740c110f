"""What one writes in an afternoon without Copydesk: httpx, trafilatura, SQLAlchemy, one process.

    python -m bench.pipeline.plain_script DATABASE CONNECT_TO SITEMAP ...

CONNECT_TO is ``127.0.0.1:PORT``, where the generated sites are; each SITEMAP is read and all that it
names is fetched, eight at a time, extracted and saved.
"""

from __future__ import annotations

import asyncio
import re
import sys
from urllib.parse import urlsplit

import httpx
import trafilatura
from sqlalchemy import String, Text, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from trafilatura.settings import Document


class Base(DeclarativeBase):
    """The tables."""


class Article(Base):
    """One article."""

    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String, unique=True)
    title: Mapped[str | None] = mapped_column(String)
    author: Mapped[str | None] = mapped_column(String)
    date: Mapped[str | None] = mapped_column(String)
    text: Mapped[str] = mapped_column(Text)


async def get(client: httpx.AsyncClient, connect_to: str, url: str) -> str:
    """The page at ``url``."""
    parts = urlsplit(url)
    answer = await client.get(
        f"http://{connect_to}{parts.path}", headers={"Host": parts.hostname or ""}
    )
    answer.raise_for_status()
    return answer.text


async def collect(database: str, connect_to: str, sitemaps: list[str]) -> None:
    """Save every article that the sitemaps name and the database has not."""
    engine = create_engine(f"sqlite:///{database}")
    event.listen(engine, "connect", lambda c, _: c.execute("pragma journal_mode=wal"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        known = set(session.scalars(select(Article.url)))
        async with httpx.AsyncClient(timeout=20, limits=httpx.Limits(max_connections=8)) as client:
            urls: list[str] = []
            for sitemap in sitemaps:
                text = await get(client, connect_to, sitemap)
                urls += [url for url in re.findall(r"<loc>(.*?)</loc>", text) if url not in known]
            queue = iter(urls)

            async def work() -> None:
                for url in queue:
                    page = await get(client, connect_to, url)
                    found = trafilatura.bare_extraction(
                        page, url=url, with_metadata=True, include_comments=False
                    )
                    if isinstance(found, Document) and found.text:
                        session.add(
                            Article(
                                url=url,
                                title=found.title,
                                author=found.author,
                                date=found.date,
                                text=found.text,
                            )
                        )
                        session.commit()

            async with asyncio.TaskGroup() as group:
                for _ in range(8):
                    group.create_task(work())


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    asyncio.run(collect(sys.argv[1], sys.argv[2], sys.argv[3:]))
