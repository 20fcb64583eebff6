# SPDX-License-Identifier: Apache-2.0
"""Every operation of the API by every role, and by nobody: allowed exactly as the policy says.

A refusal changes nothing: the journal and every table stay as they were.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db import transaction

import callbox.urls  # noqa: F401 - hangs every room on the API
from callbox.access.domain import ROLES, actor, policy
from callbox.matters.domain import WORKFLOWS
from callbox.web.api import api
from tests.request_scenes import DESK_KEYS
from tests.scenes import SCENES, Scene, my_unit
from tests.signed_in import Signed, person, signed_in
from tests.world import journal_size

NOBODY = "nobody"
PUBLIC = {"GET /api/city"}
OWN_UNIT = {
    "GET /api/crew",
    "GET /api/crew/route/{assignment_id}",
    "POST /api/crew/messages",
    "POST /api/crew/incidents",
}
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> Iterator[tuple[str, str | None]]:
    """Each operation as `METHOD /path`, and the power that its entry in the OpenAPI document names."""
    for path, entry in api.get_openapi_schema(path_prefix="/api/")["paths"].items():
        for method in METHODS:
            if method in entry:
                yield f"{method.upper()} {path}", entry[method].get("x-power")


OPERATIONS = dict(operations())


def allowed(operation: str, role: str, keys: list[str]) -> bool:
    if operation in PUBLIC:
        return True
    if role == NOBODY:
        return False
    if operation in OWN_UNIT:
        return role == "crew"
    power = OPERATIONS[operation]
    return power is None or actor("person:x", [role], keys).may(power, keys)


def row_counts() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count() for model in apps.get_models() if model._meta.managed
    }


def address_of(operation: str, scene: Scene) -> tuple[str, str]:
    method, path = operation.split(" ")
    return method, path.format(**scene.ids) + scene.query


@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_open_to_those_the_policy_names(operation: str, sf_city: None) -> None:
    unit = my_unit()
    keys = {"crew": (f"unit:{unit}",), "agency_desk": DESK_KEYS}
    scene = SCENES[operation](unit) if operation in SCENES else Scene()
    clients = {role: signed_in(person(role, role, keys=keys.get(role, ()))) for role in ROLES}
    before = row_counts()
    for role, client in {**clients, NOBODY: signed_in(None)}.items():
        with transaction.atomic():
            may = allowed(operation, role, list(keys.get(role, ())))
            try_operation(operation, scene, client, role, may, before)
            transaction.set_rollback(True)


def try_operation(
    operation: str, scene: Scene, client: Signed, role: str, may: bool, before: dict[str, int]
) -> None:
    method, address = address_of(operation, scene)
    if scene.picture:
        answer = client.post(address, scene.picture, content_type="image/jpeg")
    else:
        answer = client.get(address) if method == "GET" else client.post_json(address, scene.body)
    told = f"{role}: {answer.content!r}"
    if may:
        assert answer.status_code == 200, told
        return
    assert answer.status_code in ((401,) if role == NOBODY else (403, 404)), told
    assert answer["Content-Type"] == "application/problem+json", told
    assert row_counts() == before, f"refused, and yet something changed; {told}"


def test_every_operation_with_a_place_to_fill_has_a_scene() -> None:
    assert [
        name for name in OPERATIONS if name not in SCENES and (name.startswith("POST") or "{" in name)
    ] == []
    assert set(SCENES) <= set(OPERATIONS)


def test_the_powers_named_are_in_the_policy() -> None:
    known = {rule.action for rule in policy()}
    assert {power for power in OPERATIONS.values() if power} <= known


def test_every_step_of_every_workflow_has_a_line_in_the_policy() -> None:
    steps = {f"{flow.kind}.{move.name}" for flow in WORKFLOWS.values() for move in flow.moves}
    own = {
        step for step in steps if step.split(".")[0] in ("call", "incident", "unit", "assignment", "request")
    }
    assert len(own) > 30
    assert own <= {rule.action for rule in policy()}


@pytest.mark.django_db
def test_a_change_needs_the_token_of_our_own_pages() -> None:
    client = signed_in(person("somebody", "call_taker"), csrf=True)
    before = row_counts()
    answer = client.post_json("/api/calls", {})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert row_counts() == before
    client.get("/sign-in")
    token = client.cookies["callbox_csrf"].value
    answer = client.post("/api/calls", "{}", content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 200


@pytest.mark.django_db
def test_another_crew_sees_and_moves_nothing(sf_city: None) -> None:
    unit = my_unit()
    scene = SCENES["POST /api/assignments/{assignment_id}/acknowledge"](unit)
    other = signed_in(person("other", "crew", keys=(f"unit:{UUID(int=7)}",)))
    before = journal_size()
    assert other.post_json(f"/api/assignments/{scene.ids['assignment_id']}/acknowledge").status_code == 404
    assert other.get(f"/api/incidents/{scene.ids['incident_id']}").status_code == 404
    assert other.post_json(f"/api/units/{unit}/position", {"lon": 0, "lat": 0}).status_code == 403
    board = other.get("/api/board").json()
    assert board["incidents"] == board["assignments"] == []
    assert journal_size() == before


@pytest.mark.django_db
def test_a_power_that_ended_counts_no_more() -> None:
    from callbox.access.models import Grant

    client = signed_in(person("somebody", "call_taker"))
    assert client.get("/api/queue").status_code == 200
    Grant.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))
    assert client.get("/api/queue").status_code == 401
