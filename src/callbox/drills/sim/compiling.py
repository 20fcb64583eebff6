# SPDX-License-Identifier: Apache-2.0
"""Django's SELECTs, put together once for all queries that differ in nothing but their values.

Putting a query together costs Django ten times what the simulated server needs to answer it. What its condition says
is compiled each time, so that the text can never belong to another; all else that the text depends on is in the key.
A query with anything in it that is not looked at here goes Django's own way.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import FullResultSet
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

UNUSUAL = (
    "annotations",
    "combinator",
    "group_by",
    "extra",
    "extra_tables",
    "extra_order_by",
    "explain_info",
    "subquery",
    "external_aliases",
    "_filtered_relations",
)


@dataclass(slots=True)
class Kept:
    """One text, and what Django's compiler knows of its columns."""

    sql: str
    columns: tuple[Any, ...]  # select, klass_info, annotation_col_map, col_count, has_extra_select
    converters: Any = None


KEPT: dict[tuple[Any, ...], Kept] = {}


class KeepingCompiler(SQLCompiler):
    """Django's compiler with a memory."""

    elide_empty: bool
    _kept: Kept | None = None

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> Any:
        """The text and its values, as Django's own says them."""
        if not with_limits or with_col_aliases or not self.elide_empty or not _is_usual(self.query):
            return super().as_sql(with_limits, with_col_aliases)
        if self.query.select_for_update and self.connection.get_autocommit():
            return super().as_sql()  # refuses
        try:
            where, values = self.compile(cast("Any", self.query.where))
        except FullResultSet:
            where, values = "", ()
        key = _key(self.query, where)
        kept = KEPT.get(key)
        if kept is None:
            return self._keep(key, tuple(values))
        self._kept = kept
        self.select, self.klass_info, self.annotation_col_map, self.col_count, self.has_extra_select = (
            kept.columns
        )
        return kept.sql, tuple(values)

    def _keep(self, key: tuple[Any, ...], values: tuple[Any, ...]) -> Any:
        sql, params = super().as_sql()
        if tuple(params) == values:  # none stands anywhere but in the condition
            columns = (
                self.select,
                self.klass_info,
                self.annotation_col_map,
                self.col_count,
                self.has_extra_select,
            )
            self._kept = KEPT[key] = Kept(sql, columns)
        return sql, params

    def get_converters(self, expressions: Any) -> Any:
        """What makes Python's values of the database's, for each column."""
        if self._kept is None:
            return super().get_converters(expressions)
        if self._kept.converters is None:
            self._kept.converters = super().get_converters(expressions)
        return self._kept.converters


class KeepingOperations(DatabaseOperations):
    """Django's, with that compiler."""

    def compiler(self, compiler_name: str) -> Any:
        """The class of that name."""
        return KeepingCompiler if compiler_name == "SQLCompiler" else super().compiler(compiler_name)


def _is_usual(query: Any) -> bool:
    return (
        type(query) is Query
        and not any(getattr(query, name) for name in UNUSUAL)
        and all(type(each) is str for each in query.order_by)
        and all(type(each) is Col for each in query.select)
    )


def _key(query: Any, where: str) -> tuple[Any, ...]:
    """All that the text depends on, except the values in its condition."""
    return (
        query.model,
        where,
        tuple(
            (alias, each.table_name, each.join_type, each.parent_alias, id(getattr(each, "join_field", None)))
            for alias, each in query.alias_map.items()
        ),
        tuple(query.alias_refcount.values()),
        tuple((each.alias, id(each.target)) for each in query.select),
        query.order_by,
        repr(query.select_related),
        repr(query.selected),
        query.values_select,
        query.deferred_loading,
        (query.default_cols, query.default_ordering, query.standard_ordering),
        (query.low_mark, query.high_mark, query.distinct, query.distinct_fields),
        query.select_for_update
        and (
            query.select_for_update_nowait,
            query.select_for_update_skip_locked,
            query.select_for_update_of,
            query.select_for_no_key_update,
        ),
    )
