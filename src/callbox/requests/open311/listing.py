# SPDX-License-Identifier: Apache-2.0
"""Requests as anybody may see them: never a reporter, nor words that nobody has reviewed. Part of the queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from callbox.access.seeing import seeing_everything
from callbox.kernel.tables import Words, read_table
from callbox.matters.models import Clock
from callbox.matters.queries import calendar_in_force
from callbox.requests import domain, queries
from callbox.requests.models import Details, Request
from callbox.requests.open311.answers import Value
from callbox.requests.public_words import NOW

MOST, SPAN = 1_000, timedelta(days=90)  # GeoReport v2: a span of 90 days or the first 1000 requests
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Search:
    """Which requests are asked for. numbers override everything else."""

    numbers: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    begin: datetime | None = None
    end: datetime | None = None


def public_requests(search: Search, language: str) -> Sequence[Mapping[str, Value]]:
    """The requests, the latest first. What is about a person, or whose reporter is hidden, is not among them."""
    with seeing_everything():  # what follows says of each only what anybody may know
        rows = list(_found(search).order_by("-number")[:MOST])
        ids = [row.pk for row in rows]
        due, places = _promised(ids), _places(rows)
        return [_shown(row, due.get(row.pk), places.get(row.pk), language) for row in rows]


def _found(search: Search) -> "QuerySet[Request]":
    found = Request.objects.select_related("matter", "agency").filter(confidential=False)
    hidden = [each.code for each in queries.catalogue_in_force().categories.values() if each.sensitive]
    found = found.exclude(category__in=hidden)
    if search.numbers:
        return found.filter(number__in=search.numbers)
    if search.codes:
        found = found.filter(category__in=search.codes)
    if len(set(search.statuses)) == 1:
        found = found.filter(open=search.statuses[0] == OPEN)
    if search.begin:
        found = found.filter(matter__opened_at__gte=search.begin)
    return found.filter(matter__opened_at__lte=search.end) if search.end else found


def _promised(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    rows = Clock.objects.filter(matter_id__in=ids, name=domain.RESOLVE).order_by("id")
    return dict(rows.values_list("matter_id", "due_at"))


def _places(rows: Iterable[Request]) -> dict[UUID, tuple[float, float]]:
    """Where each is, as exactly as open311.tsv lets it be known."""
    decimals, found = _decimals(), {}
    catalogue = queries.catalogue_in_force().categories
    groups = {row.pk: catalogue[row.category].group for row in rows if row.category in catalogue}
    points = Details.objects.filter(pk__in=list(groups), lon__isnull=False, lat__isnull=False)
    for key, lon, lat in points.values_list("pk", "lon", "lat"):
        digits = decimals.get(groups[key], decimals["*"])
        if lon is not None and lat is not None:
            found[key] = (round(lon, digits), round(lat, digits))
    return found


def _decimals() -> dict[str, int]:
    return {row.need("group"): row.whole("decimals", 0, 7) for row in read_table(domain.ROOM, "open311.tsv")}


def _shown(
    row: Request, due: datetime | None, place: tuple[float, float] | None, language: str
) -> Mapping[str, Value]:
    category = queries.catalogue_in_force().categories.get(row.category)
    agency = Words(row.agency.name_en, row.agency.name_zh).in_language(language) if row.agency else None
    result = domain.load_dispositions().get(row.disposition)
    return {
        "service_request_id": str(row.number),
        "status": OPEN if row.open else CLOSED,
        "status_notes": result.in_language(language) if result else gettext(NOW[row.matter.state]),
        "service_name": category.name.in_language(language) if category else row.category,
        "service_code": row.category,
        "description": None,
        "agency_responsible": agency,
        "service_notice": None,
        "requested_datetime": _w3(row.matter.opened_at),
        "updated_datetime": _w3(row.matter.changed_at),
        "expected_datetime": _w3(due) if due else None,
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": place[1] if place else None,
        "long": place[0] if place else None,
        "media_url": None,
    }


def _w3(at: datetime) -> str:
    return at.astimezone(calendar_in_force().zone).isoformat(timespec="seconds")
