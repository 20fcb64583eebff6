# SPDX-License-Identifier: Apache-2.0
"""Addresses of the pages of promises."""

from django.urls import path

from callbox.kernel.text import gettext_noop as _
from callbox.promises import loading_views, views
from callbox.promises.queries import SEE
from callbox.web.menu import add_desk

add_desk("promises", _("Promises"), action=SEE, rank=85)

urlpatterns = [
    path("desk/promises", views.overview, name="promises"),
    path("desk/promises/calendar", loading_views.calendar, name="promises-calendar"),
    path("desk/promises/terms", loading_views.terms, name="promises-terms"),
    path("desk/promises/ladders", loading_views.ladders, name="promises-ladders"),
]
