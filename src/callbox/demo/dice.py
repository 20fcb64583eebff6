# SPDX-License-Identifier: Apache-2.0
"""Chance that can be repeated. Pure."""

from random import Random


def dice(*seed: object) -> Random:
    """The same chances for the same seed."""
    return Random("/".join(map(str, seed)))  # noqa: S311 - a play, not a secret
