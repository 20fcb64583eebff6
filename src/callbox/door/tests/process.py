# SPDX-License-Identifier: Apache-2.0
"""A real door process, and the little of a client that the tests need."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

PATIENCE_S = 90.0


@dataclass(slots=True)
class Answer:
    """Status, headers in lower case, and body of one answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class DoorProcess:
    """One door over one home folder; may be killed and started again over the same spool."""

    database_url: str
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None

    def start(self, *module: str) -> None:
        env = os.environ | {
            "DATABASE_URL": self.database_url,
            "CALLBOX_HOME": str(self.home),
            "CALLBOX_SPOOL": str(self.home / "spool"),
            "CALLBOX_SPOOL_MIB": "4",
            "CALLBOX_DOOR_PORT": str(self.port),
            "CALLBOX_WEB_PORT": str(self.web_port),
            "CALLBOX_EMERGENCY_NUMBER": "112",
        }
        command = [sys.executable, "-m", *(module or ("callbox.door",))]
        said = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(command, env=env | dict(self.environment), stderr=said)
        if said is not None:
            said.close()
        self.wait_until(lambda: self.is_listening())

    def is_listening(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the door died"
        try:
            self.ask("GET", "/door/health")
        except OSError:
            return False
        return True

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process = None

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Answer:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=more.get("timeout", PATIENCE_S))
        try:
            link.request(method, path, body, dict(headers or {}))
            found = link.getresponse()
            return Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
        except http.client.HTTPException as error:
            raise ConnectionError(repr(error)) from error
        finally:
            link.close()

    def post(self, body: bytes, key: str = "", channel: str = "phone", timeout: float = PATIENCE_S) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        return self.ask("POST", f"/door/contacts/{channel}", body, headers, timeout=timeout)

    def health(self) -> Any:
        return self.ask("GET", "/door/health").said

    @staticmethod
    def wait_until(done: Any) -> None:
        until = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < until, "waited in vain"
            time.sleep(0.02)

    def wait_drained(self) -> None:
        self.wait_until(lambda: self.health()["database"] == "up" and self.health()["spool"]["waiting"] == 0)

    @contextmanager
    def stream(self, ticket: str, after: str = "") -> Iterator["Stream"]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        link.request("GET", f"/door/stream?ticket={quote(ticket)}" + (f"&after={after}" if after else ""))
        found = link.getresponse()
        try:
            yield Stream(found)
        finally:
            found.close()
            link.close()


@dataclass
class Stream:
    """Server-sent events as they come."""

    answer: http.client.HTTPResponse
    heard: list[str] = field(default_factory=list)

    def next(self, *kinds: str) -> tuple[str, Any]:
        """The next event of one of these kinds (of any, when none is named); ("end", None) at the end."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            event = self._event()
            if event[0] == "end" or not kinds or event[0] in kinds:
                return event
        raise AssertionError(f"none of {kinds} came")

    def until(self, kind: str) -> list[tuple[str, Any]]:
        """All events up to and including the first of that kind, or the end."""
        found = [self.next()]
        while found[-1][0] not in (kind, "end"):
            assert len(found) < 40, f"no {kind} came"
            found.append(self.next())
        return found

    def _event(self) -> tuple[str, Any]:
        kind, data = "", None
        while line := self.answer.readline():
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                kind = text[7:]
            elif text.startswith("data: "):
                data = json.loads(text[6:])
            elif not text and kind:
                return kind, data
        return "end", None
