# SPDX-License-Identifier: Apache-2.0
"""Who read whose data is never changed or deleted before its time."""

from django.db import migrations

TRIGGER = (
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_personalread"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("journal", "0002_append_only")]

    operations = [migrations.RunSQL(TRIGGER, "DROP TRIGGER append_only ON access_personalread")]
