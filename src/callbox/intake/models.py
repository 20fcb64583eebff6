# SPDX-License-Identifier: Apache-2.0
"""Calls: one contact (or one thread of them) by any medium. Who called and what they said has an end date."""

from django.db import models
from django.db.models import Q

from callbox.matters.models import Matter


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
    """Who called and what they said. Personal: least data, erased at its date."""

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="caller")
    name = models.TextField(default="")
    number = models.TextField(default="")
    words = models.TextField(default="")
    place = models.TextField(default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    type_hint = models.TextField(default="")
    retain_until = models.DateTimeField()
