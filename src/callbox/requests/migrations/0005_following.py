# SPDX-License-Identifier: Apache-2.0
"""Keys and one-time codes with which residents follow their requests, and what is counted against guessing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0004_asking")]

    operations = [
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="follow",
                        serialize=False,
                        to="requests.request",
                    ),
                ),
                ("form", models.TextField(null=True, unique=True)),
                ("key", models.TextField()),
                ("retain_until", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["retain_until"], name="requests_follow_due")]},
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("browser", models.TextField()),
                ("code", models.TextField()),
                ("tries", models.SmallIntegerField()),
                ("until", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests.request"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["browser", "until"], name="requests_code_of")]},
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("who", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["who", "at"], name="requests_attempt_who"),
                    models.Index(fields=["at"], name="requests_attempt_at"),
                ]
            },
        ),
    ]
