# SPDX-License-Identifier: Apache-2.0
"""Addresses of the incidents room's pages, and the desk it puts into the header."""

from django.urls import path

from callbox.incidents import views
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk

add_desk("answering-desk", _("Answering"), action=views.DESK, rank=10)

urlpatterns = [path("desk/answer", views.answer, name="answering-desk")]
