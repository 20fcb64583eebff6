# SPDX-License-Identifier: Apache-2.0
"""Base templates and views, error mapping, the design system, the map, static files."""
