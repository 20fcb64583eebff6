# SPDX-License-Identifier: Apache-2.0
"""List the texts that have no Chinese translation yet."""

import argparse

HELP = "list the texts that have no Chinese translation yet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Rooms to look at, and whether to add what is missing to their files."""
    parser.add_argument("rooms", nargs="*", help="only these rooms")
    parser.add_argument(
        "--add", action="store_true", help="add the missing texts, untranslated, to each room's .po"
    )


def run(args: argparse.Namespace) -> int:
    """Print each gap; exit code 1 when there is one."""
    from callbox.web.phrases import add_gaps, gaps_of, rooms_with_words

    count = 0
    for room in args.rooms or rooms_with_words():
        gaps = gaps_of(room)
        count += len(gaps)
        for phrase, where in gaps.items():
            print(f"{where}: {phrase!r}")
        if args.add and gaps:
            print(f"added to {add_gaps(room)}")
    return 1 if count else 0
