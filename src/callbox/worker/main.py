# SPDX-License-Identifier: Apache-2.0
"""The worker's process: all loops as threads, until SIGTERM or Ctrl-C."""

import importlib
import logging
import os
import pkgutil
import signal
import threading

from callbox.host.ending import end_within
from callbox.host.errors import WRONG_SETTINGS, ConfigError
from callbox.host.logs import catch_the_uncaught
from callbox.host.schema import check_tables
from callbox.worker import loops
from callbox.worker.loop import Loop, Runner, running

log = logging.getLogger(__name__)


def all_loops() -> list[Loop]:
    """The `LOOP` of each module of the folder, or its `all_of_it()` where there are several. Raises ConfigError."""
    names = sorted(info.name for info in pkgutil.iter_modules(loops.__path__))
    modules = [importlib.import_module(f"{loops.__name__}.{name}") for name in names]
    return [
        loop
        for module in modules
        for loop in (module.all_of_it() if hasattr(module, "all_of_it") else [module.LOOP])
    ]


def work(stop: threading.Event, found: list[Loop]) -> None:
    """Run these loops until `stop`."""
    from callbox.journal.clock import database_time
    from callbox.worker.listen import listen
    from callbox.worker.standing import standing

    watched: list[Runner] = []
    with running([*found, standing(watched)], stop, database_time) as runners:
        watched.extend(runners)
        ear = threading.Thread(target=listen, args=(runners, stop), name="listen", daemon=True)
        ear.start()
        stop.wait()


def main() -> None:
    """Work until told to stop."""
    import django
    from django.conf import settings

    stop = threading.Event()

    def asked_to_end(*_: object) -> None:
        end_within()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked_to_end)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    try:
        django.setup()
        check_tables(settings.CONFIG.database_url or "")
        found = all_loops()
    except ConfigError as error:
        log.critical("The worker does not start. %s", error)
        raise SystemExit(WRONG_SETTINGS) from None
    catch_the_uncaught()
    from callbox.access.seeing import work_as_system

    work_as_system()
    work(stop, found)
