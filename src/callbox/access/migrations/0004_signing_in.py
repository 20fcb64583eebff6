# SPDX-License-Identifier: Apache-2.0
"""Limits of a sign-in, and wider access for a while."""

from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

SHIFT = timedelta(hours=12)


class Migration(migrations.Migration):
    dependencies = [("access", "0003_failed_sign_in")]

    operations = [
        migrations.AddField("signin", "device", models.TextField(db_default="")),
        migrations.AddField("signin", "factor_at", models.DateTimeField(null=True)),
        migrations.AddField("signin", "idle_s", models.IntegerField(db_default=12 * 3600)),
        migrations.AddField("signin", "last_used_at", models.DateTimeField(db_default=Now())),
        migrations.AddField("signin", "method", models.TextField(db_default="")),
        migrations.AddField("signin", "until", models.DateTimeField(db_default=Now() + SHIFT)),
        migrations.AddIndex(
            "signin",
            models.Index(
                condition=models.Q(("ended_at", None)), fields=["person"], name="access_sign_ins_open"
            ),
        ),
        migrations.CreateModel(
            "Widening",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "person",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT, related_name="+"
                    ),
                ),
                (
                    "grant",
                    models.OneToOneField("access.grant", django.db.models.deletion.PROTECT, related_name="+"),
                ),
                ("reason", models.TextField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "noted_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.PROTECT,
                        null=True,
                        related_name="+",
                    ),
                ),
                ("noted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("person",), name="access_one_widening"
                    )
                ],
                "indexes": [models.Index(fields=["-since"], name="access_widenings")],
            },
        ),
        migrations.CreateModel(
            "WideningText",
            [
                (
                    "widening",
                    models.OneToOneField(
                        "access.widening",
                        django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("retain_until", models.DateTimeField()),
            ],
        ),
    ]
