# SPDX-License-Identifier: Apache-2.0
"""The journal's tables. Entries and seals are append-only in the database itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from callbox.journal.fields import TransactionId


class Chain(models.Model):
    """The head of one chain: how many entries it has and the hash of the last one."""

    id = models.UUIDField(primary_key=True)
    length = models.BigIntegerField()
    head = models.BinaryField()


class Entry(models.Model):
    """The fact of one move; never altered, never deleted."""

    seq = models.BigAutoField(primary_key=True)
    xid = TransactionId()
    chain = models.UUIDField()
    number = models.BigIntegerField()
    kind = models.TextField()
    move = models.TextField()
    was = models.TextField()
    becomes = models.TextField()
    round = models.IntegerField()
    actor = models.TextField()
    role = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    facts = models.JSONField()
    scope = ArrayField(models.TextField())
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="journal_entry_one_per_number")
        ]
        indexes = [
            models.Index(fields=["xid", "seq"], name="journal_entry_reading_order"),
            models.Index(fields=["kind", "at"], name="journal_entry_kind_at"),
        ]


class Seal(models.Model):
    """A root over all entries and rows since the previous seal, and a chain of its own.

    form: what the root covers; 1: the entries' hashes, 2: also where they stand, and the rows noted.
    """

    number = models.BigIntegerField(primary_key=True)
    last_xid = TransactionId(given=False)
    last_seq = models.BigIntegerField()
    count = models.BigIntegerField()
    root = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    at = models.DateTimeField()
    form = models.SmallIntegerField(db_default=1)


class Row(models.Model):
    """What a watched row said when it was changed: a digest. The database writes it with the change."""

    seq = models.BigAutoField(primary_key=True)
    xid = TransactionId()
    place = models.TextField()
    key = models.TextField()
    digest = models.BinaryField()
    gone = models.BooleanField(db_default=False)

    class Meta:
        indexes = [models.Index(fields=["xid"], name="journal_row_reading_order")]


class Position(models.Model):
    """How far a reaction has read: everything up to and including (xid, seq)."""

    name = models.TextField(primary_key=True)
    xid = TransactionId(given=False)
    seq = models.BigIntegerField()
