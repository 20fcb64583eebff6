# SPDX-License-Identifier: Apache-2.0
"""The response to an incident by several agencies, and the task of each. Neither says anything about a person."""

from django.db import models
from django.db.models import Q

from callbox.access.models import Agency
from callbox.coordination.domain import ENDED
from callbox.incidents.models import Incident
from callbox.matters.models import Matter


class Edition(models.Model):
    """One edition of the plans, as it was loaded; never altered."""

    id = models.UUIDField(primary_key=True)
    version = models.IntegerField(unique=True)
    text = models.TextField()
    loaded_at = models.DateTimeField()


class Response(models.Model):
    """That several agencies deal with an incident: on which level (1, the gravest, to 4), and who leads."""

    incident = models.OneToOneField(Incident, models.PROTECT, primary_key=True, related_name="response")
    level = models.SmallIntegerField()
    lead = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    edition = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__range=(1, 4)), name="coordination_response_level_1_to_4"
            )
        ]


class Task(models.Model):
    """What one agency is asked to do on an incident. Whoever sees the incident sees the row; the matter, its agency.

    state: the matter's, for those who see only the row. mandatory: whether the incident waits for it.
    accept, arrive, feed_back: minutes given, 0 for none.
    """

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="task")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="tasks")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    work = models.TextField()
    level = models.SmallIntegerField()
    mandatory = models.BooleanField()
    accept = models.IntegerField()
    arrive = models.IntegerField()
    feed_back = models.IntegerField()
    state = models.TextField()
    result = models.TextField(default="")
    alerted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "agency", "work"],
                condition=~Q(state__in=ENDED),
                name="coordination_task_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["agency", "alerted_at"],
                name="coordination_task_open",
                condition=~Q(state__in=ENDED),
            )
        ]
