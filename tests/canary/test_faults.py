# SPDX-License-Identifier: Apache-2.0
"""A fault with everybody's words in hand is answered and logged without one of them."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DataError, connection

from tests.canary.routes import Ask, questions
from tests.canary.scene import Night, Walker
from tests.canary.tokens import Texts
from tests.canary.walking import answer, logs, said_by


@contextmanager
def failing(words: str, after: int) -> Iterator[list[int]]:
    """From so many statements on, each that asks about something fails; the fault's text holds the words."""
    counted = [0]

    def fail(execute: Callable[..., Any], text: str, params: Any, many: bool, context: Any) -> Any:
        counted[0] += 1
        if counted[0] > after and text.lstrip()[:6].upper() in ("SELECT", "INSERT", "UPDATE"):
            caller = {"words": words}  # as a view has the row in its hands
            raise DataError(f"invalid input: {caller}")
        return execute(text, params, many, context)

    with connection.execute_wrapper(fail):
        yield counted


def asks_of(night: Night) -> list[Ask]:
    """One question of each kind: what differs only in the row that it asks for fails alike."""
    seen: dict[str, Ask] = {}
    for ask in questions(night):
        kind = "/".join(part for part in ask.path.split("?")[0].split("/") if not part.count("-") >= 4)
        seen.setdefault(f"{ask.method} {kind}", ask)
    return list(seen.values())


def statements_of(walker: Walker, ask: Ask) -> int:
    """How many statements the question takes when nothing fails."""
    with failing("", 10**9) as counted:
        answer(walker, ask)
    return counted[0]


@pytest.mark.parametrize("name", ["dispatcher", "administrator"])
def test_a_fault_tells_nothing(night: Night, name: str) -> None:
    walker = next(each for each in night.walkers if each.name == name)
    tokens = [each for each in night.tokens if not each.whole]
    words = " ".join(each.text for each in tokens)
    told: dict[str, list[str]] = {}
    failed = 0
    with logs() as kept:
        for ask in asks_of(night):
            upto = statements_of(walker, ask)
            with failing(words, max(0, upto - 1)):
                found = answer(walker, ask)
            failed += found.status_code == 500
            if found.status_code >= 500:
                texts = Texts.of(said_by(found))
                leaked = [each.field for each in tokens if each.found_in(texts)]
                told |= {str(ask): leaked} if leaked else {}
    assert told == {}
    assert failed > 20, "the faults were not met"
    assert any("DataError" in line for line in kept.lines)
    logged = Texts.of("\n".join(kept.lines))
    assert [each.field for each in tokens if each.found_in(logged)] == []


def test_the_text_of_a_fault_is_found_where_it_is_written(night: Night) -> None:
    """The control: a formatter that writes faults out gives the words away."""
    token = next(each for each in night.tokens if each.field == "foreign.words")
    try:
        raise DataError(token.text)
    except DataError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "x", 1, "x", (), (type(error), error, error.__traceback__)
        )
    assert token.found_in(Texts.of(logging.Formatter().format(record)))
