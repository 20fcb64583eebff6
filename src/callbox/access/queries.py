# SPDX-License-Identifier: Apache-2.0
"""Reading people and what they may do."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from callbox.access import domain
from callbox.access.models import Agency, Grant, Person, PersonalRead, SignIn
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound

DEMO = "demo-"


def actor_of(person: Person, at: datetime) -> Actor:
    """The person as one who acts, with what they may do at this moment."""
    grants = list(grants_in_force(person.id, at))
    keys = {key for grant in grants for key in grant.keys}
    roles = {grant.role for grant in grants}
    if person.agency_id and roles - {
        domain.CREW
    }:  # a crew sees what its own unit is sent to, not its agency's all
        keys.add(f"agency:{person.agency_id}")
    return domain.actor(f"person:{person.id}", roles, keys)


def grants_in_force(person_id: UUID, at: datetime) -> Iterable[Grant]:
    """The grants that count at this moment."""
    return Grant.objects.filter(Q(until=None) | Q(until__gt=at), person_id=person_id, since__lte=at)


def person_named(username: str) -> Person | None:
    """The person of this sign-in name, if any."""
    return Person.objects.filter(username=username).first()


def agencies() -> Iterable[Agency]:
    """All agencies, by code. Agencies are public knowledge."""
    return Agency.objects.order_by("code")


def sign_in_open(sign_in_id: UUID) -> bool:
    """Whether this sign-in still counts."""
    return SignIn.objects.filter(id=sign_in_id, ended_at=None).exists()


def reads_of(actor: Actor, subject: str, subject_id: UUID) -> Iterable[PersonalRead]:
    """Who has read this row of personal data. Raises NotFound for who may not ask."""
    actor.require_sight("reads.see")
    return PersonalRead.objects.filter(subject=subject, subject_id=subject_id).order_by("at")


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The names of people who act ("person:<uuid>"), by that id. Who is not a person is left out."""
    ids = {actor.removeprefix("person:") for actor in actors if actor.startswith("person:")}
    return {
        f"person:{key}": name for key, name in Person.objects.filter(id__in=ids).values_list("id", "name")
    }


def demo_people(at: datetime) -> dict[str, Person]:
    """The demo's own person of each role. Their sign-in names begin with `demo-`; simulated people's do not."""
    people = Person.objects.filter(username__startswith=DEMO, is_active=True).select_related("agency")
    roles = {person: actor_of(person, at).roles for person in people.order_by("username")}
    return {role: person for person, held in roles.items() for role in sorted(held, reverse=True)}


def recent_reads(actor: str, subject: str, purpose: str, ids: Iterable[UUID], since: datetime) -> set[UUID]:
    """Of these rows, those that the actor has read for this purpose since then, as noted."""
    noted = PersonalRead.objects.filter(
        actor=actor, subject=subject, purpose=purpose, subject_id__in=set(ids), at__gt=since
    )
    return set(noted.values_list("subject_id", flat=True))


def agency_of(code: str) -> Agency:
    """The agency of this code. Raises NotFound."""
    found = Agency.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found
