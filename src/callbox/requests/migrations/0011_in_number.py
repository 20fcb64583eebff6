# SPDX-License-Identifier: Apache-2.0
"""Among a million requests: an index in the order of each list, and what each came to, kept for the figures."""

from django.db import migrations, models
from django.db.models.expressions import RawSQL

OPEN, OVER = models.Q(open=True), models.Q(open=False)
ASSISTED = models.Q(RawSQL("assisting <> '{}'", [], output_field=models.BooleanField()))


class Migration(migrations.Migration):
    dependencies = [("requests", "0010_suggestions")]

    operations = [
        *(
            migrations.AddIndex("request", index)
            for index in (
                models.Index(fields=["agency", "number"], name="requests_over_by_agency", condition=OVER),
                models.Index(fields=["number"], name="requests_open", condition=OPEN),
                models.Index(fields=["number"], name="requests_over", condition=OVER),
                models.Index(fields=["number"], name="requests_assisted", condition=ASSISTED),
                models.Index(fields=["grid", "number"], name="requests_by_grid"),
                models.Index(fields=["sub_grid", "number"], name="requests_by_sub_grid"),
            )
        ),
        migrations.CreateModel(
            "Outcome",
            fields=[
                ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField()),
                ("agency", models.TextField()),
                ("category", models.TextField()),
                ("area", models.TextField()),
                ("accepted", models.BooleanField()),
                ("contacted", models.BooleanField()),
                ("fed_back", models.BooleanField()),
                ("result", models.TextField()),
                ("ask", models.TextField()),
                ("due_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["opened_at"], name="requests_outcome_opened")]},
        ),
    ]
