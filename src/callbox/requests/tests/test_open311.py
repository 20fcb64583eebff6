# SPDX-License-Identifier: Apache-2.0
"""Open311 GeoReport v2 as an app meets it: both formats, real booleans, errors as specified, nobody named."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.signed_in import Signed, signed_in
from tests.world import SETUP, call_taker, journal_size

from callbox.kernel.errors import Conflict, NotFound
from callbox.matters.models import Clock
from callbox.pictures.models import Picture
from callbox.pictures.tests.pictures import telling_jpeg
from callbox.requests import queries
from callbox.requests.actions import accept_request
from callbox.requests.models import ApiKey, Request
from callbox.requests.open311.keys import end_key, key_known, open_key
from callbox.requests.personal import Contact
from callbox.requests.taking import Report, open_request
from callbox.requests.tests.scene import WHERE, desk_of, now, town

pytestmark = pytest.mark.django_db
V2 = "/open311/v2"
SECRETS = ("Made-up Name", "+15550100", "made-up words", "made-up street")


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


@pytest.fixture
def app() -> Signed:
    return signed_in(None)


@pytest.fixture
def key() -> str:
    return open_key("made-up app", by=SETUP, at=timezone.now())


def taken(category: str = "road.light_out", **said: Any) -> Request:
    contact = Contact("Made-up Name", "+15550100")
    report = Report(category, WHERE, "made-up words", contact=contact, **said)
    return open_request(report, by=call_taker(), at=timezone.now())


def get(app: Signed, path: str, status: int = 200) -> Any:
    answer = app.get(f"{V2}/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json; charset=utf-8")
    return answer.json()


def get_xml(app: Signed, path: str, status: int = 200) -> Element:
    answer = app.get(f"{V2}/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/xml; charset=utf-8")
    assert answer.content.lower().startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return fromstring(answer.content)


def post(app: Signed, form: str = "json", **said: Any) -> Any:
    answer = app.post(
        f"{V2}/requests.{form}", urlencode(said), content_type="application/x-www-form-urlencoded"
    )
    return answer.status_code, json.loads(answer.content) if form == "json" else fromstring(answer.content)


def test_discovery_names_the_endpoint_and_its_formats(app: Signed) -> None:
    found = app.get("/open311/discovery.json").json()
    (endpoint,) = found["endpoints"]
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    top = fromstring(app.get("/open311/discovery.xml").content)
    assert [each.text for each in top.iter("format")] == endpoint["formats"]


def test_services_in_both_formats_with_real_booleans(app: Signed) -> None:
    services = get(app, "services.json")
    assert len(services) > 20
    by_code = {each["service_code"]: each for each in services}
    assert by_code["road.pothole"]["metadata"] is True
    assert (by_code["road.pothole"]["type"], by_code["labour.wages"]["type"]) == ("realtime", "batch")
    top = get_xml(app, "services.xml")
    assert top.tag == "services"
    assert [each.findtext("service_code") for each in top] == list(by_code)
    assert {each.findtext("metadata") for each in top} <= {"true", "false"}
    assert all(set(each) == {child.tag for child in top[0]} for each in services)


def test_a_definition_has_the_questions_as_attributes(app: Signed) -> None:
    found = get(app, "services/road.pothole.json")
    size, blocked = found["attributes"]
    assert (size["datatype"], size["required"], size["variable"], size["order"]) == (
        "singlevaluelist",
        True,
        True,
        1,
    )
    assert [each["key"] for each in size["values"]] == ["hand", "dinner_plate", "larger"]
    assert (blocked["required"], [each["key"] for each in blocked["values"]]) == (False, ["true", "false"])
    top = get_xml(app, "services/road.pothole.xml")
    assert (top.tag, top.findtext("service_code")) == ("service_definition", "road.pothole")
    assert [each.findtext("required") for each in top.iter("attribute")] == ["true", "false"]
    assert get(app, "services/no.such.json", 404)[0]["code"] == 404


def test_what_is_posted_is_a_request_with_its_attributes_and_picture(app: Signed, key: str) -> None:
    said = {
        "api_key": key,
        "service_code": "road.pothole",
        "lat": "50.5",
        "long": "11.5",
        "description": "made-up words",
        "first_name": "Made-up",
        "last_name": "Name",
        "phone": "+15550100",
        "device_id": "made-up device",
        "attribute[size]": "hand",
        "attribute[blocked]": "true",
        "media": SimpleUploadedFile("x.jpg", telling_jpeg(), "image/jpeg"),
    }
    answer = app.post(f"{V2}/requests.json", said)
    (told,) = answer.json()
    assert answer.status_code == 200
    row = Request.objects.select_related("matter").get(number=told["service_request_id"])
    details = queries.details_for(call_taker(), row, purpose="handle", at=timezone.now())[1]
    assert (row.channel, row.category, details.answers) == (
        "open311",
        "road.pothole",
        {"size": "hand", "blocked": True},
    )
    assert (details.contact.name, details.contact.number) == ("Made-up Name", "+15550100")
    assert "made-up device" not in str(details)
    assert Picture.objects.filter(matter_id=row.pk).count() == 1


def test_the_address_of_a_picture_is_kept_in_words_and_never_asked(app: Signed, key: str) -> None:
    status, (told,) = post(
        app, api_key=key, service_code="other", address_string="x", media_url="http://127.0.0.1:1/x.jpg"
    )
    assert status == 200
    row = Request.objects.get(number=told["service_request_id"])
    details = queries.details_for(call_taker(), row, purpose="handle", at=timezone.now())[1]
    assert details.note == "http://127.0.0.1:1/x.jpg"


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"api_key": "", "service_code": "other", "address_string": "x"}, 403, "api_key"),
        ({"api_key": "wrong", "service_code": "other", "address_string": "x"}, 403, "api_key"),
        ({"address_string": "x"}, 400, "service_code"),
        ({"service_code": "no.such", "address_string": "x"}, 404, "no.such"),
        ({"service_code": "other"}, 400, "lat"),
        ({"service_code": "other", "lat": "1"}, 400, "lat"),
        ({"service_code": "other", "lat": "nan", "long": "1"}, 400, "lat"),
        ({"service_code": "other", "lat": "91", "long": "1"}, 400, "lat"),
        ({"service_code": "road.pothole", "address_string": "x"}, 400, "attribute[size]"),
        ({"service_code": "road.pothole", "address_string": "x", "attribute[size]": "huge"}, 400, "size"),
        ({"service_code": "other", "address_string": "x", "jurisdiction_id": "no"}, 404, "jurisdiction"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_cannot_be_taken_is_answered_with_errors_and_leaves_nothing(
    app: Signed, key: str, said: dict[str, str], status: int, words: str, form: str
) -> None:
    before = journal_size()
    found, told = post(app, form, **{"api_key": key, **said})
    assert found == status
    if form == "json":
        assert told[0]["code"] == status
        assert words in told[0]["description"]
    else:
        assert (told.tag, told[0].tag, told[0].findtext("code")) == ("errors", "error", str(status))
        assert words in str(told[0].findtext("description"))
    assert (journal_size(), Request.objects.count()) == (before, 0)


def test_what_is_about_a_person_is_answered_with_a_token(app: Signed, key: str) -> None:
    status, (told,) = post(app, api_key=key, service_code="labour.wages", address_string="x")
    assert (status, "service_request_id" in told) == (200, False)
    (found,) = get(app, f"tokens/{told['token']}.json")
    number = found["service_request_id"]
    assert (str(Request.objects.get().number), found["token"]) == (number, told["token"])
    assert get(app, f"requests/{number}.json", 404)[0]["code"] == 404
    assert get(app, "requests.json") == []
    assert get_xml(app, "tokens/made-up.xml", 404).tag == "errors"


def test_a_request_is_listed_with_its_promise_and_names_nobody(app: Signed) -> None:
    row = taken()
    accept_request(row.pk, by=desk_of("roads"), at=timezone.now())
    (found,) = get(app, "requests.json")
    due = Clock.objects.get(matter_id=row.pk, name="resolve").due_at
    assert found["service_request_id"] == str(row.number)
    assert datetime.fromisoformat(found["expected_datetime"]) == due.replace(microsecond=0)
    assert (found["status"], found["agency_responsible"]) == ("open", "Roads")
    assert (found["description"], found["address"], found["media_url"]) == (None, None, None)
    assert (found["lat"], found["long"]) == (50.5, 11.5)
    close = app.get(f"{V2}/requests/{row.number}.xml")
    assert fromstring(close.content)[0].findtext("status") == "open"
    for text in (*SECRETS, str(row.pk)):
        assert text not in app.get(f"{V2}/requests.json").content.decode()
        assert text not in close.content.decode()


def test_a_hidden_reporter_and_a_sensitive_matter_are_listed_to_nobody(app: Signed) -> None:
    hidden, sensitive = taken(hidden=True), taken("labour.wages", hidden=False)
    assert get(app, "requests.json") == []
    for row in (hidden, sensitive):
        get(app, f"requests/{row.number}.json", 404)
        assert get(app, f"requests.json?service_request_id={row.number}") == []


def test_where_it_is_is_told_as_exactly_as_the_table_says(app: Signed) -> None:
    from callbox.incidents.actions import Where

    report = Report("other", Where(11.512345, 50.512345))
    open_request(report, by=call_taker(), at=timezone.now())
    open_request(Report("road.light_out", report.where), by=call_taker(), at=timezone.now())
    lamp, other = get(app, "requests.json")
    assert (lamp["long"], other["long"]) == (11.51234, 11.512)


def test_a_search_by_code_status_time_and_number(app: Signed) -> None:
    one, two = taken(), taken("other")
    numbers = {"one": str(one.number), "two": str(two.number)}

    def found(query: str) -> list[str]:
        return [each["service_request_id"] for each in get(app, f"requests.json?{query}")]

    assert found("service_code=other") == [numbers["two"]]
    assert found("service_code=other,road.light_out") == [numbers["two"], numbers["one"]]
    assert found("status=closed") == []
    assert found("status=open,closed&service_code=other") == [numbers["two"]]
    assert found(f"service_request_id={one.number},{two.number}&status=closed") == [
        numbers["two"],
        numbers["one"],
    ]
    assert found("service_request_id=&service_code=&status=") == [numbers["two"], numbers["one"]]
    late = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found(f"start_date={late}") == []
    assert found(f"end_date={late}") == [numbers["two"], numbers["one"]]
    for wrong in ("status=lost", "start_date=yesterday", f"start_date=2026-01-01T00:00:00Z&end_date={late}"):
        assert get(app, f"requests.json?{wrong}", 400)[0]["code"] == 400
    assert found(f"jurisdiction_id={settings.CONFIG.city}") == [numbers["two"], numbers["one"]]
    assert get(app, "requests.json?jurisdiction_id=no.such", 404)[0]["code"] == 404


def test_a_format_and_a_method_that_are_not_there(app: Signed) -> None:
    assert app.get(f"{V2}/services.yaml").status_code == 404
    assert app.post(f"{V2}/services.json").status_code == 400
    assert app.get(f"{V2}/services.yaml")["Content-Type"] == "text/xml; charset=utf-8"


def test_a_key_is_kept_as_a_digest_and_ends() -> None:
    key = open_key("app", by=SETUP, at=timezone.now())
    assert key not in str(list(ApiKey.objects.values()))
    assert key_known(key)
    with pytest.raises(Conflict):
        open_key("app", by=SETUP, at=timezone.now())
    end_key("app", by=SETUP, at=timezone.now())
    assert (key_known(key), key_known(""), key_known(str(ApiKey.objects.get().key))) == ("", "", "")
    with pytest.raises(NotFound):
        end_key("app", by=SETUP, at=timezone.now())


def test_an_app_that_posts_too_often_is_told_to_wait(
    app: Signed, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callbox.requests import counting

    monkeypatch.setattr(counting, "limit", lambda _name, _on: 1)
    said = {"api_key": key, "service_code": "other", "address_string": "x"}
    assert [post(app, **said)[0] for _ in range(2)] == [200, 429]
    assert now(Request.objects.get()).channel == "open311"
