# SPDX-License-Identifier: Apache-2.0
"""People, agencies, what each person may do, their sign-ins, and who read whose data."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


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
    """One sign-in of one person on one device, from start to end."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


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
    """One wrong password. `who` is a hash of the name that was typed."""

    id = models.BigAutoField(primary_key=True)
    who = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["who", "at"], name="access_failed_sign_ins")]
