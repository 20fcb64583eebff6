# SPDX-License-Identifier: Apache-2.0
"""Each change of a watched row leaves its digest: written by the database in the transaction of the change."""

import django.db.models.expressions
from django.db import migrations, models

import callbox.journal.fields

# One spelling of a row, whatever the session that changes it has set.
FUNCTION = """
CREATE FUNCTION journal_note_rows() RETURNS trigger LANGUAGE plpgsql
SET timezone = 'UTC' SET datestyle = 'ISO' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO journal_row (place, key, digest, gone)
    SELECT TG_TABLE_NAME, j ->> TG_ARGV[0], sha256(convert_to((j - TG_ARGV[1]::text[])::text, 'UTF8')), true
    FROM (SELECT to_jsonb(r) AS j FROM old_rows r) AS said;
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO journal_row (place, key, digest, gone)
    SELECT TG_TABLE_NAME, j ->> TG_ARGV[0], sha256(convert_to((j - TG_ARGV[1]::text[])::text, 'UTF8')), false
    FROM (SELECT to_jsonb(r) AS j FROM new_rows r) AS said;
  ELSE
    INSERT INTO journal_row (place, key, digest, gone)
    SELECT TG_TABLE_NAME, n ->> TG_ARGV[0], sha256(convert_to((n - TG_ARGV[1]::text[])::text, 'UTF8')), false
    FROM (SELECT to_jsonb(r) AS n FROM new_rows r) AS becomes
    WHERE NOT EXISTS (SELECT FROM (SELECT to_jsonb(r) AS o FROM old_rows r) AS was
      WHERE o -> TG_ARGV[0] = n -> TG_ARGV[0] AND o - TG_ARGV[1]::text[] = n - TG_ARGV[1]::text[]);
    INSERT INTO journal_row (place, key, digest, gone)
    SELECT TG_TABLE_NAME, o ->> TG_ARGV[0], sha256(convert_to((o - TG_ARGV[1]::text[])::text, 'UTF8')), true
    FROM (SELECT to_jsonb(r) AS o FROM old_rows r) AS was
    WHERE NOT EXISTS (SELECT FROM (SELECT to_jsonb(r) AS n FROM new_rows r) AS becomes
      WHERE o -> TG_ARGV[0] = n -> TG_ARGV[0]);
  END IF;
  RETURN NULL;
END $$;
"""
APPEND_ONLY = (
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_row"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Row",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "xid",
                    callbox.journal.fields.TransactionId(
                        db_default=django.db.models.expressions.RawSQL("pg_current_xact_id()", []),
                        editable=False,
                    ),
                ),
                ("place", models.TextField()),
                ("key", models.TextField()),
                ("digest", models.BinaryField()),
                ("gone", models.BooleanField(db_default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["xid"], name="journal_row_reading_order"),
                ],
            },
        ),
        migrations.AddField("seal", "form", models.SmallIntegerField(db_default=1)),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION journal_note_rows()"),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON journal_row"),
    ]
