# SPDX-License-Identifier: Apache-2.0
"""A second party's address: it keeps what it is sent, and nobody here can take that back."""

import os
import urllib.request

NAME = "address"
PATIENCE_S = 10.0


def configured() -> str | None:
    """The address, from CALLBOX_SEALS_URL; only http and https count."""
    url = os.environ.get("CALLBOX_SEALS_URL", "")
    return url if url.startswith(("https://", "http://")) else None


def tell(where: str, line: str) -> None:
    """POST one line of JSON. Raises OSError unless the answer is 2xx (urllib's errors are OSErrors)."""
    request = urllib.request.Request(  # noqa: S310 - configured() lets http and https through only
        where, line.encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S):  # noqa: S310 - the same
        pass
