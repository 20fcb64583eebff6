# SPDX-License-Identifier: Apache-2.0
"""Reading responses, tasks and the plans in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from uuid import UUID

from django.db.models import Q, QuerySet

from callbox.access.models import Agency
from callbox.coordination.domain import ENDED, KIND, LEFT, ROOM
from callbox.coordination.models import Edition, Response, Task
from callbox.coordination.plans import Plans, parse_plans
from callbox.incidents.models import Incident
from callbox.incidents.queries import incident_for
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.matters.queries import only_visible

SEE = f"{KIND}.see"
MOST = 500  # rows of a list


def version_in_force() -> int:
    """Which edition of the plans is in force; 0 for what comes with Callbox."""
    return Edition.objects.order_by("-version").values_list("version", flat=True).first() or 0


def plans_in_force() -> Plans:
    """The plans."""
    return _plans(Edition.objects.order_by("-version").values_list("id", flat=True).first())


@lru_cache(maxsize=2)
def _plans(edition: UUID | None) -> Plans:
    if edition is None:
        return parse_plans(files(ROOM).joinpath("data", "plans.tsv").read_text(encoding="utf-8"))
    return parse_plans(Edition.objects.values_list("text", flat=True).get(id=edition))


def task_for(actor: Actor, task_id: UUID) -> Task:
    """The task with its matter, agency and incident, if this actor may see it. Raises NotFound."""
    rows = Task.objects.select_related("matter", "agency", "incident__matter", "incident__place")
    found = rows.filter(pk=task_id).first()
    if found is None:
        raise NotFound
    actor.require_sight(SEE, found.matter.scope)
    return found


def visible(actor: Actor) -> QuerySet[Task]:
    """The tasks that this actor may see: those of an agency's own, for who works there."""
    return only_visible(Task.objects.select_related("matter", "agency", "incident__matter"), actor, SEE)


def open_tasks(actor: Actor) -> Sequence[Task]:
    """Those that are open, the gravest level first, then the oldest; at most MOST."""
    found = visible(actor).exclude(state__in=ENDED)
    return list(found.order_by("level", "alerted_at", "pk")[:MOST])


@dataclass(frozen=True, slots=True)
class Handling:
    """How several agencies deal with an incident: who leads, and what each has to do, in the order of the alerts."""

    incident: Incident
    response: Response | None
    tasks: Sequence[Task]


def handling_for(actor: Actor, incident_id: UUID) -> Handling:
    """All tasks of an incident, for all who may see it: whose, what and how far, not more. Raises NotFound."""
    incident = incident_for(actor, incident_id)
    return Handling(incident, response_of(incident), tasks_of(incident))


def response_of(incident: Incident) -> Response | None:
    """The response to an incident that the actor was let see."""
    return Response.objects.select_related("lead").filter(incident=incident).first()


def tasks_of(incident: Incident) -> Sequence[Task]:
    """All its tasks, also those that ended. Whoever calls has asked whether the actor may see the incident."""
    rows = Task.objects.select_related("agency").filter(incident=incident)
    return list(rows.order_by("alerted_at", "agency__code", "work"))


def takes_part(incident_id: UUID, agency_id: UUID) -> bool:
    """Whether an agency has a task on an incident that it has not left."""
    return Task.objects.filter(~Q(state__in=LEFT), incident_id=incident_id, agency_id=agency_id).exists()


def key_of(agency: Agency) -> str:
    """The scope key of an agency's people, by which its tasks, and the incidents it takes part in, reach them."""
    return f"agency:{agency.pk}"
