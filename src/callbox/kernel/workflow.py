# SPDX-License-Identifier: Apache-2.0
"""Workflows as data: states and moves, what each move must say, and which clocks it starts and stops.

Who may make a move is not here but in the one policy table of `access`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.text import gettext_noop as _

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a matter.

    to=None means the matter stays in the state it is in. `needs` names the facts that must be given.
    `closes` means that parts must be closed first; `new_round` means that a new round of clocks begins.
    """

    name: str
    sources: frozenset[str]
    to: str | None
    needs: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    closes: bool = False
    new_round: bool = False


def step(name: str, sources: str | Iterable[str], to: str | None = None, **more: object) -> Move:
    """A Move written shortly: sources, needs, starts and stops may be a space-separated text."""
    sets = {key: _words(more.pop(key, ())) for key in ("needs", "starts", "stops")}
    return Move(
        name,
        _words(sources),
        to,
        closes=bool(more.get("closes")),
        new_round=bool(more.get("new_round")),
        **sets,
    )


def _words(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, Iterable):
        return frozenset(str(word) for word in value)
    raise TypeError(value)


@dataclass(frozen=True, slots=True)
class Workflow:
    """All moves of one kind of matter, versioned: a matter finishes under the version it began with."""

    kind: str
    version: int
    start: str
    final: frozenset[str]
    moves: tuple[Move, ...]
    by_name: Mapping[str, Move] = field(init=False)

    def __post_init__(self) -> None:
        names = {move.name: move for move in self.moves}
        if len(names) != len(self.moves):
            raise ValueError(f"workflow {self.kind}: two moves carry the same name")
        object.__setattr__(self, "by_name", names)

    @property
    def states(self) -> frozenset[str]:
        """Every state that a matter of this kind can be in."""
        targets = {move.to for move in self.moves if move.to}
        return frozenset({self.start, *targets, *(s for m in self.moves for s in m.sources)})

    def possible(self, state: str) -> tuple[Move, ...]:
        """The moves that start from this state."""
        return tuple(move for move in self.moves if state in move.sources)


CODED = ("reason", "by_hand")
CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
NO_CODE = _("The reason is one of the list, as a code of one word. What needs words goes into a remark.")


def is_code(text: str) -> bool:
    """Whether a reason is a code of one word and not words of somebody's own."""
    return CODE.fullmatch(text) is not None


def check_codes(facts: Facts) -> None:
    """Raise Invalid where a reason is more than a code: words might tell of a person, and the journal keeps them."""
    wrong = [name for name in CODED if facts.get(name) and not is_code(str(facts[name]))]
    if wrong:
        raise Invalid(NO_CODE, fields=dict.fromkeys(wrong, NO_CODE))


def check_move(workflow: Workflow, state: str, name: str, facts: Facts) -> Move:
    """The move, if it may be made from this state with these facts.

    Raises Invalid for an unknown move or a missing fact, Conflict when the state does not have the move.
    """
    move = workflow.by_name.get(name)
    if move is None:
        raise Invalid(
            _("There is no step “%(move)s” for this. Known steps: %(known)s."),
            move=name,
            known=", ".join(workflow.by_name),
        )
    if state not in move.sources:
        raise Conflict(
            _("“%(move)s” cannot be done: this is already “%(state)s”. Look at it again, then decide."),
            move=name,
            state=state,
        )
    missing = sorted(need for need in move.needs if facts.get(need) in (None, ""))
    if missing:
        raise Invalid(
            _("“%(move)s” needs: %(missing)s."),
            move=name,
            missing=", ".join(missing),
            fields=dict.fromkeys(missing, _("Needed for this step.")),
        )
    check_codes(facts)
    return move
