# SPDX-License-Identifier: Apache-2.0
"""Nobody starves the desks, and nothing stops an emergency contact."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.door import limits as module
from callbox.door.connection import HEAD_BYTES, MOST_OF_ONE
from callbox.door.domain import lanes
from callbox.door.limits import Buckets, Limit, Limits, limits, source_of
from callbox.door.tests.conftest import Server
from callbox.door.tests.process import DoorProcess

CIVIC = lanes()["civic"]


def scope(address: str = "192.0.2.1", path: str = "/", method: str = "GET", **headers: str) -> dict[str, Any]:
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "method": method, "client": (address, 5), "headers": told}


def test_what_is_urgent_comes_before_what_is_not() -> None:
    ranked = list(lanes().values())
    assert [lane.name for lane in ranked] == ["live", "sos", "written", "civic"]
    assert [lane.urgent for lane in ranked] == [True, True, True, False]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 90)), max_size=300))
def test_no_more_than_the_rate_and_the_first_go_ever_passes(asked: list[tuple[str, float]]) -> None:
    limit, now = Limit(a_minute=12, at_once=5), [0.0]
    buckets = Buckets(lambda: now[0])
    passed: dict[str, int] = {}
    for key, later in asked:
        now[0] += later
        wait = buckets.wait_s("x", key, limit)
        passed[key] = passed.get(key, 0) + (wait == 0)
        if wait:
            now[0] += wait + 1e-9
            assert buckets.wait_s("x", key, limit) == 0, "who waits as long as told is let in"
            passed[key] += 1
    for count in passed.values():
        assert count <= limit.at_once + now[0] * limit.a_minute / 60 + 1e-6


def test_what_is_remembered_of_askers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEYS", 100)
    buckets = Buckets()
    for number in range(1_000):
        buckets.wait_s("x", str(number), Limit(60, 5))
    assert len(buckets) == 100


@pytest.mark.parametrize(
    "lane", [lane for lane in lanes().values() if lane.urgent], ids=lambda lane: lane.name
)
def test_no_number_of_urgent_contacts_is_too_many(lane: Any) -> None:
    mine = Limits(behind_proxy=False)
    assert not any(mine.wait_for_contact(scope(), lane) for _ in range(20_000))


def test_complaints_of_one_address_wait_and_those_of_another_do_not() -> None:
    mine = Limits(behind_proxy=False, gateways=frozenset({"192.0.2.9"}))
    waits = [mine.wait_for_contact(scope(), CIVIC) for _ in range(CIVIC.at_once + 5)]
    assert [wait > 0 for wait in waits] == [False] * CIVIC.at_once + [True] * 5
    assert mine.wait_for_contact(scope("192.0.2.2"), CIVIC) == 0
    assert not any(mine.wait_for_contact(scope("192.0.2.9"), CIVIC) for _ in range(500)), "the city's gateway"


def test_invented_sessions_do_not_get_round_the_address_and_one_desk_does_not_stop_another() -> None:
    mine = Limits(behind_proxy=False)
    desk = {"cookie": "callbox_session=made-up-1"}
    passed = sum(not mine.wait_for_page(scope(**desk)) for _ in range(2 * limits()["session"].at_once))
    assert passed < 1.2 * limits()["session"].at_once
    assert mine.wait_for_page(scope(cookie="callbox_session=made-up-2")) == 0
    crowd = range(2 * limits()["address"].at_once)
    passed = sum(not mine.wait_for_page(scope(cookie=f"callbox_session={n}")) for n in crowd)
    assert passed < 1.2 * limits()["address"].at_once
    assert mine.wait_for_page(scope("192.0.2.2", cookie="callbox_session=made-up-2")) == 0


def test_guessing_passwords_from_one_address_is_slow() -> None:
    mine = Limits(behind_proxy=False)
    tries = [mine.wait_for_page(scope(path="/sign-in", method="POST")) for _ in range(200)]
    assert sum(wait == 0 for wait in tries) < 1.5 * limits()["sign_in"].at_once
    assert mine.wait_for_page(scope(path="/sign-in")) == 0, "the page itself is still shown"


def test_residents_pictures_from_one_address_wait_their_turn_and_its_pages_do_not() -> None:
    mine = Limits(behind_proxy=False)
    tries = [mine.wait_for_page(scope(path="/report/picture", method="POST")) for _ in range(100)]
    assert sum(wait == 0 for wait in tries) < 1.5 * limits()["picture"].at_once
    assert mine.wait_for_page(scope(path="/report")) == 0


@pytest.mark.parametrize(
    ("behind_proxy", "said", "found"),
    [
        (False, "198.51.100.7", "192.0.2.1"),
        (True, "198.51.100.7", "198.51.100.7"),
        (True, "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        (True, "", "192.0.2.1"),
        (True, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (True, "nonsense", ""),
    ],
)
def test_who_asks_is_believed_of_our_own_proxy_alone(behind_proxy: bool, said: str, found: str) -> None:
    assert source_of(scope(x_forwarded_for=said), behind_proxy=behind_proxy) == found


def test_a_complaint_too_many_is_told_when_to_come_again_and_an_emergency_is_taken(
    door: DoorProcess, server: Server
) -> None:
    answers = [door.post(b"pothole", str(n), "civic") for n in range(CIVIC.at_once + 2)]
    refused = [each for each in answers if each.status == 429]
    assert refused
    assert {each.status for each in answers} == {201, 429}
    assert int(refused[0].headers["retry-after"]) >= 1
    assert "NOT kept" in refused[0].said["title"]
    assert "112" in refused[0].said["detail"]
    assert len(server.contacts()) == len(answers) - len(refused), "none that was refused is there"
    for channel in ("phone", "exchange", "sos", "text", "web", "app", "pigeon"):
        assert door.post(b"fire", channel=channel).status == 201


def test_a_page_too_many_is_refused_in_both_languages(door: DoorProcess) -> None:
    said = [
        door.ask("POST", "/sign-in", b"", {"Accept": "text/html"})
        for _ in range(limits()["sign_in"].at_once + 5)
    ]
    assert said[0].status == 503, "nobody stands behind this door"
    assert said[-1].status == 429
    assert "请求过多" in said[-1].body.decode()


@pytest.fixture
def crowd(door: DoorProcess) -> Iterator[list[socket.socket]]:
    links: list[socket.socket] = []
    yield links
    for link in links:
        link.close()


def connected(door: DoorProcess, begin: bytes = b"") -> socket.socket:
    link = socket.create_connection(("127.0.0.1", door.port), timeout=30)
    link.sendall(begin)
    return link


BEGUN = b"POST /door/contacts/sos HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nidempotency-key: slow\r\n\r\nfi"


@pytest.mark.parametrize("begin", [b"", b"GET / HTT", BEGUN], ids=["nothing", "half a head", "half a body"])
def test_one_address_holds_no_more_connections_than_it_may(
    door: DoorProcess, crowd: list[socket.socket], begin: bytes
) -> None:
    crowd += [connected(door, begin) for _ in range(MOST_OF_ONE + 20)]
    assert door.post(b"fire", "new").status == 201
    crowd[0].settimeout(30)
    assert crowd[0].recv(1) == b"", "the one that was silent for longest gave way"
    crowd[-1].sendall(b"re!" if begin is BEGUN else b"X")
    assert len(psutil_links(door)) <= MOST_OF_ONE + 5


def psutil_links(door: DoorProcess) -> list[Any]:
    import psutil

    assert door.process is not None
    links = psutil.Process(door.process.pid).net_connections("tcp")
    return [each for each in links if each.laddr.port == door.port and each.status == psutil.CONN_ESTABLISHED]


def test_a_head_without_end_is_cut_off(door: DoorProcess) -> None:
    with closing(connected(door, b"GET / HTTP/1.1\r\nhost: x\r\nx-endless: ")) as link:
        answer = b""
        try:
            for _ in range(HEAD_BYTES // 1024 + 64):
                link.sendall(b"a" * 1024)
            answer = link.recv(100)
        except ConnectionError:
            return  # closed while we were still writing
    assert answer == b"" or b" 431 " in answer


def test_a_contact_under_a_large_head_is_taken(door: DoorProcess) -> None:
    headers = {"X-Made-Up": "a" * 30_000, "X-More": "b" * 30_000}
    assert door.ask("POST", "/door/contacts/sos", b"fire", headers).status == 201
