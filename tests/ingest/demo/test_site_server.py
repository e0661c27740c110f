"""The site server that demo, tests and benchmarks stand on: a real HTTP/1.1 server."""

import gzip
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ingest.demo.site_server import Answer, Request, Site, SiteServer

HOST = "www.paper.example"
STORY = Answer(
    b"<p>story</p>" * 100, last_modified=datetime(2026, 11, 20, 8, 0, 0, 500_000, tzinfo=UTC)
)


@pytest.fixture
def server() -> Iterator[SiteServer]:
    site = Site(HOST, {"/story": STORY, "/gone": Answer(b"gone", 410)})
    with SiteServer([site]) as running:
        yield running


def ask(
    server: SiteServer, path: str, *, host: str = HOST, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": host, **given})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def raw(server: SiteServer, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(data)
        received = b""
        while chunk := client.recv(65536):
            received += chunk
        return received


def test_sites_are_told_apart_by_host(server: SiteServer) -> None:
    server.add("other.example", "/story", Answer(b"other"))
    assert ask(server, "/story", host="other.example")[1] == b"other"
    assert ask(server, "/story")[1] == STORY.body
    assert ask(server, "/story", host=f"{HOST.upper()}:{server.port}")[1] == STORY.body
    assert ask(server, "/story", host="third.example")[0].status == 421


def test_unknown_path_is_404_unless_the_site_has_an_answer_for_any(server: SiteServer) -> None:
    assert ask(server, "/nowhere")[0].status == 404
    server.add(HOST, "*", Answer(b"soft", 200))
    assert ask(server, "/nowhere")[1] == b"soft"


def test_a_query_has_its_own_page_where_there_is_one(server: SiteServer) -> None:
    server.add(HOST, "/story?print=1", Answer(b"to print"))
    assert ask(server, "/story?print=1")[1] == b"to print"
    assert ask(server, "/story?utm_source=x")[1] == STORY.body


def test_etag_answers_304_until_the_page_changes(server: SiteServer) -> None:
    first, _ = ask(server, "/story")
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    second, body = ask(server, "/story", If_None_Match=f'"other", {tag}')
    assert (second.status, body, second.headers["ETag"]) == (304, b"", tag)
    server.add(HOST, "/story", Answer(b"<p>changed</p>"))
    assert ask(server, "/story", If_None_Match=tag)[0].status == 200


def test_last_modified_answers_304_and_yields_to_etag(server: SiteServer) -> None:
    first, _ = ask(server, "/story")
    stamp = first.headers["Last-Modified"]
    assert stamp == "Fri, 20 Nov 2026 08:00:00 GMT"
    assert ask(server, "/story", If_Modified_Since=stamp)[0].status == 304
    before = "Fri, 20 Nov 2026 07:59:59 GMT"
    assert ask(server, "/story", If_Modified_Since=before)[0].status == 200
    assert ask(server, "/story", If_Modified_Since="yesterday")[0].status == 200
    other = ask(server, "/story", If_Modified_Since=stamp, If_None_Match='"other"')
    assert other[0].status == 200


def test_gzip_where_it_is_accepted_with_a_tag_of_its_own(server: SiteServer) -> None:
    plain, whole = ask(server, "/story")
    packed, body = ask(server, "/story", Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == whole
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again, _ = ask(server, "/story", Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"])
    assert again.status == 304
    assert "Content-Encoding" not in ask(server, "/gone", Accept_Encoding="gzip")[0].headers


def test_head_has_the_headers_of_get_and_no_body(server: SiteServer) -> None:
    get, body = ask(server, "/story")
    head, nothing = ask(server, "/story", method="HEAD")
    assert nothing == b""
    assert head.headers["Content-Length"] == str(len(body)) == get.headers["Content-Length"]


def test_status_headers_and_absent_content_type_are_the_answers_own(server: SiteServer) -> None:
    server.add(HOST, "/moved", Answer(b"", 302, None, (("Location", "/story"), ("X-A", "b"))))
    response, _ = ask(server, "/moved")
    assert (response.status, response.headers["Location"], response.headers["X-A"]) == (
        302,
        "/story",
        "b",
    )
    assert "Content-Type" not in response.headers
    gone, _ = ask(server, "/gone", If_None_Match="*")
    assert gone.status == 410
    assert "ETag" not in gone.headers


def test_one_connection_carries_many_requests(server: SiteServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.connect()
    kept = connection.sock
    for _ in range(3):
        connection.request("GET", "/story", headers={"Host": HOST})
        assert connection.getresponse().read() == STORY.body
        assert connection.sock is kept
    connection.close()


def test_pipelined_requests_are_answered_in_order_even_when_the_first_waits(
    server: SiteServer,
) -> None:
    server.add(HOST, "/slow", Answer(b"slow", delay=0.05))
    server.add(HOST, "/fast", Answer(b"fast"))
    one = f"GET /slow HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
    two = f"GET /fast HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    received = raw(server, (one + two).encode())
    assert 0 < received.index(b"\r\n\r\nslow") < received.index(b"\r\n\r\nfast")


def test_a_slow_answer_holds_up_nobody_else(server: SiteServer) -> None:
    server.add(HOST, "/slow", Answer(b"slow", delay=30))
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as waiting:
        waiting.sendall(f"GET /slow HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert ask(server, "/story")[0].status == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"GET http://a.example/ HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000, b"431"),
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(
    server: SiteServer, sent: bytes, status: bytes
) -> None:
    assert raw(server, sent).split(b" ")[1] == status


def test_only_get_and_head_are_served(server: SiteServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("POST", "/story", body=b"a=b", headers={"Host": HOST})
    response = connection.getresponse()
    assert response.status == 405
    response.read()
    # the body was read too: what follows on the connection is a request again
    connection.request("GET", "/story", headers={"Host": HOST})
    assert connection.getresponse().read() == STORY.body
    connection.close()


def test_a_handler_makes_the_answer_and_its_fault_shows(server: SiteServer) -> None:
    def handler(request: Request) -> Answer:
        if request.path == "/made?fail=1":
            raise LookupError("on purpose")
        return Answer(f"{request.method} {request.path} {request.headers['x-a']}".encode())

    server.add(HOST, "/made", handler)
    assert ask(server, "/made?n=1", X_A="b")[1] == b"GET /made?n=1 b"
    failed, body = ask(server, "/made?fail=1")
    assert failed.status == 500
    assert b"on purpose" in body
    server.remove(HOST, "/made")
    assert ask(server, "/made?n=1")[0].status == 404


def test_the_log_says_who_asked_for_what_and_got_what(server: SiteServer) -> None:
    response, _ = ask(server, "/story?a=b", User_Agent="Test/1")
    ask(server, "/story", If_None_Match=response.headers["ETag"])
    ask(server, "/", host="other.example")
    first, second = server.requests(HOST)
    assert (first.method, first.path, first.status) == ("GET", "/story?a=b", 200)
    assert first.headers["user-agent"] == "Test/1"
    assert first.sent == len(STORY.body)
    assert (second.status, second.sent) == (304, 0)
    assert second.headers["if-none-match"] == response.headers["ETag"]
    assert first.time <= second.time
    assert len(server.log) == 3


def test_connect_to_leads_every_host_here(server: SiteServer) -> None:
    server.add("late.example", "/", Answer())
    here = f"127.0.0.1:{server.port}"
    assert server.connect_to == {HOST: here, "late.example": here}


def test_stopping_leaves_no_thread_and_cuts_what_is_open(
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = set(threading.enumerate())
    server = SiteServer([Site(HOST, {"/slow": Answer(b"", delay=60)})]).start()
    client = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    client.sendall(f"GET /slow HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    while not server.log:
        time.sleep(0.005)
    server.stop()
    server.stop()
    with client:
        try:
            assert client.recv(1) == b""
        except ConnectionResetError:
            pass
    assert set(threading.enumerate()) == before
    with pytest.raises(RuntimeError, match="with statement"):
        _ = server.port
    assert capfd.readouterr() == ("", "")


def test_a_stopped_server_starts_again_with_its_sites() -> None:
    server = SiteServer([Site(HOST, {"/": Answer(b"home")})])
    for _ in range(2):
        with server:
            assert ask(server, "/")[1] == b"home"
    assert len(server.log) == 2
