"""A folder of saved pages: which are read, in which order, under which address."""

from __future__ import annotations

import gzip
import os
import quopri
from base64 import encodebytes
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.address import address_key
from sources.endpoints.archives import folder as module
from sources.endpoints.archives.archived_page import LARGEST, ArchivedPage, PassedOver
from sources.endpoints.archives.folder import OWN_ADDRESS, read_folder
from sources.errors import EndpointError

HOME = "https://www.paper.example"
STORY = f"{HOME}/2026/bridge"
PAGE = (
    "<!doctype html><html><head><title>Bridge</title></head><body><p>It stands.</p></body></html>"
)


def ours(url: str) -> bool:
    return "paper.example/" in url


def saved_from(url: str) -> str:
    return PAGE.replace("<html>", f"\n<!-- saved from url=(0028){url} -->\n<html>")


def in_head(tag: str) -> str:
    return PAGE.replace("<title>", f"{tag}<title>")


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def put(name: str, body: str | bytes = PAGE) -> Path:
        path = tmp_path / "saved" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return path

    (tmp_path / "saved").mkdir()
    return put


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[list[ArchivedPage], PassedOver]]:
    def read(start_after: str = "", home: str | None = HOME, within: str = "saved"):
        counts = PassedOver()
        found = read_folder(
            tmp_path / within, ours, home=home, start_after=start_after, passed_over=counts
        )
        return list(found), counts

    return read


MHTML = f"""From: <Saved by a browser>
Snapshot-Content-Location: {STORY}
Subject: =?utf-8?Q?Bridge?=
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----Part--X1----"


------Part--X1----
Content-Type: text/html; charset="windows-1252"
Content-ID: <frame-1@mhtml.browser>
Content-Transfer-Encoding: CODING
Content-Location: {STORY}

BODY
------Part--X1----
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: {HOME}/a.png

iVBORw0KGgo=
------Part--X1----
Content-Type: text/html
Content-Location: cid:frame-2@mhtml.browser

<html><p>An advertisement ------Part--X1---- in its text
------Part--X1------
""".replace("\n", "\r\n")


# Addresses


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.html", saved_from(STORY)),
        (
            "a.htm",
            f"<!--\n Page saved with SingleFile \n url: {STORY} \n saved date: now\n-->{PAGE}",
        ),
        ("a.html", f"{PAGE}<!-- Mirrored from www.paper.example/2026/bridge by HTTrack 3.x -->"),
        ("a.html.gz", gzip.compress(saved_from(STORY).encode())),
        ("www.paper.example/2026/bridge", PAGE),
        ("www.paper.example/2026/bridge/index.html", PAGE),
        ("mirror/https/www.paper.example/2026/bridge", PAGE),
        ("a.html", in_head(f'<link rel="canonical" href="{STORY}">')),
        ("a.xhtml", in_head(f"<link href='{STORY}' rel='canonical'/>")),
        ("a.html", in_head(f'<meta property="og:url" content="{STORY}">')),
        ("a.html", in_head(f"<meta content={STORY} property='og:url'>")),
        # What a browser or the mirror says of where it was is surer than what the page claims.
        ("a.html", saved_from(STORY) + f'<link rel="canonical" href="{HOME}/other">'),
        ("www.paper.example/2026/bridge", in_head(f'<link rel="canonical" href="{HOME}/x">')),
        # A folder with a dot is no host, a shared host not ours: then the page's own word counts.
        ("my.pages/a.html", in_head(f'<link rel="canonical" href="{STORY}">')),
    ],
)
def test_a_page_is_filed_under_the_address_where_it_was(put, read, name, body) -> None:
    put(name, body)
    [found], _ = read()
    assert found.url.rstrip("/") == found.page.url.rstrip("/") == STORY
    assert found.position == name
    assert found.page.content_type == "text/html"
    assert b"It stands." in found.page.body


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("index.html", f"{HOME}/"),
        ("2026/story.html", f"{HOME}/2026/story.html"),
        ("story.php?id=3&p=ä", f"{HOME}/story.php?id=3&p=%C3%A4"),
        ("story.php?id=3.html", f"{HOME}/story.php?id=3"),
        ("caf%C3%A9/a b.html", f"{HOME}/caf%C3%A9/a%20b.html"),
    ],
)
def test_a_mirrors_path_is_the_address(put, read, tmp_path, name, url) -> None:
    put(f"www.paper.example/{name}")
    assert [page.url for page in read()[0]] == [url]
    # Also where the folder given is the host's own.
    assert [page.url for page in read(within="saved/www.paper.example")[0]] == [url]


