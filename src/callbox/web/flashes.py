# SPDX-License-Identifier: Apache-2.0
"""The framework's notes on the configuration pages, under another label: a room of ours is called messages."""

from django.contrib.messages.apps import MessagesConfig


class Flashes(MessagesConfig):
    """It has no tables, so the label is only a name."""

    label = "flashes"
