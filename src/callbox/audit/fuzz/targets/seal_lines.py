# SPDX-License-Identifier: Apache-2.0
"""Lines of seals that were told outside, as somebody hands them in."""

from callbox.audit.fuzz.targets._inputs import text_of
from callbox.journal.outside import told
from callbox.kernel.errors import Invalid

REFUSALS: tuple[type[BaseException], ...] = (Invalid,)
SEEDS = (
    b'{"seal": 7, "hash": "00ff"}',
    b'{"seal": Infinity, "hash": ""}',
    b'{"seal": 1e300, "hash": ""}',
    b"[" * 3000,
)


def feed(data: bytes) -> None:
    """A number that the database can hold, and a hash."""
    number, digest = told(text_of(data), 1)
    assert 0 < number < 2**63
    assert digest == digest.lower()
