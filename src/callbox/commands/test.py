# SPDX-License-Identifier: Apache-2.0
"""Run all tests, on a throw-away server and a real Chromium."""

import argparse
import os
import subprocess
import sys
import tempfile

HELP = "run all tests (more arguments go to pytest)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is passed on to pytest."""
    parser.set_defaults(takes_rest=True)


def run(args: argparse.Namespace) -> int:
    """Start the server, migrate, run pytest; the answer is pytest's."""
    from callbox.commands._setup import database, prepare
    from callbox.host.config import CHECKOUT

    prepare()
    with tempfile.TemporaryDirectory(prefix="callbox-home-") as home:
        os.environ["CALLBOX_HOME"] = home
        with database(temporary=True):
            return subprocess.run(  # noqa: S603 - our own words, and the caller's for pytest
                [sys.executable, "-m", "pytest", *args.rest], cwd=CHECKOUT, check=False
            ).returncode
