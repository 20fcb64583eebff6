# SPDX-License-Identifier: Apache-2.0
"""Who acts: a person or a part of the system, with the powers that the policy table gives them now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callbox.kernel.errors import NotAllowed, NotFound

ANY, SCOPE = "any", "scope"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts.

    id: "person:<uuid>" or "system:<part>". keys: the scope keys they hold ("person:…", "agency:…", "unit:…").
    powers: action -> the role and the relation under which they may do it; `any` matter, or only one whose
    scope shares a key with theirs.
    """

    id: str
    roles: frozenset[str]
    keys: frozenset[str] = frozenset()
    powers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def may(self, action: str, scope: Iterable[str] = ()) -> bool:
        """Whether the policy lets them do this to something of this scope."""
        power = self.powers.get(action)
        return power is not None and (power[1] == ANY or not self.keys.isdisjoint(scope))

    def require(self, action: str, scope: Iterable[str] = ()) -> str:
        """The role under which they do this. Raises NotAllowed."""
        if not self.may(action, scope):
            raise NotAllowed()
        return self.powers[action][0]

    def require_sight(self, action: str, scope: Iterable[str] = ()) -> str:
        """As `require`, for reading: what is not yours looks as if it were not there."""
        if not self.may(action, scope):
            raise NotFound()
        return self.powers[action][0]


def system(part: str, powers: Mapping[str, tuple[str, str]] | None = None) -> Actor:
    """A part of Callbox acting by itself, under the role `system`."""
    return Actor(f"system:{part}", frozenset({"system"}), frozenset({f"system:{part}"}), powers or {})
