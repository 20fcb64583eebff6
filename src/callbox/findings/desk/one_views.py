# SPDX-License-Identifier: Apache-2.0
"""The page of one finding: the rule, the evidence, what can be done by whom now, its journal. Each read is noted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from callbox.access.queries import names_of
from callbox.access.site import actor_of_request
from callbox.findings import queries
from callbox.findings.actions import read_finding
from callbox.findings.desk.evidence_rows import choices_of, events_by_id, rule_row, shown_evidence
from callbox.findings.desk.histories import history_behind
from callbox.findings.desk.list_views import list_rows
from callbox.findings.desk.moves import LABELS, Form, move_form, moves_for, take_move
from callbox.findings.desk.words import (
    OUTCOMES,
    RECIPIENTS,
    ROLES,
    STEPS,
    reason_text,
    state_row,
    unit_names,
)
from callbox.findings.desk.words import STATES as STATE_NAMES
from callbox.findings.domain import ENDED, STATES, WARNED, tellings
from callbox.findings.models import Finding
from callbox.journal.domain import Written
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, Refusal
from callbox.matters.queries import calendar_in_force
from callbox.oversight.desk.words import VERDICTS, named
from callbox.oversight.domain.events import History
from callbox.oversight.domain.rules import Rule
from callbox.oversight.library import shipped_rules
from callbox.oversight.queries import SEE as SEE_HISTORIES
from callbox.web.errors import answer_for, note_refused
from callbox.web.menu import desk_page

SEE_MODELS, LOOK = "oversight.see", "look"
NOTHING: Mapping[str, str] = {}


@never_cache
@require_GET
@desk_page(queries.SEE)
def finding(request: HttpRequest, finding_id: UUID) -> HttpResponse:
    """One finding. Raises NotFound."""
    return _page(request, finding_id)


@require_POST
@desk_page(queries.SEE)
def move(request: HttpRequest, finding_id: UUID, move: str) -> HttpResponse:
    """Take one move with what its form says. One that is refused changes nothing, and says on the page why."""
    actor = actor_of_request(request)
    try:
        take_move(move, Form(finding_id, request.POST, actor, timezone.now()))
    except (Invalid, Conflict, NotAllowed) as refusal:
        note_refused(request, refusal)
        return _page(request, finding_id, move, refusal)
    messages.success(request, gettext("Done: %(step)s.") % {"step": named(STEPS, move)})
    return redirect("finding", finding_id)


def _page(
    request: HttpRequest, finding_id: UUID, tried: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    actor, at = actor_of_request(request), timezone.now()
    row = read_finding(finding_id, by=actor, at=at)
    rule, history = shipped_rules().get(row.rule), history_behind(actor, row, at)
    zone = rule.calendar.zone if rule else calendar_in_force().zone
    may, barred = moves_for(actor, row)
    events = choices_of(history, row, zone) if "rectify" in may else []
    said = queries.remarks_for(actor, row, purpose=LOOK, at=at)
    context = _told(row, said, at, zone) | _evidence(row, rule, history, at, zone)
    context |= {
        "forms": [move_form(each, events, request.POST if each == tried else NOTHING) for each in may],
        "barred": bool(barred),
        "idle": set(may) <= {"reply"} and not barred,
        "error": _refusal_text(refusal) if refusal else "",
        "tried": tried,
        "may_models": actor.may(SEE_MODELS),
        "may_histories": actor.may(SEE_HISTORIES) and bool(history.events),
    }
    status = answer_for(refusal)[0] if refusal else 200
    return render(request, "findings/desk/finding.html", context, status=status)


def _refusal_text(refusal: Refusal) -> str:
    """Why it was not done, with moves and states as this page calls them."""
    names = {"move": LABELS, "state": STATE_NAMES}
    params = {key: named(names.get(key, {}), str(value)) for key, value in refusal.params.items()}
    return gettext(refusal.message) % params if params else gettext(refusal.message)


def _told(row: Finding, said: Mapping[str, str], at: datetime, zone: ZoneInfo) -> dict[str, object]:
    """How it stands: state, limit, what is curable, to whom it goes next, its journal. said: words by id."""
    (listed,) = list_rows([row], unit_names(), at, zone)
    return {
        "row": listed,
        "finding": row,
        "broken": row.state not in (WARNED, *ENDED),
        "outcome": gettext(OUTCOMES[row.outcome]) if row.outcome in OUTCOMES else "",
        "suppression": reason_text(row.suppression, ("suppress",)) if row.suppression else "",
        "next": _next(row, at),
        "journal": _journal(queries.steps_of(row), row.grade, said),
        "zone": zone,
    }


def _evidence(
    row: Finding, rule: Rule | None, history: History, at: datetime, zone: ZoneInfo
) -> dict[str, object]:
    """The rule, and the verdict on the time line; by ids alone where rule or history are not known here."""
    shown = shown_evidence(row, rule, history, min(at, row.ended_at or at)) if rule else None
    return {
        "rule": rule_row(row, rule),
        "case": urlencode({"kind": row.over, "key": row.key}),
        "shown": shown,
        "has_history": bool(history.events),
        "ids": [] if shown and history.events else events_by_id(row, zone),
    }


def _next(row: Finding, at: datetime) -> dict[str, object] | None:
    """When and to whom it is told next, as long as nobody answers; None where it is told no further."""
    if row.state == WARNED or row.state in ENDED or row.tell_at is None:
        return None
    return {"at": row.tell_at, "to": _to(row.grade, row.steps + 1, at)}


def _to(grade: str, number: int, at: datetime) -> str:
    """To whom the step of this number goes, counted from one."""
    steps = tellings(grade, at.date())
    step = steps[min(number, len(steps)) - 1]
    return ", ".join(named(RECIPIENTS, each) for each in step.recipients)


def _journal(entries: Sequence[Written], grade: str, said: Mapping[str, str]) -> list[dict[str, object]]:
    names = names_of(entry.actor for entry in entries)
    return [
        {
            "at": entry.at,
            "round": entry.round,
            "code": entry.move,
            "step": named(STEPS, entry.move),
            "state": state_row(entry.becomes)["state_name"] if entry.becomes in STATES else "",
            "changed": entry.was != entry.becomes,
            "by": names.get(entry.actor) or named(ROLES, entry.role),
            "role": named(ROLES, entry.role) if entry.actor in names else "",
            "told": _facts(entry, grade),
            "words": said.get(str(entry.facts.get("words", "")), ""),
            "forgotten": "words" in entry.facts and not said.get(str(entry.facts["words"])),
        }
        for entry in entries
    ]


def _facts(entry: Written, grade: str) -> list[str]:
    """What an entry says beside its step: the verdict, the share of the time, to whom it went, the reason."""
    facts, said = entry.facts, []
    if facts.get("verdict"):
        said.append(named(VERDICTS, str(facts["verdict"])))
    if facts.get("share"):
        said.append(f"{facts['share']} %")
    if isinstance(facts.get("step"), int):
        said.append(_to(grade, int(str(facts["step"])), entry.at))
    if facts.get("reason"):
        moves = (entry.move, "suppress") if "suppress" in entry.move else (entry.move,)
        said.append(reason_text(str(facts["reason"]), moves))
    return said
