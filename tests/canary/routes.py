# SPDX-License-Identifier: Apache-2.0
"""Every address there is, asked of the OpenAPI document and of Django's resolver, filled with ids of one side."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver, get_resolver

from callbox.access.site import site
from tests.canary.scene import FOREIGN, LAT, LON, OWN, Night
from tests.scenes import ENDED
from tests.test_endpoints import OPERATIONS

PLACE = re.compile(r"\{(\w+)\}|<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
STATIC = ("static/", "api/")
WHY = {"reason": "made_up"}
HERE = {"lon": LON, "lat": LAT}
QUERIES = {
    "/api/places": "?q=market st",
    "/api/priority": "?type=FIRE.BUILDING",
    "/api/areas": f"?lon={LON}&lat={LAT}",
    "/api/similar": f"?lon={LON}&lat={LAT}",
    "/api/late": "?within=86400",
}


@dataclass(frozen=True)
class Ask:
    """One request. body: of a POST; form: of a page, else JSON."""

    method: str
    path: str
    body: Any = None
    form: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def pages() -> Iterator[str]:
    """Every pattern of an address that is no operation and no static file."""
    return _below(get_resolver(), "")


def _below(resolver: URLResolver, before: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        pattern = before + str(each.pattern)
        if pattern.lstrip("^").startswith(STATIC):
            continue
        if isinstance(each, URLResolver):
            yield from _below(each, pattern)
        else:
            assert isinstance(each, URLPattern)
            yield "/" + pattern.replace("^", "").replace("$", "")


def asks(night: Night, side: str) -> Iterator[Ask]:
    """Each operation and each page with that side's ids. Raises AssertionError, naming it, for one it cannot fill."""
    ids = night.ids[side]
    for name in OPERATIONS:
        method, path = name.split(" ")
        filled = fill(path, {**ids, **WORDS})
        query = QUERIES.get(path, "")
        if path.endswith("/caller"):
            query = "?purpose=answer"
        yield Ask(method, filled + query, body_of(path, ids) if method != "GET" else None)
    for pattern in pages():
        for path in filled_pages(pattern, ids, night):
            yield Ask("GET", path)
            yield Ask("POST", path, form_of(ids), form=True)


def questions(night: Night) -> list[Ask]:
    """Everything that is asked: of one's own side all but forms, of the other's forms and whatever differs."""
    own = [ask for ask in asks(night, OWN) if not ask.form]
    return own + [ask for ask in asks(night, FOREIGN) if ask not in own]


def filled_pages(pattern: str, ids: Mapping[str, UUID], night: Night) -> Iterator[str]:
    """A page of the configuration is asked for each row it can show; any other once."""
    if "<path:object_id>" not in pattern:
        yield fill(pattern, {**ids, **WORDS})
        return
    for row in rows_of(pattern, ids, night):
        yield fill(pattern, {**ids, **WORDS, "object_id": row})


WORDS = {"step": "accept", "content_type_id": "1", "app_label": "access"}
WORDS |= {"url": "made-up", "name": "sf", "version": "made-up", "gateway": "sms"}
WORDS |= {"category": "other", "code": "other", "form": "json", "number": "100001", "said": "made-up"}
WORDS |= {"article": "other", "move": "acknowledge"}


def rows_of(pattern: str, ids: Mapping[str, UUID], night: Night) -> list[UUID]:
    """Primary keys that this page of the configuration knows, of the side where there are sides."""
    for model, _admin in site._registry.items():
        if f"/{model._meta.app_label}/{model._meta.model_name}/" in pattern:
            known = set(model._default_manager.values_list("pk", flat=True))
            ours = [each for each in ids.values() if each in known]
            return ours or sorted(known)[:1] or [uuid4()]
    return [ids["person"]]


def fill(pattern: str, words: Mapping[str, object]) -> str:
    """The pattern with its places filled."""

    def word(found: re.Match[str]) -> str:
        name = next(each for each in found.groups() if each)
        assert name in words, (
            f"the walk does not know what to put for {name} in {pattern}: tell it in routes.py"
        )
        return str(words[name])

    return PLACE.sub(word, pattern)


