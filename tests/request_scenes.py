# SPDX-License-Identifier: Apache-2.0
"""The same as `scenes.py` for operations of requests: each request is of the agency whose desk asks."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from callbox.access.actions import agency_id
from callbox.requests import actions, dividing, extending, handing, lines, passing
from callbox.requests.answering import load_articles
from callbox.requests.articles import SHIPPED, read_articles
from callbox.requests.domain import load_dispositions
from callbox.requests.models import Request
from callbox.requests.tests.scene import desk_of, request, town
from tests.world import AT, SETUP, call_taker, incident

DESK = "roads"
DESK_KEYS = (f"agency:{agency_id(DESK)}",)
SOLVED = next(iter(load_dispositions()))
REASON = {"reason": "made_up"}
_REQUEST = "/api/requests/{request_id}"

type Made = tuple[dict[str, UUID], Any]
type Build = Callable[[], Made]


def _sent(*steps: str, body: Any = None) -> Build:
    """A request that was sent to the agency, after these steps."""

    def build() -> Made:
        town()
        row = request()
        for step in steps:
            STEPS[step](row)
        return {"request_id": row.pk}, body

    return build


STEPS: dict[str, Callable[[Request], object]] = {
    "accept": lambda row: actions.accept_request(row.pk, by=desk_of("roads"), at=timezone.now()),
    "suspend": lambda row: actions.suspend_request(row.pk, "made_up", by=desk_of("roads"), at=timezone.now()),
    "feed_back": lambda row: actions.feed_back(row.pk, SOLVED, by=desk_of("roads"), at=timezone.now()),
    "ask_extension": lambda row: extending.ask_for_time(
        row.pk, 1, "made_up", by=desk_of("roads"), at=timezone.now()
    ),
    "close": lambda row: actions.close_request(row.pk, SOLVED, by=call_taker(), at=timezone.now()),
}


def _merge() -> Made:
    ids, _body = _sent()()
    return ids, {"into": str(request().pk)}


def _new() -> Made:
    town()
    return {}, {"category": "road.pothole", "answers": {"size": "hand"}, "words": "made-up"}


def _passed() -> Made:
    """What another agency's desk offers to this one."""
    town()
    row = request("labour.wages")
    actions.assign_request(row.pk, "water", by=call_taker(), at=timezone.now())
    passing.pass_on(row.pk, "roads", by=desk_of("water"), at=timezone.now())
    return {"request_id": row.pk}, {"accept": True}


def _waive() -> Made:
    ids, _body = _sent()()
    part = dividing.split_request(ids["request_id"], "water", by=call_taker(), at=timezone.now())
    return ids, {"part": str(part.pk), **REASON}


def _handed_over(*, refused: bool = False, body: Any = None) -> Build:
    """An incident that somebody has handed over to the civic line."""

    def build() -> Made:
        town()
        row = handing.hand_over(
            lines.INCIDENT, incident().pk, "dispute", by=call_taker("giver"), at=timezone.now()
        )
        if refused:
            handing.refuse_handover(row.pk, "made_up", by=call_taker("other line"), at=timezone.now())
        return {"handover_id": row.pk}, body

    return build


def _to_hand_over() -> Made:
    town()
    return {}, {"source": "incident", "id": str(incident().pk), "reason": "dispute"}


def _with_article(*steps: str) -> Build:
    """An article beside a request after these steps."""
    sent = _sent(*steps, body={"article": "bulky-waste", "version": 1})

    def build() -> Made:
        made = sent()
        load_articles(read_articles(SHIPPED), by=SETUP, at=AT)
        return made

    return build


def _article() -> Made:
    load_articles(read_articles(SHIPPED), by=SETUP, at=AT)
    return {"article": "bulky-waste"}, None  # type: ignore[dict-item]  # the one name among ids


_HANDOVER = "/api/handovers/{handover_id}"

REQUEST_SCENES: dict[str, Build] = {
    "GET /api/requests": _sent(),
    f"GET {_REQUEST}": _sent(),
    f"GET {_REQUEST}/row": _sent(),
    f"GET {_REQUEST}/reporter": _sent(),
    "POST /api/requests": _new,
    f"POST {_REQUEST}/assign": _sent(body={"agency": "water"}),
    f"POST {_REQUEST}/accept": _sent(body={}),
    f"POST {_REQUEST}/return": _sent(body=REASON),
    f"POST {_REQUEST}/contact": _sent("accept", body={"result": "reached"}),
    f"POST {_REQUEST}/suspend": _sent("accept", body=REASON),
    f"POST {_REQUEST}/resume": _sent("accept", "suspend", body={}),
    f"POST {_REQUEST}/feed-back": _sent("accept", body={"result": SOLVED, "words": "made-up"}),
    f"POST {_REQUEST}/close": _sent("accept", "feed_back", body={"disposition": SOLVED}),
    "GET /api/articles/{article}": _article,
    f"POST {_REQUEST}/close-with-article": _with_article("accept", "feed_back"),
    f"POST {_REQUEST}/feed-back-article": _with_article(),
    f"POST {_REQUEST}/ask": _sent("accept", "feed_back", body={"said": "satisfied"}),
    f"POST {_REQUEST}/supervise": _sent("accept", "feed_back", body=REASON),
    f"POST {_REQUEST}/reopen": _sent("accept", "feed_back", "close", body=REASON),
    f"POST {_REQUEST}/withdraw": _sent(body=REASON),
    f"POST {_REQUEST}/merge": _merge,
    f"POST {_REQUEST}/remark": _sent(body={"text": "made-up"}),
    f"POST {_REQUEST}/ask-extension": _sent("accept", body={"amount": 1, **REASON}),
    f"POST {_REQUEST}/answer-extension": _sent("accept", "ask_extension", body={"grant": True}),
    f"POST {_REQUEST}/split": _sent(body={"agency": "water"}),
    f"POST {_REQUEST}/waive-part": _waive,
    f"POST {_REQUEST}/pass-on": _sent(body={"agency": "water"}),
    f"POST {_REQUEST}/answer-pass-on": _passed,
    f"POST {_REQUEST}/hide-reporter": _sent(body={}),
    f"POST {_REQUEST}/show-reporter": _sent(body={}),
    f"POST {_REQUEST}/danger": _sent(body={}),
    "GET /api/handovers": _handed_over(),
    "POST /api/handovers": _to_hand_over,
    f"POST {_HANDOVER}/offer": _handed_over(refused=True, body={}),
    f"POST {_HANDOVER}/take": _handed_over(body={"category": "other"}),
    f"POST {_HANDOVER}/refuse": _handed_over(body=REASON),
    f"POST {_HANDOVER}/talk": _handed_over(body={"result": "agreed"}),
    f"POST {_HANDOVER}/keep": _handed_over(refused=True, body=REASON),
}
