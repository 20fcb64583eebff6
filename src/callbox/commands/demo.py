# SPDX-License-Identifier: Apache-2.0
"""The demo: a real city with made-up residents and crews."""

import argparse

HELP = "show a demo city with simulated residents and crews; --check plays ten minutes without a browser"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """City, speed, seed."""
    parser.add_argument("--city", default="helsinki", choices=["helsinki", "sf", "futian"], help="which city")
    parser.add_argument(
        "--speed",
        type=float,
        default=10.0,
        help="residents call, and crews move and work, so many times as fast (default 10)",
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, another day")
    parser.add_argument("--port", type=int, help="port of the address to open (default: CALLBOX_DOOR_PORT)")
    parser.add_argument(
        "--check",
        action="store_true",
        help="ten minutes of calls, played to the end as fast as it goes; one JSON line",
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="minutes of calls in a check")


def run(args: argparse.Namespace) -> int:
    """Show the demo until Ctrl-C, or check it."""
    if args.check:
        from callbox.commands import _demo_check

        return _demo_check.run(args)
    from callbox.commands import _demo

    return _demo.run(args)
