# SPDX-License-Identifier: Apache-2.0
import json

import psycopg
import pytest
from django.db import OperationalError
from django.test.client import Client

from callbox.kernel import errors
from callbox.web.errors import ANSWERS, answer_for, refusal_behind

STATUS = {"not-found": 404, "not-allowed": 403, "invalid": 422, "conflict": 409, "unavailable": 503}


def test_every_refusal_has_its_answer() -> None:
    assert set(ANSWERS) == set(errors.Refusal.__subclasses__())


def test_a_refusal_of_a_kind_of_its_own_is_answered_as_its_parent() -> None:
    class Taken(errors.Conflict):
        pass

    assert answer_for(Taken())[0] == 409


@pytest.mark.parametrize(("kind", "status"), STATUS.items())
def test_a_page_that_refuses_says_what_to_do(client: Client, kind: str, status: int) -> None:
    answer = client.get(f"/refuse/{kind}", headers={"accept": "text/html"})
    assert answer.status_code == status
    assert "text/html" in answer["Content-Type"]
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(("kind", "status"), STATUS.items())
def test_the_api_refuses_with_a_problem(client: Client, kind: str, status: int) -> None:
    answer = client.get(f"/api/refuse/{kind}")
    assert answer["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert (answer.status_code, problem["status"]) == (status, status)
    assert problem["type"] == f"tag:callbox,2026:{kind}"
    assert problem["instance"] == f"/api/refuse/{kind}"


def test_a_page_that_refuses_leads_back_to_ours_only(client: Client) -> None:
    ours = client.get(
        "/refuse/conflict", headers={"accept": "text/html", "referer": "http://testserver/live"}
    )
    assert 'href="http://testserver/live"' in ours.content.decode()
    other = client.get(
        "/refuse/conflict", headers={"accept": "text/html", "referer": "http://elsewhere.example/"}
    )
    assert "elsewhere.example" not in other.content.decode()


def test_a_problem_speaks_the_language_of_the_person(client: Client) -> None:
    problem = json.loads(client.get("/api/refuse/invalid", headers={"accept-language": "zh-hans"}).content)
    assert problem["errors"] == [{"field": "place", "detail": "这一步必须填写。"}]


def test_params_are_filled_in(client: Client) -> None:
    problem = json.loads(client.get("/api/refuse/conflict").content)
    assert problem["detail"] == "“close” needs: x."


def test_a_script_on_a_page_gets_a_problem_too(client: Client) -> None:
    answer = client.get("/refuse/conflict", headers={"hx-request": "true"})
    assert answer["Content-Type"] == "application/problem+json"


def test_what_is_down_says_when_to_try_again(client: Client) -> None:
    assert client.get("/api/refuse/unavailable")["Retry-After"] == "2"


@pytest.mark.parametrize(("path", "status"), [("/api/nowhere", 404), ("/api/break", 500)])
def test_what_no_view_of_ours_refuses_is_a_problem_under_the_api(
    client: Client, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == status
    assert "a fault, not a refusal" not in answer.content.decode()


@pytest.mark.django_db
def test_our_own_files_are_asked_for_again(client: Client) -> None:
    answer = client.get("/static/web/js/page.js")
    assert answer.getvalue()
    answer.close()
    assert answer["Cache-Control"] == "no-cache"


def test_a_fault_stays_a_fault(client: Client) -> None:
    answer = client.get("/break")
    assert answer.status_code == 500
    assert "a fault, not a refusal" not in answer.content.decode()
    assert (
        'role="status"' not in answer.content.decode()
    )  # the page of a fault needs nothing that may be broken


@pytest.mark.parametrize("path", ["/nowhere", "/design"])
def test_every_answer_carries_the_security_headers(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    assert "'unsafe" not in policy
    assert "default-src 'self'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


def told(cause: Exception) -> Exception:
    error = OperationalError()
    error.__cause__ = cause
    return error


def test_what_a_fault_of_the_database_means_to_whoever_asked() -> None:
    assert isinstance(refusal_behind(told(psycopg.errors.DeadlockDetected())), errors.Conflict)
    assert isinstance(
        refusal_behind(told(psycopg.OperationalError("connection refused"))), errors.Unavailable
    )
    assert refusal_behind(ValueError()) is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/api/me", "application/problem+json"), ("/desk/dispatch", "text/html; charset=utf-8")],
)
def test_a_database_that_is_gone_before_any_view_is_reached_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    """The session is read on the way to the view. It was a fault of ours once, to whoever asked."""

    def gone(_session: object) -> None:
        raise OperationalError("made up")

    monkeypatch.setattr("callbox.access.sessions.SessionStore.load", gone)
    client = Client(raise_request_exception=False)
    client.cookies["callbox_session"] = "x" * 32
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (503, kind)
    assert answer["Retry-After"] == "2"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_without_the_database_a_signed_in_persons_page_is_503_with_the_telephone(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """Sessions are read before any view: what is raised there must not become a fault."""

    def gone(*_: object) -> None:
        raise OperationalError("made up: connection refused")

    monkeypatch.setattr("callbox.access.sessions.SessionStore.load", gone)
    client.cookies["callbox_session"] = "a" * 32
    client.cookies["callbox_language"] = language
    client.raise_request_exception = False
    page = client.get("/live", headers={"accept": "text/html"})
    assert page.status_code == 503
    assert page["Retry-After"]
    assert 'href="tel:112"' in page.content.decode()
    assert ("telephone now" in page.content.decode()) == (language == "en")
    problem = client.get("/api/refuse/not-found")
    assert (problem.status_code, problem["Content-Type"]) == (503, "application/problem+json")
