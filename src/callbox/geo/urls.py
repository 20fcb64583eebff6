# SPDX-License-Identifier: Apache-2.0
"""Addresses of the map's tiles."""

from django.urls import path

from callbox.geo import views

urlpatterns = [path("map/<slug:name>/<slug:version>.pmtiles", views.tiles, name="map-tiles")]
