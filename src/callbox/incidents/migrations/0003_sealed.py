# SPDX-License-Identifier: Apache-2.0
"""Expands: addresses, notes and remarks are sealed from now on. The open columns stay for one release."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_number"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="remark",
            name="sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name="place",
            name="address",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="place",
            name="note",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="remark",
            name="text",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(
                    ("sealed__isnull", False),
                    ("lon__isnull", False),
                    models.Q(("address", ""), ("note", ""), _negated=True),
                    _connector="OR",
                ),
                fields=["retain_until"],
                name="incidents_place_due",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("address", ""), ("note", ""), _negated=True),
                fields=["incident"],
                name="incidents_place_open",
            ),
        ),
        migrations.AddIndex(
            model_name="remark",
            index=models.Index(
                condition=models.Q(
                    ("sealed__isnull", False), models.Q(("text", ""), _negated=True), _connector="OR"
                ),
                fields=["retain_until"],
                name="incidents_remark_due",
            ),
        ),
        migrations.AddIndex(
            model_name="remark",
            index=models.Index(
                condition=models.Q(("text", ""), _negated=True), fields=["id"], name="incidents_remark_open"
            ),
        ),
    ]
