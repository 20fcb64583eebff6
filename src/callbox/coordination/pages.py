# SPDX-License-Identifier: Apache-2.0
"""What the pages show of an incident's handling. That place and remarks were read is noted. Part of the edge."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from callbox.access.queries import agencies, staff_with
from callbox.access.seeing import seeing_everything
from callbox.coordination import domain, queries, words
from callbox.coordination.models import Task
from callbox.coordination.rows import codes, name_of, told
from callbox.geo.queries import city_map
from callbox.incidents.catalogue import load_types
from callbox.incidents.models import Incident
from callbox.incidents.queries import PERSONAL, details_for
from callbox.journal.queries import history
from callbox.kernel.actor import Actor
from callbox.matters.models import Clock, Part
from callbox.matters.queries import calendar_in_force, running_clocks
from callbox.pictures.queries import pictures_of
from callbox.pictures.rows import picture_rows
from callbox.pictures.words import sent_words, shown_words

PURPOSE = "handle"


def shown_tasks(tasks: Sequence[Task], lead: str = "") -> list[dict[str, Any]]:
    """Tasks in words, with the clocks that whoever asks may see. lead: the code of the agency that leads."""
    ids = [task.pk for task in tasks]
    clocks = running_clocks(ids)
    waived = set(Part.objects.filter(part__in=ids, waived=True).values_list("part_id", flat=True))
    return [_shown(task, clocks[task.pk], task.pk in waived, lead) for task in tasks]


def _shown(task: Task, clocks: Sequence[Clock], waived: bool, lead: str) -> dict[str, Any]:
    sign, tone = words.SIGNS.get(task.state, ("", ""))
    result = domain.load_results().get(task.result)
    return {
        "task": task,
        "agency": name_of(task.agency),
        "work": words.work_name(task.work),
        "level": domain.LEVELS[task.level],
        "state": gettext(words.STATES[task.state]),
        "sign": sign,
        "tone": tone,
        "leads": task.agency.code == lead,
        "waived": waived,
        "result": told(result) if result else "",
        "clocks": [(clock, gettext(words.CLOCKS.get(clock.name, clock.name))) for clock in clocks],
    }


def shown_incident(actor: Actor, incident: Incident, at: datetime) -> dict[str, Any]:
    """An incident with all that whoever asks may see: place and remarks, tasks, timeline."""
    response = queries.response_of(incident)
    lead = response.lead.code if response else ""
    names = {agency.code: name_of(agency) for agency in agencies()}
    kind = load_types().get(incident.type)
    may_read = actor.may(PERSONAL, incident.matter.scope)
    details = details_for(actor, incident, purpose=PURPOSE, at=at) if may_read else None
    pictures = pictures_of(actor, [incident.matter])
    by = [each.by for each in pictures] + ([each.by for each in details.remarks] if details else [])
    authors = authors_of(set(by), names)
    shown_pictures = picture_rows(pictures, authors)
    tasks = queries.tasks_of(incident)
    has_place = details is not None and details.lon is not None
    return {
        "incident": incident,
        "key": incident.matter.version,
        "pictures": [_plain(row) for row in shown_pictures],
        "printed": shown_pictures,
        "picture_words": {**shown_words(), **sent_words()},
        "city": city_map() if has_place else None,
        "point": {"lon": details.lon, "lat": details.lat} if details else {},
        "may_remark": actor.may("incident.remark", incident.matter.scope),
        "may_add_picture": actor.may("incident.add_picture", incident.matter.scope),
        "kind": told(kind.name) if kind else "",
        "level": domain.LEVELS[response.level] if response else "",
        "lead": names.get(lead, ""),
        "details": details,
        "rows": shown_tasks(tasks, lead),
        "timeline": words.timeline(history(incident.pk), details, names, authors, tasks),
        "at": at,
        "zone": calendar_in_force().zone,
    }


def authors_of(actors: Collection[str], names: Mapping[str, str]) -> dict[str, str]:
    """The names of the agencies for which these act, by who acts: who exactly it was is their agency's to know."""
    with (
        seeing_everything()
    ):  # an agency's desk sees no other people; only the codes of agencies are handed out
        codes_by = {actor: code for actor, (code, _name) in staff_with(actors).items()}
    return {actor: names.get(code, "") for actor, code in codes_by.items()}


def _plain(row: Mapping[str, object]) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in row.items()
    }


def list_key(tasks: Sequence[Task]) -> str:
    """What differs when a list of tasks does."""
    said = " ".join(f"{task.pk}/{task.matter.version}" for task in tasks)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def task_choices() -> dict[str, list[tuple[str, str]]]:
    """What the forms of a task offer."""
    return {
        "cannot_reasons": codes(domain.load_reasons("cannot").items()),
        "results": codes(domain.load_results().items()),
    }


def desk_choices(incident: Incident) -> dict[str, Any]:
    """What the forms of the desk that calls agencies offer."""
    taking_part = {task.agency for task in queries.tasks_of(incident) if task.state not in domain.LEFT}
    return {
        "levels": [(str(number), name) for number, name in domain.LEVELS.items()],
        "agencies": [(agency.code, name_of(agency)) for agency in agencies()],
        "works": codes((work.code, work.name) for work in domain.load_works().values()),
        "leads": sorted((agency.code, name_of(agency)) for agency in taking_part),
        "withdraw_reasons": codes(domain.load_reasons("withdraw").items()),
        "waive_reasons": codes(domain.load_reasons("waive").items()),
        "pass_on_reasons": codes(domain.load_reasons("pass_on").items()),
    }


def seen_of(post: Mapping[str, str]) -> int | None:
    """The version that the person looked at, as the form says it."""
    said = post.get("seen", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else None


def identity(post: Mapping[str, str], name: str) -> UUID | None:
    """An id from a form, if it is one."""
    try:
        return UUID(post.get(name, ""))
    except ValueError:
        return None
