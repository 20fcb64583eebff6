# SPDX-License-Identifier: Apache-2.0
"""Door and web are one origin: what is not the door's reaches web as it was sent, and comes back so."""

import gzip
import http.server
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar

import pytest

from callbox.door.proxy import BODY_MOST
from callbox.door.tests.process import DoorProcess
from callbox.host.config import HTTPS_ONLY
from callbox.pictures.domain import limits_on


class Web(http.server.BaseHTTPRequestHandler):
    """Tells what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def answer(self) -> None:
        self.asked.append(self.path)
        length = int(self.headers.get("Content-Length", 0))
        said = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": self.rfile.read(length).decode("latin-1"),
        }
        body = gzip.compress(json.dumps(said).encode())
        self.send_response(307 if self.path.startswith("/moved") else 206)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Range", "bytes 0-1/2")
        self.send_header("Location", "/elsewhere")
        if self.path == "/with-its-own":
            self.send_header("Strict-Transport-Security", HTTPS_ONLY)
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def web(door: DoorProcess) -> Iterator[None]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", door.web_port), Web)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_request_reaches_web_as_it_was_sent(door: DoorProcess, method: str) -> None:
    body = None if method == "GET" else b"a" * 300_000
    headers = {"Range": "bytes=0-1", "X-CSRFToken": "t", "Cookie": "callbox_session=s", "Host": "localhost:1"}
    found = door.ask(method, "/tiles/%E5%9F%8E.pmtiles?a=1&b=%2F", body, headers)
    said = json.loads(gzip.decompress(found.body))
    assert found.status == 206
    assert (said["method"], said["path"]) == (method, "/tiles/%E5%9F%8E.pmtiles?a=1&b=%2F")
    assert said["body"] == (body or b"").decode()
    for name, value in headers.items():
        assert said["headers"][name.lower()] == value
    assert said["headers"]["x-forwarded-host"] == "localhost:1"
    assert said["headers"]["x-forwarded-proto"] == "http"
    assert said["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["content-range"] == "bytes 0-1/2"


@pytest.mark.usefixtures("web")
def test_where_web_sends_the_browser_is_for_the_browser_to_follow(door: DoorProcess) -> None:
    found = door.ask("GET", "/moved")
    assert (found.status, found.headers["location"]) == (307, "/elsewhere")


@pytest.mark.usefixtures("web")
def test_nobody_outside_says_for_whom_or_as_which_host_they_ask(door: DoorProcess) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    forged |= {"Forwarded": "for=1", "Host": "localhost"}
    said = json.loads(gzip.decompress(door.ask("GET", "/", headers=forged).body))
    assert said["headers"]["x-forwarded-host"] == "localhost"
    assert said["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert said["headers"]["x-forwarded-proto"] == "http"
    assert "forwarded" not in said["headers"]


@pytest.mark.usefixtures("web")
def test_behind_a_proxy_of_ours_its_word_counts(door: DoorProcess) -> None:
    door.stop()
    door.environment = {"CALLBOX_BEHIND_PROXY": "1"}
    door.start()
    said = json.loads(gzip.decompress(door.ask("GET", "/", headers={"X-Forwarded-Proto": "https"}).body))
    assert said["headers"]["x-forwarded-proto"] == "https"
    assert said["headers"]["x-forwarded-for"] == "127.0.0.1"


@pytest.mark.usefixtures("web")
def test_where_there_is_https_only_whatever_the_door_answers_says_so(door: DoorProcess) -> None:
    door.stop()
    door.environment = {"CALLBOX_HTTPS": "1", "CALLBOX_BEHIND_PROXY": "1"}
    door.start()
    for path in ("/door/health", "/door/stream", "/door/no", "/moved", "/with-its-own"):
        assert door.ask("GET", path).headers["strict-transport-security"] == HTTPS_ONLY
    assert door.post(b"made up").headers["strict-transport-security"] == HTTPS_ONLY


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8110", 206), ("127.0.0.1", 206), ("[::1]:80", 206), ("evil.example", 421), ("", 421)],
)
def test_only_names_of_ours_lead_to_web(door: DoorProcess, host: str, status: int) -> None:
    assert door.ask("GET", "/", headers={"Host": host}).status == status


def test_without_web_the_page_still_names_the_telephone_in_both_languages(door: DoorProcess) -> None:
    found = door.ask("GET", "/report")
    page = found.body.decode()
    assert found.status == 503
    assert found.headers["content-type"].startswith("text/html")
    assert page.count("112") == 2
    assert "暂时无法使用" in page
    assert "not available" in page


def test_an_unknown_path_of_the_door_is_not_passed_on(door: DoorProcess) -> None:
    assert door.ask("GET", "/door/contacts/phone").status == 404
    assert door.ask("POST", "/door/else", b"").status == 404


def test_health_says_nothing_of_anybody(door: DoorProcess) -> None:
    door.post(b"my name is", "the key")
    text = json.dumps(door.health())
    assert "my name" not in text
    assert "the key" not in text
    assert door.health()["alarms"] == []


def test_a_body_in_pieces_reaches_web_whole(door: DoorProcess, web: None) -> None:
    found = door.ask("POST", "/x", iter([b"a" * 70_000, b"b" * 70_000]), {"Host": "localhost"})
    said = json.loads(gzip.decompress(found.body))
    assert said["body"] == "a" * 70_000 + "b" * 70_000
    assert said["headers"]["content-length"] == "140000"


@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_body_that_is_too_long_never_reaches_web(door: DoorProcess, web: None, in_pieces: bool) -> None:
    parts = [b"a" * (BODY_MOST // 8)] * 9
    body: bytes | Iterable[bytes] = iter(parts) if in_pieces else b"".join(parts)
    found = door.ask("POST", "/x", body, {"Host": "localhost", "Accept-Language": "zh"})
    assert (found.status, found.headers["content-type"]) == (413, "application/problem+json")
    assert "内容过大" in found.body.decode()


def test_what_a_picture_may_weigh_passes_the_door() -> None:
    assert limits_on(date(2026, 11, 22)).bytes < BODY_MOST


def test_a_slow_sender_holds_nothing_of_web(door: DoorProcess, web: None) -> None:
    """Web hears of a request when the door has all of it: until then others are answered."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=20) as slow:
        slow.sendall(b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345")
        assert door.ask("GET", "/", headers={"Host": "localhost"}).status == 206
        assert "/slow" not in Web.asked
        slow.sendall(b"67890")
        assert slow.recv(100).startswith(b"HTTP/1.1 206")
    assert "/slow" in Web.asked
