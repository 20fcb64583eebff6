# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox printout`."""

from datetime import UTC, datetime

from callbox.commands._setup import database, use_django
from callbox.host.config import load
from callbox.host.printouts import keep_printout


def run() -> int:
    """Write it into the home."""
    with database():
        use_django()
        from callbox.dispatch.printout import printed

        at = datetime.now(UTC)
        print(keep_printout(load().home, printed(at), at))
    return 0
