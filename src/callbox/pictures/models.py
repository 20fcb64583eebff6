# SPDX-License-Identifier: Apache-2.0
"""Pictures of a matter. A picture may show people: it is sealed, and erased at its date."""

from django.db import models
from django.db.models import Q

from callbox.matters.models import Matter


class Picture(models.Model):
    """One picture. sealed: both files (`domain.packed`), None once erased. width, height: px, of the large one."""

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    by = models.TextField()
    at = models.DateTimeField()
    width = models.IntegerField()
    height = models.IntegerField()
    sealed = models.BinaryField(null=True)
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retain_until"], name="pictures_picture_due", condition=Q(sealed__isnull=False)
            ),
        ]
