# SPDX-License-Identifier: Apache-2.0
"""Addresses of the door room's pages."""

from django.urls import path

from callbox.door import views
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk

add_desk("state", _("State"), action=views.SEE, rank=80)

urlpatterns = [path("state", views.state, name="state")]
