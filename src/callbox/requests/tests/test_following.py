# SPDX-License-Identifier: Apache-2.0
"""Who may follow a request: keys and codes, guesses that come to nothing, and nobody locked out by another's."""

import logging
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.signed_in import Signed, signed_in
from tests.world import AT, LATER, call_taker, journal_size

from callbox.access.domain import system_actor
from callbox.access.models import PersonalRead
from callbox.kernel.errors import Invalid, Unavailable
from callbox.messages.models import Message
from callbox.messages.queries import letter_of
from callbox.requests import following, queries
from callbox.requests.actions import withdraw_request
from callbox.requests.counting import mark_of
from callbox.requests.domain import limit
from callbox.requests.following import Asking, Locked, key_shown, open_request_for, send_code
from callbox.requests.models import Attempt, Code, Follow, Request
from callbox.requests.own import held_about, status_of
from callbox.requests.personal import Contact
from callbox.requests.reporting import Reported, report_request
from callbox.requests.retention import erase_expired
from callbox.requests.taking import Report
from callbox.requests.tests.scene import WHERE, request, town

pytestmark = pytest.mark.django_db
MINE, ATTACKER = Asking("my browser", "192.0.2.1"), Asking("another", "192.0.2.66")
TO = "+15550100"
WRONG = int(limit("wrong_by_number", AT.date()))


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


def reported(form: UUID | None = None, **said: object) -> Reported:
    contact = Contact("Made-up Name", TO)
    report = Report("other", WHERE, "made-up words", contact=contact, channel="web", **said)  # type: ignore[arg-type]
    return report_request(report, form or uuid4(), counted=counted(MINE.source), at=AT)


def counted(source: str) -> dict[str, str]:
    return {"reports_by_source": mark_of("report", source)}


def enter(row: Request, said: str, asking: Asking = MINE) -> UUID:
    return open_request_for(str(row.number), said, asking, at=LATER)


def code_sent(row: Request) -> str:
    message = Message.objects.filter(matter_id=row.pk, kind="code").order_by("-queued_at", "-id").first()
    letter = letter_of(message) if message else None
    assert letter is not None
    return letter.body[:6]


def test_what_a_form_made_is_followed_by_its_number_and_key() -> None:
    done = reported()
    for spelled in (done.key, key_shown(done.key), done.key.lower(), f" {key_shown(done.key)} "):
        assert enter(done.request, spelled) == done.request.pk
    other = reported()
    with pytest.raises(Invalid):
        enter(other.request, done.key)


def test_the_same_form_sent_twice_makes_one_request_and_tells_the_same() -> None:
    form = uuid4()
    one, two = reported(form), reported(form)
    assert (one.request.pk, one.key) == (two.request.pk, two.key)
    assert Request.objects.count() == 1


def test_a_stranger_who_knows_the_id_of_a_request_does_not_get_its_key() -> None:
    done = reported()
    assert following.key_of(done.request.pk) != done.key
    assert reported(done.request.pk).request.pk != done.request.pk


def test_a_code_goes_to_whoever_reports_and_serves_once_in_the_browser_that_asked() -> None:
    row = request()
    send_code(str(row.number), "+1 555 0100", MINE, language="en", at=LATER)
    code = code_sent(row)
    with pytest.raises(Invalid):
        enter(row, code, ATTACKER)
    assert enter(row, code) == row.pk
    with pytest.raises(Invalid):
        enter(row, code)


def test_a_code_ends_with_its_time_and_with_its_tries() -> None:
    row = request()
    send_code(str(row.number), TO, MINE, language="en", at=LATER)
    code, late = code_sent(row), LATER + timedelta(minutes=limit("code_minutes", AT.date()))
    with pytest.raises(Invalid):
        open_request_for(str(row.number), code, MINE, at=late)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(limit("code_tries", AT.date())):
        with pytest.raises((Invalid, Locked)):
            enter(row, wrong)
    with pytest.raises((Invalid, Locked)):
        enter(row, code)


