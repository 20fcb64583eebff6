# SPDX-License-Identifier: Apache-2.0
"""What the authority tunes, edition by edition."""

from django.db import models


class Edition(models.Model):
    """One version of the catalogue, the areas or the routing rules, as it was loaded; never altered."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    version = models.IntegerField()
    text = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="requests_one_edition")]
