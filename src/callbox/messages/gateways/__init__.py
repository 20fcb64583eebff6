# SPDX-License-Identifier: Apache-2.0
"""One folder for each protocol a gateway may speak; it registers itself, so adding one touches nothing outside it.

A protocol is a package with DROPS_REPEATS (the far side drops a second message of the same id), FAR_SIDE_OF_ITS_OWN
(each recipient is one: that one of them fails says nothing of the others), `check(settings)`, which raises ConfigError
for settings that cannot be meant, and `send(settings, letter)`, which answers within DEADLINE_S and raises nothing that
it foresees. One whose far side says later what became of a letter also has `read_receipt(settings, posted)`, which
raises NotAllowed for what is not signed, Invalid for what cannot be meant.
"""

import importlib
import os
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from callbox.host import environment
from callbox.kernel.errors import NotFound
from callbox.messages.domain import Answer, Letter, Receipt
from callbox.messages.ways import Gateway

PREFIX = "CALLBOX_GATEWAY_"
DEADLINE_S = 10.0  # for one message, whatever the far side does; see cutting.py
CONNECT_S = 4.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says of one gateway. name: of its variable; key: a file with its secret; sender: as whom."""

    name: str
    address: str
    key: Path | None
    sender: str

    @property
    def secret(self) -> str:
        """Read anew each time, so that it can be exchanged. Raises OSError."""
        return self.key.read_text(encoding="utf-8").strip() if self.key else ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A request of a far side to us. path: with its query; headers: any case; at: when it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime


class Speaks(Protocol):
    """What a folder gives."""

    DROPS_REPEATS: bool
    FAR_SIDE_OF_ITS_OWN: bool
    check: Callable[[Settings], None]
    send: Callable[[Settings, Letter], Answer]


@cache
def protocols() -> dict[str, Speaks]:
    """Every folder, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.ispkg)
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def settings_of(gateway: Gateway) -> Settings | None:
    """Where it stands; None when the environment names no place. Raises ConfigError for what cannot be meant."""
    name = f"{PREFIX}{gateway.name.upper()}"
    address = os.environ.get(name, "").strip()
    if not address:
        return None
    settings = Settings(
        name, address, environment.readable(f"{name}_KEY"), os.environ.get(f"{name}_FROM", "").strip()
    )
    protocols()[gateway.protocol].check(settings)
    return settings


def configured(gateways: Sequence[Gateway]) -> list[Gateway]:
    """Those of them that have a place, in their order. Raises ConfigError."""
    return [gateway for gateway in gateways if settings_of(gateway) is not None]


def hand_over(gateway: Gateway, settings: Settings, letter: Letter) -> Answer:
    """One try. Blocks for up to DEADLINE_S, so never inside a transaction."""
    return protocols()[gateway.protocol].send(settings, letter)


def read_receipt(gateway: Gateway, posted: Posted) -> Receipt:
    """What a far side says of a letter. Raises NotFound where this gateway tells nothing, NotAllowed, Invalid."""
    settings = settings_of(gateway)
    read: Callable[[Settings, Posted], Receipt] | None = getattr(
        protocols()[gateway.protocol], "read_receipt", None
    )
    if settings is None or read is None:
        raise NotFound
    return read(settings, posted)
