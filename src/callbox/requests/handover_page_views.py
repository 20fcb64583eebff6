# SPDX-License-Identifier: Apache-2.0
"""The page of one hand-over: what was told, for who may take it on; its steps as forms, and its history."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from callbox.access.queries import names_of
from callbox.access.site import actor_of_request
from callbox.journal.domain import Written
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.text import gettext_noop as _
from callbox.matters.domain import OFFERED
from callbox.matters.queries import calendar_in_force, history_for
from callbox.requests import handed, handing, lines
from callbox.requests.desk_words import ROLES, named, reasons
from callbox.requests.handover_views import desk_rows
from callbox.requests.handover_words import STEPS, said_in_words
from callbox.requests.models import HandedOver
from callbox.requests.new_views import categories_offered, category_of, drawn_questions
from callbox.requests.question_fields import NAME, answers_of

CHOOSE = _("Choose what it is about.")
DONE = {
    "refuse": _("Refused. It stays with who gave it."),
    "talk": _("Noted that both lines talked with the resident."),
    "offer": _("Offered to the other line once more."),
    "keep": _("Kept. The other line is not asked any more."),
}


@never_cache
@require_GET
def handover(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """One hand-over. Who may take it on reads what was told; that read is noted. Raises NotFound."""
    return _one(request, handover_id, {}, {})


def _one(
    request: HttpRequest, handover_id: UUID, said: Mapping[str, str], errors: Mapping[str, str]
) -> HttpResponse:
    actor, at = actor_of_request(request), timezone.now()
    found = handed.handover_for(actor, handover_id)
    (row,) = desk_rows([found], actor)
    may, category = _may(found, row, actor), category_of(said.get("category", ""))
    context = {
        "row": row,
        "may": may,
        "told": _told(actor, found, at) if "take" in may else None,
        "history": _history(history_for(actor, handover_id, lines.KIND)),
        "refusals": reasons("refuse_handover"),
        "keeping": reasons("keep_handover"),
        "talks": reasons("talk"),
        "zone": calendar_in_force().zone,
        "said": said,
        "categories": categories_offered(),
        **drawn_questions(category, said, errors),
    }
    asked = {each.code for each in category.questions} if category else set()
    context["errors"] = {NAME + name if name in asked else name: text for name, text in errors.items()}
    return render(request, "requests/desk/handover.html", context, status=422 if errors else 200)


def _told(actor: Actor, found: HandedOver, at: datetime) -> dict[str, str]:
    where, words, contact = handed.told_of(actor, found, at)
    return {
        "words": words,
        "address": where.address,
        "note": where.note,
        "name": contact.name,
        "number": contact.number,
    }


def _may(found: HandedOver, row: Mapping[str, object], actor: Actor) -> set[str]:
    """What this person may do with it now."""
    if not found.open:
        return set()
    waits, at_giver = row["standing"] == OFFERED, {"offer": "open", "keep": "keep"}
    answers = waits and not row["mine"] and actor.may("handover.answer")
    may = {"take", "refuse"} if answers else set()
    if actor.may("handover.talk"):
        may.add("talk")
    return may | {step for step, power in at_giver.items() if not waits and actor.may(f"handover.{power}")}


def _history(entries: Sequence[Written]) -> list[dict[str, object]]:
    names = names_of(entry.actor for entry in entries)
    return [
        {
            "at": entry.at,
            "step": named(STEPS, entry.move),
            "by": names.get(entry.actor) or named(ROLES, entry.role),
            "told": [
                said_in_words(str(entry.facts[key])) for key in ("reason", "result") if entry.facts.get(key)
            ],
        }
        for entry in entries
    ]


@require_POST
def step(request: HttpRequest, handover_id: UUID, step: str) -> HttpResponse:
    """What a form says, then the page again; who took it on has the request that it became."""
    actor, at = actor_of_request(request), timezone.now()
    if step == "take":
        return _take(request, handover_id, actor, at)
    run = RUN.get(step)
    if run is None:
        raise NotFound
    run(handover_id, request.POST.get("reason", "")[:40], actor, at)
    messages.success(request, gettext(DONE[step]))
    return redirect("handover", handover_id)


type Run = Callable[[UUID, str, Actor, datetime], object]
RUN: Mapping[str, Run] = {
    "refuse": lambda key, why, by, at: handing.refuse_handover(key, why, by=by, at=at),
    "talk": lambda key, why, by, at: handing.note_talk(key, why, by=by, at=at),
    "offer": lambda key, _why, by, at: handing.offer_again(key, by=by, at=at),
    "keep": lambda key, why, by, at: handing.keep_handover(key, why, by=by, at=at),
}


def _take(request: HttpRequest, handover_id: UUID, actor: Actor, at: datetime) -> HttpResponse:
    said = {name: value.strip()[:4000] for name, value in request.POST.dict().items()}
    category = category_of(said.get("category", ""))
    try:
        if category is None:
            raise Invalid(fields={"category": CHOOSE})
        made = handing.take_over(handover_id, category.code, answers_of(category, said), by=actor, at=at)
    except Invalid as refusal:
        if not refusal.fields:
            raise
        return _one(
            request, handover_id, said, {name: gettext(text) for name, text in refusal.fields.items()}
        )
    messages.success(request, gettext("Taken on. It is this request from now on."))
    return redirect("requests-one", made.pk)
