# SPDX-License-Identifier: Apache-2.0
"""The door's process: uvicorn around the application."""

import logging
from types import FrameType

import uvicorn

from callbox.door.app import Door
from callbox.door.connection import Connection, most_connections
from callbox.door.options import Options, options_from
from callbox.host.config import load
from callbox.host.ending import end_within
from callbox.host.errors import WRONG_SETTINGS, HostError
from callbox.host.logs import set_up_logging
from callbox.host.vault import vault

log = logging.getLogger(__name__)

GRACE_S = 3  # streams are told to end at once; what is being accepted needs less


class Server(uvicorn.Server):
    """Tells the streams to end as soon as the process is asked to: uvicorn waits for open answers first."""

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self._door = door

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks the process to end."""
        end_within()
        self._door.screens.close()
        super().handle_exit(sig, frame)


def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT."""
    door = Door(options)
    Connection.counted = not options.behind_proxy
    Connection.most = most_connections()
    config = uvicorn.Config(
        door,
        host=options.host,
        port=options.port,
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        access_log=False,  # a ticket stands in an address, and who called when is nobody's business
        log_level="warning",
        log_config=None,  # its lines are written as ours are
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_S,
        backlog=2048,
    )
    Server(config, door).run()


def main() -> None:
    """Serve with what the environment says; with settings that cannot be, refuse to start."""
    set_up_logging()
    try:
        options = options_from(load())
        vault()  # keys that others can read are told here, in words
        serve(options)
    except HostError as error:
        log.critical("The door does not start. %s", error)
        raise SystemExit(WRONG_SETTINGS) from None
