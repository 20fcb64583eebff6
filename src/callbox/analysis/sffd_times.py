# SPDX-License-Identifier: Apache-2.0
"""A file of SFFD calls as times to be measured. Pure."""

from callbox.analysis.figures import CaseTimes, UnitTimes
from callbox.analysis.sffd import CallRow, UnitRow
from callbox.analysis.sffd_codes import kind_of, priority_of


def times_of(call: CallRow) -> CaseTimes:
    """The times of one call as the file has them; no answering time among them. Raises LookupError."""
    units = tuple(_unit(row) for row in call.units)
    return CaseTimes(priority_of(call.priority), call.hour, call.received, None, units)


def _unit(row: UnitRow) -> UnitTimes:
    agency = kind_of(row.unit, row.unit_type).agency
    return UnitTimes(row.unit, agency, row.assigned, row.en_route, row.on_scene, row.clear)
