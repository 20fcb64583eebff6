# SPDX-License-Identifier: Apache-2.0
"""Stations, units, their last position, and assignments. One active assignment a unit: an index holds that."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from callbox.access.models import Agency
from callbox.matters.models import Matter


class Station(models.Model):
    """Where units stand (WGS84). `made_up` says that it is not a real one; the map says so too."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    name = models.TextField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    lon = models.FloatField()
    lat = models.FloatField()
    made_up = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """A crew with its vehicle that can be sent."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="unit")
    callsign = models.TextField(unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    kind = models.TextField()
    capabilities = ArrayField(models.TextField())
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="units")
    reason = models.TextField(default="")

    def __str__(self) -> str:
        return self.callsign


class Position(models.Model):
    """The last position of an on-duty unit (WGS84), and where that is on the road graph of `city`."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="position")
    callsign = models.TextField()
    lon = models.FloatField()
    lat = models.FloatField()
    city = models.TextField()
    edge = models.IntegerField()
    along_m = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="dispatch_position_at")]


class Assignment(models.Model):
    """One unit on one incident. Milestones are when it was so; when it was recorded stands in the journal."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="assignment")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    incident_id = models.UUIDField()
    active = models.BooleanField()
    assigned_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    en_route_at = models.DateTimeField(null=True)
    on_scene_at = models.DateTimeField(null=True)
    clear_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(active=True), name="dispatch_one_active_assignment"
            )
        ]
        indexes = [models.Index(fields=["incident_id"], name="dispatch_assignments_of")]


class CrewMessage(models.Model):
    """A message of a crew's phone that was dealt with, by the phone's own key: a repeat changes nothing."""

    key = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    result = models.TextField()
