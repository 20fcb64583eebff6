# SPDX-License-Identifier: Apache-2.0
"""Addresses of the crew's page."""

from django.urls import path

from callbox.dispatch import crew_views
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk

# The worker stands beside the page, not under it: its address bounds what it may serve.
urlpatterns = [
    path("crew", crew_views.crew, name="crew"),
    path("crew-worker.js", crew_views.worker, name="crew-worker"),
]
add_desk("crew", _("Crew"), action="unit.report_position", rank=40)
