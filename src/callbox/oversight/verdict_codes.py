# SPDX-License-Identifier: Apache-2.0
"""Verdicts as whole numbers, for columns of them. Part of the domain."""

from callbox.oversight.domain.verdicts import VERDICTS

CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}
FINE, RUNNING, WARNED, OVERDUE, BROKEN_LATE, CURED, WAIVED, UNKNOWN = range(len(VERDICTS))
HARD = len(VERDICTS)  # columns cannot say it: the plain evaluator does
