# SPDX-License-Identifier: Apache-2.0
"""Waking the loops when the database tells that something is new. A hint only: the loops also look by themselves."""

import logging
import threading
from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection

from callbox.worker.loop import Runner

log = logging.getLogger(__name__)

CHANNEL = "callbox"
TICK_S = 1.0
RETRY_S = 1.0


def listen(runners: Iterable[Runner], stop: threading.Event) -> None:
    """Wake the loops that want it at each NOTIFY, until `stop`; a lost connection is opened anew."""
    woken = [runner for runner in runners if runner.loop.woken]
    parameters: dict[str, Any] = connection.get_connection_params()
    wanted = {
        name: value
        for name, value in parameters.items()
        if name not in ("context", "cursor_factory", "server_side_binding", "prepare_threshold")
    }
    while not stop.is_set():
        try:
            _listen(wanted, woken, stop)
        except psycopg.Error as error:
            log.warning("The worker cannot listen (%s); it looks by itself meanwhile.", type(error).__name__)
            stop.wait(RETRY_S)


def _listen(parameters: dict[str, Any], woken: list[Runner], stop: threading.Event) -> None:
    with psycopg.connect(**parameters, autocommit=True) as link:
        link.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            for _hint in link.notifies(timeout=TICK_S, stop_after=1):
                for runner in woken:
                    runner.wake.set()
