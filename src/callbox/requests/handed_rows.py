# SPDX-License-Identifier: Apache-2.0
"""Hand-overs as screens get them: the same for the API and the pages. The number of queries does not grow with them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from callbox.kernel.actor import Actor
from callbox.matters.domain import OFFERED
from callbox.matters.models import HandOver
from callbox.requests import handed, lines
from callbox.requests.handed import Named
from callbox.requests.models import HandedOver
from callbox.requests.rows import in_words


def handover_rows(rows: Sequence[HandedOver], actor: Actor) -> list[dict[str, object]]:
    """Hand-overs in their order. standing: offered, refused, timed_out, taken or kept."""
    offers = handed.latest_offers(rows)
    known = handed.named(each for row in rows for each in (row.of, row.became))
    return [_row(row, offers.get(row.pk), known, actor) for row in rows]


def _row(
    row: HandedOver, offer: HandOver | None, known: Mapping[UUID, Named], actor: Actor
) -> dict[str, object]:
    waits = offer is not None and offer.state == OFFERED
    return {
        "id": row.pk,
        "state": row.matter.state,
        "standing": offer.state if offer and row.open else row.matter.state,
        "version": row.matter.version,
        "owner": row.matter.owner,
        "taker": lines.taker_of(row.source),
        "reason": row.reason,
        "reason_name": in_words(lines.load_reasons()[row.reason]),
        "source": _shown(row.of, known),
        "became": _shown(row.became, known),
        "opened_at": row.matter.opened_at,
        "offered_at": offer.offered_at if offer else None,
        "answer_by": offer.answer_by if offer and waits else None,
        "given_by": row.given_by,
        "mine": row.given_by == actor.id,
    }


def _shown(matter_id: UUID | None, known: Mapping[UUID, Named]) -> dict[str, object] | None:
    if matter_id is None:
        return None
    found = known[matter_id]
    return {
        "id": matter_id,
        "kind": found.kind,
        "number": found.number,
        "state": found.state,
        "ended": found.ended,
    }
