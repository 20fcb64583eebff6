# SPDX-License-Identifier: Apache-2.0
"""Addresses of the resident's pages."""

from django.urls import path

from callbox.intake import views

urlpatterns = [
    path("report", views.report, name="report"),
    path("report/picture", views.report_picture, name="report-picture"),
]
