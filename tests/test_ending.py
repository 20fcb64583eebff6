# SPDX-License-Identifier: Apache-2.0
"""A command that is asked to end puts away what it started, however it is asked."""

import signal
import subprocess
import sys

import pytest

COMMAND = """
import signal, sys, time
import callbox.commands.drill as command
from callbox.cli import main

def run(args):
    try:
        print("up", flush=True)
        while True:
            time.sleep(0.05)  # not signal.pause: a signal that comes just before it would be waited for for ever
    finally:
        print("put away", flush=True)

command.run = run
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background has it ignored
sys.exit(main(["drill"]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_puts_away_what_it_started(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", COMMAND], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(number)
        assert process.stdout.read() == "put away\n"
    assert process.returncode == 130
