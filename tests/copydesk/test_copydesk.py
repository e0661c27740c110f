"""The package ``copydesk``: a few typed names that read and never write."""

from __future__ import annotations

import doctest
import hashlib
import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import copydesk
from ingest.cli.app import run
from storage.database import Database
from storage.errors import DatabaseReadOnly, QueryError, SchemaError, StorageError
from tests.ingest.views.conftest import STATED, article, fill
from tests.storage.conftest import (  # noqa: F401 - fixtures
    filled_postgres,
    filled_sqlite,
    postgres_server,
    ready_address,
)

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def news_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("face") / "news.sqlite3"
    with Database.open(path) as database:
        fill(database)
    return path


@pytest.fixture
def address(ready_address: str) -> str:  # noqa: F811
    """The address of a filled database, once on each kind of server."""
    with Database.open(ready_address) as database:
        fill(database)
    return ready_address


@pytest.fixture
def news(news_file: Path) -> Iterator[copydesk.Reader]:
    with copydesk.open(news_file) as opened:
        yield opened


def loaded_by(statement: str) -> set[str]:
    """The modules that a new interpreter loads for a statement, beyond those it starts with."""
    code = (
        "import sys; before = set(sys.modules)\n"
        f"{statement}\nimport json; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def test_importing_it_loads_nothing_else() -> None:
    loaded = loaded_by("import copydesk")
    of_others = {name for name in loaded if name.split(".")[0] not in sys.stdlib_module_names}
    assert of_others == {"copydesk"}
    assert not loaded & {"asyncio", "importlib.metadata", "json.tool", "logging", "sqlite3", "ssl"}


@pytest.mark.parametrize(
    ("statement", "unneeded"),
    [
        ("import copydesk; copydesk.Article", {"sqlalchemy", "selectolax", "httpx", "ingest"}),
        ("import copydesk; copydesk.StorageError", {"sqlalchemy", "selectolax", "ingest"}),
        ("import copydesk; copydesk.open", {"selectolax", "trafilatura", "httpx", "typer"}),
        ("import copydesk; copydesk.extract", {"sqlalchemy", "selectolax", "typer"}),
        ("import copydesk; copydesk.extract('x')", {"sqlalchemy", "httpx", "typer", "asyncio"}),
    ],
)
def test_a_name_loads_what_it_needs_and_no_more(statement: str, unneeded: set[str]) -> None:
    assert not loaded_by(statement) & unneeded


def test_every_name_is_there_typed_documented_and_in_the_docs() -> None:
    told = re.findall(r"^\| `(\w+)` \|", DOCS, re.M)
    assert sorted(told) == sorted(copydesk.__all__)
    assert set(copydesk.__all__) <= set(dir(copydesk))
    for name in copydesk.__all__:
        value = getattr(copydesk, name)
        assert inspect.getdoc(value), name
        if is_dataclass(value):
            assert value.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
    assert (ROOT / "copydesk" / "py.typed").exists()
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        copydesk.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_the_examples_of_the_docs_come_out_as_they_stand(
    news_file: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    shutil.copy(news_file, tmp_path / "news.sqlite3")
    monkeypatch.chdir(tmp_path)
    examples = "\n".join(re.findall(r"```python\n(.*?)```", DOCS, re.S))
    test = doctest.DocTestParser().get_doctest(examples, {}, "python.md", None, None)
    assert len(test.examples) > 15
    said: list[str] = []
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(
        test, out=said.append
    )
    assert results.failed == 0, "".join(said)


def test_text_is_read_as_it_was_decoded() -> None:
    paragraph = "Der Bäcker öffnet früh, und die Brücke über den Fluß bleibt für Wagen gesperrt. "
    page = (
        "<html><head><meta charset='windows-1251'><title>Die Brücke</title></head><body><article>"
        f"<h1>Die Brücke</h1><p>{paragraph * 3}</p><p>{paragraph * 2}</p></article></body></html>"
    )
    for given in (page, page.replace("windows-1251", "utf-8").encode()):
        found = copydesk.extract(given)
        assert isinstance(found, copydesk.Article)
        assert found.title == "Die Brücke"
        assert "Fluß" in found.text
    dump = copydesk.extract(f"Die Brücke\n\n{paragraph * 2}\n\n{paragraph}")
    assert isinstance(dump, copydesk.Article)
    assert dump.extractor == "text"
    with pytest.raises(TypeError, match="a page is str or bytes, not NoneType"):
        copydesk.extract(None)  # type: ignore[arg-type]
    refused = copydesk.extract(page, content_type="application/pdf")
    assert isinstance(refused, copydesk.Refusal)


def test_what_is_filed_is_read_on_either_database(address: str) -> None:
    with copydesk.open(address) as news:
        stored = news.article(1)
        assert isinstance(stored, copydesk.StoredArticle)
        assert stored.article.published_at == STATED
        assert stored.article.credits == article().credits
        assert stored.revision == 2
        assert news.article(999) is None
        assert [each.id for each in news.articles()] == [1, 2, 3]
        assert [each.id for each in news.articles(newest_first=True, limit=2)] == [3, 2]
        assert [each.id for each in news.articles(text="hafen", author="anna")] == [3]
        changed = [each.id for each in news.articles(changed_after=3)]
        assert changed[0] == 1
        (hit,) = news.search("brot", kind="opinion", until="2025")
        assert (hit.id, hit.published_at) == (3, "2025-03-01")
        assert [each.id for each in news.search("lundale", newest_first=True, limit=2)] == [3, 2]
        every = list(news.changes())
        assert [each.id for each in every] == sorted(each.id for each in every)
        assert list(news.changes(every[0].id, limit=1)) == every[1:2]
        assert {each.kind for each in news.changes(kinds=("revised",))} == {"revised"}


def test_times_are_texts_days_or_moments(news: copydesk.Reader) -> None:
    def found(**when: Any) -> list[int]:
        return [each.id for each in news.articles(**when)]

    assert found(since="2026", until="2026-11-21") == [1]
    assert found(since=date(2026, 11, 21), until=date(2026, 11, 21)) == [1]
    assert found(since=datetime(2026, 11, 21, 11, 5, tzinfo=UTC)) == [1, 2]
    assert found(since=datetime(2026, 11, 21, 11, 6)) == [2]  # noqa: DTZ001 - it is taken as UTC
    with pytest.raises(ValueError, match="'last year' is no time; expected a year"):
        news.articles(since="last year")
    with pytest.raises(QueryError):
        news.search("-only")


def test_an_article_of_the_face_is_the_one_of_the_command_line(
    news: copydesk.Reader, news_file: Path, capsys: Any
) -> None:
    assert run(["--database", str(news_file), "show", "1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    stored = news.article(1)
    assert stored is not None
    assert {key: shown[key] for key in stored.article.as_json()} == stored.article.as_json()
    assert {each.name for each in fields(stored)} - {"article"} <= shown.keys()


def test_a_write_is_impossible(address: str, monkeypatch: Any) -> None:
    opened: list[Database] = []
    real = Database.open

    def spy(*arguments: Any, **options: Any) -> Database:
        opened.append(real(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(Database, "open", spy)
    with copydesk.open(address) as news:
        (database,) = opened
        with pytest.raises(DatabaseReadOnly):
            database.write(lambda c: c.execute(sa.text("DELETE FROM changes")))
        for statement in (
            "DELETE FROM changes",
            "UPDATE articles SET title = ''",
            "DROP TABLE runs",
        ):
            with pytest.raises(StorageError, match=r"read-?only"), database.snapshot() as c:
                c.execute(sa.text(statement))
        assert len(list(news.articles())) == 3
        assert next(news.changes()).kind == "filed"
    assert {name for name in dir(copydesk.Reader) if not name.startswith("_")} == {
        "address", "article", "articles", "changes", "close", "search",
    }  # fmt: skip


def test_reading_leaves_the_file_as_it_was(news_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite3"
    shutil.copy(news_file, path)
    before = hashlib.sha256(path.read_bytes()).digest()
    with copydesk.open(str(path)) as news:
        list(news.articles())
        news.search("ferry")
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_a_database_that_is_not_there_or_of_another_release_is_refused(
    news_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match=r"no database at .*missing\.sqlite3"):
        copydesk.open(tmp_path / "missing.sqlite3")
    assert not list(tmp_path.iterdir())
    path = tmp_path / "other.sqlite3"
    for revision, said in (("9999", "was written by a newer Copydesk"), ("0001", "by an older")):
        shutil.copy(news_file, path)
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        engine.dispose()
        before = path.read_bytes()
        with pytest.raises(SchemaError, match=said):
            copydesk.open(path)
        assert path.read_bytes() == before


def test_what_is_closed_is_closed(news_file: Path) -> None:
    news = copydesk.open(news_file)
    news.close()
    news.close()
    for ask in (lambda: news.article(1), lambda: next(news.articles()), lambda: news.search("x")):
        with pytest.raises(StorageError, match="is closed"):
            ask()


def test_the_package_runs_as_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", "--version"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.startswith("copydesk ")
