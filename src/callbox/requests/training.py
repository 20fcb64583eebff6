# SPDX-License-Identifier: Apache-2.0
"""Learning from the requests there were, and counting what became of suggestions. Part of the room's actions."""

import hashlib
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.matters.queries import calendar_in_force
from callbox.requests.editions import chain_of
from callbox.requests.learned_rows import LEARN, history_in_words
from callbox.requests.learning import Measured, learn
from callbox.requests.models import Learned, Suggested
from callbox.requests.suggesting import asked_on, per_mille, spelled, why_not

CHAIN = "suggestions"
TOO_FEW = _(
    "There are %(count)s requests in words, and %(least)s are needed before a model is made. Nothing was changed."
)
NOTHING = _("Fewer than two categories occur often enough to learn from. Nothing was changed.")


def make_model(*, by: Actor, at: datetime) -> Learned:
    """Learn from the latest requests, measure on the very latest, and put it in force if it is right often enough.

    One that is not is kept with its figures, and from then on nothing is suggested. Every request that was
    read for it is noted as read. Raises NotAllowed, or Conflict where there is too little to learn from.
    """
    ask = asked_on(calendar_in_force().day_of(at))
    examples = list(history_in_words(by, ask.history_most, at))
    if len(examples) < ask.history_least:
        raise Conflict(TOO_FEW, count=len(examples), least=ask.history_least)
    try:
        model, measured = learn(examples, ask.reporters_least)
    except ValueError as problem:
        raise Conflict(NOTHING) from problem
    data, why = model.written(), why_not(measured, ask)
    row = Learned(
        id=new_id(),
        at=at,
        features=len(model.features),
        figures=spelled(measured),
        usable=not why,
        why=why,
        sha256=hashlib.sha256(data).hexdigest(),
        weights=data,
    )
    _keep(row, measured, by)
    return row


@transaction.atomic
def _keep(row: Learned, measured: Measured, by: Actor) -> None:
    Learned.objects.bulk_create([row])
    held_out = measured.held_out
    facts = {
        "model": row.id,
        "learned_from": measured.learned_from,
        "held_out": held_out.count,
        "first": per_mille(held_out.first, held_out.count),
        "among": per_mille(held_out.among, held_out.count),
        "usual": per_mille(measured.usual, held_out.count),
        "why": row.why,
        "sha256": row.sha256,
    }
    role = by.require(LEARN)
    append(chain_of(CHAIN), "edition", "learn", facts=facts, actor=by.id, role=role, at=row.at)


def count_choice(model: UUID, suggested: list[str], chosen: str, day: date) -> None:
    """A person chose a category after these were suggested. A figure of the model: neither who nor of which request.

    A row for each: many call-takers would wait for one another at a counter.
    """
    place = suggested.index(chosen) + 1 if chosen in suggested else 0
    if Learned.objects.filter(id=model).exists():
        Suggested.objects.bulk_create([Suggested(model_id=model, day=day, place=place)])
