# SPDX-License-Identifier: Apache-2.0
"""Taking a request."""

from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Schema
from pydantic import Field

from callbox.incidents.actions import Where
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.requests.api.reading import router  # one router a path: another would answer 405
from callbox.requests.catalogue import LONGEST
from callbox.requests.personal import Contact
from callbox.requests.rows import RequestRow, request_rows
from callbox.requests.taking import Report, open_request
from callbox.web.fields import NO_NUL, Asked, Code, Lat, Lon, Long, Short
from callbox.web.signed_in import needs

Answer = bool | int | Annotated[str, Field(max_length=LONGEST, pattern=NO_NUL)]
ANONYMOUS = _(
    "An anonymous request has neither name nor number. Leave them out, or hide the reporter instead."
)


class NewRequest(Schema):
    """A request as it was told. answers: to the category's questions, by code. id: the sender's own.

    hidden: whether who reports is hidden from the agency; null as the category says. anonymous: nobody said who.
    """

    category: Code
    words: Long = ""
    answers: Annotated[dict[Code, Answer], Field(max_length=50, default_factory=dict)]
    lon: Lon | None = None
    lat: Lat | None = None
    address: Short = ""
    note: Long = ""
    name: Short = ""
    number: Annotated[Short, Field(max_length=40)] = ""
    hidden: bool | None = None
    anonymous: bool = False
    channel: Code = "phone"
    id: UUID | None = None

    def report(self) -> Report:
        """What is taken. Raises Invalid."""
        if self.anonymous and (self.name or self.number):
            raise Invalid(fields={"anonymous": ANONYMOUS})
        return Report(
            self.category,
            Where(self.lon, self.lat, self.address, self.note),
            self.words,
            self.answers,
            Contact(self.name, self.number),
            self.channel,
            self.hidden,
            id=self.id,
        )


@router.post("/requests", response=RequestRow, openapi_extra=needs("request.open"))
def take(request: Asked, body: NewRequest) -> dict[str, object]:
    """Take a request and send it to whom the rules name."""
    at = timezone.now()
    return request_rows([open_request(body.report(), by=request.actor, at=at)], at)[0]
