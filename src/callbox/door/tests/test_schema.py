# SPDX-License-Identifier: Apache-2.0
"""Whatever anybody sends to a running door, it never answers with a fault; a contact is kept, whatever it says."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings

from callbox.door.tests.conftest import Server
from callbox.door.tests.process import DoorProcess
from callbox.host.config import CHECKOUT

SCHEMA = schemathesis.openapi.from_path(CHECKOUT / "docs/reference/door.yaml")
FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@SCHEMA.include(path_regex="contacts|health|stream").parametrize()
@FEW
def test_no_request_is_answered_with_a_fault(
    case: schemathesis.Case[Any], door: DoorProcess, server: Server
) -> None:
    before = len(server.contacts())
    answer = case.call(base_url=f"http://127.0.0.1:{door.port}", timeout=20)
    assert answer.status_code < 500, answer.text
    assert "server" not in answer.headers
    assert answer.headers["x-content-type-options"] == ["nosniff"]
    if case.operation.path.startswith("/door/contacts/") and answer.status_code == 201:
        assert answer.json()["repeated"] or len(server.contacts()) == before + 1
