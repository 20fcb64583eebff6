# SPDX-License-Identifier: Apache-2.0
"""To the city's directory and back. Whatever goes wrong there, the page for the password is shown, and says why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from callbox.access import queries
from callbox.access.actions import create_person
from callbox.access.coming_in import go_on, welcome
from callbox.access.directory import address_to_ask, directory, who_came_back
from callbox.access.domain import system_actor
from callbox.access.models import Person
from callbox.access.sign_ins import DIRECTORY
from callbox.access.views import LONGEST, form
from callbox.kernel.errors import Invalid, Refusal, Unavailable
from callbox.kernel.text import gettext_noop as _


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A page that leads on: a form may not be answered with another site's address (form-action)."""
    asked = request.POST.get("next", "")
    directory()
    try:
        address = address_to_ask(request, asked)
    except (Unavailable, Invalid) as refusal:
        return _back_to_form(request, refusal, asked)
    return render(request, "access/directory.html", {"address": address})


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The directory has answered."""
    city, at = directory(), timezone.now()
    try:
        username, name, asked = who_came_back(request)
        person = _person(username, name)
    except (Unavailable, Invalid) as refusal:
        return _back_to_form(request, refusal, "")
    if city.factor:
        return welcome(request, person, asked, DIRECTORY, factor=True, at=at)
    return go_on(request, person, asked, DIRECTORY, at=at)


def _person(username: str, name: str) -> Person:
    """Whom Callbox knows by this name; where the city wants it, created without any role. Raises Invalid."""
    if len(username) <= LONGEST and "\x00" not in username + name:
        known = queries.person_named(username)
        if known is None and directory().create:
            known = create_person(
                username, name[:LONGEST], None, by=system_actor("directory"), at=timezone.now()
            )
        if known is not None and known.is_active:
            return known
    raise Invalid(
        _("The city's directory knows you, but Callbox does not. Ask an administrator to create you.")
    )


def _back_to_form(request: HttpRequest, refusal: Refusal, asked: str) -> HttpResponse:
    status = 503 if isinstance(refusal, Unavailable) else 422
    return form(request, asked, {"username": refusal.told(gettext)}, status=status)