def form_of(ids: Mapping[str, UUID]) -> dict[str, str]:
    """What the pages' forms ask for, of the side."""
    said = {name: str(value) for name, value in ids.items()}
    return {**said, "sign_in": said["person"], "asked": said["call_id"], "next": "/", "words": "x"}


def body_of(path: str, ids: Mapping[str, UUID]) -> dict[str, Any]:
    """What an operation that changes something is given. Any that is not named here asks for nothing."""
    last = path.rsplit("/", 1)[1]
    if path == "/api/handovers":
        return {"source": "call", "id": str(ids["call_id"]), "reason": "advice"}
    if path.startswith(("/api/requests", "/api/handovers")):
        return body_of_request(last, ids)
    if path.startswith("/api/tasks") or last in ("tasks", "response", "lead"):
        return body_of_task(last)
    incident, unit = str(ids["incident_id"]), str(ids["unit_id"])
    known: dict[str, dict[str, Any]] = {
        "try-back": {"result": "busy"},
        "release": WHY,
        "note": {"words": "x"},
        "link": {"incident": incident},
        "wrap-up": {"outcome": "information"},
        "incidents": {**HERE, "address": "x", "type": "FIRE.BUILDING", "call": str(ids["call_id"])},
        "classify": {"type": "FIRE.BUILDING"},
        "relocate": HERE,
        "remark": {"text": "x"},
        "raise-alarm": {"level": 2},
        "safety-alarm": {"unit": unit},
        "safety-clear": WHY,
        "close": {"disposition": ENDED},
        "merge": {"into": incident},
        "reopen": WHY,
        "waive-part": {"part": str(ids["assignment_id"]), **WHY},
        "assignments": {"incident": incident, "unit": unit},
        "recall": WHY,
        "cancel": WHY,
        "divert": {"to": incident},
        "correct": {"milestone": "assigned_at", "now": "2026-11-01T03:00:00Z", **WHY},
        "availability": {"move": "set_unavailable", "reason": "meal"},
        "position": HERE,
        "messages": {"phone_now": "2026-11-01T03:00:00Z", "messages": []},
    }
    return known.get(last, {})


def body_of_task(last: str) -> dict[str, Any]:
    """The same for an operation of tasks."""
    known: dict[str, dict[str, Any]] = {
        "tasks": {"agency": "desk-own", "work": "water"},
        "response": {"level": 2},
        "lead": {"agency": "desk-own"},
        "feed-back": {"result": "done", "words": "x"},
        "cannot": {"reason": "no_people"},
        "withdraw": {"reason": "in_error"},
        "pass-on": {"agency": "desk-foreign", "reason": "nearer"},
    }
    return known.get(last, {})


def body_of_request(last: str, ids: Mapping[str, UUID]) -> dict[str, Any]:
    """The same for an operation of requests."""
    known: dict[str, dict[str, Any]] = {
        "requests": {"category": "other", "words": "x", **HERE},
        "assign": {"agency": "desk-own"},
        "contact": {"result": "reached"},
        "feed-back": {"result": "solved", "words": "x"},
        "close": {"disposition": "solved"},
        "merge": {"into": str(ids["request_id"])},
        "remark": {"text": "x"},
        "ask": {"said": "satisfied"},
        "ask-extension": {"amount": 1, **WHY},
        "answer-extension": {"grant": True},
        "split": {"agency": "desk-foreign"},
        "pass-on": {"agency": "desk-foreign"},
        "answer-pass-on": {"accept": True},
        "waive-part": {"part": str(ids["request_id"]), **WHY},
        "take": {"category": "other"},
        "talk": {"result": "agreed"},
        **dict.fromkeys(("keep", "refuse", "return", "suspend", "supervise", "reopen", "withdraw"), WHY),
    }
    return known.get(last, {})
