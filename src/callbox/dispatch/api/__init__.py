# SPDX-License-Identifier: Apache-2.0
"""The board, the incident's page, sending units, the crew's phone, what is late."""

from ninja import Router

from callbox.dispatch import crew_api
from callbox.dispatch.api import assignments, board, catalogue, incident, units

router = Router()
for _part in (board, incident, assignments, units, crew_api, catalogue):
    router.add_router("", _part.router)
