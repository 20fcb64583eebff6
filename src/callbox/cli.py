# SPDX-License-Identifier: Apache-2.0
"""The command line: every module in `callbox.commands` is a command, so adding one touches nothing here."""

import argparse
import signal
import sys
from collections.abc import Sequence

import callbox.commands
from callbox.commands._registry import add_commands
from callbox.host.errors import WRONG_SETTINGS, ConfigError
from callbox.kernel.errors import Refusal


def main(arguments: Sequence[str]) -> int:
    """Run one command; the answer is the exit code. Asked to end, it puts away what it started, as at Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="callbox", description="Callbox")
    add_commands(parser, callbox.commands)
    args, rest = parser.parse_known_args(arguments)
    if rest and not getattr(args, "takes_rest", False):
        parser.error(f"unrecognised arguments: {' '.join(rest)}")
    args.rest = rest
    try:
        return int(args.run(args))
    except Refusal as refusal:
        sys.stderr.write(f"callbox: {refusal}\n")
        return 1
    except ConfigError as error:
        sys.stderr.write(f"callbox: {error}\n")
        return WRONG_SETTINGS
    except KeyboardInterrupt:
        return 130
