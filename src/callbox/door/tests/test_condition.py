# SPDX-License-Identifier: Apache-2.0
"""Health, state and metrics of a real door: without personal data, and still there when the database is not."""

import json
import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from callbox.door.condition import state_secret
from callbox.door.tests.conftest import Guest, Server
from callbox.door.tests.process import DoorProcess

CANARY = "canary-1380013"


def metrics(door: DoorProcess, **headers: str) -> str:
    answer = door.ask("GET", "/door/metrics", headers=headers)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def numbers(text: str) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.values()) or ''}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def pass_of(guest: Guest) -> dict[str, str]:
    secret = state_secret((guest.home / "secret").read_bytes())
    return {"Authorization": f"Callbox {guest.ticket(secret)}"}


def test_contacts_are_counted_by_lane_and_place_and_requests_by_status(door: DoorProcess) -> None:
    before = numbers(metrics(door))
    assert before["callbox_spool_waiting"] == 0
    assert door.post(b'{"words": "made up"}').status == 201
    assert door.ask("GET", "/door/nothing").status == 404
    found = numbers(metrics(door))
    assert found["callbox_contacts_total['database', 'live']"] == 1, found
    assert found["callbox_accept_seconds_count['live']"] == 1
    assert found["callbox_requests_total['404']"] == 1
    assert found["callbox_database_up"] == 1


def test_no_label_and_no_line_holds_what_somebody_sent(door: DoorProcess, server: Server) -> None:
    body = json.dumps({"words": CANARY, "number": CANARY}).encode()
    assert door.post(body, channel=CANARY, key=CANARY).status == 201
    assert door.ask("GET", f"/door/{CANARY}").status == 404
    assert door.ask("GET", f"/{CANARY}?q={CANARY}").status == 503
    text = metrics(door)
    assert CANARY not in text
    labels = set(re.findall(r'="([^"]*)"', text))
    assert not [label for label in labels if re.search(r"[0-9a-f]{8}-|\d{6}", label)]
    [[contact]] = server.rows("SELECT id FROM door_contact")
    assert str(contact) not in text
    for path in ("/health", "/door/health"):
        assert CANARY.encode() not in door.ask("GET", path).body


def test_metrics_are_for_this_machine_or_the_token(server: Server, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-long-token\n")
    behind = {"CALLBOX_BEHIND_PROXY": "1", "CALLBOX_METRICS_TOKEN_FILE": str(token)}
    door = DoorProcess(server.urls.app, tmp_path, behind)
    door.start()
    try:
        assert door.ask("GET", "/door/metrics").status == 403
        assert door.ask("GET", "/door/metrics", headers={"Authorization": "Bearer wrong"}).status == 403
        assert door.ask("GET", "/door/metrics", headers={"Authorization": "Bearer "}).status == 403
        metrics(door, Authorization="Bearer a-long-token")
        token.unlink()
        assert door.ask("GET", "/door/metrics", headers={"Authorization": "Bearer "}).status == 403
    finally:
        door.kill()


def test_who_comes_through_a_proxy_is_not_on_this_machine(door: DoorProcess) -> None:
    assert door.ask("GET", "/door/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status == 403


def test_health_is_ready_as_long_as_contacts_are_kept(door: DoorProcess, server: Server) -> None:
    said = door.ask("GET", "/health").said
    assert (said["live"], said["ready"], said["accepting"]) == (True, True, "database")
    server.cluster.kill()
    assert door.post(b"made up").status == 201
    answer = door.ask("GET", "/health")
    assert (answer.status, answer.said["ready"], answer.said["accepting"]) == (200, True, "spool")


def test_the_state_is_for_whoever_holds_a_pass_and_goes_on_without_the_database(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    assert door.ask("GET", "/door/state").status == 403
    stream = {"Authorization": f"Callbox {guest.ticket()}"}
    assert door.ask("GET", "/door/state", headers=stream).status == 403, "a stream's ticket is no pass"
    held = pass_of(guest)
    assert door.ask("GET", f"/door/stream?ticket={held['Authorization'][8:]}").status != 200, (
        "a pass opens no stream"
    )
    answer = door.ask("GET", "/door/state", headers=held | {"Accept-Language": "zh-CN"})
    assert "数据库" in answer.body.decode()
    server.cluster.kill()
    assert door.post(b"made up").status == 201
    parts = {part["part"]: part for part in door.ask("GET", "/door/state", headers=held).said["parts"]}
    assert parts["accepting"]["case"] == "spool"
    assert parts["spool"]["case"] == "waiting"
    assert parts["database"]["level"] in ("bad", "unknown")


def test_a_pass_ends_with_its_sign_in(door: DoorProcess, server: Server, guest: Guest) -> None:
    held = pass_of(guest)
    door.wait_until(lambda: door.ask("GET", "/health").said["database"] == "up")
    assert door.ask("GET", "/door/state", headers=held).status == 200
    server.do("UPDATE access_signin SET ended_at = now() WHERE id = %s", guest.signin)
    assert door.ask("GET", "/door/state", headers=held).status == 403
