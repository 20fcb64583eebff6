# SPDX-License-Identifier: Apache-2.0
"""The simulated tables, made from the product's own models: columns, keys, conditions, defaults."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.apps import apps
from django.db.models import CheckConstraint, Model, Q, UniqueConstraint

from callbox.door.models import Counted
from callbox.drills.sim.tables import Table, Tables, Tx, Unique, Values
from callbox.journal.fields import TransactionId

ROOMS = ("access", "journal", "matters", "door", "intake", "incidents", "dispatch")
INDEXED = {
    "stopped_at",
    "state",
    "thread",
    "chain",
    "incident_id",
    "unit_id",
    "matter_id",
    "call_id",
    "whole_id",
}
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda found, wanted: bool(found == wanted),
    "isnull": lambda found, wanted: (found is None) == wanted,
    "in": lambda found, wanted: found in wanted,
    "range": lambda found, wanted: found is not None and wanted[0] <= found <= wanted[1],
}


def make_tables(without: Iterable[str] = ()) -> Tables:
    """Empty tables of all rooms; without: names of constraints that are left out."""
    tables = Tables([])
    missing = set(without)
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            table = _table(model, tables, missing)
            tables.tables[table.name] = table
    return tables


def _table(model: type[Model], tables: Tables, without: set[str]) -> Table:
    fields: list[Any] = list(model._meta.local_concrete_fields)
    uniques = [
        Unique(f"{model._meta.db_table}_{each.column}_key", (each.column,))
        for each in fields
        if each.unique or each.primary_key
    ]
    columns = {each.name: each.column for each in fields}
    checks: dict[str, Callable[[Values], bool]] = {}
    for constraint in model._meta.constraints:
        if constraint.name in without:
            continue
        if isinstance(constraint, UniqueConstraint):
            holds = _holds(constraint.condition or Q(), columns)
            uniques.append(Unique(constraint.name, tuple(columns[name] for name in constraint.fields), holds))
        elif isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q):
            checks[constraint.name] = _holds(constraint.condition, columns)
    indexed = {each.columns[0] for each in uniques} | (INDEXED & {each.column for each in fields})
    return Table(
        model._meta.db_table,
        tuple(each.column for each in fields),
        {each.column: make for each in fields if (make := _default(each, model, tables))},
        frozenset(str(each.column) for each in fields if isinstance(each, TransactionId)),
        tuple(uniques),
        checks,
        tuple(sorted(indexed)),
    )


def _default(field: Any, model: type[Model], tables: Tables) -> Callable[[Tx], Any] | None:
    if isinstance(field, TransactionId):
        return tables.xid_of if field.given else None
    if isinstance(field, Counted) or field.get_internal_type().endswith("AutoField"):
        name = f"{model._meta.db_table}.{field.column}"
        return lambda tx: tables.next_number(name)
    if field.has_db_default() and isinstance(field.db_default, bool | int | str):
        value = field.db_default
        return lambda tx: value
    return None


def _holds(condition: Q, columns: dict[str, str]) -> Callable[[Values], bool]:
    """A condition of the models as a function of a row's values."""
    parts: list[Callable[[Values], bool]] = []
    for child in condition.children:
        if isinstance(child, Q):
            parts.append(_holds(child, columns))
        else:
            name, wanted = cast("tuple[str, Any]", child)
            parts.append(_one(name, wanted, columns))

    def holds(values: Values) -> bool:
        found = (part(values) for part in parts)
        result = any(found) if condition.connector == Q.OR else all(found)
        return result != condition.negated

    return holds


def _one(name: str, wanted: Any, columns: dict[str, str]) -> Callable[[Values], bool]:
    field, _, lookup = name.partition("__")
    test, column = TESTS[lookup or "exact"], columns[field]
    return lambda values: test(values[column], wanted)
