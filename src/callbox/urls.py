# SPDX-License-Identifier: Apache-2.0
"""Addresses: every room's `urls.py` and `api.py` are taken in by name, so adding one touches nothing here."""

import importlib
from importlib.util import find_spec

from django.contrib.staticfiles.views import serve
from django.urls import URLPattern, URLResolver, include, path, re_path

from callbox.access.site import site
from callbox.rooms import ROOMS
from callbox.web.api import api

handler500 = "callbox.web.errors.fault"


def _room_urls() -> list[URLPattern | URLResolver]:
    return [path("", include(f"callbox.{room}.urls")) for room in ROOMS if find_spec(f"callbox.{room}.urls")]


for _room in ROOMS:
    if _room != "web" and find_spec(f"callbox.{_room}.api"):
        api.add_router("", importlib.import_module(f"callbox.{_room}.api").router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    path("admin/", site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    re_path(r"^static/(?P<path>.*)$", serve, {"insecure": True}),
    *_room_urls(),
]
