# SPDX-License-Identifier: Apache-2.0
"""Create the first administrator of an installation."""

import argparse
import getpass
import sys

HELP = "create an administrator, who then creates the others on the pages"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox admin create NAME`."""
    parser.add_argument("step", choices=["create"], help="create an administrator")
    parser.add_argument("name", metavar="NAME", help="the name to sign in with")
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, one line"
    )


def run(args: argparse.Namespace) -> int:
    """Ask for a password and create the person; 0 when done."""
    from callbox.commands import _admin

    password = sys.stdin.readline().rstrip("\n") if args.password_stdin else getpass.getpass("Password: ")
    return _admin.create(args.name, password)
