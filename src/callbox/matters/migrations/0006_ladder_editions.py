# SPDX-License-Identifier: Apache-2.0
"""Ladders in editions, and by which of them the next step of each clock was reckoned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0005_late_and_offered")]

    operations = [
        migrations.CreateModel(
            name="LadderEdition",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("edition", models.IntegerField(unique=True)),
                ("text", models.TextField()),
                ("quiet_text", models.TextField()),
                ("loaded_at", models.DateTimeField()),
            ],
            options={"db_table": "matters_ladders"},
        ),
        migrations.AddField("clock", "ladder_edition", models.IntegerField(db_default=0, default=0)),
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["ladder_edition"],
                name="matters_clock_laddered",
                condition=models.Q(("stopped_at", None), models.Q(("ladder", ""), _negated=True)),
            ),
        ),
    ]
