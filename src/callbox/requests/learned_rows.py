# SPDX-License-Identifier: Apache-2.0
"""The model in force, what it suggests, how it did, and the history that it learns from. Part of the room's queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from callbox.access.actions import note_read
from callbox.kernel.actor import Actor
from callbox.matters.models import Part
from callbox.requests.domain import KIND
from callbox.requests.learning import Example, Measured, Model, Right, read_model
from callbox.requests.models import Details, Learned, Suggested
from callbox.requests.personal import details_told
from callbox.requests.queries import visible
from callbox.requests.suggesting import measured_of

LEARN = f"{KIND}.learn"
PURPOSE = "learn"
PORTION = 500


@dataclass(frozen=True, slots=True)
class InForce:
    """The model that suggests now: when it was made, how it was measured, and the model itself."""

    id: UUID
    at: datetime
    measured: Measured
    model: Model


def model_in_force() -> InForce | None:
    """The newest model; None where there is none, or where it was found too often wrong."""
    newest = Learned.objects.order_by("-at").values_list("id", "usable").first()
    return _read(newest[0]) if newest and newest[1] else None


@lru_cache(maxsize=1)
def _read(model: UUID) -> InForce:
    row = Learned.objects.get(id=model)
    return InForce(
        row.pk, row.at, measured_of(row.figures), read_model(bytes(row.weights or b""), row.sha256)
    )


def newest() -> Learned | None:
    """The newest model's row, in use or not."""
    return Learned.objects.order_by("-at").first()


def taken_of(model: UUID) -> Right:
    """Of how many requests it suggested a category, and how often a person took the first, or one of all three."""
    found: dict[str, Any] = Suggested.objects.filter(model_id=model).aggregate(
        count=Count("pk"), first=Count("pk", filter=Q(place=1)), among=Count("pk", filter=Q(place__gt=0))
    )
    return Right(**found)


def history_in_words(by: Actor, most: int, at: datetime) -> Iterator[Example]:
    """The latest requests that were told in words, the oldest first; that each was read is noted. Raises NotAllowed.

    Who reports is not looked up. Where the reporter is hidden, or nobody, all of one day count as one reporter.
    """
    by.require(LEARN)
    parts = Part.objects.filter(part_id=OuterRef("pk"))  # its words are those of the whole
    found = visible(by).filter(~Exists(parts), details__sealed__isnull=False).order_by("-matter__opened_at")
    rows = list(found.values_list("pk", "category", "district", "channel", "matter__opened_at")[:most])
    for portion in batched(reversed(rows), PORTION, strict=False):
        ids = [row[0] for row in portion]
        note_read(KIND, ids, PURPOSE, action=LEARN, by=by, at=at)
        details = Details.objects.in_bulk(ids)
        for request, category, district, channel, opened_at in portion:
            example = _example(details[request], category, district, channel, opened_at.date())
            if example.words:
                yield example


def _example(details: Details, category: str, district: str, channel: str, day: date) -> Example:
    told = details_told(details)
    words = told.words.strip() if details.sealed is not None else ""
    return Example(words, district, channel, category, told.contact.number or told.contact.name or str(day))