@pytest.mark.parametrize("said", ["+1 555 0199", "nobody@city.example", "", "no number"])
def test_who_names_another_address_is_sent_nothing_and_told_nothing(said: str) -> None:
    row, before = request(), journal_size()
    send_code(str(row.number), said, MINE, language="en", at=LATER)
    send_code("99999999", said, MINE, language="en", at=LATER)
    assert (Message.objects.count(), Code.objects.count(), journal_size()) == (0, 0, before)


def test_codes_are_sent_only_so_often() -> None:
    row = request()
    for _ in range(20):
        send_code(str(row.number), TO, MINE, language="en", at=LATER)
    assert Message.objects.count() == limit("codes_by_number", AT.date())


def test_guessing_is_locked_and_the_reporter_still_comes_in() -> None:
    done = reported()
    for number in range(WRONG):
        with pytest.raises(Invalid):
            enter(done.request, f"{number:06d}", ATTACKER)
    with pytest.raises(Locked):
        enter(done.request, "999999", ATTACKER)
    assert enter(done.request, done.key) == done.request.pk
    assert enter(done.request, done.key, ATTACKER) == done.request.pk, "a neighbour behind the same address"
    with pytest.raises(Invalid):
        enter(reported().request, "000000", Asking("", "192.0.2.7"))


def test_an_address_that_tries_many_numbers_is_locked() -> None:
    done = reported()
    for number in range(limit("wrong_by_source", AT.date())):
        with pytest.raises(Invalid):
            open_request_for(str(10**6 + number), "000000", ATTACKER, at=LATER)
    with pytest.raises(Locked):
        enter(done.request, "000000", ATTACKER)
    with pytest.raises(Invalid):
        enter(done.request, "000000", MINE)


def test_a_lock_ends_by_itself_and_what_was_counted_is_forgotten() -> None:
    done, later = reported(), LATER + timedelta(minutes=limit("count_minutes", AT.date()) + 1)
    for _ in range(WRONG + 1):
        with pytest.raises((Invalid, Locked)):
            enter(done.request, "000000")
    with pytest.raises(Invalid):
        open_request_for(str(done.request.number), "000000", MINE, at=later)
    assert erase_expired(by=system_actor("retention"), at=later) == 2 * (WRONG + 1) + 1
    assert Attempt.objects.count() == 2


def test_nothing_that_is_kept_can_be_entered() -> None:
    done = reported()
    send_code(str(done.request.number), TO, MINE, language="en", at=LATER)
    kept = [*Follow.objects.values_list("key", "form"), *Code.objects.values_list("code", "browser")]
    for said in (text for row in kept for text in row):
        with pytest.raises((Invalid, Locked)):
            enter(done.request, str(said))
    assert done.key not in str(kept)
    assert MINE.source not in str(list(Attempt.objects.values_list("who")))


def test_too_many_reports_of_one_address_are_refused_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from callbox.requests import counting

    monkeypatch.setattr(counting, "limit", lambda name, _on: 2)
    for _ in range(2):
        reported()
    with pytest.raises(Unavailable, match="telephone us"):
        reported()
    report_request(Report("other", WHERE), uuid4(), counted=counted("192.0.2.7"), at=AT)
    assert Request.objects.count() == 3


def test_at_its_date_the_key_opens_nothing_any_more() -> None:
    done = reported()
    withdraw_request(done.request.pk, "by_reporter", by=call_taker(), at=AT)
    erase_expired(by=system_actor("retention"), at=AT + timedelta(days=400))
    with pytest.raises(Invalid):
        enter(done.request, done.key)


