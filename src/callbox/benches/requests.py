# SPDX-License-Identifier: Apache-2.0
"""Civic requests in number: an agency's inbox, taking requests through the API, the figures right after a write."""

import argparse
import json
from pathlib import Path

HELP = "the inbox of an agency, creations through the API, figures and routing with a million requests"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many requests there are, and how long requests are taken through the API."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="requests in the database")
    parser.add_argument("--seconds", type=int, default=20, help="of taking requests through the API")
    parser.add_argument("--clients", type=int, default=4, help="that take requests at once (default: 4)")
    parser.add_argument("--folder", type=Path, help="where the database stays, filled, for the next run")
    parser.add_argument("--sweep", type=int, default=100_000, help="matters of the sweep; 0: without it")


def run(args: argparse.Namespace) -> int:
    """Print one JSON line; times over HTTP, from asking to the whole answer."""
    from callbox.benches import _requests

    print(json.dumps(_requests.measure(args.rows, args.seconds, args.clients, args.sweep, args.folder)))
    return 0
