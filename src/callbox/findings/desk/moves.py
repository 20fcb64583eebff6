# SPDX-License-Identifier: Apache-2.0
"""The moves of a finding as forms, and what a form says as an action. For the room's pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from callbox.findings import answering, queries
from callbox.findings.answering import FOUR_EYES
from callbox.findings.desk.words import reasons
from callbox.findings.domain import KIND, LONGEST_WORDS
from callbox.findings.models import Finding
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.text import storable
from callbox.matters.domain import workflow_of

# In their order on the page.
LABELS = {
    "acknowledge": _("Take note"),
    "rectify": _("Say that it is put right"),
    "explain": _("Explain it"),
    "dispute": _("Dispute it"),
    "confirm": _("Confirm the answer"),
    "turn_back": _("Turn the answer back"),
    "uphold": _("The dispute is right"),
    "turn_down": _("The dispute is not right"),
    "suppress": _("Suppress it"),
    "refuse_suppression": _("Do not suppress it"),
    "ask_suppression": _("Ask to suppress it"),
    "reply": _("Write"),
}
HINTS = {
    "rectify": _("Somebody else confirms it. Choose the act of the history that put it right."),
    "explain": _("Somebody else confirms it."),
    "dispute": _("The legal officer decides. Until then it is told to nobody further."),
    "confirm": _("It is closed with this answer."),
    "uphold": _("It is closed: nothing was broken."),
    "suppress": _("It is closed for the reason that was given. Reason and both people stand in its journal."),
    "ask_suppression": _("A second person decides. Until then nothing changes."),
    "reply": _("Words alone answer nothing: if nobody answers, it goes further."),
}
# What a reason is chosen from: the moves of data/reasons.tsv.
REASONS = {
    "explain": "explain",
    "dispute": "dispute",
    "turn_back": "turn_back",
    "uphold": "uphold",
    "turn_down": "turn_down",
    "ask_suppression": "suppress",
}
# What may be said in words as well; of a reply they are all there is.
IN_WORDS = (*REASONS, "rectify", "reply")
KEYS = {"acknowledge": "a", "confirm": "a", "uphold": "a", "suppress": "s"}
DANGER = ("suppress",)


@dataclass(frozen=True, slots=True)
class MoveForm:
    """One form. reasons: to choose from; events: the acts of the history to choose from; None: not asked for.

    longest: how many characters of words it takes; 0: none.
    """

    move: str
    label: str
    hint: str
    key: str
    kind: str
    reasons: list[tuple[str, str]] | None = None
    events: list[tuple[str, str]] | None = None
    longest: int = 0
    chosen: Mapping[str, str] = field(default_factory=dict)


def moves_for(actor: Actor, finding: Finding) -> tuple[list[str], list[str]]:
    """The moves that this actor may take now, and those that only another person may take; in the page's order."""
    matter = finding.matter
    possible = {
        step.name
        for step in workflow_of(KIND, matter.workflow_version).possible(finding.state)
        if actor.may(f"{KIND}.{step.name}", matter.scope) and _fits(step.name, finding)
    }
    barred = {
        name for name in possible & FOUR_EYES.keys() if queries.took_any(finding, FOUR_EYES[name], actor)
    }
    return [name for name in LABELS if name in possible - barred], [name for name in LABELS if name in barred]


def _fits(move: str, finding: Finding) -> bool:
    asked = bool(finding.suppression)
    return {
        "rectify": finding.curable,
        "ask_suppression": not asked,
        "suppress": asked,
        "refuse_suppression": asked,
    }.get(move, True)


def move_form(move: str, events: list[tuple[str, str]], said: Mapping[str, str]) -> MoveForm:
    """The form of a move. said: what was sent and refused, to be shown again."""
    return MoveForm(
        move,
        gettext(LABELS[move]),
        gettext(HINTS[move]) if move in HINTS else "",
        KEYS.get(move, ""),
        "danger" if move in DANGER else "primary" if move in KEYS else "",
        reasons(REASONS[move]) if move in REASONS else None,
        events if move == "rectify" else None,
        LONGEST_WORDS if move in IN_WORDS else 0,
        said,
    )


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent."""

    finding: UUID
    said: Mapping[str, str]
    by: Actor
    at: datetime

    def text(self, name: str) -> str:
        """One entry, cut where no code or id is that long."""
        return storable(self.said.get(name, "")).strip()[:500]

    @property
    def words(self) -> str:
        """What was written, whole: what is too long is refused, not cut."""
        return self.said.get("words", "")

    @property
    def seen(self) -> int | None:
        """The version of the finding that the person looked at; None where the form says none."""
        text = self.said.get("seen", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def take_move(move: str, form: Form) -> None:
    """Do what a form says. Raises NotFound for a move that is none, and what the action raises."""
    run = RUN.get(move)
    if run is None:
        raise NotFound
    run(form)


type Run = Callable[[Form], object]


def _plain(action: Callable[..., object]) -> Run:
    return lambda f: action(f.finding, seen=f.seen, by=f.by, at=f.at)


def _with(action: Callable[..., object], name: str) -> Run:
    return lambda f: action(f.finding, f.text(name), f.words, seen=f.seen, by=f.by, at=f.at)


RUN: Mapping[str, Run] = {
    "acknowledge": _plain(answering.acknowledge),
    "rectify": _with(answering.rectify, "event"),
    "explain": _with(answering.explain, "reason"),
    "dispute": _with(answering.dispute, "reason"),
    "confirm": _plain(answering.confirm),
    "turn_back": _with(answering.turn_back, "reason"),
    "uphold": _with(answering.uphold, "reason"),
    "turn_down": _with(answering.turn_down, "reason"),
    "suppress": _plain(answering.suppress),
    "refuse_suppression": _plain(answering.refuse_suppression),
    "ask_suppression": _with(answering.ask_suppression, "reason"),
    "reply": lambda f: answering.reply(f.finding, f.words, seen=f.seen, by=f.by, at=f.at),
}
