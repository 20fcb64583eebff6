# SPDX-License-Identifier: Apache-2.0
"""Noting changed rows takes as long as there are rows, whichever plan is kept for it.

What changed was found by a join of the rows before with the rows after. Planned for a statement that changed one
row and kept, it compared every row with every other when a statement changed hundreds. A difference of sets has no
such plan.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION journal_note_rows() RETURNS trigger LANGUAGE plpgsql
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
    WITH was AS MATERIALIZED (SELECT to_jsonb(r) - TG_ARGV[1]::text[] AS j FROM old_rows r),
    becomes AS MATERIALIZED (SELECT to_jsonb(r) - TG_ARGV[1]::text[] AS j FROM new_rows r)
    SELECT TG_TABLE_NAME, j ->> TG_ARGV[0], sha256(convert_to(j::text, 'UTF8')), false
    FROM (SELECT j FROM becomes EXCEPT ALL SELECT j FROM was) AS changed
    UNION ALL
    SELECT TG_TABLE_NAME, j ->> TG_ARGV[0], sha256(convert_to(j::text, 'UTF8')), true
    FROM was WHERE j ->> TG_ARGV[0] = ANY (ARRAY(
      SELECT j ->> TG_ARGV[0] FROM was EXCEPT ALL SELECT j ->> TG_ARGV[0] FROM becomes));
  END IF;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_row")]

    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
