# SPDX-License-Identifier: Apache-2.0
"""The rooms that are built, in the order in which they stand on one another (lowest first)."""

ROOMS = (
    "journal",
    "matters",
    "access",
    "web",
    "promises",
    "messages",
    "pictures",
    "geo",
    "door",
    "intake",
    "incidents",
    "dispatch",
    "coordination",
    "requests",
    "oversight",
    "findings",
    "analysis",
    "demo",
    "worker",
)
