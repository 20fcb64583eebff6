# SPDX-License-Identifier: Apache-2.0
"""Reading people and what they may do."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q

from callbox.access import domain
from callbox.access.models import Agency, Grant, Person, PersonalRead, SignIn, Widening
from callbox.journal.fetching import fetch, fetch_one
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound

DEMO = "demo-"
HELD = "person_id = %s AND since <= %s AND (until IS NULL OR until > %s)"


def actor_of(person: Person, at: datetime) -> Actor:
    """The person as one who acts, with what they may do at this moment."""
    grants = fetch(Grant, HELD, person.id, at, at)
    keys = {key for grant in grants for key in grant.keys}
    roles = {grant.role for grant in grants}
    if person.agency_id and roles - {
        domain.CREW
    }:  # a crew sees what its own unit is sent to, not its agency's all
        keys.add(f"agency:{person.agency_id}")
    return domain.actor(f"person:{person.id}", roles, keys)


def person_named(username: str) -> Person | None:
    """The person of this sign-in name, if any."""
    return Person.objects.filter(username=username).first()


def agencies() -> Iterable[Agency]:
    """All agencies, by code. Agencies are public knowledge."""
    return Agency.objects.order_by("code")


def agencies_by_code() -> dict[str, Agency]:
    """The same by code."""
    return {agency.code: agency for agency in agencies()}


def agencies_named(codes: Iterable[str]) -> dict[str, Agency]:
    """Those of these codes, by code."""
    found = fetch(Agency, "code = ANY (%s::text[])", sorted(set(codes)))
    return {agency.code: agency for agency in found}


def open_sign_in(sign_in_id: UUID) -> SignIn | None:
    """This sign-in, if it has not ended."""
    return fetch_one(SignIn, "id = %s AND ended_at IS NULL", sign_in_id)


def ran_out(sign_in: SignIn, at: datetime) -> bool:
    """Whether its longest time, or the time it may lie unused, is over."""
    return at >= sign_in.until or at > sign_in.last_used_at + timedelta(seconds=sign_in.idle_s)


def own_sign_ins(actor: Actor) -> list[SignIn]:
    """The open sign-ins of this person, the latest first."""
    rows = SignIn.objects.filter(person_id=person_id_of(actor), ended_at=None)
    return list(rows.order_by("-started_at"))


def all_sign_ins(actor: Actor) -> list[SignIn]:
    """Everybody's open sign-ins with their people, by name. Raises NotFound for who may not end them."""
    actor.require_sight("sign_in.end")
    rows = SignIn.objects.filter(ended_at=None).select_related("person")
    return list(rows.order_by("person__username", "-started_at"))


def factors_of(person_id: UUID) -> list[Authenticator]:
    """A person's second factors without the recovery codes, the oldest first."""
    rows = Authenticator.objects.filter(user_id=person_id).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return list(rows.order_by("created_at", "pk"))


def recovery_codes_left(person_id: UUID) -> int:
    """How many recovery codes still serve."""
    row = Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else 0


def people_with_factors(actor: Actor) -> list[tuple[Person, list[str]]]:
    """Everybody who may sign in, by name, and the kinds of their factors. Raises NotFound for who may not reset."""
    actor.require_sight("factor.reset")
    kinds: dict[UUID, list[str]] = {}
    for user_id, kind in Authenticator.objects.order_by("pk").values_list("user_id", "type"):
        kinds.setdefault(user_id, []).append(kind)
    people = Person.objects.filter(is_active=True).order_by("username")
    return [(person, kinds.get(person.pk, [])) for person in people]


def person_of(actor: Actor, person_id: UUID) -> Person:
    """Somebody, for who manages people. Raises NotFound."""
    actor.require_sight("people.manage")
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def own_widening(actor: Actor) -> Widening | None:
    """The wider access that this person has now, if any."""
    return Widening.objects.filter(person_id=person_id_of(actor), ended_at=None).first()


def widenings(actor: Actor) -> list[Widening]:
    """Who took wider access, the latest first, at most a hundred. Raises NotFound."""
    actor.require_sight("widening.see")
    rows = Widening.objects.select_related("person", "grant", "text", "noted_by")
    return list(rows.order_by("-since")[:100])


def widenings_not_noted(actor: Actor) -> int:
    """How many of others nobody has taken note of. Raises NotFound."""
    actor.require_sight("widening.see")
    return Widening.objects.filter(noted_at=None).exclude(person_id=person_id_of(actor)).count()


def reads_during(widening: Widening) -> list[tuple[str, int]]:
    """What its person read of personal data while it lasted: kind and number of rows."""
    reads = PersonalRead.objects.filter(
        actor=f"person:{widening.person_id}",
        at__gte=widening.since,
        at__lte=widening.ended_at or widening.until,
    )
    counted = reads.values("subject").annotate(rows=Count("subject_id", distinct=True)).order_by("subject")
    return [(each["subject"], each["rows"]) for each in counted]


def people_with_role(role: str, at: datetime) -> list[UUID]:
    """Who has this role at this moment and works here. For parts of Callbox: no names."""
    return _holding(Q(grants__role=role), at)


def people_with_key(key: str, at: datetime) -> list[UUID]:
    """Whom a scope key stands for: the person, an agency's people, or who was granted it."""
    kind, _colon, name = key.partition(":")
    if kind == "person":
        return working_people([name])
    return _holding(Q(agency=UUID(name)) if kind == "agency" else Q(grants__keys__contains=[key]), at)


def _holding(which: Q, at: datetime) -> list[UUID]:
    """Both conditions are of one and the same grant."""
    in_force = Q(grants__until=None) | Q(grants__until__gt=at)
    found = Person.objects.filter(which & in_force, grants__since__lte=at, is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())


def working_people(ids: Iterable[str]) -> list[UUID]:
    """Those of them who still work here."""
    found = Person.objects.filter(pk__in=list(ids), is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def person_id_of(actor: Actor) -> UUID:
    """The person who acts. Raises NotFound for a part of Callbox and for nobody."""
    if not actor.id.startswith("person:"):
        raise NotFound
    return UUID(actor.id.removeprefix("person:"))


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


def staff_with(actors: Collection[str]) -> dict[str, tuple[str, str]]:
    """The agency's code and the name of who acts, by id: people, and systems of agencies, which have no name.

    "person:<uuid>" and "agency:<uuid>"; others are left out.
    """
    ids, of = _ids("person:", actors), _ids("agency:", actors)
    found = Person.objects.filter(id__in=ids).values_list("id", "agency__code", "name")
    systems = Agency.objects.filter(id__in=of).values_list("id", "code") if of else ()
    return {
        **{f"person:{key}": (agency or "", name) for key, agency, name in found},
        **{f"agency:{key}": (code, "") for key, code in systems},
    }


def _ids(kind: str, actors: Iterable[str]) -> set[str]:
    return {actor.removeprefix(kind) for actor in actors if actor.startswith(kind)}


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
