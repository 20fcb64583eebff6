# SPDX-License-Identifier: Apache-2.0
"""This room as a Django app: the framework has an app of its own called messages."""

from django.apps import AppConfig


class Messages(AppConfig):
    """Its tables are called `messages_...` all the same."""

    name = "callbox.messages"
    label = "outbox"
