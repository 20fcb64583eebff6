# SPDX-License-Identifier: Apache-2.0
"""Hand-overs between the two lines."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_due_times"), ("requests", "0006_api_keys")]

    operations = [
        migrations.CreateModel(
            "HandedOver",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("source", models.TextField()),
                ("of", models.UUIDField()),
                ("reason", models.TextField()),
                ("given_by", models.TextField()),
                ("offer", models.UUIDField(null=True)),
                ("became_kind", models.TextField(default="")),
                ("became", models.UUIDField(null=True)),
                ("open", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["of"], name="requests_handed_over")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["of"], condition=models.Q(open=True), name="requests_one_open_handover"
                    )
                ],
            },
        )
    ]
