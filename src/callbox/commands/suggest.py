# SPDX-License-Identifier: Apache-2.0
"""Suggested categories: `learn` makes a model from the requests there were, `show` tells how the newest one does."""

import argparse

HELP = "learn from the requests there were which category their words call for, or show how well that went"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox suggest learn`, `callbox suggest show`."""
    parser.add_argument(
        "what",
        choices=["learn", "show"],
        help="learn: reads the words of requests, and notes each that it read",
    )


def run(args: argparse.Namespace) -> int:
    """Print each category and one JSON line; 1 where the newest model may not be used."""
    from callbox.commands import _suggest

    return _suggest.learn() if args.what == "learn" else _suggest.show()
