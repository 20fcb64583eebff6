# SPDX-License-Identifier: Apache-2.0
"""Requests for those who work on them: taking, lists, one request and every step of it."""

from ninja import Router

from callbox.requests.api import further, handovers, pictures, reading, steps, taking

__all__ = ["further", "handovers", "pictures", "router", "steps", "taking"]

router = Router()
router.add_router("", reading.router)
