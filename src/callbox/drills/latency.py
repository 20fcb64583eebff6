# SPDX-License-Identifier: Apache-2.0
"""How long senders waited, and when that was as usual again. Pure functions over the ledger."""

from callbox.drills.ledger import Ledger

USUAL_S = 1.0  # what an emergency contact may wait for its yes
BACK_S = 10.0  # so soon after a fault every wait is as usual again
GAP_S = 1.5  # what a fresh contact may wait with the database gone


def back_after_s(ledger: Ledger, ended: float, until: float = float("inf")) -> float:
    """Seconds from the end of a fault until every contact first sent from then on waited as usual.

    ended, until: monotonic seconds; looks at contacts first sent between them.
    """
    slow = [
        sent.first_at
        for sent in ledger.sent
        if ended <= sent.first_at <= until and (sent.wait_s is None or sent.wait_s > USUAL_S)
    ]
    return max(slow, default=ended) - ended
