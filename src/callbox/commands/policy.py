# SPDX-License-Identifier: Apache-2.0
"""Who may do what, as a page of the reference."""

import argparse
from pathlib import Path

HELP = "print who may do what, as Markdown (docs/reference/policy.md)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write it; printed when left out."""
    parser.add_argument("--write", type=Path, help="write it to this file")


def run(args: argparse.Namespace) -> int:
    """Print or write the page."""
    from callbox.access.page import policy_page

    if args.write:
        args.write.write_text(policy_page(), encoding="utf-8")
    else:
        print(policy_page(), end="")
    return 0
