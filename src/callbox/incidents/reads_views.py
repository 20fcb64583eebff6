# SPDX-License-Identifier: Apache-2.0
"""The page that answers a resident who asks who has read their data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from callbox.incidents.reads import CALL, FINDING, HISTORY, INCIDENT, READS, Answer, ask_who_read
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import desk_page

LONGEST = 60
SUBJECTS = {
    INCIDENT: _("Place and remarks"),
    CALL: _("Who called, and their words"),
    HISTORY: _("The history of the case"),
    FINDING: _("A finding about a case"),
}
PURPOSES = {
    "answer": _("Answering the call"),
    "ring_back": _("Ringing back"),
    "board": _("The board of incidents"),
    "handle": _("Handling the incident"),
    "crew": _("The crew that was sent"),
    "route": _("The way there"),
    "recommend": _("Choosing units"),
    "picture": _("Looking at pictures"),
    "similar": _("Looking for the same event"),
    "look": _("Looking at a finding"),
    "oversee": _("Overseeing how the case was handled"),
    "try_rule": _("Trying a rule of oversight on past cases"),
}
ROLES = {
    "call_taker": _("Call-taker"),
    "dispatcher": _("Dispatcher"),
    "crew": _("Crew"),
    "agency_desk": _("Agency desk"),
    "unit_lead": _("Head of unit"),
    "legal_officer": _("Legal officer"),
    "supervisor": _("Supervisor"),
    "administrator": _("Administrator"),
    "system": _("Callbox itself"),
}


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page(READS)
def reads(request: HttpRequest) -> HttpResponse:
    """A field for the number, and the answer to it: to be shown, or printed and handed over without names."""
    asked = request.POST.get("asked", "").strip()[:LONGEST]
    context: dict[str, object] = {"asked": asked, "at": timezone.now(), "errors": {}}
    if request.method == "POST":
        try:
            by = request.actor  # type: ignore[attr-defined]  # set by WithActor
            context |= _shown(ask_who_read(asked, by=by, at=timezone.now()))
        except NotFound as refusal:
            context["errors"] = {"asked": refusal.told(gettext)}
    return render(request, "incidents/reads.html", context, status=422 if context["errors"] else 200)


def _shown(answer: Answer) -> dict[str, object]:
    rows = [
        {
            "at": read.at,
            "subject": _in_words(SUBJECTS, read.subject),
            "purpose": _in_words(PURPOSES, read.purpose),
            "role": _in_words(ROLES, read.role),
            "agency": read.agency,
            "name": read.name,
        }
        for read in answer.reads
    ]
    return {"answer": answer, "rows": rows}


def _in_words(known: dict[str, str], code: str) -> str:
    return gettext(known[code]) if code in known else code
