# SPDX-License-Identifier: Apache-2.0
"""What every matter has: a state, an owner, clocks, parts, hand-overs. Rooms add only what is their own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Matter(models.Model):
    """Anything promised to be dealt with. `owner` is a scope key and never empty; `scope` says who may see it.

    version: counts the entries. ticked_from, ticked_to: the last run of versions between which only clocks have told
    something; whoever looked in between has seen everything that people did, as long as `version` is `ticked_to`.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    workflow_version = models.SmallIntegerField()
    state = models.TextField()
    final = models.BooleanField(default=False)
    version = models.BigIntegerField()
    ticked_from = models.BigIntegerField(default=0, db_default=0)
    ticked_to = models.BigIntegerField(default=0, db_default=0)
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
    """One promise: due at a time, stopped when kept, fired once when not.

    term, calendar (with the version reckoned with), started_at and pauses give due_at again; a calendar of "" means
    that none was asked. pauses: pairs of moments that are over; paused_at: since when it stands still.
    asked: by how many more of the term's unit it is to be extended, asked by `asked_by`; extended: by how many it has
    been. steps: how many of the ladder have been taken; step_at: when the next is, by which edition of the ladders
    (ladder_edition). chosen_for: for which kind of agency and priority `rule` was chosen, and edition: from which
    edition of the promises; "" where no table promises it.
    """

    id = models.BigAutoField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="clocks")
    name = models.TextField()
    round = models.IntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)
    term = models.TextField(default="", db_default="")
    rule = models.TextField(default="", db_default="")
    calendar = models.TextField(default="", db_default="")
    calendar_version = models.IntegerField(default=0, db_default=0)
    provisional = models.BooleanField(default=False, db_default=False)
    pauses = models.JSONField(default=list, db_default=[])
    paused_at = models.DateTimeField(null=True)
    asked = models.IntegerField(default=0, db_default=0)
    asked_by = models.TextField(default="", db_default="")
    ladder = models.TextField(default="", db_default="")
    steps = models.SmallIntegerField(default=0, db_default=0)
    step_at = models.DateTimeField(null=True)
    ladder_edition = models.IntegerField(default=0, db_default=0)
    chosen_for = models.TextField(default="", db_default="")
    edition = models.IntegerField(default=0, db_default=0)
    extended = models.IntegerField(default=0, db_default=0)

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
            models.Index(
                fields=["step_at"],
                name="matters_clock_step",
                condition=Q(stopped_at=None, paused_at=None, step_at__isnull=False),
            ),
            models.Index(
                fields=["calendar", "calendar_version"],
                name="matters_clock_reckoned",
                condition=Q(stopped_at=None) & ~Q(calendar=""),
            ),
            models.Index(
                fields=["edition"],
                name="matters_clock_chosen",
                condition=Q(stopped_at=None, fired_at=None) & ~Q(chosen_for=""),
            ),
            models.Index(
                fields=["ladder_edition"],
                name="matters_clock_laddered",
                condition=Q(stopped_at=None) & ~Q(ladder=""),
            ),
            models.Index(
                fields=["due_at"], name="matters_clock_late", condition=Q(stopped_at=None, paused_at=None)
            ),
        ]


class Step(models.Model):
    """One step of a clock's ladder that was taken: once, whatever happened. tell_at: not before, people sleep."""

    id = models.BigAutoField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="taken")
    number = models.SmallIntegerField()
    level = models.SmallIntegerField()
    action = models.TextField()
    role = models.TextField()
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    tell_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "number", "role"], name="matters_step_once")]
        indexes = [models.Index(fields=["tell_at"], name="matters_step_untold", condition=Q(told_at=None))]


class CalendarVersion(models.Model):
    """One version of a calendar, as its two tables were loaded; never altered."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField()
    version = models.IntegerField()
    about = models.TextField()
    days = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "matters_calendar"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="matters_calendar_one_version")
        ]


class PromiseEdition(models.Model):
    """One edition of the table of promises, as it was loaded; never altered."""

    id = models.UUIDField(primary_key=True)
    edition = models.IntegerField(unique=True)
    text = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "matters_promises"


class LadderEdition(models.Model):
    """One edition of the ladders and the quiet hours, as both tables were loaded; never altered."""

    id = models.UUIDField(primary_key=True)
    edition = models.IntegerField(unique=True)
    text = models.TextField()
    quiet_text = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "matters_ladders"


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
        indexes = [
            models.Index(fields=["taker"], name="matters_offered_to", condition=Q(state="offered")),
            models.Index(fields=["answer_by"], name="matters_offer_ends", condition=Q(state="offered")),
        ]
