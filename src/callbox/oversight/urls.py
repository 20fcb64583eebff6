# SPDX-License-Identifier: Apache-2.0
"""Addresses of the oversight desk's pages of models and histories, and of the API for systems that tell of cases."""

from django.urls import URLPattern, URLResolver, path

from callbox.kernel.text import gettext_noop as _
from callbox.oversight.desk import case_views, model_views, trial_views
from callbox.oversight.pushing import histories
from callbox.oversight.queries import SEE as SEE_HISTORIES
from callbox.web.menu import add_desk

add_desk("oversight-cases", _("Case histories"), action=SEE_HISTORIES)
add_desk("oversight-models", _("Oversight models"), action=model_views.SEE)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/histories/", histories.urls),
    path("desk/oversight/cases", case_views.cases, name="oversight-cases"),
    path("desk/oversight/case", case_views.case, name="oversight-case"),
    path("desk/oversight/models", model_views.models, name="oversight-models"),
    path("desk/oversight/models/<slug:code>", model_views.model, name="oversight-model"),
    path("desk/oversight/try", trial_views.trial, name="oversight-try"),
]
