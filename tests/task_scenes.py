# SPDX-License-Identifier: Apache-2.0
"""The same as `scenes.py` for operations of tasks: each is of the agency whose desk asks."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from callbox.access.actions import define_agency
from callbox.coordination import actions
from callbox.coordination.models import Task
from callbox.coordination.tests.scene import town
from tests.request_scenes import DESK
from tests.world import AT, SETUP, dispatcher, incident

type Made = tuple[dict[str, UUID], Any]
type Build = Callable[[], Made]
_TASK, _INCIDENT = "/api/tasks/{task_id}", "/api/incidents/{incident_id}"


def _asked(*steps: str, body: Any = None) -> Build:
    """A task of the agency, after these steps."""

    def build() -> Made:
        town()
        define_agency(DESK, "Roads", "道路", "city", by=SETUP, at=AT)
        task = actions.add_task(incident().pk, DESK, "roads", by=dispatcher(), at=AT)
        for step in steps:
            STEPS[step](task)
        return {"task_id": task.pk, "incident_id": task.incident_id}, body

    return build


STEPS: dict[str, Callable[[Task], object]] = {
    "accept": lambda task: actions.accept_task(task.pk, by=dispatcher(), at=timezone.now()),
    "feed_back": lambda task: actions.feed_back(task.pk, "done", by=dispatcher(), at=timezone.now()),
}

TASK_SCENES: dict[str, Build] = {
    f"GET {_TASK}": _asked(),
    f"POST {_INCIDENT}/tasks": _asked(body={"agency": "fire", "work": "rescue"}),
    f"POST {_INCIDENT}/response": _asked(body={"level": 2}),
    f"POST {_INCIDENT}/lead": _asked(body={"agency": DESK}),
    f"POST {_TASK}/accept": _asked(body={}),
    f"POST {_TASK}/cannot": _asked(body={"reason": "no_people"}),
    f"POST {_TASK}/arrive": _asked("accept", body={}),
    f"POST {_TASK}/feed-back": _asked("accept", body={"result": "done"}),
    f"POST {_TASK}/close": _asked("accept", "feed_back", body={}),
    f"POST {_TASK}/withdraw": _asked(body={"reason": "in_error"}),
    f"POST {_TASK}/pass-on": _asked(body={"agency": "fire", "reason": "nearer"}),
}
