# SPDX-License-Identifier: Apache-2.0
"""The keys of personal data: which there are, and whether they open what is kept."""

import argparse

HELP = "the keys of personal data: list them, check that they open what is kept, exchange the lasting one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox keys list|check|rotate`."""
    parser.add_argument(
        "step",
        choices=["list", "check", "rotate"],
        help="list: the days that have a key; check: open every sealed value; rotate: a new lasting key",
    )


def run(args: argparse.Namespace) -> int:
    """0 when all is well."""
    from callbox.commands import _keys

    return {"list": _keys.show, "check": _keys.check, "rotate": _keys.rotate}[args.step]()
