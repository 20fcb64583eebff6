# SPDX-License-Identifier: Apache-2.0
"""Who is signed in."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Router, Schema
from pydantic import Field

from callbox.access.models import Person
from callbox.kernel.actor import Actor

router = Router(tags=["access"])


class Me(Schema):
    """The person who asks."""

    id: str = Field(description="person:<uuid>, as in the journal")
    name: str
    roles: list[str]
    agency: str | None = Field(description="code of the agency")
    unit: UUID | None = Field(description="the unit on which a crew member rides")
    language: str
    demo: bool
    powers: list[str] = Field(description="the actions of the policy table that these roles may do")


@router.get("/me", response=Me)
def me(request: HttpRequest) -> Me:
    """Who I am and what I may do."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by WithActor
    person = request.user
    agency = person.agency if isinstance(person, Person) else None
    units = sorted(key.removeprefix("unit:") for key in actor.keys if key.startswith("unit:"))
    return Me(
        id=actor.id,
        name=person.name if isinstance(person, Person) else "",
        roles=sorted(actor.roles),
        agency=agency.code if agency else None,
        unit=UUID(units[0]) if units else None,
        language=get_language() or "en",
        demo=settings.CONFIG.demo,
        powers=sorted(actor.powers),
    )
