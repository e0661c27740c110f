"""A folder of saved pages and text dumps: each under the address that it says it came from."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources.endpoints.archived_page import PassedOver
from sources.endpoints.folder import read_folder
from sources.errors import EndpointError

HOME = "https://paper.example/"
PAGE = "<html><head>{}</head><body><p>The bridge is mended.</p></body></html>"
MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://paper.example/saved
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="xx"

--xx
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable
Content-Location: https://paper.example/saved

<p>The br=C3=BCcke is mended.</p>
--xx
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--xx--
"""


def put(folder: Path, name: str, body: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def read(folder, wanted=lambda url: True, **given):
    return list(read_folder(folder, wanted, home=HOME, **given))


@pytest.mark.parametrize(
    ("name", "body", "url"),
    [
        ("a.html", PAGE.format('<link rel="canonical" href="https://paper.example/one">'), "https://paper.example/one"),
        ("a.html", PAGE.format('<meta property="og:url" content="https://paper.example/one?a=1&amp;b=2">'), "https://paper.example/one?a=1&b=2"),
        ("a.htm", "<!-- saved from url=(0029)https://paper.example/one -->" + PAGE, "https://paper.example/one"),
        ("a.html", "<!--\n Page saved with SingleFile \n url: https://paper.example/one \n-->" + PAGE, "https://paper.example/one"),
        ("paper.example/2026/story.html", PAGE, "https://paper.example/2026/story.html"),
        ("www.paper.example/2026/story/index.html", PAGE, "https://www.paper.example/2026/story/"),
        ("paper.example/story.html?id=3.html", PAGE, "https://paper.example/story.html?id=3.html"),
        ("a.mhtml", MHTML, "https://paper.example/saved"),
    ],
)  # fmt: skip
def test_a_saved_page_says_where_it_came_from(tmp_path, name, body, url):
    put(tmp_path, name, body)
    [found] = read(tmp_path)
    assert found.url == url
    assert found.page.status == 200
    assert found.page.content_type == "text/html"


def test_a_web_archive_gives_its_page_decoded(tmp_path):
    put(tmp_path, "a.mht", MHTML)
    [found] = read(tmp_path)
    assert found.page.body.decode().strip() == "<p>The brücke is mended.</p>"


def test_a_text_dump_is_filed_under_an_address_of_its_own_in_the_house(tmp_path):
    put(tmp_path, "dumps/The bridge.txt", "The bridge is mended")
    [first] = read(tmp_path)
    assert first.url.startswith("https://paper.example/#!copydesk-file/")
    assert first.page.content_type == "text/plain"
    # The same text has the same address wherever it lies.
    (tmp_path / "dumps").rename(tmp_path / "moved")
    assert read(tmp_path)[0].url == first.url


def test_files_come_in_the_order_of_their_paths_and_go_on_after_any(tmp_path):
    names = ["b.txt", "a/z.txt", "a/b.txt", "c/d/e.txt", "a.txt"]
    for name in names:
        put(tmp_path, name, name)
    positions = [page.position for page in read(tmp_path)]
    assert positions == sorted(names)
    for number, position in enumerate(positions):
        rest = [page.position for page in read(tmp_path, start_after=str(position))]
        assert rest == positions[number + 1 :]


def test_what_is_no_page_is_counted_and_passed_over(tmp_path):
    put(tmp_path, ".hidden.html", PAGE)
    put(tmp_path, ".git/x.html", PAGE)
    put(tmp_path, "picture.png", b"\x89PNG")
    put(tmp_path, "broken.html.gz", b"\x1f\x8b\x08rubbish")
    put(tmp_path, "large.txt", b"x" * (20 * 1024 * 1024 + 1))
    put(tmp_path, "other.html", PAGE.format('<link rel=canonical href="https://other.example/x">'))
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "link.html").symlink_to("/etc/hostname")
    put(tmp_path, "good.txt.gz", gzip.compress(b"The bridge is mended"))
    counts = PassedOver()
    found = read(tmp_path, lambda url: "other" not in url, passed_over=counts)
    assert [page.position for page in found] == ["good.txt.gz"]
    assert (counts.broken, counts.too_large, counts.others) == (1, 1, 1)
    assert counts.no_page == 3


def test_the_time_of_the_file_is_the_time_of_the_page(tmp_path):
    path = put(tmp_path, "a.txt", "x")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read(tmp_path)[0].page.fetched_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_folder_that_is_none_is_told(tmp_path):
    with pytest.raises(EndpointError, match="no such folder"):
        read(tmp_path / "none")
