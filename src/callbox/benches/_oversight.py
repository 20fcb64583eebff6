# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox bench oversight`: each engine in a process of its own, so that each has its own peak."""

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from callbox.benches import _oversight_engines as engines
from callbox.benches import _oversight_following as following
from callbox.benches import _oversight_peer as peer
from callbox.benches._oversight_world import fines_log, twelve
from callbox.host.errors import HostError


def measure(args: argparse.Namespace) -> tuple[dict[str, object], list[str]]:
    """The figures, and where engines count differently. Raises NotFound without the log."""
    fines_log()
    one = _told("bulk", _apart(engines.bulk, 1, args.rounds))
    many = _told(f"bulk, {args.copies} copies", _apart(engines.bulk, args.copies, args.rounds))
    duck = _told("duckdb", _apart(engines.duckdb, 1, args.rounds))
    duck_many = _told(f"duckdb, {args.copies} copies", _apart(engines.duckdb, args.copies, 1))
    postgres = _told("postgres", _apart(engines.postgres, 1, args.rounds))
    memory = _told("event by event", _apart(following.in_memory, 1, min(args.rounds, 3)))
    durable = _told("event by event, durable", _apart(following.durable, 1))
    spark = _spark(args.spark, args.spark_folder) if args.spark else None
    checked = [("duckdb", duck), ("postgres", postgres), ("event by event", memory), ("durable", durable)]
    checked += [("spark", spark)] if spark else []
    differ = [line for name, found in checked for line in differing(name, found["counts"], one["counts"])]
    differ += differing(f"duckdb, {args.copies} copies", duck_many["counts"], many["counts"])
    told: dict[str, object] = {
        "models_of_the_log": len(twelve()),
        "events": one["events"],
        "copies": args.copies,
        "bulk_events_per_cpu_s": one["rate"],
        "bulk_copies_events_per_cpu_s": many["rate"],
        "cold_events_per_cpu_s": one["cold"],
        "duckdb_events_per_cpu_s": duck["rate"],
        "duckdb_copies_events_per_cpu_s": duck_many["rate"],
        "postgres_events_per_cpu_s": postgres["rate"],
        "incremental_events_per_s": memory["rate"],
        "incremental_durable_events_per_s": durable["rate"],
        "incremental_peak_mib": memory["peak_mib"],
        "spark_events_per_s": spark["rate"] if spark else None,
        "peak_mib": one["peak_mib"],
        "peak_copies_mib": many["peak_mib"],
        "peak_per_copy_mib": round((many["peak_mib"] - one["peak_mib"]) / max(1, args.copies - 1), 1),
    }
    told |= _against_pm4py(args, one, differ)
    if args.cases:
        made = _told(f"{args.cases} synthetic cases", _apart(engines.synthetic, args.cases))
        told |= {
            "models": made["models"],
            "models_1m_cases_s": made["wall_s"],
            "synthetic_events": made["events"],
        }
        told |= {"synthetic_peak_mib": made["peak_mib"]}
    return told, differ


def _spark(master: str, folder: Path | None) -> dict[str, Any] | None:
    try:
        return _told("spark", _apart(engines.spark, 1, 1, master, folder))
    except ImportError:
        print("not measured: spark: pyspark is not installed; requirements-bench.lock names it")
        return None


def _against_pm4py(args: argparse.Namespace, one: dict[str, Any], differ: list[str]) -> dict[str, object]:
    """How many times as long pm4py's checkers take for what they can express."""
    if not args.pm4py:
        print("not measured: pm4py, by --no-pm4py")
        return {"pm4py_ratio": None}
    try:
        theirs = peer.ask()
    except HostError as reason:
        print(f"not measured: pm4py: {reason}")
        return {"pm4py_ratio": None}
    differ += [
        f"pm4py: {rule} {found} cases, bulk {one['cases'][rule]}"
        for rule, found in theirs["cases"].items()
        if found != one["cases"][rule]
    ]
    seconds = sum(theirs["seconds"].values())
    _told(
        "pm4py", {"cpu_s": round(seconds, 2), "rules": len(theirs["cases"]), "peak_mib": theirs["peak_mib"]}
    )
    return {"pm4py_ratio": round(seconds / one["same_cpu_s"], 1), "pm4py_rules": len(theirs["cases"])}


def _apart(work: Callable[..., dict[str, Any]], *given: int | str | Path | None) -> dict[str, Any]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def _told(name: str, found: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in found.items() if key not in ("counts", "cases")}
    print(f"{name}: {', '.join(f'{key} {value}' for key, value in shown.items())}", flush=True)
    return found


def differing(name: str, found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """A line for each model of which an engine does not say what is wanted."""
    return [
        f"{name}: {code} {found.get(code)}, bulk {counts}"
        for code, counts in wanted.items()
        if found.get(code) != counts
    ]
