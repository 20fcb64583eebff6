# SPDX-License-Identifier: Apache-2.0
"""The three databases that the same text runs on: how tables get in, and rows come back. An edge."""

import importlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import duckdb
import numpy as np
import psycopg

from callbox.oversight.sql.tables import Table


class Link(Protocol):
    """A database that a text can be run on, unchanged."""

    def fill(self, name: str, table: Table) -> None:
        """Make a table of this name with these rows, in place of one that was there."""

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """What a text gives."""

    def close(self) -> None:
        """Let go of the database, and of the tables."""


class Duck:
    """DuckDB in this process, in memory."""

    def __init__(self, threads: int | None = None) -> None:
        self._link = duckdb.connect(config={"threads": threads} if threads else {})

    def fill(self, name: str, table: Table) -> None:
        """Make a table from arrays."""
        filled = {}  # DuckDB finds it by its name
        for column in table:
            kind = np.int64 if column.type == "BIGINT" else bool if column.type == "BOOLEAN" else object
            filled[column.name] = np.ma.masked_array(np.asarray(column.values, kind), column.nothing)
        types = ", ".join(f"CAST({each.name} AS {each.type}) AS {each.name}" for each in table)
        self._link.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {types} FROM filled")
        del filled

    def write(self, name: str, file: Path) -> None:
        """Write a table as Parquet."""
        self._link.table(name).write_parquet(str(file))

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """What a text gives."""
        found: list[tuple[Any, ...]] = self._link.execute(text).fetchall()
        return found

    def close(self) -> None:
        """Let go of the memory."""
        self._link.close()


class Postgres:
    """PostgreSQL, with tables that live as long as the connection."""

    def __init__(self, address: str) -> None:
        self._link = psycopg.connect(address, autocommit=True)
        self._link.execute("SET work_mem = '64MB'")  # else each step of a text goes to disk

    def fill(self, name: str, table: Table) -> None:
        """Make a table by COPY."""
        types = ", ".join(f"{each.name} {each.type}" for each in table)
        self._link.execute(f"DROP TABLE IF EXISTS pg_temp.{name}".encode())
        self._link.execute(f"CREATE TEMPORARY TABLE {name} ({types})".encode())
        with self._link.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN".encode()) as copy:
            for row in rows_of(table):
                copy.write_row(row)
        self._link.execute(f"ANALYZE {name}".encode())

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """What a text gives."""
        return self._link.execute(text.encode()).fetchall()

    def close(self) -> None:
        """End the connection; the tables go with it."""
        self._link.close()


HERE = "local[2]"  # two threads of this machine
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",  # else 200 tasks for each join, of a few rows each
    "spark.driver.memory": "2g",
}


class Spark:
    """Spark: on this machine, or on the cluster of another master, which says itself how it shares out the work.

    Tables get in as Parquet files. folder: where they are kept until the end; every machine of a cluster must see it
    under this name. Raises ImportError where pyspark is not installed.
    """

    def __init__(self, master: str = HERE, folder: Path | None = None) -> None:
        logging.getLogger("py4j").setLevel(logging.WARNING)  # it tells of every connection that it closes
        made = importlib.import_module("pyspark.sql").SparkSession.builder.appName("callbox oversight")
        made = made.master(master)
        for key, value in settings_for(master).items():
            made = made.config(key, value)
        self._link = made.getOrCreate()
        self._link.sparkContext.setLogLevel("ERROR")
        self._folder = TemporaryDirectory(dir=folder)
        self._filled = 0

    def fill(self, name: str, table: Table) -> None:
        """Make a view of a file, each time of a new one: Spark remembers what stood in the old one."""
        self._filled += 1
        file = Path(self._folder.name) / f"{name}_{self._filled}.parquet"
        with closing(Duck(threads=1)) as duck:
            duck.fill(name, table)
            duck.write(name, file)
        self._link.read.parquet(file.as_uri()).createOrReplaceTempView(name)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """What a text gives."""
        return [tuple(row) for row in self._link.sql(text).collect()]

    def close(self) -> None:
        """Stop the session; the files go with it."""
        self._link.stop()
        self._folder.cleanup()


def settings_for(master: str) -> dict[str, str]:
    """What is set for Spark on this machine; a cluster keeps its own settings."""
    return LOCAL if master.startswith("local") else {}


def rows_of(table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, None for NULL."""
    return zip(*(_column(each.values, each.nothing.tolist()) for each in table), strict=True)


def _column(values: Sequence[Any] | np.ndarray, nothing: Iterable[bool]) -> Iterator[Any]:
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    return (None if no else value for value, no in zip(plain, nothing, strict=True))
