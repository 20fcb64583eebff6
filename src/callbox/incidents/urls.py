# SPDX-License-Identifier: Apache-2.0
"""Addresses of the incidents room's pages, and the desk it puts into the header."""

from django.urls import path

from callbox.incidents import reads_views, views
from callbox.incidents.reads import READS
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk

add_desk("answering-desk", _("Answering"), action=views.DESK, rank=10)
add_desk("reads", _("Who has read it"), action=READS, rank=70)

urlpatterns = [
    path("desk/answer", views.answer, name="answering-desk"),
    path("desk/reads", reads_views.reads, name="reads"),
]
