# SPDX-License-Identifier: Apache-2.0
"""People, agencies, what each person may do, their sign-ins, and who read whose data."""

from datetime import timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Agency(models.Model):
    """An authority that answers, sends or handles."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    name_en = models.TextField()
    name_zh = models.TextField()
    kind = models.TextField()
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.code


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their sign-in name."""


class Person(AbstractBaseUser):
    """One who works with Callbox. `epoch` grows with every change of what they may do: old tickets end with it."""

    id = models.UUIDField(primary_key=True)
    username = models.TextField(unique=True)
    name = models.TextField()
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="people")
    epoch = models.IntegerField(default=1)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()

    def __str__(self) -> str:
        return self.username


class Grant(models.Model):
    """A role that a person has, from a time until a time; `keys` are the scope keys that come with it."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.TextField()
    keys = ArrayField(models.TextField(), default=list)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="access_grant_in_force", condition=Q(until=None))]


class SignIn(models.Model):
    """One sign-in of one person on one device, from start to end.

    until: its longest. idle_s: seconds without use that end it. factor_at: when a second factor or a passkey was
    last proven. method: how they came in (domain.METHODS). device: what kind of device, not which.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(db_default=Now() + timedelta(hours=12))
    idle_s = models.IntegerField(db_default=12 * 3600)
    factor_at = models.DateTimeField(null=True)
    method = models.TextField(db_default="")
    device = models.TextField(db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["person"], name="access_sign_ins_open", condition=Q(ended_at=None)),
        ]


class PersonalRead(models.Model):
    """Who read which row of personal data, when and for what; append-only."""

    id = models.BigAutoField(primary_key=True)
    actor = models.TextField()
    role = models.TextField()
    subject = models.TextField()
    subject_id = models.UUIDField()
    purpose = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id"], name="access_reads_of")]


class FailedSignIn(models.Model):
    """One wrong guess. `who` is a keyed hash of the name that was typed, or of the address it came from."""

    id = models.BigAutoField(primary_key=True)
    who = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["who", "at"], name="access_failed_sign_ins")]


class Widening(models.Model):
    """Wider access that somebody took for a while in an emergency ("break-glass").

    grant: what it gave. reason: a code of widening_reasons.tsv. told_at: when a supervisor took note of it.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    grant = models.OneToOneField(Grant, models.PROTECT, related_name="+")
    reason = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="access_one_widening")
        ]
        indexes = [models.Index(fields=["-since"], name="access_widenings")]


class WideningText(models.Model):
    """Why, in the person's own words: personal data, encrypted, erased at its date."""

    widening = models.OneToOneField(Widening, models.PROTECT, primary_key=True, related_name="text")
    sealed = models.BinaryField()
    retain_until = models.DateTimeField()


class AgencyKey(models.Model):
    """The key with which an agency's system signs, and we to it. sealed: its secret, with the lasting key."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="keys")
    sealed = models.BinaryField()
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency"], name="access_agency_key", condition=Q(ended_at=None)),
        ]


class SignedRequest(models.Model):
    """A signed request that was taken, for as long as it could be sent again. who: a digest of its key and name."""

    id = models.UUIDField(primary_key=True)
    who = models.TextField(unique=True)
    at = models.DateTimeField(db_index=True)
