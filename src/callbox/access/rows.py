# SPDX-License-Identifier: Apache-2.0
"""The policy table as row-level security: SQL made from it and from `data/rows.tsv`. Part of the domain: pure.

Each setting (see sight.py) is read in a sub-select of its own, which PostgreSQL runs once a statement and not once
a row. The part that is true for most comes first, so that a desk's rows are not looked up in their matters.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from callbox.access.domain import Rule, policy
from callbox.access.sight import EVERYTHING, PREFIX
from callbox.kernel.actor import SCOPE
from callbox.kernel.tables import read_table

KIND, CHILD, PERSON, ACTOR, LINKED, PART = "kind", "child", "person", "actor", "linked", "part"
NAME = "sight"
EVERY_KIND = "*.see"


@dataclass(frozen=True, slots=True)
class Protected:
    """One line of `data/rows.tsv`."""

    table: str
    shape: str
    action: str
    column: str
    parts: tuple[str, ...]
    written: bool
    write: str
    one: str


@cache
def protected() -> tuple[Protected, ...]:
    """Every table with row-level security. Raises TableError for a line that cannot be meant."""
    return tuple(
        Protected(
            row.need("table"),
            row.one_of("shape", (KIND, CHILD, PERSON, ACTOR, LINKED, PART)),
            row["action"],
            row["column"],
            tuple(row["parts"].split()),
            bool(row["written"]),
            row["write"],
            row["one"],
        )
        for row in read_table("callbox.access", "rows.tsv")
    )


@cache
def open_tables() -> dict[str, str]:
    """The tables without row-level security, with the reason."""
    return {row.need("table"): row.need("reason") for row in read_table("callbox.access", "open_tables.tsv")}


def matter_kinds(rules: Sequence[Rule]) -> list[str]:
    """The kinds of matters: what can be opened and seen."""
    return sorted(_kinds("open", rules) & _kinds("see", rules))


def _kinds(what: str, rules: Sequence[Rule]) -> set[str]:
    return {rule.action.removesuffix(f".{what}") for rule in rules if rule.action.endswith(f".{what}")}


def _list(name: str) -> str:
    return f"nullif(current_setting('{PREFIX}.{name}', true), '')::text[]"


def _texts(words: Sequence[str]) -> str:
    return f"ARRAY[{', '.join(f"'{word}'" for word in words)}]"


def _part(parts: Sequence[str]) -> str:
    return f"current_setting('{PREFIX}.part', true) = ANY ({_texts([EVERYTHING, *parts])})"


def _reached(table: str) -> str:
    """The scope reaches the actor, or it did until this transaction let it go (see `matters.actions`)."""
    return (
        f"({table}.scope && (SELECT {_list('keys')})::text[]"
        f" OR {table}.id = (SELECT nullif(current_setting('{PREFIX}.let_go', true), '')::uuid))"
    )


def _has_scope(action: str, rules: Sequence[Rule]) -> bool:
    return any(rule.action == action and rule.relation == SCOPE for rule in rules)


def visible(row: Protected, rules: Sequence[Rule]) -> str:
    """The condition under which a row is shown, and, as far as `_writing` has nothing to add, may be written."""
    part = _part(row.parts)
    match row.shape:
        case "kind":
            clauses = _by_kind(row, part)
        case "child":
            clauses = _by_matter(row, part, rules)
        case "person" | "actor":
            clauses = _own(row, part)
        case "linked":
            clauses = [f"EXISTS (SELECT FROM {row.action} r WHERE r.id = {row.table}.{row.column})"]
        case _:
            clauses = [f"(SELECT {part})"]
    if row.written:
        clauses.append("xid = (SELECT pg_current_xact_id_if_assigned())")
    if row.one:
        clauses.append(f"{row.one} = (SELECT nullif(current_setting('{PREFIX}.one', true), '')::uuid)")
    return " OR ".join(clauses)


def _by_kind(row: Protected, part: str) -> list[str]:
    reached = _reached(row.table)
    if row.column != "id":
        now = _of_matter(row, _reached("m"))
        reached = f"scope && (SELECT {_list('keys')})::text[] AND {now}"
    return [
        f"(SELECT {part})",
        f"kind = ANY ((SELECT {_list('kinds')})::text[])",
        f"(kind = ANY ((SELECT {_list('scoped_kinds')})::text[]) AND {reached})",
    ]


def _of_matter(row: Protected, holds: str) -> str:
    """What holds of the row's matter `m`, looked up by its id.

    No EXISTS: where many rows are expected PostgreSQL would read all matters there are, once a statement.
    """
    return f"(SELECT {holds} FROM matters_matter m WHERE m.id = {row.table}.{row.column})"


def _by_matter(row: Protected, part: str, rules: Sequence[Rule]) -> list[str]:
    if row.action == EVERY_KIND:
        seen = f"(SELECT {part} OR {_list('kinds')} @> {_texts(matter_kinds(rules))})"
        return [seen, _of_matter(row, "true")]
    found = [f"(SELECT {part} OR '{row.action}' = ANY ({_list('any')}))"]
    if _has_scope(row.action, rules):
        own = f"(SELECT '{row.action}' = ANY ({_list('scoped')}))"
        found.append(f"({own} AND {_of_matter(row, _reached('m'))})")
    return found


def _own(row: Protected, part: str) -> list[str]:
    who = f"current_setting('{PREFIX}.actor', true)"
    if row.shape == PERSON:
        who = f"substring({who} FROM '^person:(.*)$')::uuid"
    return [f"(SELECT {part} OR '{row.action}' = ANY ({_list('any')}))", f"{row.column} = (SELECT {who})"]


def statements() -> tuple[tuple[str, str], ...]:
    """Each table and the SQL that brings its rule in step with this program; safe to repeat."""
    return tuple((row.table, statement) for row in protected() for statement in _statements(row))


def _statements(row: Protected) -> tuple[str, ...]:
    return (
        f"ALTER TABLE {row.table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS {NAME} ON {row.table}",
        f"CREATE POLICY {NAME} ON {row.table} USING ({visible(row, policy())})",
        *_writing(row),
    )


def _writing(row: Protected) -> tuple[str, ...]:
    """Where seeing a row is not enough to write one: what must hold beside it."""
    may = f"((SELECT {_part(row.parts)} OR '{row.write}' = ANY ({_list('any')})))"
    found = []
    for command, clause in (("INSERT", "WITH CHECK"), ("UPDATE", "USING"), ("DELETE", "USING")):
        name = f"write_{command.lower()}"
        found.append(f"DROP POLICY IF EXISTS {name} ON {row.table}")
        if row.write:
            found.append(f"CREATE POLICY {name} ON {row.table} AS RESTRICTIVE FOR {command} {clause} {may}")
    return tuple(found)


def fingerprint() -> str:
    """Of the rules as this program has them; the database keeps that of the rules it has."""
    return hashlib.sha256("\n".join(text for _table, text in statements()).encode()).hexdigest()[:16]
