# SPDX-License-Identifier: Apache-2.0
"""The tables of the live log. An event is never altered: the database refuses, whoever asks."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import callbox.journal.fields

NEVER_ALTERED = "BEFORE UPDATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("journal", "0004_row_by_row")]

    operations = [
        migrations.CreateModel(
            name="Aside",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("key", models.TextField()),
                ("told", models.JSONField()),
                ("digest", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key", "digest"), name="oversight_aside_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "xid",
                    callbox.journal.fields.TransactionId(
                        db_default=django.db.models.expressions.RawSQL("pg_current_xact_id()", []),
                        editable=False,
                    ),
                ),
                ("source", models.TextField()),
                ("key", models.TextField()),
                ("activity", models.TextField()),
                ("happened_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField()),
                ("seq", models.BigIntegerField()),
                ("said", models.JSONField()),
                ("digest", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["xid", "id"], name="oversight_event_reading_order")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="oversight_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Object",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("key", models.TextField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["last_at"], name="oversight_object_last")],
            },
        ),
        migrations.CreateModel(
            name="ObjectObject",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "key",
                        "other_kind",
                        "other_key",
                        "qualifier",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("source", models.TextField()),
                ("kind", models.TextField()),
                ("key", models.TextField()),
                ("other_kind", models.TextField()),
                ("other_key", models.TextField()),
                ("qualifier", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["other_kind", "other_key"], name="oversight_objectobject_back")
                ],
            },
        ),
        migrations.CreateModel(
            name="EventObject",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "event_id",
                        "kind",
                        "key",
                        "qualifier",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("source", models.TextField()),
                ("kind", models.TextField()),
                ("key", models.TextField()),
                ("qualifier", models.TextField()),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objects_of",
                        to="oversight.event",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "key", "event"], name="oversight_eventobject_history")
                ],
            },
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER never_altered {NEVER_ALTERED % table}",
                f"DROP TRIGGER never_altered ON {table}",
            )
            for table in ("oversight_event", "oversight_eventobject", "oversight_aside")
        ),
    ]
