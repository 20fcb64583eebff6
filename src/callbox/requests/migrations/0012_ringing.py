# SPDX-License-Identifier: Apache-2.0
"""Who calls which resident back now, so that no two do."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0011_in_number")]

    operations = [
        migrations.CreateModel(
            "Ringing",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="requests.request",
                    ),
                ),
                ("by", models.TextField()),
                ("until", models.DateTimeField()),
            ],
        ),
    ]
