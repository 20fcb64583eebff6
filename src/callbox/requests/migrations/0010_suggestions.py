# SPDX-License-Identifier: Apache-2.0
"""Models that suggest categories, and how often a person took what they suggested."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0009_articles")]

    operations = [
        migrations.CreateModel(
            "Learned",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("features", models.IntegerField()),
                ("figures", models.JSONField()),
                ("usable", models.BooleanField()),
                ("why", models.TextField(default="")),
                ("sha256", models.TextField()),
                ("weights", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            "Suggested",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("place", models.SmallIntegerField()),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests.learned"
                    ),
                ),
            ],
        ),
    ]
