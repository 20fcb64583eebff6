# SPDX-License-Identifier: Apache-2.0
"""Addresses of the pages for those who work on requests, and what they put into the header."""

from django.urls import path

from callbox.kernel.text import gettext_noop as _
from callbox.requests import desk_views, field_views, figures_views, new_views, one_views
from callbox.requests.counting_figures import SEE as FIGURES
from callbox.requests.queries import SEE
from callbox.web.menu import add_desk

add_desk("requests-desk", _("Requests"), action=SEE, rank=15)
add_desk("requests-field", _("On the way"), action=field_views.FIELD, rank=16)
add_desk("requests-figures", _("Figures of requests"), action=FIGURES, rank=60)

urlpatterns = [
    path("desk/requests", desk_views.inbox, name="requests-desk"),
    path("desk/requests/figures", figures_views.figures, name="requests-figures"),
    path("desk/requests/new", new_views.new, name="requests-new"),
    path("desk/requests/<uuid:request_id>", one_views.one, name="requests-one"),
    path("desk/requests/<uuid:request_id>/step/<slug:step>", one_views.step, name="requests-step"),
    path("field/requests", field_views.mine, name="requests-field"),
    path("field/requests/<uuid:request_id>", field_views.one, name="requests-field-one"),
]
