# SPDX-License-Identifier: Apache-2.0
"""One folder for each protocol a gateway may speak; it registers itself, so adding one touches nothing outside it.

A protocol is a package with DROPS_REPEATS (the far side drops a second message of the same id), `check(settings)`,
which raises ConfigError for settings that cannot be meant, and `send(settings, letter)`, which answers within
DEADLINE_S and raises nothing that it foresees.
"""

import importlib
import os
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from callbox.host import environment
from callbox.messages.domain import Answer, Letter
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


class Speaks(Protocol):
    """What a folder gives."""

    DROPS_REPEATS: bool
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
