# SPDX-License-Identifier: Apache-2.0
"""Expands: what a contact says is sealed from now on. The open columns stay for one release, written by nobody."""

from uuid import UUID

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from callbox.host.vault import vault

PORTION = 1000
KEPT = models.Q(("sealed__isnull", False), ("body__isnull", False), _connector="OR")


def name_anew(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """So that a repeat of an old contact is known for one."""
    contacts = apps.get_model("door", "Contact").objects
    while rows := list(contacts.filter(known_as=None, sealed=None)[:PORTION]):
        for row in rows:
            row.known_as = UUID(bytes=vault().mark("contact", row.id.bytes)[:16])
        contacts.bulk_update(rows, ["known_as"])


class Migration(migrations.Migration):
    dependencies = [("door", "0001_initial")]

    operations = [
        migrations.AddField("contact", "sealed", models.BinaryField(null=True)),
        migrations.AddField("contact", "known_as", models.UUIDField(null=True)),
        migrations.AlterField("contact", "source", models.TextField(db_default="")),
        migrations.AlterField("contact", "key", models.TextField(db_default="")),
        migrations.AlterField("contact", "content_type", models.TextField(db_default="")),
        migrations.RemoveIndex("contact", "door_contact_to_erase"),
        migrations.AddIndex(
            "contact", models.Index(condition=KEPT, fields=["retain_until"], name="door_contact_due")
        ),
        migrations.AddIndex(
            "contact",
            models.Index(
                condition=models.Q(("body__isnull", False)), fields=["id"], name="door_contact_open"
            ),
        ),
        migrations.AddIndex(
            "contact",
            models.Index(
                condition=models.Q(("known_as__isnull", False)),
                fields=["known_as"],
                name="door_contact_known_as",
            ),
        ),
        migrations.RunPython(name_anew, migrations.RunPython.noop),
    ]
