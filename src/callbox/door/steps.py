# SPDX-License-Identifier: Apache-2.0
"""The named steps of accepting a contact: a seam at which tests let the process die."""

from collections.abc import Callable

_visitor: Callable[[str], None] | None = None


def step(name: str) -> None:
    """Say that this step was reached."""
    if _visitor is not None:
        _visitor(name)


def visit_with(visitor: Callable[[str], None] | None) -> None:
    """Call `visitor` at every step from now on (tests only)."""
    global _visitor
    _visitor = visitor
