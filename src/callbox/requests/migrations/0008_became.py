# SPDX-License-Identifier: Apache-2.0
"""Finding the hand-over that a request or an incident came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0007_handed_over")]

    operations = [
        migrations.AddIndex(
            "HandedOver",
            models.Index(
                fields=["became"],
                name="requests_handed_became",
                condition=models.Q(became__isnull=False),
            ),
        )
    ]
