# SPDX-License-Identifier: Apache-2.0
"""Addresses of the findings desk."""

from django.urls import URLPattern, URLResolver, path

from callbox.findings.counting import SEE as SEE_FIGURES
from callbox.findings.desk import figures_views, list_views, one_views
from callbox.findings.queries import SEE
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk

add_desk("findings", _("Findings"), action=SEE)
add_desk("findings-figures", _("Figures of findings"), action=SEE_FIGURES)

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/findings", list_views.findings, name="findings"),
    path("desk/findings/figures", figures_views.figures, name="findings-figures"),
    path("desk/findings/<uuid:finding_id>", one_views.finding, name="finding"),
    path("desk/findings/<uuid:finding_id>/<slug:move>", one_views.move, name="finding-move"),
]
