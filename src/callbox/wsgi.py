# SPDX-License-Identifier: Apache-2.0
"""The web process's entry."""

import os
import signal
import threading
import time
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection
from django.utils import timezone

from callbox.host.child import PARENT, end_with_parent
from callbox.host.clock import CLOCK
from callbox.host.config import load
from callbox.host.ending import end_within
from callbox.host.schema import check_tables

WARM_AFTER_S = 2.0  # the first pages go first
ASK_TIME_S = 3.0


def _orphaned(*_: object) -> None:
    """The server that runs us in a process of its own was killed: answer what was asked, and end."""
    end_within()
    os.kill(os.getpid(), signal.SIGTERM)


if PARENT in os.environ:
    signal.signal(signal.SIGUSR1, _orphaned)  # its library takes SIGTERM for itself once we are loaded
    end_with_parent(signal.SIGUSR1)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
check_tables(load().database_url or "")
application = get_wsgi_application()
import_module("callbox.urls")  # a fault in a page's module ends the start instead of answering 500 for ever


def _warm() -> None:
    """Open the city and its address book before the first call-taker waits for them."""
    from callbox.geo.queries import current_city
    from callbox.kernel.errors import Refusal

    try:
        current_city().search("a", 1)
    except Refusal:
        return  # no city yet: the pages that need one say so


def _keep_time() -> None:
    """Ask the database what time it is, again and again."""
    from callbox.journal.clock import database_time

    while True:
        try:
            database_time()
        except DatabaseError:
            connection.close()
        time.sleep(ASK_TIME_S)


if PARENT in os.environ:
    timezone.now = CLOCK.now  # all of web, Django's own parts too, stamps with the database's time
    threading.Thread(target=_keep_time, name="time", daemon=True).start()
    _timer = threading.Timer(WARM_AFTER_S, _warm)
    _timer.daemon = True
    _timer.start()
