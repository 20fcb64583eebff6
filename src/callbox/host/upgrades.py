# SPDX-License-Identifier: Apache-2.0
"""How far an upgrade got, kept in the home, so that one that was interrupted is found and gone on with."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from callbox.host.errors import HostError
from callbox.host.secretfile import write_private

NAME = "upgrade.json"
Step = Literal["backed-up", "expanding", "expanded", "contracting", "done"]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """to: the release (its session name) it leads to. backup: where the backup from before it stands."""

    to: str
    step: Step
    backup: str


def note_upgrade(home: Path, upgrade: Upgrade) -> None:
    """Remember how far it got, before the next step is begun."""
    write_private(home / NAME, json.dumps(asdict(upgrade)))


def noted_upgrade(home: Path) -> Upgrade | None:
    """The upgrade that was begun last, finished or not. Raises HostError when the note is damaged."""
    path = home / NAME
    if not path.exists():
        return None
    try:
        return Upgrade(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise HostError(f"{path} is damaged: look which migrations were applied, then remove it.") from error


def check_not_half_run(home: Path, to: str) -> Upgrade | None:
    """The unfinished upgrade to this very release, None when there is none.

    Raises HostError when one to another release was begun and not finished: with two half releases nobody knows
    which tables there are.
    """
    found = noted_upgrade(home)
    if found is None or found.step == "done":
        return None
    if found.to != to:
        raise HostError(
            f"An upgrade to “{found.to}” stopped at “{found.step}”. Finish it with that release (callbox upgrade, "
            f"then callbox upgrade --contract), or restore {found.backup} and remove {home / NAME}."
        )
    return found
