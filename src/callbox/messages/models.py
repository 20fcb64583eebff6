# SPDX-License-Identifier: Apache-2.0
"""The outbox: a row for each message; recipient and words apart, sealed, erased at their date."""

from django.db import models
from django.db.models import Q

from callbox.matters.models import Matter


class Message(models.Model):
    """One message, once for its key. It names nobody.

    mark: what stands for the recipient, until they are erased. gateway: whose turn it is, or who took it; stuck: only
    that one may try. claim: who tries now, and claimed_until when that is taken for cut off. until: when it is given
    up. problem: why the last try failed, a code. round: how often a receipt has said that it did not arrive.
    """

    id = models.UUIDField(primary_key=True)
    key = models.TextField(unique=True)
    letter = models.TextField()
    kind = models.TextField()
    way = models.TextField()
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    mark = models.TextField(default="", db_default="")
    rank = models.SmallIntegerField()
    state = models.TextField()
    gateway = models.TextField()
    stuck = models.BooleanField(default=False, db_default=False)
    attempts = models.IntegerField(default=0, db_default=0)
    problem = models.TextField(default="", db_default="")
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    round = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["gateway", "rank", "due_at"],
                name="messages_next",
                condition=Q(state="waiting", claim=None),
            ),
            models.Index(fields=["claimed_until"], name="messages_claimed", condition=Q(claim__isnull=False)),
            models.Index(
                fields=["-queued_at"], name="messages_undelivered", condition=Q(state="undelivered")
            ),
            models.Index(fields=["mark", "kind", "queued_at"], name="messages_to_one", condition=~Q(mark="")),
        ]


class Text(models.Model):
    """To whom and in which words: sealed. None once erased."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="text")
    sealed = models.BinaryField(null=True)
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["retain_until"], name="messages_text_due", condition=Q(sealed__isnull=False))
        ]


class Reach(models.Model):
    """Where somebody who works here, or an agency, is reached. holder: their scope key. sealed: address, language."""

    id = models.UUIDField(primary_key=True)
    holder = models.TextField()
    way = models.TextField()
    sealed = models.BinaryField(null=True)
    retain_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "way"], name="messages_reach_one")]
