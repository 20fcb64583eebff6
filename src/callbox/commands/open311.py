# SPDX-License-Identifier: Apache-2.0
"""Keys of the apps that report through Open311."""

import argparse

HELP = "give an app a key for Open311, end one, or list who has one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox open311 give NAME`, `callbox open311 end NAME`, `callbox open311 list`."""
    parser.add_argument("do", choices=["give", "end", "list"])
    parser.add_argument("name", nargs="?", default="", help="what the app is called")


def run(args: argparse.Namespace) -> int:
    """Print the key, which is shown this once, or who has one."""
    from callbox.commands import _open311

    return _open311.keys(args.do, args.name)
