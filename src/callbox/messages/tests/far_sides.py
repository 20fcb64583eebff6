# SPDX-License-Identifier: Apache-2.0
"""Far sides for tests, on this machine: a mail server and a text-message gateway that behave as they are told."""

import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SECRET = "made-up shared secret"  # pragma: allowlist secret
WELL, HANG, REFUSE, FAULT, BUSY, DROP_AFTER, DRIP = "well", "hang", "refuse", "fault", "busy", "drop", "drip"
MOVED = "moved"


@dataclass
class FarSide:
    """How it behaves from now on, and what it took, by key. asked: every time it was talked to."""

    behaviour: str = WELL
    taken: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    secret: str = SECRET
    elsewhere: str = ""

    def wait(self) -> None:
        """Say nothing, until the test is over or the line is cut."""
        self.let_go.wait(60)


class Http(BaseHTTPRequestHandler):
    far: FarSide

    def do_POST(self) -> None:
        far = self.far
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        far.asked.append(key)
        if far.behaviour == HANG:
            return far.wait()
        if not self._is_signed(body):
            return self._answer(401)
        if far.behaviour in (REFUSE, BUSY):
            return self._answer({REFUSE: 422, BUSY: 503}[far.behaviour])
        if far.behaviour == MOVED:
            return self._answer(307)
        far.taken.setdefault(key, json.loads(body))
        if far.behaviour == DROP_AFTER:
            self.connection.close()
            return None
        if far.behaviour == DRIP:
            self.wfile.write(b"HTTP/1.1 ")
            while not far.let_go.wait(0.05):
                self.wfile.write(b"x")
            return None
        return self._answer(500 if far.behaviour == FAULT else 202)

    def _is_signed(self, body: bytes) -> bool:
        """Reckoned again by what the how-to says, not by the product's own function."""
        lines = [self.headers["Callbox-Timestamp"], "POST", self.path, self.headers["Idempotency-Key"]]
        said = "\n".join([*lines, hashlib.sha256(body).hexdigest()])
        found = hmac.new(self.far.secret.encode(), said.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest("v1=" + found, self.headers["Callbox-Signature"])

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if self.far.elsewhere:
            self.send_header("Location", self.far.elsewhere)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Mail(socketserver.StreamRequestHandler):
    far: FarSide

    def handle(self) -> None:
        far = self.far
        far.asked.append("line")
        if far.behaviour == HANG:
            return far.wait()
        self._say("220 made-up")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                return self._say("221 bye")
            if word == b"DATA":
                if not self._data():
                    return None
                continue
            refused = word == b"RCPT" and far.behaviour == REFUSE
            busy = word == b"MAIL" and far.behaviour == BUSY
            self._say("550 no such user" if refused else "451 later" if busy else "250 ok")
        return None

    def _data(self) -> bool:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), _class=EmailMessage, policy=policy.default)
        self.far.taken.setdefault(str(mail["Message-ID"]) + str(len(self.far.taken)), mail)
        if self.far.behaviour == DROP_AFTER:
            return False
        self._say("451 fault" if self.far.behaviour == FAULT else "250 taken")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Lines(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: object) -> None:
        """A line that was cut is what is being tested."""


class Pages(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """The same."""


@contextmanager
def _serving(server: socketserver.TCPServer, far: FarSide) -> Iterator[FarSide]:
    far.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield far
    finally:
        far.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def text_gateway(patch: pytest.MonkeyPatch, folder: Path, name: str = "SMS") -> Iterator[FarSide]:
    """A signed gateway, named in the environment."""
    far = FarSide()
    key = folder / f"{name}.key"
    key.write_text(SECRET)
    with _serving(Pages(("127.0.0.1", 0), type("Its", (Http,), {"far": far})), far):
        patch.setenv(f"CALLBOX_GATEWAY_{name}", f"http://127.0.0.1:{far.port}/v1/messages?a=b")
        patch.setenv(f"CALLBOX_GATEWAY_{name}_KEY", str(key))
        patch.setenv(f"CALLBOX_GATEWAY_{name}_FROM", "Callbox")
        yield far


@contextmanager
def agency_system(secret: str) -> Iterator[FarSide]:
    """The system of an agency, which has a key with this secret. Whether it may be asked is the test's to say."""
    far = FarSide(secret=secret)
    with _serving(Pages(("127.0.0.1", 0), type("Its", (Http,), {"far": far})), far):
        yield far


@contextmanager
def mail_server(patch: pytest.MonkeyPatch, name: str = "MAIL") -> Iterator[FarSide]:
    """A mail server, named in the environment."""
    far = FarSide()
    with _serving(Lines(("127.0.0.1", 0), type("Its", (Mail,), {"far": far})), far):
        patch.setenv(f"CALLBOX_GATEWAY_{name}", f"smtp://127.0.0.1:{far.port}")
        patch.setenv(f"CALLBOX_GATEWAY_{name}_FROM", "callbox@city.example")
        yield far