def test_a_port_is_kept(put, read, tmp_path) -> None:
    put("www.paper.example:8080/a.html")
    put("www.paper.example+8081/a.html")
    found = read_folder(tmp_path / "saved", lambda url: True)
    assert [page.url for page in found] == [
        "https://www.paper.example:8081/a.html",
        "https://www.paper.example:8080/a.html",
    ]


@pytest.mark.parametrize("coding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("line", ["\r\n", "\n"], ids=["crlf", "lf"])
def test_an_mhtml_file_is_its_first_page(put, read, coding: str, line: str) -> None:
    body = PAGE.replace("It stands.", "It stands = \xe9 ------Part--X1----").encode("windows-1252")
    packed = {"quoted-printable": quopri.encodestring(body), "base64": encodebytes(body)}.get(
        coding, body
    )
    text = MHTML.replace("CODING", coding).replace("\r\n", line).encode()
    put("a.mhtml", text.replace(b"BODY", packed))
    [found], _ = read()
    assert found.url == STORY
    assert found.page.body.rstrip() == body
    assert found.page.headers == {"content-type": "text/html; charset=windows-1252"}


@pytest.mark.parametrize(
    "header",
    [
        f"Content-Location: {STORY}\r\nContent-Type: text/html\r\n\r\n",
        "Content-Type: text/html\r\n\r\n",
    ],
)
def test_an_mhtml_file_of_one_part_is_that_part(put, read, header: str) -> None:
    put("a.mht", header + saved_from(STORY))
    assert [page.url for page in read()[0]] == [STORY]


def test_a_text_has_an_address_of_its_own_behind_the_home(put, read) -> None:
    put("a.txt", "Bridge\n\nIt stands.")
    put("b/copy.txt", "Bridge\n\nIt stands.")
    put("c.txt", "Another.")
    put("d.html", PAGE)
    found, _ = read()
    urls = [page.url for page in found]
    assert all(url.startswith(f"{HOME}/{OWN_ADDRESS}") for url in urls)
    # The same text is one article, and none is taken for the front page.
    assert urls[0] == urls[1]
    assert len({address_key(url) for url in urls} - {address_key(HOME)}) == 3
    assert found[0].page.content_type == "text/plain"


def test_without_a_home_what_has_no_address_is_passed_over(put, read) -> None:
    put("a.txt", "Bridge")
    put("b.html", PAGE)
    put("c.html", saved_from(STORY))
    found, counts = read(home=None)
    assert [page.url for page in found] == [STORY]
    assert counts.no_address == 2


def test_pages_of_other_sites_are_passed_over(put, read) -> None:
    put("a.html", saved_from("https://elsewhere.example/1"))
    put("elsewhere.example/b.html")
    put("c.html", in_head('<link rel="canonical" href="https://elsewhere.example/c">'))
    found, counts = read()
    assert (found, counts.others) == ([], 3)


@pytest.mark.parametrize("said", ["https://[bad", "https://", "javascript:1", "/2026/bridge"])
def test_an_address_that_is_none_is_not_believed(put, read, said: str) -> None:
    put("a.html", in_head(f'<link rel="canonical" href="{said}">') + saved_from(said))
    [found], _ = read()
    assert OWN_ADDRESS in found.url


def test_the_time_is_the_files(put, read) -> None:
    path = put("a.html", saved_from(STORY))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read()[0][0].page.fetched_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


# Order and place


def test_pages_come_in_the_order_of_their_paths_and_reading_goes_on_behind_any(put, read) -> None:
    names = ["a-b/1.txt", "a.txt", "a/1.txt", "a/b/2.txt", "a/c.txt", "b.txt", "ä.txt"]
    for number, name in enumerate(reversed(names)):
        put(name, f"Text {number}")
    assert [page.position for page in read()[0]] == names == sorted(names)
    for at, name in enumerate(names):
        assert [page.position for page in read(name)[0]] == names[at + 1 :]
    # Of a page that is gone since, too.
    assert [page.position for page in read("a/b/9.txt")[0]] == names[4:]


NAMES = st.text("ab-./0é", min_size=1, max_size=4).filter(lambda name: name.strip(".") == name)


@given(st.sets(st.lists(NAMES.filter(lambda n: "/" not in n), min_size=1, max_size=3).map(tuple)))
def test_every_file_comes_once_whatever_its_name(tmp_path_factory, paths) -> None:
    root = tmp_path_factory.mktemp("saved")
    for parts in paths:
        path = root.joinpath(*(f"{part}_" for part in parts[:-1]), f"{parts[-1]}.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("/".join(parts))
    positions = [str(page.position) for page in read_folder(root, ours, home=HOME)]
    assert positions == sorted(positions)
    assert len(positions) == len(paths)
    for position in positions[::2]:
        rest = [page.position for page in read_folder(root, ours, home=HOME, start_after=position)]
        assert rest == [later for later in positions if later > position]


def test_a_name_that_is_no_utf8_has_a_place_that_can_be_stored(put, read, tmp_path) -> None:
    path = os.fsencode(tmp_path / "saved") + b"/caf\xe9.txt"
    try:
        with open(path, "wb") as stream:
            stream.write(b"Text")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    [found], _ = read()
    assert found.position == "caf\\xe9.txt"
    assert read(str(found.position))[0] == []


# What is passed over


def test_what_is_no_page_is_passed_over_and_counted(put, read, tmp_path) -> None:
    put("www.paper.example/robots.txt", "User-agent: *")
    put("www.paper.example/ads.txt", "a, b")
    put("www.paper.example/picture", b"\x89PNG\r\n")
    put("style.css", "p {}")
    put("empty.html", " \n")
    put("good.html", saved_from(STORY))
    found, counts = read()
    assert [page.position for page in found] == ["good.html"]
    assert counts == PassedOver(no_page=5)


def test_frames_saved_beside_a_page_are_left(put, read) -> None:
    put("Bridge.html", saved_from(STORY))
    put("Bridge_files/frame.html", saved_from(f"{HOME}/frame"))
    put("press_files/story.html", saved_from(f"{HOME}/story"))
    assert [page.position for page in read()[0]] == ["Bridge.html", "press_files/story.html"]


def test_nothing_outside_the_folder_is_read(put, read, tmp_path) -> None:
    (tmp_path / "secret.html").write_text(saved_from(STORY))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "page.html").write_text(saved_from(STORY))
    saved = tmp_path / "saved"
    (saved / "link.html").symlink_to(tmp_path / "secret.html")
    (saved / "folder").symlink_to(tmp_path / "outside")
    (saved / "loop").symlink_to(saved)
    (saved / "gone.html").symlink_to(tmp_path / "nowhere")
    put(".hidden.html", saved_from(STORY))
    put(".git/page.html", saved_from(STORY))
    found, counts = read()
    assert (found, counts) == ([], PassedOver(special=6))


def test_a_pipe_does_not_keep_us_waiting(put, read, tmp_path) -> None:
    os.mkfifo(tmp_path / "saved" / "pipe.html")
    put("page.html", saved_from(STORY))
    found, counts = read()
    assert ([page.url for page in found], counts.special) == ([STORY], 1)


def test_what_cannot_be_read_is_passed_over(put, read, monkeypatch) -> None:
    put("cut.html.gz", gzip.compress(saved_from(STORY).encode())[:-20])
    put("no.html.gz", b"no gzip")
    put("broken.mhtml", "no archive at all")
    put("good.html", saved_from(STORY))
    path = put("locked.html", PAGE)
    path.chmod(0)
    found, counts = read()
    assert counts.broken == (3 if os.geteuid() == 0 else 4)
    assert [page.url for page in found if page.position == "good.html"] == [STORY]


def test_what_is_too_large_is_passed_over_packed_or_not(put, read) -> None:
    with put("large.html").open("r+b") as stream:
        stream.truncate(LARGEST + 1)
    put("bomb.html.gz", gzip.compress(b" " * (LARGEST + 1)))
    assert read() == ([], PassedOver(too_large=2))


def test_a_folder_in_a_folder_without_end_ends(put, read, monkeypatch) -> None:
    put("/".join("d" * module.DEEPEST) + "/deep.txt", "Text")
    found, counts = read()
    assert (found, counts.special) == ([], 1)


def test_mhtml_with_parts_in_parts_without_end_ends(put, read) -> None:
    text = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n:05}\n\n--b{n:05}\n" for n in range(50_000)
    )
    put("deep.mhtml", text)
    put("wide.mhtml", "Content-Type: multipart/related; boundary=b\n\n" + "--b\n\n" * 300_000)
    assert read() == ([], PassedOver(broken=2))


@given(st.binary(max_size=400))
def test_any_bytes_make_no_trouble(tmp_path_factory, body: bytes) -> None:
    root = tmp_path_factory.mktemp("saved")
    for number, before in enumerate(
        (b"", b"<html><!-- saved from url=(1)http", b"Content-Type: multipart/x; boundary=b\n\n--b")
    ):
        (root / f"{number}.html").write_bytes(before + body)
        (root / f"{number}.mhtml").write_bytes(before + body)
        (root / f"{number}.html.gz").write_bytes(b"\x1f\x8b\x08\0" + body)
    for page in read_folder(root, ours, home=HOME):
        assert address_key(page.url).startswith("https://paper.example")


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("gone", "file"):
        with pytest.raises(EndpointError, match="no such folder"):
            list(read_folder(tmp_path / name, ours, home=HOME))
