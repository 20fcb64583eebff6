# SPDX-License-Identifier: Apache-2.0
"""Reading who is who in the demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callbox.access.domain import CREW
from callbox.access.models import Person
from callbox.access.queries import actor_of, agencies_by_code, person_named
from callbox.demo.histories import histories_told
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.tables import read_table
from callbox.oversight.queries import digests_of

PEOPLE = "people.tsv"
SIMULATED = "simulated-"
AGENCY = "agency-desk"


def is_civic_set_up() -> bool:
    """Whether the agency that deals with complaints has its simulated desk."""
    return person_named(f"{SIMULATED}{AGENCY}") is not None


def agency_desk(at: datetime) -> Actor:
    """The simulated agency's desk. Raises NotFound."""
    return simulated(AGENCY, at)


def is_oversight_set_up() -> bool:
    """Whether those who deal with findings are there."""
    return person_named(f"{SIMULATED}legal-officer") is not None


def is_overseen() -> bool:
    """Whether the made-up case histories are loaded."""
    key = histories_told()[0].key
    sources = (f"agency:{agency.pk}" for agency in agencies_by_code().values())
    return any(digests_of(source, [f"{key}/0"]) for source in sources)


def simulated(what: str, at: datetime) -> Actor:
    """Somebody simulated, with the powers they have then. Raises NotFound."""
    person = person_named(f"{SIMULATED}{what}")
    if person is None:
        raise NotFound
    return actor_of(person, at)


def is_set_up() -> bool:
    """Whether the demo's people are there."""
    return person_named(f"{SIMULATED}dispatcher") is not None


@dataclass(frozen=True, slots=True)
class Staff:
    """The simulated people as ones who act. crews: by unit. shared: the unit on which the demo person rides."""

    takers: tuple[Actor, ...]
    dispatcher: Actor
    crews: Mapping[UUID, Actor]
    shared: UUID | None


def staff(at: datetime) -> Staff:
    """Everybody simulated, with the powers they have now."""
    people = Person.objects.filter(username__startswith=SIMULATED).order_by("username")
    actors = {person.username.removeprefix(SIMULATED): actor_of(person, at) for person in people}
    takers = tuple(actor for name, actor in actors.items() if name.startswith("call-taker"))
    crews = {_unit(actor): actor for actor in actors.values() if CREW in actor.roles}
    rides = person_named("demo-crew")
    return Staff(takers, actors["dispatcher"], crews, _unit(actor_of(rides, at)) if rides else None)


def _unit(actor: Actor) -> UUID:
    return next(UUID(key.removeprefix("unit:")) for key in sorted(actor.keys) if key.startswith("unit:"))


def demo_people() -> list[tuple[str, str]]:
    """Sign-in name and role of each demo person, in the order of the table."""
    return [(row["username"], row["role"]) for row in read_table("callbox.demo", PEOPLE)]
