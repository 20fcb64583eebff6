# SPDX-License-Identifier: Apache-2.0
"""What every matter has: a state, an owner, clocks, parts, hand-overs. Rooms add only what is their own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Matter(models.Model):
    """Anything promised to be dealt with. `owner` is a scope key and never empty; `scope` says who may see it."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    workflow_version = models.SmallIntegerField()
    state = models.TextField()
    final = models.BooleanField(default=False)
    version = models.BigIntegerField()
    round = models.IntegerField(default=1)
    owner = models.TextField()
    scope = ArrayField(models.TextField())
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(owner=""), name="matters_matter_always_owned")]
        indexes = [
            models.Index(fields=["kind", "state"], name="matters_open_by_kind", condition=Q(final=False)),
            models.Index(fields=["kind", "changed_at"], name="matters_by_change"),
        ]


class Clock(models.Model):
    """One promise: due at a time, stopped when kept, fired once when not."""

    id = models.BigAutoField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="clocks")
    name = models.TextField()
    round = models.IntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "name"],
                condition=Q(stopped_at=None, fired_at=None),
                name="matters_clock_one_running",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="matters_clock_next", condition=Q(stopped_at=None, fired_at=None)
            ),
        ]


class Part(models.Model):
    """A matter that is part of another: the whole closes only when mandatory parts are closed or waived."""

    part = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="+")
    whole = models.ForeignKey(Matter, models.PROTECT, related_name="parts")
    mandatory = models.BooleanField(default=True)
    waived = models.BooleanField(default=False)


class HandOver(models.Model):
    """An offer of ownership. Until it is accepted the giver still owns the matter."""

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    giver = models.TextField()
    taker = models.TextField()
    state = models.TextField()
    offered_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(state="offered"), name="matters_one_open_handover"
            )
        ]
