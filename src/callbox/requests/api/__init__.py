# SPDX-License-Identifier: Apache-2.0
"""Requests for those who work on them: taking, lists, one request and every step of it."""

from ninja import Router

from callbox.requests.api import articles, further, handovers, pictures, reading, steps, taking

__all__ = ["articles", "further", "handovers", "pictures", "router", "steps", "taking"]

router = Router()
router.add_router("", reading.router)
