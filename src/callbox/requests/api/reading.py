# SPDX-License-Identifier: Apache-2.0
"""Lists of requests, one request, who reports it, and the catalogue."""

from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from callbox.access.queries import agencies_named, names_of
from callbox.incidents.rows import history_rows
from callbox.kernel.errors import Invalid
from callbox.matters.queries import calendar_in_force, history_for
from callbox.pictures.queries import pictures_of
from callbox.pictures.rows import picture_rows
from callbox.requests import queries
from callbox.requests.actions import NO_AGENCY
from callbox.requests.catalogue import Question
from callbox.requests.domain import KIND
from callbox.requests.queries import Wanted
from callbox.requests.rows import (
    ReporterShown,
    RequestRow,
    RequestShown,
    details_row,
    in_words,
    remark_rows,
    reporter_row,
    request_row,
    request_rows,
)
from callbox.web.fields import Asked, Code
from callbox.web.signed_in import needs

router = Router(tags=["requests"])
REQUEST = "/requests/{uuid:request_id}"
HANDLE = "handle"


class Page(Schema):
    """Some requests in their order. next: `after` of the next page; null when there is no more."""

    requests: list[RequestRow]
    next: int | None


class Filters(Schema):
    """Which requests. agency: a code. state: one or several. ended: those that are over, the newest first."""

    agency: Code | None = None
    state: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    category: Code | None = None
    area: Code | None = None
    late: bool = False
    ended: bool = False
    after: Annotated[int, Field(ge=0, le=2**53)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class QuestionShown(Schema):
    """A question of a category. kind: choice, boolean, integer or string; choices: by code, in words."""

    code: str
    kind: str
    title: str
    needed: bool
    choices: dict[str, str]
    low: int
    high: int
    longest: int


class CategoryShown(Schema):
    """What a request may be about. article: what can be answered at once, or empty."""

    code: str
    group: str
    name: str
    urgency: int
    sensitive: bool
    article: str
    questions: list[QuestionShown]


@router.get("/requests", response=Page, openapi_extra=needs(queries.SEE))
def requests(request: Asked, filters: Annotated[Filters, Query()]) -> dict[str, object]:
    """Requests that the asker may see, the oldest first, page by page and never counted."""
    request.actor.require(queries.SEE, request.actor.keys)
    at = timezone.now()
    wanted = Wanted(
        agency=_agency_id(filters.agency) if filters.agency else None,
        states=filters.state,
        category=filters.category or "",
        area=filters.area or "",
        after=filters.after,
        ended=filters.ended,
        late_at=at if filters.late else None,
    )
    found = queries.inbox(request.actor, wanted, filters.limit + 1)
    shown = found[: filters.limit]
    return {
        "requests": request_rows(shown, at),
        "next": shown[-1].number if len(found) > len(shown) else None,
    }


def _agency_id(code: str) -> UUID:
    found = agencies_named([code]).get(code)
    if found is None:
        raise Invalid(NO_AGENCY, code=code)
    return found.pk


@router.get("/request-categories", response=list[CategoryShown], openapi_extra=needs("request.open"))
def categories(request: Asked) -> list[dict[str, object]]:
    """What a new request may be about today, with the questions of each."""
    request.actor.require("request.open")
    today = calendar_in_force().day_of(timezone.now())
    plain = ("code", "group", "urgency", "sensitive")
    return [
        {name: getattr(each, name) for name in plain}
        | {
            "name": in_words(each.name),
            "article": in_words(each.article) if each.article else "",
            "questions": [_question(question) for question in each.questions],
        }
        for each in queries.catalogue_in_force().offered(today)
    ]


def _question(question: Question) -> dict[str, object]:
    plain = ("code", "kind", "needed", "low", "high", "longest")
    choices = {code: in_words(words) for code, words in question.choices.items()}
    return {name: getattr(question, name) for name in plain} | {
        "title": in_words(question.title),
        "choices": choices,
    }


@router.get(REQUEST, response=RequestShown, openapi_extra=needs(queries.PERSONAL))
def one_request(request: Asked, request_id: UUID) -> dict[str, object]:
    """A request with place, words, remarks, pictures and history. The read is noted."""
    actor, at = request.actor, timezone.now()
    found = queries.request_for(actor, request_id)
    details, told = queries.details_for(actor, found, purpose=HANDLE, at=at)
    remarks = queries.remarks_for(actor, found, purpose=HANDLE, at=at)
    pictures, entries = pictures_of(actor, [found.matter]), history_for(actor, request_id, KIND)
    written = [*(remark.by for remark in remarks), *(picture.by for picture in pictures)]
    names = names_of([*(entry.actor for entry in entries), *written])
    return {
        **request_rows([found], at)[0],
        "details": details_row(found, details, told),
        "remarks": remark_rows(remarks, names),
        "pictures": picture_rows(pictures, names),
        "history": history_rows(entries, names),
        "moves": queries.moves_for(actor, found),
    }


@router.get(f"{REQUEST}/row", response=RequestRow, openapi_extra=needs(queries.SEE))
def one_row(request: Asked, request_id: UUID) -> dict[str, object]:
    """A request as a list shows it."""
    return request_row(request.actor, request_id, timezone.now())


@router.get(f"{REQUEST}/reporter", response=ReporterShown, openapi_extra=needs(queries.REPORTER))
def reporter(
    request: Asked, request_id: UUID, purpose: Annotated[Literal["handle", "call_back"], Query()] = "handle"
) -> dict[str, str]:
    """Who reports it, hidden from the agency or not. The read is noted with its purpose."""
    found = queries.request_for(request.actor, request_id)
    return reporter_row(queries.reporter_for(request.actor, found, purpose=purpose, at=timezone.now()))
