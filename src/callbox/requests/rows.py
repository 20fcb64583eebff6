# SPDX-License-Identifier: Apache-2.0
"""Requests as screens get them. Part of the room's queries."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from ninja import Schema

from callbox.access.models import Agency
from callbox.incidents.rows import HistoryRow, RemarkRow
from callbox.intake.rows import ClockRow, clock_rows
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.tables import Words
from callbox.matters.models import Clock
from callbox.matters.queries import running_clocks
from callbox.pictures.rows import PictureRow
from callbox.requests import queries
from callbox.requests.catalogue import Category
from callbox.requests.models import Details, Request
from callbox.requests.personal import Contact, RemarkTold, Told


class RequestRow(Schema):
    """A request in a list, without anything personal. late: a promise that runs was due already."""

    id: UUID
    number: int
    state: str
    version: int
    round: int
    channel: str
    category: str
    category_name: str
    group: str
    urgency: int
    district: str
    grid: str
    sub_grid: str
    agency: str
    agency_name: str
    owner: str
    assisting: list[UUID]
    rule: str
    why: str
    returns: int
    at_backstop: bool
    confidential: bool
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    clocks: list[ClockRow]
    late: bool
    result: str
    disposition: str
    merged_into: UUID | None


class AnswerShown(Schema):
    """An answer to one of the category's questions, in the words of the asker's language."""

    code: str
    title: str
    answer: str


class DetailsShown(Schema):
    """Where it is (WGS84), what was said, and the reporter unless hidden. Personal: each read is noted."""

    lon: float | None
    lat: float | None
    address: str
    note: str
    words: str
    answers: list[AnswerShown]
    name: str
    number: str


class ReporterShown(Schema):
    """Who reports. Personal: each read is noted."""

    name: str
    number: str


class RequestShown(RequestRow):
    """A request with everything about it, and the steps that the asker may take with it now."""

    details: DetailsShown
    remarks: list[RemarkRow]
    pictures: list[PictureRow]
    history: list[HistoryRow]
    moves: list[str]


def in_words(words: Words) -> str:
    """The text in the language of whoever asks."""
    return words.in_language(get_language() or "en")


def agency_name(agency: Agency | None) -> str:
    """What the agency is called, "" for none."""
    return in_words(Words(agency.name_en, agency.name_zh)) if agency else ""


def request_rows(requests: Iterable[Request], at: datetime) -> list[dict[str, object]]:
    """Requests as rows, in their order. The number of queries does not grow with the requests."""
    shown = list(requests)
    clocks, catalogue = running_clocks([each.pk for each in shown]), queries.catalogue_in_force().categories
    return [_row(each, clocks[each.pk], catalogue.get(each.category), at) for each in shown]


def request_row(actor: Actor, request_id: UUID, at: datetime) -> dict[str, object]:
    """One request as a row. Raises NotFound."""
    return request_rows([queries.request_for(actor, request_id)], at)[0]


PLAIN = ("number", "channel", "category", "urgency", "district", "grid", "sub_grid", "assisting", "rule")
MORE = ("why", "returns", "at_backstop", "confidential", "result", "disposition", "merged_into")
OF_MATTER = ("id", "state", "version", "round", "owner", "opened_at", "changed_at", "closed_at")


def _row(
    request: Request, clocks: Iterable[Clock], category: Category | None, at: datetime
) -> dict[str, object]:
    matter, running = request.matter, list(clocks)
    return {
        **{name: getattr(request, name) for name in (*PLAIN, *MORE)},
        **{name: getattr(matter, name) for name in OF_MATTER},
        "category_name": in_words(category.name) if category else request.category,
        "group": category.group if category else "",
        "agency": request.agency.code if request.agency else "",
        "agency_name": agency_name(request.agency),
        "clocks": clock_rows(running),
        "late": any(clock.due_at < at and clock.paused_at is None for clock in running),
    }


def details_row(request: Request, details: Details, told: Told) -> dict[str, object]:
    """What is personal about it. Whoever hands this out has noted the read."""
    return {
        "lon": details.lon,
        "lat": details.lat,
        "address": told.address,
        "note": told.note,
        "words": told.words,
        "answers": answer_rows(request.category, told.answers),
        **reporter_row(told.contact),
    }


def reporter_row(contact: Contact) -> dict[str, str]:
    """Who reports. Whoever hands this out has noted the read."""
    return {"name": contact.name, "number": contact.number}


def answer_rows(category: str, answers: Mapping[str, object]) -> list[dict[str, str]]:
    """The answers in words, in the order of the questions; those of another edition's questions after them."""
    try:
        questions = {each.code: each for each in queries.catalogue_in_force().category(category).questions}
    except NotFound:
        questions = {}
    codes = [*(code for code in questions if code in answers), *sorted(answers.keys() - questions.keys())]
    found = []
    for code in codes:
        question, answer = questions.get(code), answers[code]
        shown = str(answer)
        if question is not None and shown in question.choices:
            shown = in_words(question.choices[shown])
        elif isinstance(answer, bool):
            shown = in_words(YES if answer else NO)
        found.append({"code": code, "title": in_words(question.title) if question else code, "answer": shown})
    return found


def remark_rows(remarks: Iterable[RemarkTold], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Remarks as rows. names: of those who act, by id. Whoever hands this out has noted the read."""
    return [
        {"id": r.id, "by": r.by, "by_name": names.get(r.by, ""), "at": r.at, "text": r.text} for r in remarks
    ]


YES, NO = Words("Yes", "是"), Words("No", "否")
