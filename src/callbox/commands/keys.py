# SPDX-License-Identifier: Apache-2.0
"""The keys of personal data: which there are, and whether they open what is kept."""

import argparse
from pathlib import Path

HELP = "the keys of personal data: list them, check that they open what is kept, renew the lasting one, merge folders"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox keys list|check|rotate|merge FOLDER`."""
    parser.add_argument(
        "step",
        choices=["list", "check", "rotate", "merge"],
        help="list: the days that have a key; check: open every sealed value; rotate: a new lasting key; "
        "merge: take over the days' keys of another folder",
    )
    parser.add_argument("folder", nargs="?", type=Path, help="merge: the folder that was found again")


def run(args: argparse.Namespace) -> int:
    """0 when all is well."""
    from callbox.commands import _keys

    if args.step == "merge":
        return _keys.merge(args.folder)
    return {"list": _keys.show, "check": _keys.check, "rotate": _keys.rotate}[args.step]()
