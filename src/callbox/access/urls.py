# SPDX-License-Identifier: Apache-2.0
"""Addresses of signing in and out."""

from django.urls import path

from callbox.access import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("demo", views.demo, name="demo"),
]
