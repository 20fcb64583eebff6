# SPDX-License-Identifier: Apache-2.0
"""Open311 GeoReport v2: an edge for other people's apps. See docs/reference/open311.md."""
