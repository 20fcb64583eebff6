# SPDX-License-Identifier: Apache-2.0
"""The map's tiles: one file a city version, read in parts."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from callbox.geo.queries import open_city
from callbox.web.ranges import ranged_file_response


@require_safe
def tiles(request: HttpRequest, name: str, version: str) -> HttpResponseBase:
    """The tiles of one version of a city. Public, like the map they are made from."""
    city = open_city(settings.CONFIG.cities, name, version)
    return ranged_file_response(request, city.tiles_path, "application/vnd.pmtiles")
