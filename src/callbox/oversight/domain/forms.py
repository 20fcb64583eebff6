# SPDX-License-Identifier: Apache-2.0
"""The closed set of forms that a rule can have: a small algebra of data, run by each engine in its own way.

Every form begins at its trigger: which events begin an activation, and with `pairing` which of them (the first of the
history, the last, or each). The other events are looked for from there, in the order of the history.
"""

from dataclasses import dataclass
from decimal import Decimal

from callbox.kernel.terms import Term
from callbox.oversight.domain.conditions import Condition, Name

PAIRINGS = FIRST, LAST, EACH = "first", "last", "each"
ANCHORS = NEAREST, EARLIEST = "nearest", "first"
SHARES = (50, 80)


@dataclass(frozen=True, slots=True)
class Acts:
    """Which events: of one of these activities, for which the condition holds."""

    activities: frozenset[str]
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An extension: what grants it, while the limit before it still runs, and how long it is then from the start."""

    by: Acts
    limit: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What all forms share.

    waived_by: what ends the duty without its being done. cured_by: what makes good what was broken.
    """

    trigger: Acts
    pairing: str = EACH
    waived_by: Acts | None = None
    cured_by: Acts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(Form):
    """After the trigger comes the target, within the limit: a term, or a moment that the trigger names.

    paused_by, resumed_by: between them the limit stands still. restarted_by: it begins anew. steps: a ladder of
    extensions. warn: at which shares of the time somebody is warned, in per cent.
    """

    target: Acts
    limit: Term | Name
    paused_by: Acts | None = None
    resumed_by: Acts | None = None
    restarted_by: Acts | None = None
    steps: tuple[Step, ...] = ()
    warn: tuple[int, ...] = SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder(Within):
    """Within a limit that is extended step by step, each granted by whom the step names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost(Within):
    """What the trigger began lasts no longer than the limit; the target ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present(Within):
    """After the trigger there is the target, whenever it came; it is missed from the limit on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precede(Form):
    """Before the trigger came each of what is required."""

    required: tuple[Acts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Precede):
    """Before the trigger somebody of the right level approved: the level is a condition on what is required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBefore(Form):
    """The trigger does not come before the limit, counted from the anchor, is over.

    on_last_day: it may come on the limit's last day already.
    """

    anchor: Acts
    limit: Term
    from_anchor: str = NEAREST
    on_last_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAfter(Form):
    """The trigger comes within the limit: counted from the anchor, or a moment that the trigger names."""

    limit: Term | Name
    anchor: Acts | None = None
    from_anchor: str = NEAREST


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds(Form):
    """At the trigger the condition holds."""

    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree(Form):
    """At the trigger all these values are equal."""

    values: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct(Form):
    """At the trigger no two of these values are equal: four eyes.

    others: earlier acts (the nearest of each) that must not say the same either.
    """

    values: tuple[Name, ...]
    others: tuple[Acts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Form):
    """After the trigger the target never comes."""

    target: Acts


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Form):
    """From the trigger on there are at most so many of what is counted, the trigger too; within the window, if any."""

    counted: Acts
    most: int
    window: Term | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Form):
    """From the trigger until the end no two acts, nor the last one and now, are further apart than the limit."""

    target: Acts
    limit: Term
    until: Acts | None = None
    warn: tuple[int, ...] = SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Form):
    """Between the trigger and the next of what follows lies at least the limit."""

    following: Acts
    limit: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap(Form):
    """The span from the trigger to its end meets no other such span with an equal value."""

    end: Acts
    same: Name
    span: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar(Form):
    """The hashes that the trigger names are not too much like those of an earlier trigger of the history.

    share: from which share of common hashes on (both over either) it counts as a copy.
    """

    hashes: Name
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Both(Form):
    """All of the parts hold for the trigger; each part has the same trigger."""

    parts: tuple["AnyForm", ...]


type AnyForm = (
    Within
    | Ladder
    | AtMost
    | Present
    | Precede
    | Approval
    | NotBefore
    | NotAfter
    | Holds
    | Agree
    | Distinct
    | Absent
    | Count
    | Silence
    | Gap
    | Overlap
    | Similar
    | Both
)
FORMS: dict[str, type[Form]] = {
    "within": Within,
    "ladder": Ladder,
    "at_most": AtMost,
    "present": Present,
    "precede": Precede,
    "approval": Approval,
    "not_before": NotBefore,
    "not_after": NotAfter,
    "holds": Holds,
    "agree": Agree,
    "distinct": Distinct,
    "absent": Absent,
    "count": Count,
    "silence": Silence,
    "gap": Gap,
    "overlap": Overlap,
    "similar": Similar,
    "both": Both,
}
