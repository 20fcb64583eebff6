# SPDX-License-Identifier: Apache-2.0
"""A made-up contact as the door gets it: headers and bytes."""

import json
from collections.abc import Mapping

from callbox.demo.domain import Sending, body_of

SOURCE = "callbox-demo"


def headers_of(run: str, sending: Sending) -> Mapping[str, str]:
    """The headers of a contact; its key is the same in every repeat of the same run."""
    return {
        "content-type": "application/json",
        "idempotency-key": f"{run}/{sending.number}",
        "x-source": SOURCE,
    }


def bytes_of(sending: Sending) -> bytes:
    """The contact's body."""
    return json.dumps(body_of(sending), ensure_ascii=False).encode()
