# SPDX-License-Identifier: Apache-2.0
"""A changed parameter or a draft rule is tried against history before it takes effect. Nothing is changed by it."""

from collections.abc import Sequence
from datetime import datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from callbox.access.site import actor_of_request
from callbox.kernel.actor import Actor
from callbox.kernel.tables import TableError
from callbox.kernel.text import storable
from callbox.oversight.desk.case_views import address_of, day_asked
from callbox.oversight.desk.drafts import Change, Tried, compare, read_draft
from callbox.oversight.desk.histories import recent_for
from callbox.oversight.desk.model_views import SEE, rule_of
from callbox.oversight.desk.showing import certainty_row
from callbox.oversight.desk.words import VERDICTS, in_words
from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.domain.events import History
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import Verdict
from callbox.oversight.library import MODELS, read_examples
from callbox.oversight.queries import SEE as SEE_HISTORIES
from callbox.oversight.queries import note_histories
from callbox.web.menu import desk_page

TRY = "try_rule"
SHOWN = 200  # changes that are listed; the numbers are of all


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page(SEE)
def trial(request: HttpRequest) -> HttpResponse:
    """The text of a rule to be changed; what it would have found beside what is found now. Raises NotFound."""
    said = request.POST if request.method == "POST" else request.GET
    code = said.get("model", "")
    now = rule_of(code) if code else None
    text = storable(said.get("text", _shipped(code)).replace("\r\n", "\n"))
    context: dict[str, object] = {
        "code": code,
        "name": in_words(now.name) if now else "",
        "text": text,
        "day": said.get("day", ""),
        "errors": {},
    }
    if request.method == "GET":
        return render(request, "oversight/desk/trial.html", context)
    try:
        draft = read_draft(text)
    except TableError as problem:
        told = problem.told(gettext)
        context["errors"] = {"text": gettext("The rule cannot be read: %(problem)s") % {"problem": told}}
        return render(request, "oversight/desk/trial.html", context, status=422)
    context |= _tried(actor_of_request(request), now, draft, str(context["day"]))
    return render(request, "oversight/desk/trial.html", context)


def _shipped(code: str) -> str:
    return (MODELS / code / "rule.yaml").read_text(encoding="utf-8") if code else ""


def _tried(actor: Actor, now: Rule | None, draft: Rule, day: str) -> dict[str, object]:
    asked, as_of = day_asked(day), timezone.now()
    if asked:
        as_of = last_moment(draft.calendar, datetime.combine(asked, time(), draft.calendar.zone))
    may = actor.may(SEE_HISTORIES)
    histories = recent_for(actor, draft.over) if may else []
    # Another kind of object has other histories: what stands now is not asked of them.
    standing = now if now and now.over == draft.over else None
    found = compare(standing, draft, histories, as_of)
    shown = found.changes[:SHOWN]
    if shown:
        keys = [change.key for change in shown]
        note_histories(actor, keys, purpose=TRY, at=timezone.now())
    return {
        "tried": found,
        "may_histories": may,
        "counts": _counts(found),
        "changes": [_change(draft.over, each, histories) for each in shown],
        "more": max(0, len(found.changes) - SHOWN),
        "examples": _examples(standing, draft),
        "version_rows": [{"begins": each.begins, **certainty_row(each.certainty)} for each in draft.versions],
        "as_of": as_of,
        "zone": draft.calendar.zone,
    }


def _counts(tried: Tried) -> list[tuple[str, int, int]]:
    return [(gettext(text), tried.now[code], tried.then[code]) for code, text in VERDICTS.items()]


def _change(kind: str, change: Change, histories: Sequence[History]) -> dict[str, object]:
    event = next(
        (
            one
            for each in histories
            if each.key == change.key
            for one in each.events
            if one.id == change.activation
        ),
        None,
    )
    return {
        "key": change.key,
        "address": address_of(kind, change.key),
        "activity": event.activity if event else change.activation,
        "at": event.happened if event else None,
        "was": _word(change.was),
        "becomes": _word(change.becomes),
    }


def _word(verdict: Verdict | None) -> str:
    return gettext(VERDICTS[verdict.verdict]) if verdict else gettext("not asked")


def _examples(now: Rule | None, draft: Rule) -> list[dict[str, object]]:
    """The examples of the model on which the draft says something else than the legal officer expects."""
    if now is None:
        return []
    rows: list[dict[str, object]] = []
    for each in read_examples(MODELS / now.code, now):
        said = compare(None, draft, [each.history], each.as_of)
        verdicts = [change.becomes.verdict for change in said.changes if change.becomes]
        if tuple(verdicts) != each.expect:
            names = [gettext(VERDICTS[one]) for one in verdicts]
            expected = [gettext(VERDICTS[one]) for one in each.expect]
            rows.append({"says": in_words(each.says), "expect": expected, "found": names})
    return rows
