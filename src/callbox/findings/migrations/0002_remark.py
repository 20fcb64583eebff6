# SPDX-License-Identifier: Apache-2.0
"""What people write about findings, sealed, in rows of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "Remark",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField(null=True)),
                ("retain_until", models.DateTimeField()),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="findings.finding",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sealed__isnull", False)),
                        fields=["retain_until"],
                        name="findings_remark_due",
                    )
                ],
            },
        ),
    ]
