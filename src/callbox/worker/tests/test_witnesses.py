# SPDX-License-Identifier: Apache-2.0
"""Who owns the database can write it anew, every hash right; what was told outside does not agree then."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from tests.world import AT

from callbox.journal import actions, outside, queries
from callbox.journal.tests.test_journal import write
from callbox.kernel.errors import Invalid
from callbox.kernel.ids import new_id
from callbox.worker.loops import witnesses as loop

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(loop, "_told_at", {})
    file = tmp_path / "seals.jsonl"
    monkeypatch.setenv("CALLBOX_SEALS_FILE", str(file))
    return file


def sealed(count: int = 1) -> None:
    for _ in range(count):
        write(new_id(), 2)
        actions.seal_entries(at=AT)


def test_the_newest_seal_is_told_once_and_not_before_its_time(paper: Path) -> None:
    sealed(3)
    assert loop.step(AT) == 1
    assert [json.loads(line)["seal"] for line in paper.read_text().splitlines()] == [3]
    sealed()
    assert loop.step(AT) == 0
    assert loop.step(AT + outside.paces()["file"]) == 1
    assert loop.step(AT + 2 * outside.paces()["file"]) == 0
    assert [json.loads(line)["seal"] for line in paper.read_text().splitlines()] == [3, 4]
    assert outside.disagreement(paper.read_text().splitlines()) == ""


def test_a_history_written_anew_verifies_by_itself_and_does_not_agree_with_the_file(paper: Path) -> None:
    sealed(2)
    loop.step(AT)
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True) as link:
        for table in ("journal_entry", "journal_seal", "journal_row"):
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        link.execute("TRUNCATE journal_entry, journal_seal, journal_chain, journal_row")
        for table in ("journal_entry", "journal_seal", "journal_row"):
            link.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    sealed(2)
    assert queries.verify().ok
    assert outside.disagreement(paper.read_text().splitlines()).startswith("witness: seal 2 ")


def test_a_seal_that_was_told_and_is_gone_does_not_agree(paper: Path) -> None:
    sealed(2)
    loop.step(AT)
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True) as link:
        link.execute("ALTER TABLE journal_seal DISABLE TRIGGER append_only")
        link.execute("DELETE FROM journal_seal WHERE number = 2")
        link.execute("ALTER TABLE journal_seal ENABLE TRIGGER append_only")
    assert queries.verify().ok
    assert outside.disagreement(paper.read_text().splitlines())


def test_a_line_that_is_no_seal_is_named(paper: Path) -> None:
    with pytest.raises(Invalid) as refused:
        outside.disagreement(['{"seal": 1, "hash": "00"}', "", "cut off"])
    assert refused.value.params["line"] == 3


@pytest.fixture
def party(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A second party that keeps what it is sent; it answers with `status`."""
    kept: dict[str, Any] = {"status": 204, "lines": []}

    class Party(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept["status"] < 300:
                kept["lines"].append(json.loads(body))
            self.send_response(kept["status"])
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Party)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(loop, "_told_at", {})
    monkeypatch.setenv("CALLBOX_SEALS_URL", f"http://127.0.0.1:{server.server_port}/seals")
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_second_party_is_told_and_told_again_when_it_did_not_take_it(party: dict[str, Any]) -> None:
    sealed()
    party["status"] = 503
    assert loop.step(AT) == 0
    assert _health("witness address") is False
    party["status"] = 204
    assert loop.step(AT) == 1
    assert [line["seal"] for line in party["lines"]] == [1]
    assert _health("witness address") is True


def test_one_witness_that_is_gone_keeps_no_other_from_being_told(
    paper: Path, party: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOX_SEALS_PRINTER", "/dev/no-such-printer")
    sealed()
    assert loop.step(AT) == 2
    assert _health("witness printer") is False


def test_a_printer_gets_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "_told_at", {})
    device = tmp_path / "lp0"
    device.touch()
    monkeypatch.setenv("CALLBOX_SEALS_PRINTER", str(device))
    sealed()
    assert loop.step(AT) == 1
    assert device.read_bytes().endswith(b"}\r\n")


def test_every_witness_has_its_pace() -> None:
    names = {"file", "address", "printer"}
    assert set(outside.paces()) == names


def _health(part: str) -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT well FROM worker_health WHERE part = %s", [part])
        row = cursor.fetchone()
    return row[0] if row else None
