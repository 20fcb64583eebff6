# SPDX-License-Identifier: Apache-2.0
"""From a call to a closed incident through the API alone, as the screens do it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from callbox.access.actions import define_agency
from callbox.dispatch.units import Equipment, define_station, define_unit, set_availability
from callbox.journal.queries import verify
from tests.signed_in import person, signed_in
from tests.world import AT, SETUP, dispatcher, waiting_call

LON, LAT = -122.4194, 37.7749


def test_a_call_becomes_a_closed_incident(committed: None, sf_city: None) -> None:
    fire = define_agency("fire", "Fire", "消防", "fire", by=SETUP, at=AT)
    station = define_station("S1", "Station 1", fire, -122.41, 37.78, by=SETUP, at=AT)
    unit = define_unit(
        Equipment("E01", "engine", frozenset({"engine", "bls"})), fire, station, by=SETUP, at=AT
    )
    set_availability(unit.pk, "begin_duty", by=dispatcher(), at=AT)
    taker, desk = signed_in(person("taker", "call_taker")), signed_in(person("desk", "dispatcher"))
    crew = signed_in(person("crew", "crew", keys=(f"unit:{unit.pk}",), agency="fire"))

    waiting_call()
    [call] = taker.get("/api/queue").json()["calls"]
    path = f"/api/calls/{call['id']}"
    assert taker.post_json(f"{path}/claim").json()["mine"]
    assert "stairwell" in taker.get(f"{path}/caller?purpose=answer").json()["words"]
    assert (
        taker.post_json(f"{path}/note", {"place": "1 Made-up St", "lon": LON, "lat": LAT}).status_code == 200
    )

    found = taker.get(f"/api/places?q=100 Larkin St&lon={LON}&lat={LAT}").json()
    assert found[0]["lon"] == pytest.approx(-122.417, abs=0.01)
    told = {"lon": LON, "lat": LAT, "address": "1 Made-up St", "call": call["id"], "type": "FIRE.BUILDING"}
    incident = taker.post_json("/api/incidents", told).json()
    assert (incident["state"], incident["priority"] in range(1, 6), incident["call_count"]) == (
        "assessed",
        True,
        1,
    )
    assert incident["clocks"][0]["name"] == "dispatch"
    row = taker.post_json(f"{path}/wrap-up", {"outcome": "incident"}).json()
    assert (row["state"], row["incident_number"]) == ("done", incident["number"])
    [like] = taker.get(f"/api/similar?lon={LON}&lat={LAT}&type=FIRE.BUILDING").json()
    assert (like["number"], like["kind"]) == (incident["number"], "same_type")

    at = f"/api/incidents/{incident['id']}"
    advice = desk.get(f"{at}/recommendation").json()
    assert [offer["callsign"] for offer in advice["offers"]] == ["E01"]
    assert advice["offers"][0]["streets"]
    sent = desk.post_json("/api/assignments", {"incident": incident["id"], "unit": str(unit.pk)}).json()
    assert sent["state"] == "assigned"
    again = desk.post_json("/api/assignments", {"incident": incident["id"], "unit": str(unit.pk)})
    assert again.status_code == 409
    assert str(incident["number"]) in again.json()["detail"]
    board = desk.get("/api/board").json()
    assert [row["assignment"] for row in board["units"]] == [sent["id"]]
    assert [row["incident_number"] for row in board["assignments"]] == [incident["number"]]
    assert board["incidents"][0]["place"]["address"] == "1 Made-up St"
    assert board["stations"][0]["code"] == "S1"

    route = crew.get(f"{at}/route/{unit.pk}").json()
    assert route["seconds"] > 0
    assert len(route["lonlat"]) > 2
    step = f"/api/assignments/{sent['id']}"
    assert crew.post_json(f"{step}/acknowledge").json()["state"] == "acknowledged"
    assert desk.post_json(f"{step}/go", {"radio": True}).json()["state"] == "en_route"
    to_come = (timezone.now() + timedelta(minutes=5)).isoformat()
    assert desk.post_json(f"{step}/arrive", {"at": to_come}).status_code == 422
    assert crew.post_json(f"{step}/arrive").json()["state"] == "on_scene"
    assert desk.post_json(f"{at}/close", {"disposition": "DONE"}).status_code in (409, 422)
    assert crew.post_json(f"{step}/clear").json()["state"] == "clear"
    code = desk.get("/api/catalogue").json()["dispositions"][0]["code"]
    assert desk.post_json(f"{at}/close", {"disposition": code}).json()["state"] == "closed"

    shown = desk.get(at).json()
    assert [entry["move"] for entry in shown["history"]][:3] == ["open", "classify", "send"]
    assert shown["history"][0]["actor_name"] == "Name of taker"
    assert [row["id"] for row in shown["calls"]] == [call["id"]]
    late_now = desk.get("/api/late").json()
    assert "late" in late_now, late_now
    assert late_now["late"] == [], late_now
    assert verify().ok
