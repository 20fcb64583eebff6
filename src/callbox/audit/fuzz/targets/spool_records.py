# SPDX-License-Identifier: Apache-2.0
"""Records of the spool: what nobody understands goes to a person with its bytes."""

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from callbox.door.domain import META
from callbox.door.salvage import contact_in
from callbox.door.sealing import Sealer
from callbox.host.vault import Vault

REFUSALS: tuple[type[BaseException], ...] = ()
HEAD = (
    b'{"id": "00000000000000000000000000000001", "channel": "web", "lane": "emergency", "digest": "00", "cut": false,'
    b' "remote_at": null, "received_at": "2026-01-31T08:00:00+00:00", "retain_until": "2026-02-28T08:00:00+00:00"}'
)
WRONG_ID = HEAD.replace(b'"00000000000000000000000000000001"', b"1")
OF_A_NUMBER = META.pack(len(WRONG_ID)) + WRONG_ID
SEEDS = (
    META.pack(len(HEAD)) + HEAD + b"sealed",
    META.pack(9) + b'{"id": 1}',
    META.pack(3000) + b"[" * 3000,
    OF_A_NUMBER,
)
AT = datetime(2026, 1, 31, tzinfo=UTC)


@cache
def _sealer() -> Sealer:
    made = Sealer(Vault(Path(tempfile.mkdtemp(prefix="callbox-fuzz-"))))
    made.make_keys(AT.date())
    return made


def feed(data: bytes) -> None:
    """Never fails, whatever the record holds."""
    assert contact_in(data, _sealer(), at=AT).id
