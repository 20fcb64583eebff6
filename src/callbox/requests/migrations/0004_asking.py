# SPDX-License-Identifier: Apache-2.0
"""What the resident said at the end, and how often they were not satisfied."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0003_number")]

    operations = [
        migrations.AddField("request", "said", models.TextField(default="", db_default="")),
        migrations.AddField("request", "reopened", models.SmallIntegerField(default=0, db_default=0)),
    ]
