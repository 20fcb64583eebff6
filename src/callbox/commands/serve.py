# SPDX-License-Identifier: Apache-2.0
"""Serve a real installation: database, web, door and worker."""

import argparse

HELP = "serve an installation: database, web, door and worker (no demo links)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ports; everything else stands in the environment."""
    parser.add_argument("--port", type=int, help="port of the address to open (default: CALLBOX_DOOR_PORT)")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    from callbox.commands import _serve

    return _serve.run(args)
