# SPDX-License-Identifier: Apache-2.0
"""Measure: each module of `callbox.benches` is a bench and prints one JSON line last."""

import argparse

HELP = "measure something and print one JSON line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each bench."""
    import callbox.benches
    from callbox.commands._registry import add_commands

    add_commands(parser, callbox.benches)


def run(args: argparse.Namespace) -> int:
    """Never called: the bench's own `run` takes its place."""
    raise SystemExit(2)
