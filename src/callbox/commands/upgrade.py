# SPDX-License-Identifier: Apache-2.0
"""Bring an installation to this release while the last one serves."""

import argparse
from pathlib import Path

HELP = "bring the installation to this release: backup, expand the tables, restart, then --contract"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox upgrade [--backup TARGET] [--restart COMMAND] | --contract`."""
    parser.add_argument("--backup", type=Path, metavar="TARGET", help="where the backup goes (a new folder)")
    parser.add_argument(
        "--no-backup", action="store_true", help="the backup was made with other tools just now"
    )
    parser.add_argument(
        "--restart", metavar="COMMAND", help="how the processes are started anew, then --contract follows"
    )
    parser.add_argument("--contract", action="store_true", help="take away what only the last release used")


def run(args: argparse.Namespace) -> int:
    """0 when the step is done; 1 when it was refused and nothing was changed."""
    from callbox.commands import _upgrade

    return _upgrade.run(args)
