# SPDX-License-Identifier: Apache-2.0
"""Addresses of the dispatch room's pages, and the desks it puts into the header."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from callbox.dispatch import views
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk

add_desk("dispatch-desk", _("Dispatch"), action=views.BOARD, rank=20)
add_desk("supervisor-desk", _("Supervisor"), action=views.SUPERVISOR, rank=30)

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/dispatch", views.board, name="dispatch-desk"),
    path("desk/supervisor", views.supervisor, name="supervisor-desk"),
]
if find_spec("callbox.dispatch.crew_urls"):
    urlpatterns.append(path("", include("callbox.dispatch.crew_urls")))
