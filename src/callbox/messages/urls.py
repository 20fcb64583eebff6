# SPDX-License-Identifier: Apache-2.0
"""Addresses of the supervisors' page of messages, and of where one is reached oneself."""

from django.urls import path

from callbox.kernel.text import gettext_noop as _
from callbox.messages import agency_views, reach_views, receipt_views, views
from callbox.messages.queries import MANAGE, SEE
from callbox.web.menu import add_desk

add_desk("messages", _("Messages"), action=SEE, rank=72)
add_desk("agencies-reached", _("Addresses of agencies"), action=MANAGE, rank=86)

urlpatterns = [
    path("desk/messages", views.messages, name="messages"),
    path("desk/messages/<uuid:message_id>", views.message, name="message"),
    path("desk/messages/<uuid:message_id>/retry", views.retry, name="message-retry"),
    path("desk/messages/<uuid:message_id>/settle", views.settle, name="message-settle"),
    path("desk/agencies/reached", agency_views.agencies_reached, name="agencies-reached"),
    path("desk/agencies/reached/<uuid:agency_id>", agency_views.agency_reached, name="agency-reached"),
    path("account/reach", reach_views.reach, name="own-reach"),
    path("gateways/<slug:gateway>/receipts", receipt_views.receipt, name="receipts"),
]
