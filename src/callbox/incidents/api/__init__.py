# SPDX-License-Identifier: Apache-2.0
"""Calls with their incidents, and the incident's own steps."""

from ninja import Router

from callbox.incidents.api import calls, pictures, priority, reading, steps

__all__ = ["pictures", "router", "steps"]

router = Router()
router.add_router("", calls.router)
router.add_router("", reading.router)
router.add_router("", priority.router)
