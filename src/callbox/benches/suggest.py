# SPDX-License-Identifier: Apache-2.0
"""How often the category of real requests is named from words, area and line, beside naming the usual one."""

import argparse
import json
from pathlib import Path

from callbox.host.config import load

WORDS, PLACES = Path("sf/sf311_2019.csv.gz"), Path("requests/baltimore_311_sample_10k.csv.gz")
HELP = "how often a model names the right category of recorded requests of San Francisco and of Baltimore"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the files are."""
    parser.add_argument("--words", type=Path, metavar="FILE", help=f"default: {WORDS} of the data")
    parser.add_argument(
        "--places", type=Path, metavar="FILE", help=f"without words: area and line alone; default: {PLACES}"
    )


def run(args: argparse.Namespace) -> int:
    """Print one JSON line: each file with rows, classes, top1, top3, baseline_top1, all made in this one run."""
    from callbox.benches import _suggest

    folder = load().data
    print(json.dumps(_suggest.measure(args.words or folder / WORDS, args.places or folder / PLACES)))
    return 0
