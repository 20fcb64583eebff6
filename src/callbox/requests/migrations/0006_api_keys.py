# SPDX-License-Identifier: Apache-2.0
"""Keys of the apps that report through Open311."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0005_following")]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("key", models.TextField(unique=True)),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name",),
                        condition=models.Q(("ended_at", None)),
                        name="requests_one_api_key",
                    )
                ]
            },
        ),
    ]
