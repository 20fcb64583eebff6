# SPDX-License-Identifier: Apache-2.0
"""Indexes: what runs late, what is offered to whom, and until when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_ticks")]

    operations = [
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["due_at"],
                name="matters_clock_late",
                condition=models.Q(stopped_at=None, paused_at=None),
            ),
        ),
        migrations.AddIndex(
            "handover",
            models.Index(fields=["taker"], name="matters_offered_to", condition=models.Q(state="offered")),
        ),
        migrations.AddIndex(
            "handover",
            models.Index(
                fields=["answer_by"], name="matters_offer_ends", condition=models.Q(state="offered")
            ),
        ),
    ]
