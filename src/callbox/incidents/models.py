# SPDX-License-Identifier: Apache-2.0
"""The incident's own rows. Where it is and what is said about it are personal data, with a date to erase them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from callbox.matters.models import Matter


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
    """Where the incident is (WGS84) and how to find it. Personal: a home may be behind it."""

    incident = models.OneToOneField(Incident, models.CASCADE, primary_key=True, related_name="place")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    address = models.TextField(default="")
    note = models.TextField(default="")
    retain_until = models.DateTimeField()


class Remark(models.Model):
    """One running remark. Personal: it may say anything. The journal only says that it was made."""

    id = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="remarks")
    by = models.TextField()
    at = models.DateTimeField()
    text = models.TextField()
    retain_until = models.DateTimeField()


class IncidentCall(models.Model):
    """A call that tells of this incident."""

    call = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="calls")
