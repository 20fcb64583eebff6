# SPDX-License-Identifier: Apache-2.0
"""Second factors: codes of an app, passkeys, recovery codes. Part of the actions.

They are kept in django-allauth's table, with its formats; secrets are encrypted there (closed.py).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.db import transaction

from callbox.access import queries
from callbox.access.limits import needs_factor
from callbox.access.models import Person
from callbox.access.sign_ins import end_all_of, note_own
from callbox.access.totp import matching_step
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotFound
from callbox.kernel.text import gettext_noop as _

TOTP, PASSKEY, RECOVERY = (
    Authenticator.Type.TOTP.value,
    Authenticator.Type.WEBAUTHN.value,
    Authenticator.Type.RECOVERY_CODES.value,
)
WRONG_CODE = _("This code is not right, or it was used already. Type the one that is shown now.")


def _wrong_code() -> Invalid:
    return Invalid(WRONG_CODE, fields={"code": WRONG_CODE})


@transaction.atomic
def add_totp(person: Person, secret: str, code: str, *, at: datetime) -> None:
    """Codes of an app are a factor of this person from now on, in place of an earlier app's.

    Raises Invalid when the code does not show that the app has the secret.
    """
    step = matching_step(secret, code, at=at)
    if step is None:
        raise _wrong_code()
    Authenticator.objects.filter(user=person, type=TOTP).delete()
    data = {"secret": encrypt(secret), "last": step}
    Authenticator.objects.create(user=person, type=TOTP, data=data, created_at=at)
    note_own(person.pk, "add_factor", {"factor": TOTP}, at=at)


@transaction.atomic
def add_passkey(person: Person, name: str, credential: Mapping[str, Any], *, at: datetime) -> None:
    """A passkey whose registration was checked is a factor of this person from now on."""
    data = {"name": name, "credential": dict(credential)}
    Authenticator.objects.create(user=person, type=PASSKEY, data=data, created_at=at)
    note_own(person.pk, "add_factor", {"factor": PASSKEY}, at=at)


@transaction.atomic
def make_recovery_codes(person: Person, *, at: datetime) -> list[str]:
    """Ten codes, each of which serves once in place of a factor; earlier ones serve no more. Shown this once."""
    Authenticator.objects.filter(user=person, type=RECOVERY).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    Authenticator.objects.filter(user=person, type=RECOVERY).update(created_at=at)
    note_own(person.pk, "make_recovery_codes", at=at)
    return codes


@transaction.atomic
def use_code(person: Person, code: str, *, at: datetime) -> str:
    """TOTP or RECOVERY: which kind of code of this person it was; it serves no second time. Raises Invalid."""
    for row in Authenticator.objects.select_for_update().filter(user=person, type__in=(TOTP, RECOVERY)):
        if (_use_totp if row.type == TOTP else _use_recovery)(row, code, at):
            Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)
            if row.type == RECOVERY:
                note_own(person.pk, "use_recovery_code", at=at)
            return str(row.type)
    raise _wrong_code()


def _use_totp(row: Authenticator, code: str, at: datetime) -> bool:
    step = matching_step(decrypt(row.data["secret"]), code, at=at, after=row.data.get("last", 0))
    if step is None:
        return False
    Authenticator.objects.filter(pk=row.pk).update(data={**row.data, "last": step})
    return True


def _use_recovery(row: Authenticator, code: str, at: datetime) -> bool:
    return bool(RecoveryCodes(row).validate_code(code))


def note_passkey_used(row: Authenticator, *, at: datetime) -> None:
    """Note when a passkey served last."""
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)


@transaction.atomic
def remove_factor(person: Person, factor_id: int, *, at: datetime) -> None:
    """Take one of one's own factors away. Raises NotFound; Conflict when it is the last and one is needed."""
    Person.objects.select_for_update().get(pk=person.pk)  # two at once must not take the last two away
    rows = {row.pk: row for row in Authenticator.objects.filter(user=person).exclude(type=RECOVERY)}
    if factor_id not in rows:
        raise NotFound
    roles = queries.actor_of(person, at).roles
    if len(rows) == 1 and needs_factor(roles, at.date(), demo=settings.CONFIG.demo):
        raise Conflict(_("This is your only second factor, and you need one. Set up another first."))
    kind = rows[factor_id].type
    Authenticator.objects.filter(pk=factor_id).delete()
    if len(rows) == 1:
        Authenticator.objects.filter(user=person).delete()
    note_own(person.pk, "remove_factor", {"factor": kind}, at=at)


@transaction.atomic
def reset_factors(person: Person, *, by: Actor, at: datetime) -> None:
    """Take all factors of somebody away: at the next sign-in they set up new ones. All their sign-ins end.

    Raises NotAllowed.
    """
    role = by.require("factor.reset")
    removed, _rows = Authenticator.objects.filter(user=person).delete()
    end_all_of(person.pk, at=at)
    facts = {"removed": removed}
    append(person.pk, "person", "reset_factors", facts=facts, actor=by.id, role=role, at=at)
