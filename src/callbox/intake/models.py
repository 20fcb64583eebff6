# SPDX-License-Identifier: Apache-2.0
"""Calls: one contact (or one thread of them) by any medium. Who called and what they said has an end date."""

from django.db import models
from django.db.models import Q

from callbox.matters.models import Matter

OPEN = ~Q(name="", number="", words="", place="", lon=None, type_hint="")
KEPT = Q(sealed__isnull=False) | Q(unread__isnull=False)


class Call(models.Model):
    """One call. `thread` is a hash: it joins the messages of one sender without saying who that is."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="call")
    channel = models.TextField()
    lane = models.TextField()
    received_at = models.DateTimeField()
    readable = models.BooleanField(default=True)
    thread = models.TextField(default="")
    incident_id = models.UUIDField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["thread"], name="intake_call_thread", condition=~Q(thread=""))]


class CallContact(models.Model):
    """A raw contact that belongs to a call; each belongs to one."""

    contact = models.UUIDField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="contacts")


class Caller(models.Model):
    """Who called and what they said. Personal: least data, sealed, erased at its date.

    sealed: all fields. unread: what could not be opened when something was added; it opens again with its key.
    The open fields are those of the release before this one: sealed when found, and nothing writes them any more.
    """

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="caller")
    sealed = models.BinaryField(null=True)
    unread = models.BinaryField(null=True)
    name = models.TextField(default="", db_default="")
    number = models.TextField(default="", db_default="")
    words = models.TextField(default="", db_default="")
    place = models.TextField(default="", db_default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    type_hint = models.TextField(default="", db_default="")
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["retain_until"], name="intake_caller_due", condition=KEPT | OPEN),
            models.Index(fields=["call"], name="intake_caller_open", condition=OPEN),
        ]
