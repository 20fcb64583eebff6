# SPDX-License-Identifier: Apache-2.0
"""Letters and policy data: both languages complete, and nothing that cannot be meant."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from callbox.kernel.errors import Invalid
from callbox.kernel.tables import TableError, Words, parse_table
from callbox.messages import letters
from callbox.messages.domain import (
    NOT_TAKEN,
    REFUSED,
    SENT,
    TAKEN,
    UNDELIVERED,
    UNSURE,
    WAITING,
    Answer,
    Standing,
    check_to,
    decide_next,
)
from callbox.messages.gateways import protocols
from callbox.messages.letters import Form, fill, form, forms_of
from callbox.messages.retention import rooms_with_letters
from callbox.messages.ways import KINDS, WAYS, Gateway, gateways_for, gateways_on, kind_on

TODAY = date(2026, 11, 22)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEAD = "letter\tkind\tkept\tsubject_en\tsubject_zh\ten\tzh\n"
AT = datetime(2026, 11, 1, 3, tzinfo=UTC)
ONE, TWO = Gateway("one", ("sms",), 1, "x"), Gateway("two", ("sms",), 2, "x")
FAR = AT + timedelta(days=9)


def test_every_letter_is_there_in_both_languages() -> None:
    rooms = rooms_with_letters()
    assert "messages" in rooms
    for room in rooms:
        for letter in forms_of(room):
            if letter.subject.en == "{event}":  # for programs: codes alone
                continue
            for words in (letter.subject, letter.body):
                assert CHINESE.search(words.zh), f"{letter.name}: no Chinese"
                assert not CHINESE.search(words.en), f"{letter.name}: Chinese among the English"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("x\tnotice\t1\ta\t甲\t{n}\t乙", "only one language has n"),
        ("x\tnotice\t1\ta\t\tb\t乙", "subject_zh"),
        ("x\tnotice\t1\ta\t甲\tb\t", "zh"),
        ("x\tshout\t1\ta\t甲\tb\t乙", "kind is"),
        ("x\tnotice\t0\ta\t甲\tb\t乙", "kept is"),
        ("x\tnotice\t1\ta\t甲\t{n.x}\t{n.x}", "plain name"),
        ("x\tnotice\t1\ta\t甲\t{n!r}\t{n!r}", "plain name"),
    ],
)
def test_a_letter_that_cannot_be_meant_is_refused(line: str, problem: str) -> None:
    (row,) = parse_table(HEAD + line, "letters.tsv")
    with pytest.raises(TableError, match=problem):
        letters._form("x.x", row)


def test_words_begin_no_line_and_no_header() -> None:
    words = {"matter": "a\r\nBcc: b", "number": "{level}", "action": "c", "level": "1", "due": "d"}
    subject, body = fill(form("messages.step"), "en", words)
    assert subject == "a  Bcc: b: c, level 1"
    assert "\n" not in body
    assert "{level}" in body, "what is filled in is not filled again"
    with pytest.raises(TableError, match="wants"):
        fill(form("messages.step"), "en", {"matter": "a"})


def test_policy_data_can_be_meant() -> None:
    for name in KINDS:
        assert kind_on(name, TODAY).waits
    for way in WAYS:
        assert gateways_for(way, TODAY)
    assert {gateway.protocol for gateway in gateways_on(TODAY)} <= set(protocols())


@pytest.mark.parametrize(
    ("outcome", "kind", "drops", "stuck", "expected"),
    [
        (TAKEN, "notice", True, False, (SENT, "one", False)),
        (REFUSED, "code", True, False, (UNDELIVERED, "one", False)),
        (NOT_TAKEN, "notice", True, False, (WAITING, "two", False)),
        (NOT_TAKEN, "notice", True, True, (WAITING, "one", True)),
        (UNSURE, "notice", True, False, (WAITING, "one", True)),
        (UNSURE, "notice", False, False, (UNDELIVERED, "one", True)),
        (UNSURE, "alert", False, False, (WAITING, "two", False)),
        (UNSURE, "code", True, False, (WAITING, "two", False)),
    ],
)
def test_what_happens_after_a_try(
    outcome: str, kind: str, drops: bool, stuck: bool, expected: tuple[str, str, bool]
) -> None:
    was = Standing("one", 1, stuck, FAR)
    then = decide_next(Answer(outcome), was, kind_on(kind, TODAY), (ONE, TWO), drops, AT)
    assert (then.state, then.gateway, then.stuck) == expected


def test_a_round_over_the_gateways_is_followed_by_a_wait_that_grows() -> None:
    kind, waits, gateway = kind_on("alert", TODAY), [], "one"
    for attempts in range(1, 9):
        was = Standing(gateway, attempts, False, FAR)
        then = decide_next(Answer(NOT_TAKEN), was, kind, (ONE, TWO), True, AT)
        gateway = then.gateway
        waits.append((then.due_at - AT).total_seconds())
    assert waits == [0, 5, 0, 10, 0, 20, 0, 40]


def test_the_last_try_is_at_the_end_and_none_after_it() -> None:
    kind, until = kind_on("notice", TODAY), AT + timedelta(seconds=10)
    last = decide_next(Answer(NOT_TAKEN), Standing("one", 1, False, until), kind, (ONE,), True, AT)
    assert (last.state, last.due_at) == (WAITING, until)
    over = decide_next(
        Answer(NOT_TAKEN, "no_line"), Standing("one", 2, False, until), kind, (ONE,), True, until
    )
    assert (over.state, over.problem) == (UNDELIVERED, "no_line")


@pytest.mark.parametrize(
    "to",
    [
        "a@city.example\nBcc: b@city.example",
        "a@city.example\r\nDATA",
        "a@city.example, b@city.example",
        "<a@b>",
    ],
)
def test_an_address_says_nothing_else_to_a_mail_server(to: str) -> None:
    with pytest.raises(Invalid):
        check_to("email", to)


def test_what_somebody_wrote_begins_no_line_of_a_mail() -> None:
    letter = Form(
        "x.x", "notice", timedelta(1), Words("To {n}", "致{n}"), Words("{n}", "{n}"), frozenset({"n"})
    )
    subject, body = fill(letter, "en", {"n": "a\r\nBcc: b@city.example\n.\nQUIT"})
    assert (subject, body) == ("To a  Bcc: b@city.example . QUIT", "a  Bcc: b@city.example . QUIT")
