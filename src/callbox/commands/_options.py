# SPDX-License-Identifier: Apache-2.0
"""Options that several commands have. Imports nothing heavy: every command line reads it."""

import argparse

OWN, REPLAY = "own", "replay"


def add_database_argument(parser: argparse.ArgumentParser) -> None:
    """`--database`: which database a command reads."""
    parser.add_argument(
        "--database",
        choices=(OWN, REPLAY),
        default=OWN,
        help="the installation's own (default), or the one of the last replay",
    )
