# SPDX-License-Identifier: Apache-2.0
"""How well the parts of the worker keep up."""

from django.db import models


class Health(models.Model):
    """One row for each thing that is watched: how many seconds it is behind, whether that is well, since when."""

    part = models.TextField(primary_key=True)
    behind_s = models.FloatField()
    well = models.BooleanField()
    since = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "health"

    def __str__(self) -> str:
        return self.part
