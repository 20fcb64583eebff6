# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench suggest`: the product's own learning on recorded requests, no database.

The files do not say who reported: each row counts as another reporter, so that the share of words kept is the largest.
San Francisco's words are no free text but fifteen phrases of a list, most as good as the type they lead to; its column
`Category` says the same of every row. Baltimore's file has no words.
"""

import csv
import gzip
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from callbox.analysis.baltimore import read_requests
from callbox.requests.learning import Example, learn
from callbox.requests.suggesting import asked_on

STAMP = "%m/%d/%Y %I:%M:%S %p"


def measure(words: Path, places: Path) -> dict[str, Any]:
    """Of each file and label: rows, classes, features, held out, and the shares that were right."""
    told = read_words(words)
    return {
        "sf": _measured(told),
        "sf_words_alone": _measured([replace(each, area="", line="") for each in told]),
        "sf_without_words": _measured([replace(each, words="") for each in told]),
        "sf_different_words": len({each.words for each in told}),
        "baltimore_without_words": _measured(read_places(places)),
    }


def read_words(path: Path) -> list[Example]:
    """The requests of San Francisco's file in the order of their dates. Raises OSError, KeyError, ValueError."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (_at(row["Opened"]), row["CaseID"]))
    return [
        Example(
            row["Request Details"], row["Neighborhood"], row["Source"], row["Request Type"], row["CaseID"]
        )
        for row in rows
    ]


def _at(text: str) -> datetime:
    return datetime.strptime(text, STAMP)  # noqa: DTZ007 - only the order counts


def read_places(path: Path) -> list[Example]:
    """The requests of Baltimore's file in the order of their dates. Raises OSError, ValueError."""
    return [
        Example("", row.district, row.channel, row.type, row.number)
        for row in sorted(read_requests(path), key=lambda row: (row.created, row.number))
    ]


def _measured(examples: Sequence[Example]) -> dict[str, Any]:
    begun = time.perf_counter()
    model, measured = learn(examples, asked_on(datetime.now().astimezone().date()).reporters_least)
    took, held_out = time.perf_counter() - begun, measured.held_out
    late = examples[measured.learned_from :]
    begun = time.perf_counter()
    for each in late:
        model.suggest(each.words, each.area, each.line)
    return {
        "rows": len(examples),
        "held_out": held_out.count,
        "classes": len({each.category for each in examples}),
        "classes_learned": len(model.classes),
        "features": len(model.features),
        "top1": round(held_out.first / held_out.count, 4),
        "top3": round(held_out.among / held_out.count, 4),
        "baseline_top1": round(measured.usual / held_out.count, 4),
        "learn_s": round(took, 2),
        "suggest_us": round((time.perf_counter() - begun) / len(late) * 1e6),
        "stored_bytes": len(model.written()),
    }
