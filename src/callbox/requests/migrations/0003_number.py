# SPDX-License-Identifier: Apache-2.0
"""Request numbers come from a sequence: no lock is held, and a number that was not used stays a gap."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests", "0002_requests")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE requests_number START 100001", "DROP SEQUENCE requests_number"),
    ]
