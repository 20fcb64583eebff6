# SPDX-License-Identifier: Apache-2.0
"""The live log: events of cases as they come in, with the objects that they concern; codes and ids, nobody's name.

An event is never altered: the database refuses. It is read in the order of (xid, id), below the horizon of open
transactions, as the journal is: so a reader misses no row that was committed late.
"""

from django.db import models

from callbox.journal.fields import TransactionId


class Event(models.Model):
    """One thing that happened, as its source told it first.

    source: who told it: "agency:<id>", "journal" or "file:<name>". key: its id there. happened_at: null where nobody
    knows. recorded_at: when the source wrote it down. taken_at: when it came here. said: values, as
    `domain.telling` spells them. digest: over all that it says.
    """

    id = models.BigAutoField(primary_key=True)
    xid = TransactionId()
    source = models.TextField()
    key = models.TextField()
    activity = models.TextField()
    happened_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField()
    seq = models.BigIntegerField()
    said = models.JSONField()
    digest = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="oversight_event_once")]
        indexes = [models.Index(fields=["xid", "id"], name="oversight_event_reading_order")]


class Object(models.Model):
    """An object that has a history. last_at: when anything was last told of it, to the day."""

    pk = models.CompositePrimaryKey("kind", "key")
    kind = models.TextField()
    key = models.TextField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="oversight_object_last")]


class EventObject(models.Model):
    """Which object an event concerns, and as what."""

    pk = models.CompositePrimaryKey("event_id", "kind", "key", "qualifier")
    event = models.ForeignKey(Event, models.CASCADE, related_name="objects_of", db_index=False)
    source = models.TextField()
    kind = models.TextField()
    key = models.TextField()
    qualifier = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "event"], name="oversight_eventobject_history")]


class ObjectObject(models.Model):
    """That two objects have to do with each other: this item is of that case."""

    pk = models.CompositePrimaryKey("kind", "key", "other_kind", "other_key", "qualifier")
    source = models.TextField()
    kind = models.TextField()
    key = models.TextField()
    other_kind = models.TextField()
    other_key = models.TextField()
    qualifier = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["other_kind", "other_key"], name="oversight_objectobject_back")]


class Aside(models.Model):
    """What a source said of an event that it had told otherwise before: kept, told, and never put in its place.

    told: the event as it was said now, as `domain.telling` spells it.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.TextField()
    key = models.TextField()
    told = models.JSONField()
    digest = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key", "digest"], name="oversight_aside_once")
        ]


class Followed(models.Model):
    """What the engine that follows events said last of one object, and when it must look again though nothing happens.

    state: the verdicts, as `following.state` packs them. next_at: null where only an event can change anything.
    rev: how often it was written. library: of which models the verdicts are.
    """

    pk = models.CompositePrimaryKey("kind", "key")
    kind = models.TextField()
    key = models.TextField()
    state = models.BinaryField()
    next_at = models.DateTimeField(null=True)
    rev = models.BigIntegerField()
    library = models.TextField()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], name="oversight_followed_due", condition=models.Q(next_at__isnull=False)
            )
        ]
