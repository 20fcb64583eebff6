# SPDX-License-Identifier: Apache-2.0
"""Back up the installation while it serves."""

import argparse
from pathlib import Path

HELP = "back up the installation while it serves: the database, the secret, what waits in the spool"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox backup TARGET`."""
    parser.add_argument("target", type=Path, help="a new folder, or a new file ending with .tar")
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help="also put the keys of contact data into a file of their own"
    )
    parser.add_argument("--with-city", action="store_true", help="the imported city too, not its name alone")
    parser.add_argument(
        "--files-only", action="store_true", help="not the database: its own tools back it up (DATABASE_URL)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when the backup stands on the disk and was read again."""
    from callbox.commands import _backup

    return _backup.back_up(args)
