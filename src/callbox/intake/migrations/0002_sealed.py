# SPDX-License-Identifier: Apache-2.0
"""Expands: who called is sealed from now on. The open columns stay for one release, written by nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="caller",
            name="sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="caller",
            name="unread",
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name="caller",
            name="name",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="caller",
            name="number",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="caller",
            name="place",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="caller",
            name="type_hint",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="caller",
            name="words",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddIndex(
            model_name="caller",
            index=models.Index(
                condition=models.Q(
                    ("sealed__isnull", False),
                    ("unread__isnull", False),
                    models.Q(
                        ("lon", None),
                        ("name", ""),
                        ("number", ""),
                        ("place", ""),
                        ("type_hint", ""),
                        ("words", ""),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                fields=["retain_until"],
                name="intake_caller_due",
            ),
        ),
        migrations.AddIndex(
            model_name="caller",
            index=models.Index(
                condition=models.Q(
                    ("lon", None),
                    ("name", ""),
                    ("number", ""),
                    ("place", ""),
                    ("type_hint", ""),
                    ("words", ""),
                    _negated=True,
                ),
                fields=["call"],
                name="intake_caller_open",
            ),
        ),
    ]
