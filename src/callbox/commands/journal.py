# SPDX-License-Identifier: Apache-2.0
"""Verify the journal from the command line."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from callbox.commands._options import add_database_argument

HELP = "verify the journal: every hash, link, head, seal and watched row"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox journal verify [--database replay|demo]`."""
    parser.add_argument(
        "step", choices=["verify"], help="recompute everything and name the first entry that does not fit"
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="seals that were told outside the database (CALLBOX_SEALS_FILE)",
    )
    add_database_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print one JSON line; 0 only if all fits."""
    from callbox.commands._databases import chosen_database
    from callbox.commands._setup import use_django

    with chosen_database(args.database):
        use_django()
        from callbox.journal.queries import verify

        verdict = verify()
        if verdict.ok and args.against:
            from callbox.journal.outside import disagreement

            problem = disagreement(args.against.read_text(encoding="utf-8").splitlines())
            verdict = replace(verdict, ok=not problem, problem=problem)
    entry = verdict.entry
    found: dict[str, object] = {
        "journal_ok": verdict.ok,
        "entries": verdict.entries,
        "chains": verdict.chains,
        "seals": verdict.seals,
    }
    if not verdict.ok:
        found["problem"] = verdict.problem
    if entry:
        found["entry"] = {
            "chain": str(entry.chain),
            "number": entry.number,
            "seq": entry.seq,
            "kind": entry.kind,
            "move": entry.move,
        }
    print(json.dumps(found))
    return 0 if verdict.ok else 1
