# SPDX-License-Identifier: Apache-2.0
"""Every write of geo: bring a city in, and put a version of it in force."""

from callbox.geo.actions.import_ import import_city, use_city

__all__ = ["import_city", "use_city"]
