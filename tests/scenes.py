# SPDX-License-Identifier: Apache-2.0
"""For each operation of the API: a world in which it can be done, and a request that is right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from callbox.access.actions import define_agency
from callbox.coordination.actions import add_task
from callbox.dispatch.actions import assign_unit, move_assignment
from callbox.dispatch.units import Equipment, define_station, define_unit, set_availability
from callbox.incidents.actions import Kind, Where, classify_incident, close_incident, open_incident
from callbox.incidents.catalogue import load_dispositions
from callbox.incidents.linking import open_for_call
from callbox.incidents.queries import incident_for
from callbox.intake.actions import claim_call, lose_call
from callbox.kernel.ids import new_id
from callbox.pictures.actions import keep_picture
from callbox.pictures.domain import Developed
from callbox.pictures.tests.pictures import pattern, saved
from tests.request_scenes import DESK, REQUEST_SCENES
from tests.task_scenes import TASK_SCENES
from tests.world import AT, LATER, SETUP, call_taker, dispatcher, supervisor, waiting_call

LON, LAT = -122.4194, 37.7749
HERE = {"lon": LON, "lat": LAT}
SOON = (AT + timedelta(seconds=90)).isoformat()
ENDED = next(iter(load_dispositions()))


@dataclass
class Scene:
    """ids: for the places in the path. body: of the request. query: with its question mark."""

    ids: dict[str, UUID] = field(default_factory=dict)
    body: Any = None
    query: str = ""
    picture: bytes = b""  # in place of a body of JSON


Build = Callable[[UUID], Scene]


def my_unit() -> UUID:
    """A unit on duty at a station."""
    fire = define_agency("fire", "Fire", "消防", "fire", by=SETUP, at=AT)
    post = define_station("S1", "Station 1", fire, -122.41, 37.78, by=SETUP, at=AT)
    equipment = Equipment("E01", "engine", frozenset({"engine", "bls"}))
    made = define_unit(equipment, fire, post, by=SETUP, at=AT)
    set_availability(made.pk, "begin_duty", by=dispatcher(), at=AT)
    return made.matter_id


def _call(state: str, body: Any = None, query: str = "") -> Build:
    def build(_unit: UUID) -> Scene:
        call = waiting_call().pk
        if state == "answered":
            claim_call(call, by=call_taker(), at=AT)
        elif state == "lost":
            lose_call(call, by=call_taker(), at=AT)
        return Scene({"call_id": call}, body, query)

    return build


def _open(body: Any = None) -> Build:
    """An incident without a unit, on which the agency has a task whose desk asks."""

    def build(_unit: UUID) -> Scene:
        found = open_for_call(Where(LON, LAT, "made-up"), Kind("FIRE.BUILDING"), by=call_taker(), at=AT)
        define_agency(DESK, "Roads", "道路", "city", by=SETUP, at=AT)
        add_task(found.pk, DESK, "roads", mandatory=False, by=dispatcher(), at=AT)
        return Scene({"incident_id": found.pk}, body)

    return build


def _sent(*steps: str, body: Any = None) -> Build:
    """An incident to which my unit was sent, after these steps."""

    def build(unit: UUID) -> Scene:
        found = _open()(unit)
        assignment = assign_unit(found.ids["incident_id"], unit, by=dispatcher(), at=AT)
        for step in steps:
            move_assignment(assignment.pk, step, by=dispatcher(), at=LATER)
        more = (
            body({**found.ids, "unit_id": unit, "assignment_id": assignment.pk}) if callable(body) else body
        )
        return Scene({**found.ids, "assignment_id": assignment.pk, "unit_id": unit}, more)

    return build


def _pictured(unit: UUID) -> Scene:
    """A picture on an incident to which my unit was sent."""
    found = _sent()(unit)
    incident = incident_for(dispatcher(), found.ids["incident_id"])
    developed = Developed(b"made-up", b"made-up", 4, 3)
    kept = keep_picture(
        lambda: incident.matter, developed, kept=timedelta(days=1), most=1, by=dispatcher(), at=LATER
    )
    return Scene({"picture_id": kept.pk})


def _picturing(unit: UUID) -> Scene:
    found = _sent()(unit)
    found.picture = saved(pattern(8, 6))
    return found


def _closed(body: Any) -> Build:
    def build(unit: UUID) -> Scene:
        found = _sent("arrive", "clear", body=body)(unit)
        close_incident(found.ids["incident_id"], ENDED, by=supervisor(), at=LATER)
        return found

    return build


def _stacked(unit: UUID) -> Scene:
    _sent()(unit)
    second = _open()(unit).ids["incident_id"]
    behind = assign_unit(second, unit, stack=True, by=dispatcher(), at=AT)
    return Scene({"assignment_id": behind.pk})


def _link(unit: UUID) -> Scene:
    call = _call("answered")(unit)
    call.body = {"incident": str(_open()(unit).ids["incident_id"])}
    return call


def _merge(unit: UUID) -> Scene:
    found = _open()(unit)
    found.body = {"into": str(_open()(unit).ids["incident_id"])}
    return found


def _divert(unit: UUID) -> Scene:
    found = _sent()(unit)
    found.body = {"to": str(_open()(unit).ids["incident_id"])}
    return found


def _assign(unit: UUID) -> Scene:
    """To an incident that a crew sees too: one that it opened itself."""
    found = open_incident(Where(LON, LAT), scope=[f"unit:{unit}"], by=call_taker(), at=AT)
    classify_incident(found.pk, Kind("FIRE.BUILDING"), by=call_taker(), at=AT)
    return Scene({}, {"incident": str(found.pk), "unit": str(unit)})


def _unit(body: Any = None) -> Build:
    return lambda unit: Scene({"unit_id": unit}, body)


def _only(body: Any = None, query: str = "") -> Build:
    return lambda _unit: Scene({}, body, query)


def _found(_unit: UUID) -> Scene:
    found = {"type": "FIRE.BUILDING", **HERE}
    return Scene(
        {},
        {
            "key": str(new_id()),
            "target": str(new_id()),
            "pressed_at": SOON,
            "phone_now": SOON,
            "found": found,
        },
    )


def _part(ids: Mapping[str, UUID]) -> dict[str, str]:
    return {"part": str(ids["assignment_id"]), "reason": "made-up"}


def _of_request(build: Callable[[], tuple[dict[str, UUID], Any]]) -> Build:
    return lambda _unit: Scene(*build())


def _picturing_request(unit: UUID) -> Scene:
    found = SCENES["POST /api/requests/{request_id}/remark"](unit)
    found.picture = saved(pattern(8, 6))
    return found


WHY = {"reason": "made-up"}
_INCIDENT, _CALL = "/api/incidents/{incident_id}", "/api/calls/{call_id}"
_ASSIGNMENT, _UNIT = "/api/assignments/{assignment_id}", "/api/units/{unit_id}"

SCENES: dict[str, Build] = {
    "GET /api/places": _only(query="?q=market st"),
    "GET /api/priority": _only(query="?type=FIRE.BUILDING"),
    "GET /api/areas": _only(query=f"?lon={LON}&lat={LAT}"),
    "GET /api/similar": _only(query=f"?lon={LON}&lat={LAT}"),
    "POST /api/stream-ticket": _only({}),
    f"GET {_CALL}": _call("waiting"),
    f"GET {_CALL}/caller": _call("waiting", query="?purpose=answer"),
    "POST /api/calls": _only({}),
    f"POST {_CALL}/claim": _call("waiting"),
    f"POST {_CALL}/release": _call("answered", WHY),
    f"POST {_CALL}/lose": _call("waiting"),
    f"POST {_CALL}/try-back": _call("lost", {"result": "busy"}),
    f"POST {_CALL}/note": _call("answered", {"words": "made-up"}),
    f"POST {_CALL}/link": _link,
    f"POST {_CALL}/wrap-up": _call("answered", {"outcome": "information"}),
    "POST /api/incidents": _only({**HERE, "address": "made-up", "type": "FIRE.BUILDING"}),
    f"GET {_INCIDENT}": _sent(),
    f"GET {_INCIDENT}/row": _sent(),
    f"GET {_INCIDENT}/tasks": _sent(),
    f"GET {_INCIDENT}/recommendation": _sent(),
    f"GET {_INCIDENT}/route/{{unit_id}}": _sent(),
    f"POST {_INCIDENT}/classify": _sent(body={"type": "FIRE.BUILDING"}),
    f"POST {_INCIDENT}/relocate": _sent(body=HERE),
    f"POST {_INCIDENT}/remark": _sent(body={"text": "made-up"}),
    f"POST {_INCIDENT}/pictures": _picturing,
    "GET /api/pictures/{picture_id}": _pictured,
    "GET /api/pictures/{picture_id}/preview": _pictured,
    f"POST {_INCIDENT}/raise-alarm": _sent(body={"level": 2}),
    f"POST {_INCIDENT}/safety-alarm": _sent(body=lambda ids: {"unit": str(ids["unit_id"])}),
    f"POST {_INCIDENT}/safety-clear": _sent(body=WHY),
    f"POST {_INCIDENT}/close": _sent("arrive", "clear", body={"disposition": ENDED}),
    f"POST {_INCIDENT}/merge": _merge,
    f"POST {_INCIDENT}/reopen": _closed(WHY),
    f"POST {_INCIDENT}/waive-part": _sent(body=_part),
    "POST /api/assignments": _assign,
    f"GET {_ASSIGNMENT}/row": _sent(),
    f"POST {_ASSIGNMENT}/acknowledge": _sent(body={}),
    f"POST {_ASSIGNMENT}/go": _sent(body={"radio": True}),
    f"POST {_ASSIGNMENT}/arrive": _sent(body={"at": SOON}),
    f"POST {_ASSIGNMENT}/clear": _sent(body={}),
    f"POST {_ASSIGNMENT}/recall": _sent(body=WHY),
    f"POST {_ASSIGNMENT}/cancel": _sent(body=WHY),
    f"POST {_ASSIGNMENT}/divert": _divert,
    f"POST {_ASSIGNMENT}/activate": _stacked,
    f"POST {_ASSIGNMENT}/correct": _sent(
        "acknowledge", body={"milestone": "acknowledged_at", "now": SOON, "reason": "made-up"}
    ),
    f"GET {_UNIT}/row": _unit(),
    f"POST {_UNIT}/availability": _unit({"move": "set_unavailable", "reason": "meal"}),
    f"POST {_UNIT}/position": _unit(HERE),
    "GET /api/crew/route/{assignment_id}": _sent(),
    "POST /api/crew/messages": _only({"phone_now": SOON, "messages": []}),
    "POST /api/crew/incidents": _found,
    "POST /api/requests/{request_id}/pictures": _picturing_request,
    **{name: _of_request(build) for name, build in (REQUEST_SCENES | TASK_SCENES).items()},
}
