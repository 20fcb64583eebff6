# SPDX-License-Identifier: Apache-2.0
"""Entries and seals may be added and read, never changed: the database itself refuses, whoever asks."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> str:
    """The trigger by which a table refuses every change; the role of the application gets no right to it either."""
    return (
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_change()"),
        *(
            migrations.RunSQL(append_only(table), f"DROP TRIGGER append_only ON {table}")
            for table in ("journal_entry", "journal_seal")
        ),
    ]
