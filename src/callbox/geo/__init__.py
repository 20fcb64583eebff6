# SPDX-License-Identifier: Apache-2.0
"""Geo: a city from OpenStreetMap files, its areas, places and addresses, and travel times over its roads."""
