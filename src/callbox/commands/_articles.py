# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox articles`."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from callbox.commands._setup import print_loaded


def load(folder: Path | None, *, apply: bool) -> int:
    """Print what the articles of a folder would change, and put them in force if asked to. Raises Invalid, Conflict."""
    return print_loaded(lambda: _load(folder, apply))


def _load(folder: Path | None, apply: bool) -> dict[str, object]:
    from callbox.access.domain import system_actor
    from callbox.requests.answering import load_articles, plan_articles
    from callbox.requests.articles import SHIPPED, read_articles

    by, at = system_actor("setup"), datetime.now(UTC)
    read = read_articles(folder or SHIPPED)
    found = load_articles(read, by=by, at=at) if apply else plan_articles(read, by=by)
    for each in found:
        print(f"{each.kind:<8} {each.what}")
    counts = dict(sorted(Counter(each.kind for each in found).items()))
    return {"articles": len({each.code for each in read}), "changes": counts, "applied": apply}
