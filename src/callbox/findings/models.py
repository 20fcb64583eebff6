# SPDX-License-Identifier: Apache-2.0
"""A finding: a matter about one act in one case. It names no officer: who answered stands in the journal alone."""

from django.db import models
from django.db.models import Q

from callbox.findings.domain import ENDED
from callbox.matters.models import Matter


class Finding(models.Model):
    """What a rule's version says of one activation in one case, from the first warning until it is put right.

    state: the matter's, with the round of it. unit: the agency's scope key, or "". due_at: the limit, if there is one.
    share: the last share of the time that somebody is warned of. evidence: see domain.evidence_of; digest names it.
    steps, tell_at: how many steps of the table of recipients were told in this round, and when the next is; null: none.
    suppression: the reason that somebody asked to suppress it for. outcome: what became of it. erased: at its date.
    """

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="finding")
    rule = models.TextField()
    version = models.DateField()
    over = models.TextField()
    key = models.TextField()
    activation = models.TextField()
    grade = models.TextField()
    certainty = models.TextField()
    unit = models.TextField(default="")
    state = models.TextField()
    verdict = models.TextField()
    due_at = models.DateTimeField(null=True)
    share = models.SmallIntegerField(default=0)
    evidence = models.JSONField()
    digest = models.TextField()
    curable = models.BooleanField()
    event = models.TextField(default="")
    suppression = models.TextField(default="")
    outcome = models.TextField(default="")
    warned_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    steps = models.SmallIntegerField(default=0)
    tell_at = models.DateTimeField(null=True)
    erased = models.BooleanField(default=False)
    retain_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "version", "over", "key", "activation"], name="findings_finding_once"
            )
        ]
        indexes = [
            models.Index(fields=["tell_at"], name="findings_to_tell", condition=Q(tell_at__isnull=False)),
            models.Index(
                fields=["due_at", "matter"], name="findings_open_by_limit", condition=~Q(state__in=ENDED)
            ),
            models.Index(fields=["retain_until"], name="findings_to_erase", condition=Q(erased=False)),
            models.Index(fields=["over", "key"], name="findings_of_case"),
        ]


class Remark(models.Model):
    """What somebody wrote with one step of a finding, sealed. Personal: it may say anything.

    It names nobody: the entry of its step does, which has the id of this row and never the words.
    """

    id = models.UUIDField(primary_key=True)
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="remarks")
    sealed = models.BinaryField(null=True)
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retain_until"], name="findings_remark_due", condition=Q(sealed__isnull=False)
            )
        ]
