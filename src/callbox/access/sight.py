# SPDX-License-Identifier: Apache-2.0
"""Whose eyes the database looks through: the settings with which a transaction begins. Part of the domain: pure.

Row-level security (see rows.py) asks these settings and nothing else. Where none is set, nothing is visible.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from callbox.kernel.actor import ANY, SCOPE, Actor

PREFIX = "callbox"
SEE = ".see"
READING = (
    SEE,
    ".personal",
    ".reporter",
    ".follow",
    ".manage",
)  # the actions that rows.tsv asks for end so; a test holds that
EVERYTHING, DOOR_PART, GATE_PART = "system", "door", "gate"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a transaction may see.

    part: a part of Callbox itself; empty for a person. actor: the person. keys: their scope keys. any, scoped:
    the actions of the policy that they may do to any matter, or to those whose scope shares a key with them.
    one: the id of one matter that is seen whoever asks, with what is told of it: for who follows their own request.
    """

    part: str = ""
    actor: str = ""
    keys: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    scoped: frozenset[str] = frozenset()
    one: str = ""

    def texts(self) -> dict[str, str]:
        """The settings that are one word, by name."""
        return {f"{PREFIX}.part": self.part, f"{PREFIX}.actor": self.actor, f"{PREFIX}.one": self.one}

    def lists(self) -> dict[str, list[str]]:
        """The settings that are lists, by name."""
        said = {
            "keys": self.keys,
            "any": self.any,
            "scoped": self.scoped,
            "kinds": _kinds(self.any),
            "scoped_kinds": _kinds(self.scoped),
        }
        return {f"{PREFIX}.{name}": sorted(words) for name, words in said.items()}


SYSTEM = Sight(EVERYTHING)
GATE = Sight(GATE_PART)  # who it is that asks is not known yet


def _kinds(actions: Iterable[str]) -> set[str]:
    return {action.removesuffix(SEE) for action in actions if action.endswith(SEE)}


def sight_of(actor: Actor) -> Sight:
    """A person's sight: the actions that are about reading, by relation."""
    may: dict[str, set[str]] = {ANY: set(), SCOPE: set()}
    for action, (_role, relation) in actor.powers.items():
        if action.endswith(READING):
            may[relation].add(action)
    return Sight("", actor.id, actor.keys, frozenset(may[ANY]), frozenset(may[SCOPE]))
