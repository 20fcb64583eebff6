# SPDX-License-Identifier: Apache-2.0
"""Whether the folder of an imported city is one that this Callbox reads. Imports nothing heavy."""

import json
from functools import lru_cache
from pathlib import Path

from callbox.host.cities import current_version

FORMAT = 2  # grows when what an import writes, or what is read of it, changes


def is_usable(root: Path, name: str) -> bool:
    """Whether a version of the city is in force that this Callbox can read."""
    found = current_version(root, name)
    return found is not None and is_readable(root / name / found)


@lru_cache(maxsize=16)
def is_readable(folder: Path) -> bool:
    """A version never changes, so the answer holds."""
    facts = json.loads((folder / "city.json").read_text(encoding="utf-8"))
    return bool(facts.get("format") == FORMAT)
