# SPDX-License-Identifier: Apache-2.0
"""What `serve` and `demo` share: the parts, their ports and their end."""

import argparse
import os
from collections.abc import Callable, Sequence

from callbox.commands._setup import database, prepare
from callbox.door.options import options_from
from callbox.host.config import load
from callbox.host.errors import HostError
from callbox.host.logs import set_up_logging
from callbox.host.processes import DOOR, LOCAL, WORKER, Household, Part, free_port, stopped_by_signals, web
from callbox.kernel.errors import Unavailable

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to


def run(args: argparse.Namespace) -> int:
    """Serve a real installation until told to stop."""
    set_up_logging()
    os.environ.pop("CALLBOX_DEMO", None)
    options_from(load())  # a setting of the door's that cannot be ends the start here, with its name
    with database():
        prepare()
        serve(args.port or load().door_port, (), lambda url: print(f"Callbox is at {url}", flush=True))
    return 0


def serve(port: int, more: Sequence[Part], say: Callable[[str], None]) -> None:
    """Run web, door and worker until told to stop; `say` gets the address when it answers, then `more` start."""
    web_wanted = load().web_port
    port = free_port(port)
    web_port = free_port(web_wanted, but=port)
    os.environ["CALLBOX_DOOR_PORT"], os.environ["CALLBOX_WEB_PORT"] = str(port), str(web_port)
    household = Household((web(web_port), DOOR, WORKER), os.environ)
    try:
        _run(household, port, more, say)
    except HostError as error:
        raise Unavailable("%(why)s", why=error) from error


def _run(household: Household, port: int, more: Sequence[Part], say: Callable[[str], None]) -> None:
    host = os.environ.get("CALLBOX_DOOR_HOST", LOCAL)
    host = LOCAL if host in EVERYWHERE else host
    with stopped_by_signals(household):
        household.start()
        if household.wait_ready(host, port):
            say(f"http://{host}:{port}/")
            for part in more:
                household.add(part)
            household.watch()
