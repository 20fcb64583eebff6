# SPDX-License-Identifier: Apache-2.0
"""Options that several commands have. Imports nothing heavy: every command line reads it."""

import argparse

OWN, REPLAY, DEMO = "own", "replay", "demo"


def add_database_argument(parser: argparse.ArgumentParser) -> None:
    """`--database`: which database a command reads."""
    parser.add_argument(
        "--database",
        choices=(OWN, REPLAY, DEMO),
        default=OWN,
        help="the installation's own (default), the one of the last replay, or that of the demo of CALLBOX_CITY",
    )
