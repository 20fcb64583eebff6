# SPDX-License-Identifier: Apache-2.0
"""A recommendation as screens get it: who, when, why and by which streets."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from ninja import Schema

from callbox.dispatch.plans import load_capabilities
from callbox.dispatch.ranking import LeftOut, Offer
from callbox.dispatch.recommend import Advice
from callbox.kernel.tables import Words, read_table

ROOM = "callbox.dispatch"
OTHERS = 50
STREETS = 3


class NeedRow(Schema):
    """How many units with a capability."""

    capability: str
    name: str
    count: int


class OfferRow(Schema):
    """A unit that can come; times in seconds. fills: the capability it is offered for, or empty."""

    unit: UUID
    callsign: str
    capabilities: list[str]
    turnout_s: float
    travel_s: float
    arrival_s: float
    arrives_at: datetime
    fills: str
    why: list[str]
    why_text: list[str]
    streets: list[str]
    position_age_s: float
    position_source: str


class LeftOutRow(Schema):
    """A unit that is not offered, and why."""

    unit: UUID
    callsign: str
    reason: str
    reason_text: str


class RecommendationShown(Schema):
    """Who should go, who else could (the first 50), what nobody can give, who is left out."""

    plan: list[NeedRow]
    plan_row: str
    offers: list[OfferRow]
    others: list[OfferRow]
    missing: list[NeedRow]
    left_out: list[LeftOutRow]


def recommendation_shown(advice: Advice) -> dict[str, object]:
    """Everything a dispatcher needs to choose."""
    ranked, reasons = advice.ranked, _reasons()
    return {
        "plan": [_need(each.capability, each.count) for each in advice.plan.requirements],
        "plan_row": advice.plan.row,
        "offers": [_offer(advice, each, reasons) for each in ranked.offers],
        "others": [_offer(advice, each, reasons) for each in ranked.others[:OTHERS]],
        "missing": [_need(each.capability, each.count) for each in ranked.missing],
        "left_out": _left_out(ranked.left_out, reasons),
    }


def _reasons() -> dict[str, str]:
    language = get_language() or "en"
    return {row["code"]: row.words().in_language(language) for row in read_table(ROOM, "reasons.tsv")}


def capability_name(code: str) -> str:
    """The name of a capability in the language of the request."""
    known = load_capabilities().get(code)
    return (known.name if known else Words(code, code)).in_language(get_language() or "en")


def _need(capability: str, count: int) -> dict[str, object]:
    return {"capability": capability, "name": capability_name(capability), "count": count}


def _offer(advice: Advice, offer: Offer, reasons: dict[str, str]) -> dict[str, object]:
    unit = offer.unit
    route = advice.route_of(unit.id)
    return {
        "unit": unit.id,
        "callsign": unit.callsign,
        "capabilities": sorted(unit.capabilities),
        "turnout_s": offer.turnout_s,
        "travel_s": offer.travel_s,
        "arrival_s": offer.arrival_s,
        "arrives_at": offer.arrives_at,
        "fills": offer.fills,
        "why": offer.why,
        "why_text": [reasons.get(code, code) for code in offer.why],
        "streets": route.street_names()[:STREETS] if route else [],
        "position_age_s": unit.position_age_s,
        "position_source": unit.position_source,
    }


def _left_out(units: Iterable[LeftOut], reasons: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "unit": each.unit.id,
            "callsign": each.unit.callsign,
            "reason": each.reason,
            "reason_text": reasons.get(each.reason, each.reason),
        }
        for each in units
    ]
