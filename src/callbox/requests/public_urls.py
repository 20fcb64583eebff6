# SPDX-License-Identifier: Apache-2.0
"""Addresses of the residents' pages. None names a request: which one it is stands in the browser's session."""

from django.urls import path

from callbox.kernel.text import gettext_noop as _
from callbox.requests import article_views, follow_views, public_views
from callbox.web.menu import offer_instead

offer_instead("report", "civic", _("Nobody is in danger? Report faults, dirt and noise to the city here"))

urlpatterns = [
    path("requests/", public_views.start, name="civic"),
    path("requests/new", public_views.categories, name="civic-new"),
    path("requests/new/<slug:category>", public_views.report, name="civic-report"),
    path("requests/answers", article_views.answers, name="civic-answers"),
    path("requests/answers/<slug:article>", article_views.answer, name="civic-answer"),
    path("requests/received", public_views.received, name="civic-received"),
    path("requests/follow", follow_views.follow, name="civic-follow"),
    path("requests/follow/code", follow_views.code, name="civic-code"),
    path("requests/mine", follow_views.mine, name="civic-mine"),
    path("requests/mine/answer", follow_views.answer, name="civic-answer"),
    path("requests/mine/withdraw", follow_views.withdraw, name="civic-withdraw"),
    path("requests/mine/held", follow_views.held, name="civic-held"),
    path("requests/mine/leave", follow_views.leave, name="civic-leave"),
]
