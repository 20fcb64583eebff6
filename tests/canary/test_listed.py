# SPDX-License-Identifier: Apache-2.0
"""Whatever Callbox comes to say in a new place, or keep in a new column, has to be walked or excused by name."""

import inspect
import re
import subprocess
import sys

import pytest

from callbox import commands
from callbox.access.domain import policy
from callbox.commands._registry import modules_in
from callbox.door import app
from callbox.host.config import CHECKOUT
from tests.canary import doors, test_outputs
from tests.canary.scene import FOREIGN, Night
from tests.canary.test_outputs import found
from tests.test_refusals import lines

# What a stream says beside the three that tell of something has a position, a time or a word of our own in it.
EVENTS = {"entry", "contact", "position"} | {"hello", "horizon", "reset", "bye"}
FOLLOWED = {"call", "incident", "assignment", "unit", "widening", "task"}
PLANTED = {
    "findings_finding.key": "own.finding.key",
    "findings_remark.sealed": "own.finding.words",
    "access_person.username": "stranger.username",
    "access_person.name": "stranger.name",
    "access_signin.device": "stranger.device",
    "access_widening.person_id": "stranger.widening_id",
    "access_wideningtext.sealed": "stranger.widening",
    "mfa_authenticator.data": "stranger.factor",
    "pictures_picture.sealed": "foreign.picture",
    "door_contact.sealed": "contact.body",
    "incidents_place.lon": "foreign.lon",
    "incidents_place.lat": "foreign.lat",
    "incidents_place.sealed": "foreign.address",
    "incidents_remark.sealed": "foreign.remark",
    "intake_caller.sealed": "foreign.words",
    "matters_matter.scope": "foreign.incident",
    "requests_details.lon": "foreign.request_lon",
    "requests_details.lat": "foreign.request_lat",
    "requests_details.sealed": "foreign.request_words",
    "requests_reporter.sealed": "foreign.reporter",
    "requests_remark.sealed": "foreign.request_remark",
    "messages_text.sealed": "foreign.message_words",
    "messages_reach.sealed": "stranger.reach",
}
OPEN_BEFORE = "open, as an older release wrote it; nothing writes it any more"
KEYED = "a keyed digest, which names nobody"
WHO = "the id of a person, which their own rows give away or none does"
UNUSED = "a table of a library that stays empty"
NUMBERED = "numbers that a case system gives and values that a rule asks for; names have no place there"
EXCUSED = {
    "access_failedsignin.who": KEYED,
    "access_personalread.actor": WHO,
    "access_signin.person_id": WHO,
    "access_widening.noted_by_id": WHO,
    "account_emailaddress.user_id": UNUSED,
    "account_emailaddress.email": UNUSED,
    "mfa_authenticator.user_id": WHO,
    "pictures_picture.by": WHO,
    "requests_handedover.given_by": WHO,
    "socialaccount_socialaccount.user_id": UNUSED,
    "socialaccount_socialaccount.uid": UNUSED,
    "socialaccount_socialaccount.extra_data": UNUSED,
    "socialaccount_socialtoken.token": UNUSED,
    "socialaccount_socialtoken.token_secret": UNUSED,
    "dispatch_position.lon": "told by its event alone, which the walk of the streams looks for",
    "dispatch_position.lat": "the same",
    "dispatch_position.edge": "the same",
    "dispatch_position.along_m": "the same",
    "dispatch_station.lon": "public knowledge",
    "dispatch_station.lat": "public knowledge",
    "django_admin_log.user_id": UNUSED,
    "django_admin_log.object_repr": UNUSED,
    "django_admin_log.change_message": UNUSED,
    "django_session.session_data": "found by the secret of one browser alone",
    "door_contact.source": OPEN_BEFORE,
    "door_contact.key": OPEN_BEFORE,
    "door_contact.digest": KEYED,
    "door_contact.body": OPEN_BEFORE,
    "incidents_place.address": OPEN_BEFORE,
    "incidents_place.note": OPEN_BEFORE,
    "incidents_remark.by": WHO,
    "incidents_remark.text": OPEN_BEFORE,
    "intake_call.thread": KEYED,
    "intake_caller.name": OPEN_BEFORE,
    "intake_caller.number": OPEN_BEFORE,
    "intake_caller.words": OPEN_BEFORE,
    "intake_caller.place": OPEN_BEFORE,
    "intake_caller.lon": OPEN_BEFORE,
    "intake_caller.lat": OPEN_BEFORE,
    "intake_caller.unread": "sealed, with a key that is not there",
    "journal_entry.actor": WHO,
    "journal_entry.scope": WHO,
    "matters_clock.asked_by": WHO,
    "matters_handover.giver": WHO,
    "matters_handover.taker": WHO,
    "matters_matter.owner": WHO,
    "messages_message.mark": KEYED,
    "findings_finding.activation": NUMBERED,
    "findings_finding.evidence": NUMBERED,
    "findings_finding.event": NUMBERED,
    "oversight_aside.told": NUMBERED,
    "oversight_event.said": NUMBERED,
    "oversight_eventobject.key": NUMBERED,
    "oversight_followed.key": NUMBERED,
    "oversight_object.key": NUMBERED,
    "oversight_objectobject.key": NUMBERED,
    "oversight_objectobject.other_key": NUMBERED,
    "requests_remark.by": WHO,
    "requests_ringing.by": WHO,
    "requests_follow.form": KEYED,
    "requests_follow.key": KEYED,
    "requests_code.browser": KEYED,
    "requests_code.code": KEYED,
    "requests_attempt.who": KEYED,
    "messages_reach.holder": WHO,
}
PRINTS = {"report": (), "journal": ("verify",), "keys": ("check",), "printout": ()}
SAYS_NOTHING = {
    "admin": "says the name that it was given",
    "agencies": "which agencies and plans change; of an address only that it does",
    "articles": "titles that are public knowledge",
    "audit": "opens no database of an installation",
    "backup": "walked in test_outputs",
    "bench": "measures on throw-away servers",
    "calendar": "due times by kind of matter; tests/test_city_command and matters hold it",
    "city": "files of a city",
    "demo": "made-up people of its own",
    "drill": "an installation of its own",
    "ladders": "steps, levels and who is told by their role; when clocks would climb by kind of matter",
    "open311": "names of apps",
    "findings": "counts",
    "oversight": "counts by model; of a row kept aside its line and the column",
    "policy": "the policy table",
    "promises": "due times by id of the matter, and the table itself; tests/test_promises_command holds it",
    "replay": "a database of its own",
    "restore": "files; what it restores it verifies and counts",
    "routing": "categories, areas and rules of a city",
    "serve": "the processes, whose logs are walked",
    "suggest": "categories by code and counts; its test looks for the words",
    "test": "the tests",
    "translations": "texts of ours",
    "upgrade": "names of migrations and rules",
}


