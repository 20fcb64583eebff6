# SPDX-License-Identifier: Apache-2.0
"""Keys for the contacts of the coming weeks, made before anybody waits for one."""

import asyncio
import logging
from datetime import UTC, datetime

from callbox.door.sealing import Sealer

log = logging.getLogger(__name__)

PAUSE_S = 3600.0


async def keep_making(sealer: Sealer) -> None:
    """Make what is missing, again and again, for ever."""
    while True:
        await asyncio.sleep(PAUSE_S)
        await asyncio.to_thread(make_first, sealer)


def make_first(sealer: Sealer) -> None:
    """Make what is missing. On a full disk it is said aloud, and the keys that are there go on serving."""
    try:
        sealer.make_keys(datetime.now(UTC).date())
    except OSError as error:
        log.error("No new keys can be made (%s): contacts are sealed with those that are there.", error)
