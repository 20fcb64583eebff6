# SPDX-License-Identifier: Apache-2.0
"""What residents are shown of states, steps, promises and reads, in plain words. Part of the edge."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from callbox.access.queries import agencies
from callbox.kernel.tables import Words
from callbox.kernel.text import gettext_noop as _
from callbox.messages.wording import STATES as SENT
from callbox.requests.endings import load_answers
from callbox.requests.learned_rows import PURPOSE as LEARN
from callbox.requests.own import Held, Promise, Status, Step
from callbox.web.context import ROLE_NAMES

NOW = {
    "received": _("We have your report. We are finding out who is in charge."),
    "assigned": _("It was sent to whoever is in charge. They have not taken it on yet."),
    "returned": _("It was not for them. We are finding out who is in charge."),
    "accepted": _("It was taken on and is being worked on."),
    "suspended": _("It cannot go on for now."),
    "answered": _("They say that they have dealt with it. Now it is for you to say."),
    "supervised": _("You were not satisfied. A supervisor decides what happens now."),
    "closed": _("It is closed."),
    "merged": _("Others had reported the same. It is dealt with together with theirs."),
    "withdrawn": _("It was withdrawn. Nothing more is done about it."),
}
STEPS = {
    "open": _("Your report reached us"),
    "assign": _("Sent to whoever is in charge"),
    "reassign": _("Sent to somebody else who is in charge"),
    "accept": _("Taken on"),
    "return": _("Sent back: it was not for them"),
    "contact": _("They talked with you, or tried to"),
    "suspend": _("It cannot go on for now"),
    "resume": _("It goes on"),
    "grant_extension": _("More time was granted"),
    "feed_back": _("They say that they have dealt with it"),
    "ask": _("Your answer, or our attempt to ask you, was noted"),
    "close": _("Closed"),
    "reopen": _("Opened again"),
    "supervise": _("A supervisor looks after it"),
    "withdraw": _("Withdrawn"),
    "merge": _("Put together with reports of the same"),
    "add_picture": _("A picture was added"),
}
PROMISES = {"first_contact": _("They get in touch with you"), "resolve": _("It is solved")}
PURPOSES = {True: _("you looked at it yourself"), False: _("to deal with it")}
LEARNED = _("to learn which words go with which category; only words that many people use are kept of it")
NEWS = _("News of it")
SENT_LETTERS = {"requests.code": _("Code to follow it"), "requests.question": _("Question at the end")}
SENT_LETTERS |= {"requests.article": _("The answer"), "requests.article_question": _("The answer")}


def status_shown(status: Status, zone: ZoneInfo, language: str) -> dict[str, Any]:
    """For the pages about one request."""
    row, answers = status.request, load_answers()
    agency = Words(row.agency.name_en, row.agency.name_zh).in_language(language) if row.agency else ""
    return {
        "row": row,
        "category": status.category.in_language(language),
        "agency": agency,
        "now": gettext(NOW[row.matter.state]),
        "steps": [_step(each, zone, language) for each in status.steps],
        "promises": [_promise(each, zone) for each in status.promises],
        "answers": [(code, answers[code].words.in_language(language)) for code in status.answers],
        "article": [words.in_language(language) for words in status.article or ()],
        "may_withdraw": status.may_withdraw,
    }


def _step(step: Step, zone: ZoneInfo, language: str) -> dict[str, str]:
    said = [each.in_language(language) for each in (step.agency, step.result) if each]
    return {"when": _when(step.at, zone), "what": gettext(STEPS[step.move]), "more": " · ".join(said)}


def _promise(promise: Promise, zone: ZoneInfo) -> dict[str, Any]:
    kept = promise.kept_at
    return {
        "what": gettext(PROMISES[promise.name]),
        "by": _when(promise.due_at, zone),
        "kept": _when(kept, zone) if kept else "",
        "late": kept is not None and kept > promise.due_at,
        "stands": promise.stands,
    }


def held_shown(held: Held, zone: ZoneInfo, language: str) -> dict[str, Any]:
    """For the page of all that is held."""
    named = {each.code: Words(each.name_en, each.name_zh) for each in agencies()}
    return {
        **status_shown(held.status, zone, language),
        "held": held,
        "said": [(title.in_language(language), _answer(answer, language)) for title, answer in held.answers],
        "letters": [
            (_when(at, zone), gettext(SENT_LETTERS.get(letter, NEWS)), gettext(SENT[state]))
            for at, letter, state in held.messages
        ],
        "reads": [
            (
                _when(each.at, zone),
                gettext(ROLE_NAMES.get(each.role, "Callbox")),
                named[each.agency].in_language(language) if each.agency in named else "",
                gettext(LEARNED if each.purpose == LEARN else PURPOSES[each.own]),
            )
            for each in held.reads
        ],
        "erased": _when(held.erased_at, zone),
    }


def _answer(answer: Words | bool, language: str) -> str:
    if isinstance(answer, bool):
        return gettext("Yes") if answer else gettext("No")
    return answer.in_language(language)


def _when(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
