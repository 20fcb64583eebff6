# SPDX-License-Identifier: Apache-2.0
"""Write the printable list of open incidents now."""

import argparse

HELP = "write the printable list of open incidents now, and name the file"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_args: argparse.Namespace) -> int:
    """0 when it stands on the disk."""
    from callbox.commands import _printout

    return _printout.run()
