# SPDX-License-Identifier: Apache-2.0
"""Changing people, grants and sign-ins; noting reads of personal data. Each change is journalled."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from callbox.access import queries
from callbox.access.domain import ROLES
from callbox.access.models import Agency, Grant, Person, PersonalRead
from callbox.access.passwords import check_password
from callbox.access.sign_ins import end_all_of, end_streams, note_own
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotFound
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _

NOTED_ONCE_IN = timedelta(minutes=10)
NAMESPACE = UUID("6f6c1f2c-1b1d-4c57-9a1e-6a3c1d0ca11b")


def agency_id(code: str) -> UUID:
    """The id of the agency with this code: the same on every installation."""
    return uuid5(NAMESPACE, f"agency/{code}")


@transaction.atomic
def define_agency(code: str, name_en: str, name_zh: str, kind: str, *, by: Actor, at: datetime) -> Agency:
    """Create an agency, or change what it is called."""
    role = by.require("config.change")
    agency, created = Agency.objects.update_or_create(
        id=agency_id(code), defaults={"code": code, "name_en": name_en, "name_zh": name_zh, "kind": kind}
    )
    facts = {"code": code, "name_en": name_en, "name_zh": name_zh, "kind": kind}
    append(agency.id, "agency", "open" if created else "change", facts=facts, actor=by.id, role=role, at=at)
    return agency


@transaction.atomic
def create_person(
    username: str, name: str, agency: Agency | None, *, password: str | None = None, by: Actor, at: datetime
) -> Person:
    """Create someone who may sign in; without a password only a sign-in link (demo) or a later one lets them in."""
    role = by.require("people.manage")
    if password is not None:
        check_password(password, [username, name])
    if queries.person_named(username):
        raise Conflict(_("Somebody has this sign-in name already. Choose another."))
    person = Person(
        id=new_id(), username=username, name=name, agency=agency, password=make_password(password)
    )
    Person.objects.bulk_create([person])
    append(
        person.id,
        "person",
        "open",
        facts={"agency": agency.code if agency else None},
        actor=by.id,
        role=role,
        at=at,
    )
    return person


@transaction.atomic
def grant_role(person: Person, role: str, keys: Iterable[str] = (), *, by: Actor, at: datetime) -> Grant:
    """Give a person a role from now on. Open streams end and begin anew with the new role."""
    acting = by.require("people.manage")
    if role not in ROLES:
        raise Invalid(
            _("There is no role “%(role)s”. Known roles: %(known)s."), role=role, known=", ".join(ROLES)
        )
    grant = Grant(id=new_id(), person=person, role=role, keys=sorted(keys), since=at)
    Grant.objects.bulk_create([grant])
    end_streams(person.id)
    append(
        person.id,
        "person",
        "grant",
        facts={"role": role, "keys": grant.keys},
        actor=by.id,
        role=acting,
        at=at,
    )
    return grant


@transaction.atomic
def end_grant(grant_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take a role away from now on. Open streams end."""
    acting = by.require("people.manage")
    grant = Grant.objects.filter(id=grant_id).first()
    if grant is None:
        raise NotFound
    if not Grant.objects.filter(Q(until=None) | Q(until__gt=at), id=grant_id).update(until=at):
        raise Conflict
    end_streams(grant.person_id)
    facts = {"role": grant.role, "keys": grant.keys}
    append(grant.person_id, "person", "end_grant", facts=facts, actor=by.id, role=acting, at=at)


@transaction.atomic
def set_password(person: Person, password: str, *, by: Actor, at: datetime) -> None:
    """Set a new password; every sign-in of that person ends."""
    role = by.require("people.manage")
    check_password(password, [person.username, person.name])
    Person.objects.filter(id=person.id).update(password=make_password(password))
    end_all_of(person.id, at=at)
    append(person.id, "person", "set_password", actor=by.id, role=role, at=at)


@transaction.atomic
def change_own_password(person: Person, password: str, *, at: datetime) -> None:
    """Set one's own new password; every sign-in of that person ends. Raises Invalid."""
    check_password(password, [person.username, person.name])
    Person.objects.filter(id=person.id).update(password=make_password(password))
    end_all_of(person.id, at=at)
    note_own(person.id, "set_password", at=at)


def named_id(subject: str, name: str) -> UUID:
    """The id under which reads of what another system has named are noted: of a UUID that one, else one made of it."""
    try:
        return UUID(name)
    except ValueError:
        return uuid5(NAMESPACE, f"{subject}\n{name}")


def note_read(
    subject: str,
    subject_ids: Iterable[UUID],
    purpose: str,
    *,
    action: str,
    scope: Iterable[str] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Note that this actor reads these rows of personal data now; call before handing the data out.

    Repeated reads of one row for one purpose are noted once in ten minutes: a board asks every few seconds.
    subject: the table's short name ("call", "incident"). Raises NotFound when they may not.
    """
    role = by.require_sight(action, scope)
    wanted = list(dict.fromkeys(subject_ids))
    known = queries.recent_reads(by.id, subject, purpose, wanted, at - NOTED_ONCE_IN)
    PersonalRead.objects.bulk_create(
        PersonalRead(actor=by.id, role=role, subject=subject, subject_id=subject_id, purpose=purpose, at=at)
        for subject_id in wanted
        if subject_id not in known
    )
