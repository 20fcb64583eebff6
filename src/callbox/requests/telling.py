# SPDX-License-Identifier: Apache-2.0
"""Residents are told of each step of their requests, once each. A reaction: it reads the journal in order."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from callbox.access.domain import system_actor
from callbox.access.queries import agencies_by_code
from callbox.journal.actions import move_position
from callbox.journal.domain import Written
from callbox.journal.queries import entries_after, position_of
from callbox.kernel.errors import Invalid
from callbox.kernel.tables import Words
from callbox.matters.queries import calendar_in_force
from callbox.messages.actions import LANGUAGES, Wanted, queue_message
from callbox.messages.letters import form
from callbox.messages.ways import EMAIL, SMS
from callbox.requests import domain, queries
from callbox.requests.article_rows import article_named
from callbox.requests.models import Reporter, Request
from callbox.requests.moved import SETTLE, has_moved, moved_to, tell_desk_of_moved
from callbox.requests.personal import Contact, reporter_told

NAME = "requests.telling"
ACTOR = system_actor("messages")
PORTION = 500
FOLLOW = "/requests/follow"  # the worker has no table of addresses
# What is told of which entry: a letter of letters.tsv.
LETTERS = {
    "open": "received",
    "assign": "passed_on",
    "reassign": "passed_on",
    "accept": "accepted",
    "return": "returned",
    "suspend": "suspended",
    "resume": "resumed",
    "grant_extension": "extended",
    "feed_back": "question",
    "close": "closed",
    "reopen": "reopened",
    "supervise": "supervised",
    "withdraw": "withdrawn",
    "merge": "merged",
    SETTLE: "moved",
}
# What is told in place of them where an article is the answer: its text goes along, and once is enough.
OF_ARTICLE = {"accept": "", "feed_back": "article_question", "close": "article"}
# What is told in place of them when the promised time had run out before.
OF_LATE = {"suspended": "suspended_late", "resumed": "resumed_late"}


@transaction.atomic
def tell_residents(*, at: datetime, limit: int = PORTION) -> int:
    """Queue the letters of the next entries; how many entries were read. Killed anywhere, each is told once."""
    before = position_of(NAME)
    entries = entries_after(before, limit)
    if not entries:
        return 0
    if not move_position(NAME, before, entries[-1].position):
        return 0  # another worker was first
    oldest = at - timedelta(days=domain.limit("tell_days", at.date()))
    told = [entry for entry in entries if entry.kind == domain.KIND and entry.move in LETTERS]
    for entry in told:
        if entry.recorded_at >= oldest:
            _tell(entry, at)
            tell_desk_of_moved(entry, at=at)
    return len(entries)


def _tell(entry: Written, at: datetime) -> None:
    contact = _reporter(entry.chain)
    if not contact.number:
        return
    row = Request.objects.select_related("matter", "agency", "sent_first").get(pk=entry.chain)
    letter = _letter(entry, row)
    if not letter:
        return
    way = EMAIL if "@" in contact.number else SMS
    name, key = f"requests.{letter}", f"request/{entry.chain}/{entry.number}"
    words = {place: said for place, said in _words(row, entry).items() if place in form(name).places}
    wanted = Wanted(key, name, way, contact.number, _language(contact), words, row.pk)
    try:
        queue_message(wanted, by=ACTOR, at=at)
    except Invalid:
        return  # a number that takes no messages: they are told by telephone, as they asked to be


def _reporter(request: UUID) -> Contact:
    """For the letter alone; shown to nobody."""
    row = Reporter.objects.filter(pk=request).first()
    return reporter_told(row) if row else Contact()


def _language(contact: Contact) -> str:
    return contact.language if contact.language in LANGUAGES else LANGUAGES[0]


def _letter(entry: Written, row: Request) -> str:
    letter = LETTERS[entry.move]
    if entry.facts.get(domain.ARTICLE):
        return OF_ARTICLE[entry.move]
    if entry.move == "open":
        return "received_by" if row.rule else letter
    if entry.move == "assign" and entry.facts.get("why") == domain.BY_RULE:
        return ""  # the letter that it was received says so
    if entry.move == SETTLE:
        return letter if entry.facts.get("clock") == domain.RESOLVE and has_moved(entry) else ""
    if entry.facts.get("late"):
        return OF_LATE[letter]
    if entry.move == "feed_back" and row.matter.workflow_version < 2:
        return ""
    return letter


def _words(row: Request, entry: Written) -> dict[str, str | Words]:
    catalogue, dispositions = queries.catalogue_in_force(), domain.load_dispositions()
    category = catalogue.categories.get(row.category)
    result = str(entry.facts.get("result") or entry.facts.get("disposition") or "")
    return {
        "number": str(row.number),
        "category": category.name if category else Words(row.category, row.category),
        "agency": _agency(row, entry),
        "due": moved_to(entry) if entry.move == SETTLE else _due(row),
        "result": dispositions.get(result, Words(result, result)),
        "days": str(domain.limit("ask_days", entry.at.date())),
        "follow": _follow(),
        **_article(entry),
    }


def _article(entry: Written) -> dict[str, Words]:
    """The words of the version that the entry names, also when it may not be told any more."""
    named = article_named(entry.facts)
    return {"title": named.title, "text": named.text} if named else {}


def _follow() -> Words:
    """Where a request is followed: the page's address, or its name where the installation's address is not known."""
    if not settings.CONFIG.public_address:
        return Words("“Follow a report”", "“查询诉求”页面")
    address = settings.CONFIG.public_address + FOLLOW
    return Words(address, address)


def _agency(row: Request, entry: Written) -> Words:
    """Whom the entry names, who may not have it any more; else whoever has it, or had it first."""
    named = {str(each.pk): each for each in agencies_by_code().values()}
    found = named.get(str(entry.facts.get("agency"))) or row.agency or row.sent_first
    return Words(found.name_en, found.name_zh) if found else Words("–", "–")


def _due(row: Request) -> str:
    """When it is promised to be solved, in the city's time, as it stands now."""
    promise = queries.promise_of(row, domain.RESOLVE)
    return promise.astimezone(calendar_in_force().zone).strftime("%Y-%m-%d %H:%M") if promise else "–"
