# SPDX-License-Identifier: Apache-2.0
"""Articles: what can be answered at once."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0008_became")]

    operations = [
        migrations.CreateModel(
            "Article",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code", models.TextField()),
                ("version", models.IntegerField()),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("agency", models.TextField(default="")),
                ("categories", ArrayField(base_field=models.TextField(), default=list, size=None)),
                ("title_en", models.TextField()),
                ("title_zh", models.TextField()),
                ("keywords_en", models.TextField()),
                ("keywords_zh", models.TextField()),
                ("text_en", models.TextField()),
                ("text_zh", models.TextField()),
                ("source", models.TextField()),
                ("words", SearchVectorField(null=True)),
            ],
            options={
                "indexes": [GinIndex(fields=["words"], name="requests_article_words")],
                "constraints": [
                    models.UniqueConstraint(fields=["code", "version"], name="requests_one_article")
                ],
            },
        )
    ]
