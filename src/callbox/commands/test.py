# SPDX-License-Identifier: Apache-2.0
"""Run all tests, on throw-away servers and a real Chromium."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

HELP = "run all tests (more arguments go to pytest)"
SERVERS = "CALLBOX_TEST_SERVERS"  # read by tests/servers.py
NOTHING = 5  # pytest's word for no tests found
MOST = 4  # each worker has a server, and at times an installation and a browser of its own
# Where the next minute of waiting can be saved; in seconds.
SLOWEST = ("--durations", "25", "--durations-min", "5")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything else is passed on to pytest."""
    parser.add_argument(
        "--workers",
        type=int,
        help="tests run at once (usual: a worker for each core; one when tests are named)",
    )
    parser.set_defaults(takes_rest=True)


def run(args: argparse.Namespace) -> int:
    """Start the servers, migrate, run pytest; the answer is pytest's."""
    from callbox.commands._setup import prepare
    from callbox.host.config import CHECKOUT

    prepare()
    workers = args.workers or (1 if args.rest else min(os.cpu_count() or 1, MOST))
    with ExitStack() as stack:
        said = [stack.enter_context(server()) for _ in range(workers)]
        environment = os.environ | {SERVERS: json.dumps(said)}
        codes = [
            subprocess.run(  # noqa: S603 - our own words, and the caller's for pytest
                [sys.executable, "-m", "pytest", *words, *args.rest],
                cwd=CHECKOUT,
                check=False,
                env=environment,
            ).returncode
            for words in passes(workers)
        ]
    return max((code for code in codes if code != NOTHING), default=NOTHING)


def passes(workers: int) -> list[list[str]]:
    """What pytest is told, in turn: browsers go by themselves, as they wait where the other tests compute."""
    if workers == 1:
        return [[]]
    spread = ["-n", str(workers), "--dist", "loadfile", "--max-worker-restart", "0", *SLOWEST]
    return [[*spread, "-m", "not browser"], [*spread, "-m", "browser"]]


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """A home and a server of one worker's own, as the environment names them."""
    from callbox.commands._setup import database

    with tempfile.TemporaryDirectory(prefix="callbox-home-") as home:
        os.environ["CALLBOX_HOME"] = home
        with database(temporary=True) as urls:
            yield {"CALLBOX_HOME": home, "DATABASE_URL": urls.app, "CALLBOX_OWNER_URL": urls.owner}
