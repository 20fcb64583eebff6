# SPDX-License-Identifier: Apache-2.0
"""Case histories under the authority's own promises: import a log, then scan it."""

import argparse
from datetime import date
from pathlib import Path

HELP = "import case histories, and scan them for broken and running promises"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox oversight import FILE`, `scan --as-of DATE`, `generate FILE`, `models`, `sql MODEL`."""
    doing = parser.add_subparsers(dest="do", required=True, metavar="WHAT")
    taking = doing.add_parser(
        "import", help="take the events of a file, or Callbox's own journal, in; twice changes nothing"
    )
    what = taking.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file", type=Path, nargs="?", help="CSV, XES (both also .gz), Parquet, or OCEL 2.0 in JSON"
    )
    what.add_argument(
        "--journal", action="store_true", help="the live log, brought up to Callbox's own journal"
    )
    taking.add_argument(
        "--mapping", type=Path, help="which column means what; else the one that fits the columns"
    )
    scanning = doing.add_parser("scan", help="what each model says of all histories, as counts")
    scanning.add_argument(
        "--as-of", type=date.fromisoformat, required=True, help="a day, to its end: 2026-01-31"
    )
    scanning.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    scanning.add_argument("--model", action="append", default=[], help="only this model; may be said again")
    scanning.add_argument(
        "--engine", choices=("bulk", "sql"), default="bulk", help="which engine judges; they say the same"
    )
    asking = doing.add_parser("sql", help="a model as the SQL text that the databases run")
    asking.add_argument("model", help="its code: see `callbox oversight models`")
    making = doing.add_parser("generate", help="write made-up case histories with known violations to a file")
    making.add_argument(
        "file", type=Path, help=".csv, .csv.gz, .parquet or .json (OCEL 2.0), as `import` reads them"
    )
    making.add_argument(
        "--cases", type=int, default=1_000, help="how many histories, over all kinds of objects"
    )
    making.add_argument("--planted", type=float, default=0.1, help="the share that is broken, from 0 to 1")
    making.add_argument("--seed", type=int, default=1, help="the same seed gives the same histories")
    making.add_argument(
        "--key", type=Path, help="a CSV file for what is planted: model, object, event, verdict"
    )
    doing.add_parser("models", help="the models there are, with how sure each is")


def run(args: argparse.Namespace) -> int:
    """Import, scan, list or print a text."""
    from callbox.commands import _oversight

    match args.do:
        case "import":
            if args.journal:
                return _oversight.take_live_log()
            return _oversight.take_in(args.file, args.mapping)
        case "scan":
            return _oversight.scan(args.as_of, args.model, engine=args.engine, as_json=args.json)
        case "generate":
            from callbox.commands import _oversight_generate

            return _oversight_generate.generate(args.file, args.cases, args.planted, args.seed, args.key)
        case "sql":
            return _oversight.sql(args.model)
        case _:
            return _oversight.models()