def test_a_resident_sees_what_is_held_and_who_has_read_it() -> None:
    row = reported(hidden=True).request
    queries.details_for(call_taker(), row, purpose="handle", at=LATER)
    held = held_about(row.pk, at=LATER + timedelta(hours=1))
    assert (held.contact.name, held.told.words, held.has_place) == ("Made-up Name", "made-up words", True)
    assert [(read.role, read.own) for read in held.reads] == [
        ("call_taker", False),
        ("system", True),
    ]
    assert PersonalRead.objects.filter(actor="system:resident", subject_id=row.pk, purpose="own").count() == 1


def test_the_status_tells_promises_and_steps_and_nobody() -> None:
    row = reported().request
    status = status_of(row.pk, at=LATER)
    assert [step.move for step in status.steps] == ["open", "assign"]
    assert "Made-up" not in str(status)
    assert PersonalRead.objects.count() == 0


@pytest.fixture
def browser() -> Signed:
    return signed_in(None)


def test_the_pages_from_the_form_to_the_withdrawal(browser: Signed, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert b"Pothole" in browser.get("/requests/new").content
    page = browser.get("/requests/new/road--pothole").content.decode()
    form = page.partition('name="form" value="')[2][:36]
    said = {"form": form, "words": "made-up words", "number": "no number", "place": "made-up place"}
    answer = browser.post("/requests/new/road--pothole", said)
    assert answer.status_code == 422
    assert {"id_q_size", "id_number"} <= set(answer.content.decode().replace("#", '"').split('"'))
    assert Request.objects.count() == 0
    said |= {"q_size": "hand", "q_blocked": "no", "number": "+1 555 0111"}
    answer = browser.post("/requests/new/road--pothole", said)
    row = Request.objects.get()
    assert (answer.status_code, answer["Location"], row.channel) == (302, "/requests/received", "web")
    key = browser.get("/requests/received").content.decode().partition("data-key>")[2].partition("<")[0]
    assert len(key) == 14
    assert browser.get("/requests/mine").status_code == 302
    wrong = browser.post("/requests/follow", {"number": row.number, "code": "000000"})
    assert wrong.status_code == 422
    right = browser.post("/requests/follow", {"number": row.number, "code": key})
    assert (right.status_code, right["Location"]) == (302, "/requests/mine")
    shown = browser.get("/requests/mine").content.decode()
    assert str(row.number) in shown
    assert "made-up words" not in shown
    held = browser.get("/requests/mine/held").content.decode()
    assert "made-up words" in held
    assert "+15550111" in held
    assert browser.get("/requests/mine/withdraw").status_code == 200
    assert browser.post("/requests/mine/withdraw").status_code == 302
    row.refresh_from_db()
    assert row.matter.state == "withdrawn"
    browser.post("/requests/mine/leave")
    assert browser.get("/requests/received").status_code == 302
    assert browser.get("/requests/mine/held").status_code == 403
    assert [line for line in caplog.messages if "made-up" in line or key in line or "5550111" in line] == []


def test_a_locked_browser_is_told_when_to_come_again(browser: Signed) -> None:
    row = request()
    for _ in range(WRONG):
        assert browser.post("/requests/follow", {"number": row.number, "code": "1"}).status_code == 422
    answer = browser.post("/requests/follow", {"number": row.number, "code": "1"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")


def test_a_browser_may_look_for_a_while_only(browser: Signed) -> None:
    done = reported()
    browser.post("/requests/follow", {"number": done.request.number, "code": done.key})
    session = browser.session
    session["followed"] = {"request": str(done.request.pk), "until": AT.isoformat()}
    session.save()
    assert browser.get("/requests/mine/held").status_code == 403


def test_asking_for_a_code_answers_the_same_whoever_asks(browser: Signed) -> None:
    row = request()

    def answer(number: object, to: str) -> str:
        said = browser.post("/requests/follow/code", {"number": number, "to": to}).content.decode()
        return said.partition("<main")[2].replace(str(number), "N").partition("csrfmiddlewaretoken")[0]

    assert answer(row.number, TO) == answer(row.number, "+15550199") == answer(7, TO)
    assert Message.objects.count() == 1
