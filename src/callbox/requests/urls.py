# SPDX-License-Identifier: Apache-2.0
"""Addresses of this room: each edge has its own list."""

from django.urls import include, path

urlpatterns = [
    path("", include("callbox.requests.public_urls")),
    path("", include("callbox.requests.open311.urls")),
    path("", include("callbox.requests.desk_urls")),
]
