# SPDX-License-Identifier: Apache-2.0
"""Incident numbers come from a sequence: no lock is held, and a number that was not used stays a gap."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE incidents_number START 1001", "DROP SEQUENCE incidents_number"),
    ]
