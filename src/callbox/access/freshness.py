# SPDX-License-Identifier: Apache-2.0
"""Whether a factor was proven a short while ago: asked before people, roles and factors are changed."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from callbox.access.limits import minutes
from callbox.access.models import SignIn
from callbox.access.sign_ins import DEMO


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether a factor was proven in this sign-in so recently that people, roles and factors may be changed.

    The demo's people, who have no factors, count as fresh in demo mode only.
    """
    sign_in: SignIn | None = request.sign_in  # type: ignore[attr-defined]  # set by WithActor
    if sign_in is None:
        return False
    if settings.CONFIG.demo and sign_in.method == DEMO:
        return True
    proven = sign_in.factor_at
    return proven is not None and at - proven < minutes("fresh_factor", at.date())


def to_prove_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks for a factor, and back to this one."""
    asked = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('prove-again')}?{asked}")
