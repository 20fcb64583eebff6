# SPDX-License-Identifier: Apache-2.0
"""Whatever fits the published OpenAPI document, or almost fits, is answered: never with a fault of ours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings

import callbox.urls  # noqa: F401 - hangs every room on the API
from tests.scenes import SCENES, my_unit
from tests.signed_in import person, signed_in

SCHEMA = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
LIMITS = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Asker:
    """Somebody with every role that works with calls, on a unit; ids of things that exist, by operation."""

    def __init__(self) -> None:
        self.unit = my_unit()
        roles = ("call_taker", "dispatcher", "supervisor", "crew")
        client = signed_in(person("everybody", *roles, keys=(f"unit:{self.unit}",)))
        client.get("/sign-in")
        csrf = client.cookies[django_settings.CSRF_COOKIE_NAME].value
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self.headers = {"X-CSRFToken": csrf}
        self.ids: dict[str, dict[str, str]] = {}

    def real_ids(self, operation: str) -> dict[str, str]:
        """Of things for which this operation is possible."""
        if operation not in self.ids:
            scene = SCENES[operation](self.unit) if operation in SCENES else None
            self.ids[operation] = {name: str(value) for name, value in (scene.ids if scene else {}).items()}
        return self.ids[operation]


@pytest.fixture
def asker(db: None, sf_city: None) -> Iterator[Asker]:
    """The test's connection stays open between requests, as with Django's own test client."""
    made = Asker()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield made
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@SCHEMA.parametrize()
@LIMITS
def test_no_request_is_answered_with_a_fault(case: schemathesis.Case[Any], asker: Asker) -> None:
    real = asker.real_ids(f"{case.method.upper()} {case.operation.path}")
    for name in case.path_parameters or {}:
        case.path_parameters[name] = real.get(name, case.path_parameters[name])
    answer = case.call(cookies=asker.cookies, headers=asker.headers)
    assert answer.status_code < 500, answer.text
    assert answer.status_code != 401
    if answer.status_code >= 400:
        assert json.loads(answer.text)["status"] == answer.status_code
