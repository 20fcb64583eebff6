# SPDX-License-Identifier: Apache-2.0
"""Addresses of the oversight desk's pages of models and histories."""

from django.urls import path

from callbox.kernel.text import gettext_noop as _
from callbox.oversight.desk import model_views
from callbox.oversight.desk.model_views import SEE
from callbox.web.menu import add_desk

add_desk("oversight-models", _("Oversight models"), action=SEE)

urlpatterns = [
    path("desk/oversight/models", model_views.models, name="oversight-models"),
    path("desk/oversight/models/<slug:code>", model_views.model, name="oversight-model"),
]
