# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox agencies`."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.commands._setup import print_loaded

if TYPE_CHECKING:
    from callbox.coordination.folders import Folder
    from callbox.kernel.actor import Actor


def load(folder: Path, *, apply: bool) -> int:
    """Print what the agencies of a folder would change, and put them in force if asked to. Raises Invalid, Conflict."""
    return print_loaded(lambda: _load(folder, apply))


def _load(folder: Path, apply: bool) -> dict[str, object]:
    from django.db import transaction

    from callbox.access.domain import system_actor
    from callbox.coordination.folders import read_folders
    from callbox.coordination.loading import differences, load_folders

    by, at = system_actor("setup"), datetime.now(UTC)
    folders = read_folders(folder)
    found = differences(folders, by=by)
    for each in found:
        print(f"{each.kind:<10} {each.what}")
    with transaction.atomic():
        if apply:
            load_folders(folders, by=by, at=at)
        rules = _rules(folders, by, at, apply)
    counts = dict(sorted(Counter(each.kind for each in found).items()))
    return {"agencies": len(folders), "changes": counts, "rules": rules, "applied": apply}


def _rules(folders: Sequence["Folder"], by: "Actor", at: datetime, apply: bool) -> dict[str, int]:
    """The duties as routing rules: how many would change. Without any duties the rules in force stay."""
    from callbox.coordination.folders import rules_of
    from callbox.requests import queries, routing
    from callbox.requests.editions import load_edition, plan_edition

    text = rules_of(folders)
    if not any(folder.duties for folder in folders):
        return {}
    changed = routing.changes(queries.rules_in_force(), routing.parse_rules(text))
    for change in changed:
        print(f"rule       {change.kind} {change.key}")
    if apply and changed:
        load_edition(plan_edition("rules", text, by=by), by=by, at=at)
    return dict(sorted(Counter(change.kind for change in changed).items()))
