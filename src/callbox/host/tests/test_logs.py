# SPDX-License-Identifier: Apache-2.0
"""A log line has time, level, logger, event and request, and never a word of what was being worked on."""

import json
import logging
import subprocess
import sys

import psycopg
import pytest

from callbox.host import logs

CANARY = "canary 1380013"


def record(error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("callbox.made_up", logging.ERROR, "x.py", 1, "It failed after %d s", (3,), info)


def failed() -> BaseException:
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise psycopg.errors.UniqueViolation(f"Key (number)=({CANARY}) already exists.") from error
    except psycopg.Error as error:
        caught = error
    return caught


@pytest.mark.parametrize("made", [logs.Plain, logs.Lines])
def test_of_an_error_its_kind_and_place_are_told_and_not_its_text(made: type[logging.Formatter]) -> None:
    entry = record(failed())
    logging.Formatter().format(entry)
    assert CANARY in (entry.exc_text or ""), "another formatter has kept the whole text in the record"
    text = made().format(entry)
    assert "canary" not in text
    assert "UniqueViolation 23505 at " in text
    assert "caused by builtins.ValueError" in text
    assert "tests/test_logs.py" in text
    assert "failed" in text


def test_a_line_is_one_json_object_with_fixed_fields() -> None:
    token = logs.request_id.set("00ff00ff00ff00ff")
    try:
        said = json.loads(logs.Lines().format(record(failed())))
    finally:
        logs.request_id.reset(token)
    assert set(said) == {"time", "level", "logger", "event", "request", "error"}
    assert (said["level"], said["logger"]) == ("ERROR", "callbox.made_up")
    assert (said["event"], said["request"]) == ("It failed after 3 s", "00ff00ff00ff00ff")
    assert set(json.loads(logs.Lines().format(record()))) == {"time", "level", "logger", "event"}


def test_a_plain_line_names_the_request() -> None:
    token = logs.request_id.set("00ff00ff00ff00ff")
    try:
        assert logs.Plain().format(record()).endswith("It failed after 3 s [request 00ff00ff00ff00ff]")
    finally:
        logs.request_id.reset(token)


UNCAUGHT = f"""
import logging, sys, threading
from callbox.host.logs import set_up_logging
set_up_logging()
def fail():
    raise ValueError({CANARY!r})
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def test_what_nobody_caught_is_told_without_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOX_LOG", "json")
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["A thread ended.", "This process ends."]
    assert "canary" not in done.stderr
    assert all("ValueError at" in line["error"] for line in lines)


@pytest.mark.parametrize(("status", "written"), [(503, False), (500, True), (404, True), (None, True)])
def test_a_request_answered_with_not_now_is_told_once(status: int | None, written: bool) -> None:
    entry = record()
    if status:
        entry.status_code = status
    assert logs.Untold().filter(entry) is written


def test_places_are_our_own_calls_and_the_last() -> None:
    try:
        json.loads("{1")
    except ValueError as error:
        told = logs.where(error)
    assert told.count(" > ") == 1
    assert "tests/test_logs.py" in told
    assert "raw_decode" in told
