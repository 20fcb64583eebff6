# SPDX-License-Identifier: Apache-2.0
"""Which version of an imported city is in force: a pointer in the city's folder names it."""

from pathlib import Path

POINTER = "current"


def current_version(root: Path, name: str) -> str | None:
    """The version in force, or None when the city was never imported."""
    pointer = root / name / POINTER
    return pointer.read_text(encoding="ascii").strip() if pointer.is_file() else None
