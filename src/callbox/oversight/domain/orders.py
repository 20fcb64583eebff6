# SPDX-License-Identifier: Apache-2.0
"""The forms that look back from the trigger: precede, approval, not_before, not_after. The plain evaluator's part."""

from datetime import datetime

from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.clocks import limit, opens
from callbox.oversight.domain.conditions import Name
from callbox.oversight.domain.deadlines import DOUBTFUL, NO_LIMIT
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.forms import NEAREST, NotAfter, NotBefore, Precede
from callbox.oversight.domain.verdicts import Limit, Outcome
from callbox.oversight.domain.view import At, Found, View

NO_ANCHOR = "what the limit is counted from is not in the history"


def judge_precede(form: Precede, view: View, place: int) -> Outcome:
    """Each of what is required came before. What may have come before is neither fine nor broken."""
    found = [view.before(acts, place) for acts in form.required]
    events = {f"required_{number}": each.sure.id for number, each in enumerate(found, 1) if each.sure}
    if all(each.sure for each in found):
        return Outcome(v.FINE, events)
    if all(each.sure or each.doubtful for each in found):
        return Outcome(v.UNKNOWN, events, why=DOUBTFUL)
    return Outcome(v.BROKEN_LATE, events)


def judge_not_before(form: NotBefore, view: View, place: int, at: datetime) -> Outcome:
    """The trigger came after the waiting time. Without its anchor nobody can say."""
    anchor = _anchor(form, view, place)
    if isinstance(anchor, Outcome):
        return anchor
    assert anchor.happened is not None  # noqa: S101 - a sure event has a moment
    found = limit(form.limit, view.calendar, anchor.happened)
    waited = at >= opens(found, view.calendar, on_last_day=form.on_last_day)
    return Outcome(v.FINE if waited else v.BROKEN_LATE, {"anchor": anchor.id}, found)


def judge_not_after(form: NotAfter, view: View, place: int, at: datetime) -> Outcome:
    """The trigger came in time."""
    events = {}
    if isinstance(form.limit, Name):
        moment = form.limit.of(At(view, place))
        if not isinstance(moment, datetime):
            return Outcome(v.UNKNOWN, why=NO_LIMIT)
        found = Limit(moment, inclusive=True)
    else:
        anchor = _anchor(form, view, place)
        if isinstance(anchor, Outcome):
            return anchor
        assert anchor.happened is not None  # noqa: S101 - a sure event has a moment
        found, events = limit(form.limit, view.calendar, anchor.happened), {"anchor": anchor.id}
    return Outcome(v.FINE if found.keeps(at) else v.BROKEN_LATE, events, found)


def _anchor(form: NotBefore | NotAfter, view: View, place: int) -> Event | Outcome:
    found: Found = view.before(form.anchor, place, nearest=form.from_anchor == NEAREST)
    if found.sure is None or found.doubtful:
        return Outcome(v.UNKNOWN, why=DOUBTFUL if found.doubtful else NO_ANCHOR)
    return found.sure
