# SPDX-License-Identifier: Apache-2.0
"""Sign-ins: each is a row with a start, limits and an end. Part of the actions."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value

from callbox.access import queries
from callbox.access.limits import session_limits
from callbox.access.models import Person, SignIn
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.ids import new_id

TOUCH = timedelta(seconds=60)  # "last used" is written so often at most
PASSWORD, PASSKEY, DIRECTORY, DEMO = "password", "passkey", "directory", "demo"
BY_PERSON, BY_OTHER, RAN_OUT, RESET = "self", "ended", "ran_out", "reset"
PORTION = 500
NO_FACTS: Mapping[str, object] = {}


@transaction.atomic
def begin_sign_in(
    person: Person, *, at: datetime, method: str = PASSWORD, factor: bool = False, device: str = ""
) -> UUID:
    """Note that a person signed in; the id goes into the session and into stream tickets.

    factor: whether a second factor or a passkey was proven now. How long it lasts depends on the roles held now.
    """
    lasts = session_limits(queries.actor_of(person, at).roles, at.date())
    sign_in = SignIn(
        id=new_id(),
        person=person,
        started_at=at,
        last_used_at=at,
        until=at + lasts.longest,
        idle_s=int(lasts.idle.total_seconds()),
        factor_at=at if factor else None,
        method=method,
        device=device,
    )
    SignIn.objects.bulk_create([sign_in])
    facts = {"sign_in": sign_in.id, "method": method, "factor": factor}
    note_own(person.id, "sign_in", facts, at=at)
    return sign_in.id


def use_sign_in(sign_in: SignIn, *, at: datetime) -> bool:
    """Whether a sign-in still counts; that it was used is written down once a minute. One that ran out ends."""
    if queries.ran_out(sign_in, at):
        end_sign_in(sign_in.id, at=at, why=RAN_OUT)
        return False
    if sign_in.ended_at is not None:
        return False
    if at - sign_in.last_used_at >= TOUCH:
        SignIn.objects.filter(id=sign_in.id, last_used_at__lt=at).update(last_used_at=at)
    return True


@transaction.atomic
def end_sign_in(sign_in_id: UUID, *, at: datetime, why: str = BY_PERSON) -> None:
    """Note that a sign-in ended; its streams end within two seconds. Ending it twice changes nothing."""
    sign_in = SignIn.objects.filter(id=sign_in_id).first()
    if sign_in is None or not SignIn.objects.filter(id=sign_in_id, ended_at=None).update(ended_at=at):
        return
    note_own(sign_in.person_id, "sign_out", {"sign_in": sign_in_id, "why": why}, at=at)


def end_signed_in(said: object, *, at: datetime) -> None:
    """End the sign-in of a session, if it has one. said: what stands in the session."""
    if isinstance(said, str):
        end_sign_in(UUID(said), at=at)


@transaction.atomic
def end_own(sign_ins: Iterable[UUID], *, by: Actor, at: datetime) -> int:
    """End some of one's own sign-ins; how many. Raises NotFound, and ends none, when one is not theirs."""
    wanted = set(sign_ins)
    rows = list(SignIn.objects.filter(id__in=wanted, person_id=queries.person_id_of(by)))
    if len(rows) != len(wanted):
        raise NotFound
    open_rows = [row for row in rows if row.ended_at is None]
    for row in open_rows:
        end_sign_in(row.id, at=at)
    return len(open_rows)


@transaction.atomic
def end_anybodys(sign_in_id: UUID, *, by: Actor, at: datetime) -> None:
    """End somebody's sign-in. Raises NotAllowed, NotFound."""
    role = by.require("sign_in.end")
    row = SignIn.objects.filter(id=sign_in_id).first()
    if row is None:
        raise NotFound
    if SignIn.objects.filter(id=sign_in_id, ended_at=None).update(ended_at=at):
        facts = {"sign_in": sign_in_id, "why": BY_OTHER}
        append(row.person_id, "person", "sign_out", facts=facts, actor=by.id, role=role, at=at)


@transaction.atomic
def end_all_of(person_id: UUID, *, at: datetime) -> None:
    """End every sign-in of a person, in the transaction of the change that calls for it and journals it."""
    SignIn.objects.filter(person_id=person_id, ended_at=None).update(ended_at=at)
    end_streams(person_id)


@transaction.atomic
def end_run_out(*, at: datetime) -> int:
    """End the sign-ins whose time is over, at most a portion; how many. Their streams end with them."""
    due = _run_out(at).values_list("id", flat=True)[:PORTION]
    ids = list(due)
    for sign_in_id in ids:
        end_sign_in(sign_in_id, at=at, why=RAN_OUT)
    return len(ids)


@transaction.atomic
def note_factor(sign_in_id: UUID, *, at: datetime) -> None:
    """Note that the person of this sign-in proved a factor now."""
    SignIn.objects.filter(id=sign_in_id, ended_at=None).update(factor_at=at)


def _run_out(at: datetime) -> QuerySet[SignIn]:
    unused = ExpressionWrapper(Value(timedelta(seconds=1)) * F("idle_s"), DurationField())
    idle = Q(last_used_at__lt=Value(at, DateTimeField()) - unused)
    return SignIn.objects.filter(Q(until__lte=at) | idle, ended_at=None)


def note_own(person_id: UUID, move: str, facts: Mapping[str, object] = NO_FACTS, *, at: datetime) -> None:
    """Journal what somebody did with their own sign-ins, factors or password."""
    append(person_id, "person", move, facts=facts, actor=f"person:{person_id}", role="self", at=at)


def end_streams(person_id: UUID) -> None:
    """What this person may do has changed: open streams end, and begin anew with what holds now."""
    Person.objects.filter(id=person_id).update(epoch=F("epoch") + 1)
