# SPDX-License-Identifier: Apache-2.0
"""What is personal about requests, sealed and opened. Part of the room's queries and actions.

The agency reads `Details`. How to reach the reporter stands there too, unless it is hidden: then it is in `Reporter`
alone, which the database shows to no agency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from callbox.access.sealing import Column, cannot_read
from callbox.requests.models import Details, Remark, Reporter

DETAILS = Column("requests_details", "request_id")
REPORTER = Column("requests_reporter", "request_id")
REMARK = Column("requests_remark", "id")


@dataclass(frozen=True, slots=True)
class Contact:
    """Who reports, and how to reach them, by telephone or mail, in which language; all empty: nobody said."""

    name: str = ""
    number: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What was reported: words, where (address and note), the answers by question, and the reporter if it is shown."""

    words: str = ""
    address: str = ""
    note: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True)
class RemarkTold:
    """A remark; in place of its text, why that cannot be read."""

    id: UUID
    by: str
    at: datetime
    text: str


def sealed_details(request: UUID, told: Told, shown: bool, retain_until: datetime) -> bytes:
    """What the agency reads. shown: whether it may know the reporter."""
    fields: dict[str, object] = {
        "words": told.words,
        "address": told.address,
        "note": told.note,
        "answers": dict(told.answers),
    }
    if shown:
        fields |= {"name": told.contact.name, "number": told.contact.number}
    return DETAILS.seal(request, fields, retain_until)


def sealed_reporter(request: UUID, contact: Contact, retain_until: datetime) -> bytes:
    """Who reports."""
    fields = {"name": contact.name, "number": contact.number, "language": contact.language}
    return REPORTER.seal(request, fields, retain_until)


def sealed_remark(remark: UUID, text: str, retain_until: datetime) -> bytes:
    """The text of a remark."""
    return REMARK.seal(remark, {"text": text}, retain_until)


def details_told(row: Details) -> Told:
    """What was reported; in place of the words, why they cannot be read."""
    fields, why = DETAILS.read(row.pk, row.sealed)
    contact = Contact(fields.get("name", ""), fields.get("number", ""))
    words = cannot_read(why) if why else fields.get("words", "")
    return Told(words, fields.get("address", ""), fields.get("note", ""), fields.get("answers", {}), contact)


def reporter_told(row: Reporter) -> Contact:
    """Who reports; in place of the name, why it cannot be read."""
    fields, why = REPORTER.read(row.pk, row.sealed)
    name = cannot_read(why) if why else fields.get("name", "")
    return Contact(name, fields.get("number", ""), fields.get("language", ""))


def remark_told(row: Remark) -> RemarkTold:
    """A remark with its text."""
    fields, why = REMARK.read(row.pk, row.sealed)
    return RemarkTold(row.pk, row.by, row.at, cannot_read(why) if why else fields.get("text", ""))
