# SPDX-License-Identifier: Apache-2.0
"""A worker that takes what came in since last time in the wrong order."""

import os
from dataclasses import replace

from callbox.door import queries
from callbox.door.queries import Contact
from callbox.worker.main import main

_in_order = queries.contacts_after


def _backwards(position: tuple[int, int], limit: int, lane: str | None = None) -> list[Contact]:
    rows = _in_order(position, limit, lane)
    return [replace(row, position=at.position) for row, at in zip(reversed(rows), rows, strict=True)]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    queries.contacts_after = _backwards
    main()
