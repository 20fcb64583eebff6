# SPDX-License-Identifier: Apache-2.0
"""What the engine that follows events said last, and its timers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_live_log")]

    operations = [
        migrations.CreateModel(
            name="Followed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("key", models.TextField()),
                ("state", models.BinaryField()),
                ("next_at", models.DateTimeField(null=True)),
                ("rev", models.BigIntegerField()),
                ("library", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="oversight_followed_due",
                    )
                ],
            },
        ),
    ]