def test_every_address_of_the_door_is_walked() -> None:
    known = set(re.findall(r'"(/[a-z/]+)": self\.', inspect.getsource(app.Door.open)))
    assert known == {"/door/stream", *test_outputs.SAID_OF_ITSELF}


def test_every_event_of_a_stream_is_known_to_the_walk() -> None:
    door = CHECKOUT / "src" / "callbox" / "door"
    said = {
        name for path in door.glob("*.py") for name in re.findall(r'message\(\s*"(\w+)"', path.read_text())
    }
    assert said == EVENTS


def test_every_kind_that_can_be_followed_has_a_foreign_row(night: Night) -> None:
    kinds = {rule.action.removesuffix(".follow") for rule in policy() if rule.action.endswith(".follow")}
    assert kinds == FOLLOWED
    fields = {each.field for each in [*night.tokens, *doors.followed(night)]}
    assert {f"{FOREIGN}.{kind}" for kind in kinds - {"widening"}} | {"stranger.widening_id"} <= fields


def test_every_column_about_somebody_has_a_canary_or_a_reason(night: Night) -> None:
    columns = {f"{line.table}.{name}" for line in lines() for name in line.carries}
    assert columns == PLANTED.keys() | EXCUSED.keys()
    assert not PLANTED.keys() & EXCUSED.keys()
    assert set(PLANTED.values()) <= {each.field for each in night.tokens}


def test_every_command_is_walked_or_says_nothing() -> None:
    assert set(modules_in(commands)) == PRINTS.keys() | SAYS_NOTHING.keys()
    assert not PRINTS.keys() & SAYS_NOTHING.keys()


@pytest.mark.parametrize("name", PRINTS)
def test_a_command_prints_no_word_of_anybody(night: Night, name: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "callbox", name, *PRINTS[name]],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout, said.stderr
    assert found(night.tokens, said.stdout + said.stderr) == []
