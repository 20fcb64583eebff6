# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Health",
            fields=[
                ("part", models.TextField(primary_key=True, serialize=False)),
                ("behind_s", models.FloatField()),
                ("well", models.BooleanField()),
                ("since", models.DateTimeField()),
                ("at", models.DateTimeField()),
            ],
            options={"verbose_name_plural": "health"},
        ),
    ]
