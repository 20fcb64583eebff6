# SPDX-License-Identifier: Apache-2.0
"""Addresses of the web room's own pages."""

from django.urls import path

from callbox.web import views

urlpatterns = [
    path("design", views.design, name="design"),
    path("web/health", views.health, name="web-health"),
]
