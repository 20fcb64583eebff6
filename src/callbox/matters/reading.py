# SPDX-License-Identifier: Apache-2.0
"""Reads that every step makes: one row by its key, with the SQL put together once. Part of the queries.

Django puts a query together anew each time; for a join of three tables that takes longer than to run it.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

KEY = UUID(int=0)  # stands in the query where the key will be


class OneRow[M: Model]:
    """A query with `KEY` in its place, as a function of the key: the first row, or None."""

    def __init__(self, query: Callable[[], QuerySet[M]]) -> None:
        """query: makes the query; called at the first read. Of several rows its order decides."""
        self._query = query

    def __call__(self, key: UUID) -> M | None:
        """The row of this key with all that the query selects along with it."""
        sql, parameters = self._sql
        with connection.cursor() as cursor:
            cursor.execute(sql, [key if each == KEY else each for each in parameters])
            row = cursor.fetchone()
        return None if row is None else self._made(row)

    def _made(self, row: tuple[Any, ...]) -> M:
        begin, end, names, related = self._shape
        found = self._model.from_db(connection.alias, names, row[begin:end])
        for populator in related:
            populator.populate(row, found)
        return found

    @cached_property
    def _model(self) -> type[M]:
        return self._query().model

    @cached_property
    def _sql(self) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self._compiled.as_sql()
        return f"{sql} LIMIT 1", tuple(parameters)

    @cached_property
    def _compiled(self) -> "SQLCompiler":
        query = self._query().query
        compiler: SQLCompiler = query.get_compiler(connection.alias)
        compiler.as_sql()
        if compiler.get_converters([column for column, _sql, _name in compiler.select or ()]):
            raise TypeError(f"a column of {query.model} must be converted when it is read: use a QuerySet")
        return compiler

    @cached_property
    def _shape(self) -> tuple[int, int, list[str], list[Any]]:
        compiler, found = self._compiled, self._query()
        info: Any = compiler.klass_info
        columns = info["select_fields"]
        begin, end = columns[0], columns[-1] + 1
        names = list(_names(compiler, begin, end))
        mode = found._fetch_mode  # type: ignore[attr-defined]  # newer than the stubs
        return begin, end, names, get_related_populators(info, compiler.select, connection.alias, mode)


def _names(compiler: "SQLCompiler", begin: int, end: int) -> Iterator[str]:
    for column, _sql, _name in (compiler.select or [])[begin:end]:
        target: Any = column
        yield target.target.attname
