# SPDX-License-Identifier: Apache-2.0
"""What stands beside the form of a new request, again as the words change. No address carries them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from callbox.requests.hinting import hints
from callbox.requests.new_views import category_of
from callbox.web.menu import desk_page


@never_cache
@require_POST
@desk_page("request.open")
def beside(request: HttpRequest) -> HttpResponse:
    """The panel alone, for what stands in the form now; nothing is kept of it."""
    said = request.POST.dict()
    category = category_of(said.get("category", ""))
    shown = hints(said, category.code if category else "", timezone.now())
    return render(request, "requests/desk/hints.html", shown)
