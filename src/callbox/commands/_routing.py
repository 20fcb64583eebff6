# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox routing`."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from callbox.commands._setup import database, use_django
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

UNREADABLE = _("%(file)s cannot be read: %(why)s")


def load(kind: str, files: Sequence[str], *, apply: bool, since: date) -> int:
    """Print what these files would change, and put them in force if asked to. Raises Invalid, Conflict."""
    text = _joined(files) if kind == "areas" else _text(Path(files[0]))
    with database():
        use_django()
        print(json.dumps(_load(kind, text, apply, since)))
    return 0


def _load(kind: str, text: str, apply: bool, since: date) -> dict[str, object]:
    from callbox.access.domain import system_actor
    from callbox.requests.editions import load_edition, plan_edition

    by, at = system_actor("setup"), datetime.now(UTC)
    plan = plan_edition(kind, text, by=by)
    for change, code in plan.changes:
        print(f"{change:<8} {code}")
    for fault in plan.faults:
        print(f"FAULT    {fault.code}: {fault.kind} {fault.other} ({fault.per_mille / 10:.1f} %)")
    tried = _tried(plan.text, since) if kind == "rules" else {}
    if apply:
        load_edition(plan, by=by, at=at)
    counts: dict[str, int] = {}
    for change, _code in plan.changes:
        counts[change] = counts.get(change, 0) + 1
    said = {"kind": kind, "edition": plan.version, "changes": counts, "faults": len(plan.faults)}
    return {**said, **tried, "applied": apply}


def _tried(text: str, since: date) -> dict[str, object]:
    """What these rules would have done with the requests of the past, by where they went and would have gone."""
    from callbox.requests.queries import history
    from callbox.requests.routing import elsewhere, parse_rules

    begin = datetime(since.year, since.month, since.day, tzinfo=UTC)
    count, moved = elsewhere(parse_rules(text), history(begin))
    for (was, would), requests in sorted(moved.items(), key=lambda each: (-each[1], each[0])):
        print(
            f"{requests:>8} requests would have gone to {would or 'the desk'} instead of {was or 'the desk'}"
        )
    return {"tried": count, "elsewhere": sum(moved.values())}


def _joined(files: Sequence[str]) -> str:
    """The features of several files as one collection; LEVEL=FILE says the level of those that do not say it."""
    features = []
    for given in files:
        level, sign, name = given.rpartition("=")
        for feature in _features(Path(name)):
            said = feature.get("properties")
            known = said if isinstance(said, dict) else {}
            features.append({**feature, "properties": {**({"level": level} if sign else {}), **known}})
    return json.dumps({"type": "FeatureCollection", "features": features})


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(_text(path))["features"]
        if not all(isinstance(each, dict) for each in found):
            raise TypeError("a feature is no object")
    except (ValueError, RecursionError, TypeError, KeyError) as problem:
        raise Invalid(UNREADABLE, file=path.name, why=str(problem)) from problem
    return list(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(UNREADABLE, file=str(path), why=str(problem)) from problem
