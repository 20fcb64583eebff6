# SPDX-License-Identifier: Apache-2.0
"""The page of states: a frame that the door fills, and goes on filling while the database is gone."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from callbox.access.middleware import SESSION_KEY
from callbox.door.condition import state_secret
from callbox.door.tickets import Ticket, sign
from callbox.web.menu import desk_page

SEE = "state.see"
PASS_S = 12 * 3600  # as long as a sign-in; it shows no personal data, and ends with the sign-in


@desk_page(SEE)
def state(request: HttpRequest) -> HttpResponse:
    """How each part is, in plain words, and what to do when it is not well."""
    now = int(timezone.now().timestamp())
    ticket = Ticket(
        person=UUID(request.actor.id.removeprefix("person:")),  # type: ignore[attr-defined]  # set by WithActor
        signin=UUID(request.session[SESSION_KEY]),
        epoch=request.user.epoch,  # type: ignore[union-attr]  # a signed-in Person
        iat=now,
        exp=now + PASS_S,
    )
    context = {"words": _words(), "pass": sign(ticket, state_secret(settings.CONFIG.secret))}
    return render(request, "door/state.html", context)


def _words() -> dict[str, str]:
    return {
        "part_accepting": _("Accepting"),
        "part_spool": _("Spool"),
        "part_database": _("Database"),
        "part_disk": _("Disk"),
        "part_standby": _("Standby"),
        "part_web": _("Pages"),
        "part_worker": _("Worker"),
        "part_stream": _("Live changes"),
        "part_unread": _("Oldest unread entry"),
        "part_seals": _("Seals"),
        "part_clocks": _("Promises"),
        "part_calendar": _("Calendar"),
        "part_times": _("Clocks of the machines"),
        "part_backup": _("Backups"),
        "part_city": _("City"),
        "part_keys": _("Keys of contact data"),
        "level_ok": _("Well"),
        "level_unknown": _("Not known"),
        "level_warn": _("Needs somebody"),
        "level_bad": _("Does not work"),
        "asked_ago": _("As of %(seconds)s s ago"),
        "all_well": _("Everything is well."),
        "not_well": _("Parts that need somebody: %(count)s"),
        "no_answer": _(
            "The door does not answer: what stands here is old. If you can, telephone the machine's keeper."
        ),
        "no_pass": _("Your sign-in has ended. Load the page again."),
    }
