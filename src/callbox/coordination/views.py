# SPDX-License-Identifier: Apache-2.0
"""The agency desk's tasks, the page of one, an incident's handling for those who lead it, and its report to print."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from callbox.access.site import actor_of_request
from callbox.coordination import actions, queries
from callbox.coordination.pages import (
    desk_choices,
    identity,
    list_key,
    seen_of,
    shown_incident,
    shown_tasks,
    task_choices,
)
from callbox.incidents.actions import add_remark
from callbox.incidents.linking import waive_incident_part
from callbox.incidents.queries import incident_for
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.web.menu import desk_page

type Step = Callable[..., object]
type Post = QueryDict
PLAIN: dict[str, Step] = {
    "accept": actions.accept_task,
    "arrive": actions.arrive_on_site,
    "close": actions.close_task,
}
REASONED: dict[str, Step] = {"cannot": actions.refuse_task, "withdraw": actions.withdraw_task}


@never_cache
@require_GET
@desk_page(queries.SEE)
def tasks(request: HttpRequest) -> HttpResponse:
    """Open tasks: an agency's own, or all."""
    found = queries.open_tasks(actor_of_request(request))
    context = {"rows": shown_tasks(found), "key": list_key(found), "live": True}
    return render(request, "coordination/tasks.html", context)


@never_cache
@require_GET
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task with its incident: what is known, who else takes part, what happened."""
    actor, at = actor_of_request(request), timezone.now()
    found = queries.task_for(actor, task_id)
    incident = incident_for(actor, found.incident_id)
    own = shown_tasks([found])[0]
    context = {**shown_incident(actor, incident, at), **task_choices(), "own": own, "live": True}
    return render(request, "coordination/task.html", context)


@require_POST
def step(request: HttpRequest, task_id: UUID, name: str) -> HttpResponse:
    """One step of a task, then the page again, or the list for whoever does not see it any more."""
    by, at, said = actor_of_request(request), timezone.now(), request.POST
    common: dict[str, Any] = {"by": by, "at": at}
    if name in PLAIN:
        PLAIN[name](task_id, seen=seen_of(said), **common)
    elif name in REASONED:
        REASONED[name](task_id, said.get("reason", ""), seen=seen_of(said), **common)
    elif name == "feed_back":
        actions.feed_back(
            task_id, said.get("result", ""), said.get("words", "")[:4000], seen=seen_of(said), **common
        )
    elif name == "pass_on":
        actions.pass_task_on(
            task_id, said.get("agency", ""), said.get("reason", ""), seen=seen_of(said), **common
        )
    elif name == "remark":
        add_remark(queries.task_for(by, task_id).incident_id, said.get("words", "")[:4000], **common)
    else:
        raise NotFound
    return _after(by, task_id, said)


def _after(by: Actor, task_id: UUID, said: Post) -> HttpResponse:
    incident = identity(said, "incident")
    if incident is not None:
        return redirect("handling", incident)
    try:
        queries.task_for(by, task_id)
    except NotFound:
        return redirect("tasks")
    return redirect("task", task_id)


@never_cache
@require_GET
def handling(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """All agencies on an incident; for who may, the forms that call them."""
    actor, at = actor_of_request(request), timezone.now()
    incident = incident_for(actor, incident_id)
    context = shown_incident(actor, incident, at) | {
        "live": True,
        "calls": actor.may("incident.respond", incident.matter.scope) and not incident.matter.final,
    }
    return render(request, "coordination/handling.html", context | desk_choices(incident))


@require_POST
def call(request: HttpRequest, incident_id: UUID, name: str) -> HttpResponse:
    """Call agencies, one more, name the lead, or let the incident end without a task; then the page again."""
    by, at, said = actor_of_request(request), timezone.now(), request.POST
    if name == "respond":
        level = said.get("level", "")
        actions.apply_plan(incident_id, int(level) if level in "1234" and level else 0, by=by, at=at)
    elif name == "add":
        mandatory = said.get("mandatory") == "yes"
        actions.add_task(
            incident_id, said.get("agency", ""), said.get("work", ""), mandatory=mandatory, by=by, at=at
        )
    elif name == "lead":
        actions.name_lead(incident_id, said.get("agency", ""), by=by, at=at)
    elif name == "waive":
        part = identity(said, "task")
        if part is None:
            raise NotFound
        waive_incident_part(incident_id, part, said.get("reason", ""), by=by, at=at)
    elif name == "remark":
        add_remark(incident_id, said.get("words", "")[:4000], by=by, at=at)
    else:
        raise NotFound
    return redirect("handling", incident_id)


@never_cache
@require_GET
def report(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """The whole handling, to print."""
    actor, at = actor_of_request(request), timezone.now()
    incident = incident_for(actor, incident_id)
    return render(request, "coordination/report.html", shown_incident(actor, incident, at))
