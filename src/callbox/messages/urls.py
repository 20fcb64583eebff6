# SPDX-License-Identifier: Apache-2.0
"""Addresses of the supervisors' page of messages, and of where one is reached oneself."""

from django.urls import path

from callbox.kernel.text import gettext_noop as _
from callbox.messages import reach_views, views
from callbox.messages.queries import SEE
from callbox.web.menu import add_desk

add_desk("messages", _("Messages"), action=SEE, rank=72)

urlpatterns = [
    path("desk/messages", views.messages, name="messages"),
    path("desk/messages/<uuid:message_id>", views.message, name="message"),
    path("desk/messages/<uuid:message_id>/retry", views.retry, name="message-retry"),
    path("desk/messages/<uuid:message_id>/settle", views.settle, name="message-settle"),
    path("account/reach", reach_views.reach, name="own-reach"),
]
