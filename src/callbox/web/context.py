# SPDX-License-Identifier: Apache-2.0
"""What every page needs to know: who looks at it, which desks they have, how fast the clock runs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from callbox.access.queries import widenings_not_noted
from callbox.kernel.actor import Actor
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import desks_for

ROLE_NAMES = {
    "agency_desk": _("Agency desk"),
    "call_taker": _("Call-taker"),
    "dispatcher": _("Dispatcher"),
    "crew": _("Crew"),
    "unit_lead": _("Head of unit"),
    "legal_officer": _("Legal officer"),
    "supervisor": _("Supervisor"),
    "administrator": _("Administrator"),
}


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: who looks, their desks, marks and addresses, `clock_speed`. Free where not shown."""
    return {
        "who": SimpleLazyObject(lambda: _who(request)),
        "desk_pages": SimpleLazyObject(lambda: desks_for(request)),
        "widenings": SimpleLazyObject(lambda: _widenings(request)),
        "account_url": _address("account") if _signed_in(request) else "",
        "sign_out_url": _address("sign-out") if _signed_in(request) else "",
        "clock_speed": settings.CONFIG.speed,
    }


def _widenings(request: HttpRequest) -> dict[str, int]:
    """For whoever is to be told: how many took wider access that nobody has taken note of; else empty."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.may("widening.see"):
        return {}
    return {"count": widenings_not_noted(actor)}


def _signed_in(request: HttpRequest) -> bool:
    actor: Actor | None = getattr(request, "actor", None)
    return bool(actor and actor.roles)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _who(request: HttpRequest) -> dict[str, str]:
    """Name, roles and agency of the person signed in; empty for nobody."""
    if not _signed_in(request):
        return {}
    person = request.user
    roles = [gettext(ROLE_NAMES.get(role, role)) for role in sorted(request.actor.roles)]  # type: ignore[attr-defined]  # set by WithActor
    agency = getattr(person, "agency", None)
    name = "name_zh" if (get_language() or "").startswith("zh") else "name_en"
    shown = getattr(agency, name, "")
    return {"name": getattr(person, "name", "") or str(person), "role": ", ".join(roles), "agency": shown}
