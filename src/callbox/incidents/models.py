# SPDX-License-Identifier: Apache-2.0
"""The incident's own rows. Where it is and what is said about it are personal data, with a date to erase them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from callbox.matters.models import Matter

OPEN_PLACE = ~Q(address="", note="")
OPEN_TEXT = ~Q(text="")


class Incident(models.Model):
    """One event in the world; many calls may tell of it. `number` is what people say over the radio."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="incident")
    number = models.BigIntegerField(unique=True)
    type = models.TextField(default="")
    priority = models.SmallIntegerField(null=True)
    alarm_level = models.SmallIntegerField(default=1)
    sensitive = models.BooleanField(default=False)
    safety_alarm = models.BooleanField(default=False)
    area_ids = ArrayField(models.TextField(), default=list)
    merged_into = models.UUIDField(null=True)
    disposition = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(priority=None) | Q(priority__range=(1, 5)), name="incidents_priority_1_to_5"
            )
        ]


class Place(models.Model):
    """Where the incident is (WGS84) and how to find it. Personal: a home may be behind it.

    sealed: address and note. The point stays open: the map, and incidents that may be the same, ask by it. The open
    texts are those of the release before this one: sealed when found, and nothing writes them any more.
    """

    incident = models.OneToOneField(Incident, models.CASCADE, primary_key=True, related_name="place")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    sealed = models.BinaryField(null=True)
    address = models.TextField(default="", db_default="")
    note = models.TextField(default="", db_default="")
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retain_until"],
                name="incidents_place_due",
                condition=Q(sealed__isnull=False) | Q(lon__isnull=False) | OPEN_PLACE,
            ),
            models.Index(fields=["incident"], name="incidents_place_open", condition=OPEN_PLACE),
        ]


class Remark(models.Model):
    """One running remark. Personal: it may say anything. The journal only says that it was made.

    sealed: its text. The open text is that of the release before this one.
    """

    id = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="remarks")
    by = models.TextField()
    at = models.DateTimeField()
    sealed = models.BinaryField(null=True)
    text = models.TextField(default="", db_default="")
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retain_until"],
                name="incidents_remark_due",
                condition=Q(sealed__isnull=False) | OPEN_TEXT,
            ),
            models.Index(fields=["id"], name="incidents_remark_open", condition=OPEN_TEXT),
        ]


class IncidentCall(models.Model):
    """A call that tells of this incident."""

    call = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="calls")
