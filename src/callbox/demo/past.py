# SPDX-License-Identifier: Apache-2.0
"""What happened before the demo began, loaded beside the play: no page waits for it."""

import logging
import threading

from django.db import connection
from django.utils import timezone

from callbox.demo.overseeing import load_histories

log = logging.getLogger(__name__)

SETTLE_S = 5.0  # the first pages and calls come first


def begin_past() -> threading.Thread:
    """Load it in a thread of its own, which ends with the process; what an end cut off, the next start does."""
    thread = threading.Thread(target=_load, name="past", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    threading.Event().wait(SETTLE_S)
    try:
        log.info("Case histories loaded: %s", load_histories(at=timezone.now()))
    finally:
        connection.close()
