# SPDX-License-Identifier: Apache-2.0
"""The address that people open first."""

from django.urls import path

from callbox.demo import views

urlpatterns = [path("", views.start, name="start")]
