# SPDX-License-Identifier: Apache-2.0
"""The one spelling of what an entry says: of anything that JSON can hold, or TypeError."""

import json

from callbox.kernel.chain import canonical

REFUSALS: tuple[type[BaseException], ...] = (TypeError,)
SEEDS = (
    b'{"a": 1, "b": ["x", null, true]}',
    b'{"a": "\\ud800"}',
    b'{"a": 1.5}',
    b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
)


def feed(data: bytes) -> None:
    """What was spelled is read back the same."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(said, dict):
        assert json.loads(canonical(said)) == said
