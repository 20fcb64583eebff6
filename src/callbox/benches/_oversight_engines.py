# SPDX-License-Identifier: Apache-2.0
"""Each engine of oversight over the log, to be run in a process of its own. Rates are the median of some rounds."""

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from typing import Any

import numpy as np
import psutil

from callbox.benches._oversight_peer import EXPRESSED, SAME_VERDICTS
from callbox.benches._oversight_world import AS_OF, copied, fines_log, imported, twelve
from callbox.oversight.bulk import Judged, scan
from callbox.oversight.columns import Columns
from callbox.oversight.sql.engine import Loaded
from callbox.oversight.sql.links import Duck, Link, Postgres, Spark
from callbox.oversight.verdict_codes import CODES


def bulk(copies: int, rounds: int) -> dict[str, Any]:
    """In process, over columns; cold: from the file on, by way of the store."""
    began = time.process_time()
    one = imported(fines_log())
    prepared = time.process_time() - began
    columns, rules = copied(one, copies) if copies > 1 else one, twelve()
    columns.days(rules[0].calendar)
    seconds = median(_cpu(lambda: scan(columns, rules, AS_OF)) for _round in range(rounds))
    judged = scan(columns, rules, AS_OF)
    same = [rule for rule in rules if rule.code in EXPRESSED]
    return {
        "events": len(columns),
        "rate": round(len(columns) / seconds),
        "cpu_s": round(seconds, 3),
        "cold": round(len(one) / (prepared + seconds / copies)),
        "import_cpu_s": round(prepared, 2),
        "same_cpu_s": median(_cpu(lambda: scan(columns, same, AS_OF)) for _round in range(rounds)),
        "counts": {code: each.counts() for code, each in judged.items()},
        "cases": {code: _cases(columns, judged[code], SAME_VERDICTS[code]) for code in EXPRESSED},
        "peak_mib": _peak(),
    }


def duckdb(copies: int, rounds: int) -> dict[str, Any]:
    """As SQL on DuckDB, from a loaded table, on one thread."""
    with closing(Duck(threads=1)) as link:
        return _by_sql(link, copies, rounds, _cpu)


def postgres(copies: int, rounds: int) -> dict[str, Any]:
    """As SQL on a throw-away PostgreSQL, from a loaded table, without helpers; CPU and memory are the server's part."""
    from callbox.host.config import load
    from callbox.host.embedded import running_database

    with running_database(load().home, temporary=True) as urls, closing(Postgres(urls.owner)) as link:
        link.rows("SELECT set_config('max_parallel_workers_per_gather', '0', false)")
        server = psutil.Process(int(link.rows("SELECT pg_backend_pid()")[0][0]))
        found = _by_sql(link, copies, rounds, partial(_cpu_of, server))
        return found | {"peak_mib": server.memory_info().rss // 2**20}


def spark(copies: int, rounds: int, master: str, folder: Path | None) -> dict[str, Any]:
    """As SQL on Spark, by the clock; memory is that of this process alone. Raises ImportError without pyspark."""
    with closing(Spark(master, folder)) as link:
        return _by_sql(link, copies, rounds, _wall)


def synthetic(cases: int) -> dict[str, Any]:
    """All models over made-up cases, by the clock, once the columns are made."""
    from callbox.oversight.generator import AS_OF as END
    from callbox.oversight.generator import columns_by_kind
    from callbox.oversight.library import shipped_rules

    rules = shipped_rules()
    made = columns_by_kind(cases, 1, rules)
    histories = [each.columns for each in made.values()]
    found: dict[str, Judged] = {}
    began, cpu = time.perf_counter(), time.process_time()
    for columns in histories:
        found |= scan(columns, rules.values(), END)
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    return {
        "models": len(found),
        "events": sum(map(len, histories)),
        "activations": sum(sum(each.counts().values()) for each in found.values()),
        "history_by_history": sum(len(each.others) for each in found.values()),
        "wall_s": round(wall, 1),
        "cpu_s": round(spent, 1),
        "peak_mib": _peak(),
    }


def _by_sql(
    link: Link, copies: int, rounds: int, timed: Callable[[Callable[[], object]], float]
) -> dict[str, Any]:
    columns, rules = imported(fines_log()), twelve()
    columns = copied(columns, copies) if copies > 1 else columns
    began = time.perf_counter()
    loaded = Loaded(link, columns, rules)
    loading = time.perf_counter() - began
    counted: list[dict[str, dict[str, int]]] = []
    seconds = median(timed(lambda: counted.append(loaded.counts(AS_OF))) for _round in range(rounds))
    return {
        "events": len(columns),
        "rate": round(len(columns) / seconds),
        "seconds": round(seconds, 2),
        "loaded_s": round(loading, 1),
        "not_said": sorted(loaded.not_said),
        "counts": counted[-1],
        "peak_mib": _peak(),
    }


def _cases(columns: Columns, judged: Judged, verdicts: frozenset[str]) -> int:
    """How many cases have one of these verdicts."""
    wanted = np.isin(judged.codes, [CODES[verdict] for verdict in verdicts])
    return len(np.unique(columns.owner[judged.places[wanted]]))


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _cpu_of(server: psutil.Process, work: Callable[[], object]) -> float:
    before = server.cpu_times()
    work()
    after = server.cpu_times()
    return (after.user - before.user) + (after.system - before.system)


def _wall(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak() -> int:
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024
