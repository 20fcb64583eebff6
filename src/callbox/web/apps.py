# SPDX-License-Identifier: Apache-2.0
"""The web room as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base templates, components, static files and the mapping of refusals."""

    name = "callbox.web"
    label = "web"
