# SPDX-License-Identifier: Apache-2.0
"""A folder with a file for each message, named by its id: for tests and for showing, in clear words.

A file of that name is not written again, so a repeat is dropped.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from callbox.host.environment import wrong
from callbox.messages.domain import NOT_TAKEN, TAKEN, Answer, Letter
from callbox.messages.gateways import Settings

DROPS_REPEATS = True
FAR_SIDE_OF_ITS_OWN = False


def check(settings: Settings) -> None:
    """The address is a folder. Raises ConfigError."""
    if not Path(settings.address).is_absolute():
        raise wrong(settings.name, "is no absolute path", "/var/lib/callbox/messages")


def send(settings: Settings, letter: Letter) -> Answer:
    """Write it whole, under a name of its own first: nobody reads half a message."""
    folder = Path(settings.address)
    target, fresh = folder / f"{letter.id}.json", folder / f".{letter.id}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            return Answer(TAKEN)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(letter), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(target)
    except OSError:
        return Answer(NOT_TAKEN, "disk")
    return Answer(TAKEN)
