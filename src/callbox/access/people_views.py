# SPDX-License-Identifier: Apache-2.0
"""The administrator's page: who is signed in, who has a second factor; end the one, reset the other."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from callbox.access import queries
from callbox.access.account_views import uuid_of
from callbox.access.factors import reset_factors
from callbox.access.guard import page
from callbox.access.sign_ins import end_anybodys
from callbox.access.site import actor_of_request
from callbox.access.words import DEVICES, FACTORS, METHODS, in_words


@page("sign_in.end")
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody's open sign-ins, and everybody's factors."""
    actor = actor_of_request(request)
    rows = [
        {
            "id": row.id,
            "person": row.person,
            "device": in_words(DEVICES, row.device),
            "method": in_words(METHODS, row.method),
            "since": row.started_at,
            "used": row.last_used_at,
        }
        for row in queries.all_sign_ins(actor)
    ]
    factors = [
        {"person": person, "kinds": [in_words(FACTORS, kind) for kind in kinds]}
        for person, kinds in queries.people_with_factors(actor)
    ]
    return render(request, "access/people.html", {"rows": rows, "factors": factors})


@page("sign_in.end")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End somebody's sign-in."""
    end_anybodys(uuid_of(request.POST.get("sign_in", "")), by=actor_of_request(request), at=timezone.now())
    return redirect("people-sign-ins")


@page("factor.reset", fresh=True)
@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Take somebody's factors away."""
    actor = actor_of_request(request)
    person = queries.person_of(actor, uuid_of(request.POST.get("person", "")))
    reset_factors(person, by=actor, at=timezone.now())
    return redirect("people-sign-ins")
