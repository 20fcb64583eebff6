# SPDX-License-Identifier: Apache-2.0
"""Walking: asking, undoing what the question changed, and reading everything that came back."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from typing import Any

from django.db import transaction

from tests.canary.routes import Ask, asks
from tests.canary.scene import Night, Walker
from tests.canary.tokens import Texts, Token

Answers = dict[tuple[str, str], str]
TIMES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?|\b\d\d:\d\d(?::\d\d)?\b")
CHANGING = re.compile(r"\b[0-9A-Za-z]{64}\b|\bnonce=\S+")
PUBLIC_LIST = (
    "/open311/v2/requests"  # what anybody may know of every request; test_open311.py holds what that is
)
UNSTEADY = {
    "position",
    "server_time",
    "ticket",
    "units",
    "seconds",
    "left_s",
    "age_s",
    "waited_s",
    "score",
    "minutes",
    "reason_text",
}


def answer(walker: Walker, ask: Ask) -> Any:
    """The response; whatever the question changed is undone, in the browser too: it may have signed out."""
    walker.client.raise_request_exception = False
    with transaction.atomic(), kept_cookies(walker):
        if ask.method == "GET":
            found = walker.client.get(ask.path)
        elif ask.form:
            found = walker.client.post(ask.path, ask.body)
        else:
            found = walker.client.generic(
                ask.method, ask.path, json.dumps(ask.body or {}), "application/json"
            )
        transaction.set_rollback(True)
    return found


@contextmanager
def kept_cookies(walker: Walker) -> Iterator[None]:
    """The browser keeps the cookies that it had."""
    before = deepcopy(walker.client.cookies)
    try:
        yield
    finally:
        walker.client.cookies = before


def said_by(response: Any) -> str:
    """Status line, headers, cookies and body as one text."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{heads}\n{response.cookies.output()}\n{body.decode(errors='replace')}"


def told(tokens: Iterable[Token], response: Any, ask: Ask) -> list[Token]:
    """The tokens that this answer tells."""
    asked = f"{ask.path} {json.dumps(ask.body, default=str)}"
    refused = response.status_code >= 300
    found = _found(tuple(tokens), CHANGING.sub("F", said_by(response)))
    return [token for token in found if not (token.whole and refused and token.text in asked)]


@lru_cache(maxsize=4096)
def _found(tokens: tuple[Token, ...], said: str) -> tuple[Token, ...]:
    texts = Texts.of(said)  # many answers are the same refusal
    return tuple(token for token in tokens if token.found_in(texts))


def steady(response: Any) -> str:
    """The answer without what changes by itself: times, positions, tokens of forms."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = str(body.decode(errors="replace"))
    if response.headers.get("Content-Type", "").startswith("application/json"):
        text = json.dumps(_without(json.loads(text)), ensure_ascii=False)
    return f"{response.status_code} {TIMES.sub('T', CHANGING.sub('F', text))}"


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(each) for key, each in value.items() if key not in UNSTEADY}
    return [_without(each) for each in value] if isinstance(value, list) else value


def quiet_answers(night: Night, side: str) -> Answers:
    """What each who may see nothing of the other side is answered to each question that changes nothing."""
    return {
        (walker.name, str(ask)): steady(_raw(walker, ask))
        for walker in night.walkers
        if walker.name in ("crew", "without_role", "nobody")
        for ask in asks(night, side)
        if ask.method == "GET" and not ask.path.startswith(PUBLIC_LIST)
    }


def _raw(walker: Walker, ask: Ask) -> Any:
    walker.client.raise_request_exception = False
    with transaction.atomic(), kept_cookies(walker):
        found = walker.client.get(ask.path)
        transaction.set_rollback(True)
    return found


class Kept(logging.Handler):
    """Keeps every line, written as the process itself writes it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        handlers = [each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler]
        writers = [each.formatter for each in handlers if each.formatter] or [logging.Formatter()]
        self.lines += [writer.format(record) for writer in writers]


@contextmanager
def logs() -> Iterator[Kept]:
    """All loggers' lines from INFO on while the block runs; what they said before is what they say afterwards."""
    kept, root = Kept(), logging.getLogger()
    root.addHandler(kept)
    try:
        yield kept
    finally:
        root.removeHandler(kept)
