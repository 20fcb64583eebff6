# SPDX-License-Identifier: Apache-2.0
"""A night with two crews, a stranger and a contact that nobody has read yet: a canary in each protected field."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.utils import timezone

from callbox.access.actions import create_person, define_agency, grant_role
from callbox.access.domain import ROLES, system_actor
from callbox.access.models import Agency, Person
from callbox.access.queries import actor_of
from callbox.access.sign_ins import begin_sign_in
from callbox.access.totp import new_secret
from callbox.access.widening import take_wider_access
from callbox.coordination.actions import add_task, withdraw_task
from callbox.dispatch.actions import assign_unit
from callbox.dispatch.units import define_station
from callbox.findings.actions import note_verdicts
from callbox.findings.answering import reply
from callbox.findings.tests.scene import judged
from callbox.incidents.actions import Kind, Where, add_remark
from callbox.incidents.linking import open_for_call
from callbox.intake.actions import claim_call
from callbox.kernel.ids import new_id
from callbox.matters.models import Matter
from callbox.messages.actions import Wanted, queue_message, set_reach
from callbox.pictures.actions import keep_picture
from callbox.pictures.domain import Developed
from callbox.requests.actions import add_remark as add_request_remark
from callbox.requests.actions import assign_request
from callbox.requests.handing import hand_over
from callbox.requests.lines import INCIDENT
from callbox.requests.personal import Contact
from callbox.requests.taking import Report, open_request
from tests import world
from tests.canary.tokens import NOBODY, Token
from tests.contacts import raw_contact
from tests.signed_in import Signed, signed_in
from tests.world import AT, SETUP, call_taker, dispatcher

OWN, FOREIGN, STRANGER = "own", "foreign", "stranger"
OTHER_CREW, WITHOUT, LEFT = "other_crew", "without_role", "left_agency"
LEAVES = "kanarileaves"  # an agency that was alerted on both sides, and has left
LON, LAT = -122.4194, 37.7749
PLACES = {OWN: (LON, LAT), FOREIGN: (-122.42173, 37.77611)}


@dataclass
class Walker:
    """One who walks: a role or none, with a client that is signed in or not."""

    name: str
    role: str
    keys: tuple[str, ...]
    client: Signed
    person: str = NOBODY


@dataclass
class Night:
    """Everything there is. ids: by side, what fills the places of an address."""

    tokens: list[Token] = field(default_factory=list)
    ids: dict[str, dict[str, UUID]] = field(default_factory=dict)
    walkers: list[Walker] = field(default_factory=list)
    units: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    station: UUID = field(default_factory=new_id)

    def plant(self, name: str, *powers: str, **more: Any) -> str:
        """A new canary for this field; its text."""
        text = f"kanarié {name.replace('.', ' ')} {len(self.tokens):03d}vogel"
        self.tokens.append(Token(name, text, powers, **more))
        return text

    def plain(self, name: str, *powers: str, **more: Any) -> str:
        """The same, of letters and digits alone."""
        text = f"kanari{name.replace('.', '').replace('_', '')}{len(self.tokens):03d}vogel"
        self.tokens.append(Token(name, text, powers, **more))
        return text

    def whole(self, name: str, text: object, *powers: str, **more: Any) -> None:
        """A token that Callbox made: an id."""
        self.tokens.append(Token(name, str(text), powers, whole=True, **more))


def first_half() -> Night:
    """Both crews and their units, and the incident of the one."""
    night = Night()
    for name in (OWN, FOREIGN):
        night.units[name] = world.unit({OWN: "KA01", FOREIGN: "KB01"}[name])
    fire = night.units[OWN].agency
    night.station = define_station("KS1", "Station 1", fire, LON, LAT, by=SETUP, at=AT).pk
    for role in ROLES:
        keys = {"crew": (f"unit:{night.units[OWN].pk}",), "agency_desk": _keys_of(desk_agency(OWN))}
        _walker(night, role, role, keys.get(role, ()))
    _walker(night, LEFT, "agency_desk", _keys_of(_left_agency()))
    _walker(night, OTHER_CREW, "crew", (f"unit:{night.units[FOREIGN].pk}",))
    _walker(night, WITHOUT, "", ())
    night.walkers.append(Walker("nobody", "", (), signed_in(None)))
    _side(night, OWN)
    return night


def second_half(night: Night) -> None:
    """What is another's: the other crew's incident, a stranger's things, a contact."""
    _side(night, FOREIGN)
    stranger = _person(night, STRANGER, "crew", ())
    night.ids[FOREIGN]["person"] = stranger.pk
    _widened(night, stranger)
    _unread(night)


def desk_agency(side: str) -> Agency:
    """The agency of that side to which requests are sent."""
    return define_agency(f"desk-{side}", f"Desk {side}", f"{side}单位", "city", by=SETUP, at=AT)


def _left_agency() -> Agency:
    return define_agency(LEAVES, LEAVES, LEAVES, "city", by=SETUP, at=AT)


def _keys_of(agency: Agency) -> tuple[str, ...]:
    """The keys of those who work there."""
    return (f"agency:{agency.pk}",)


def _tasks(side: str, incident: UUID) -> UUID:
    """The side's agency takes part in its incident; another was alerted to both and left. The first one's task."""
    now = timezone.now()
    gone = add_task(incident, LEAVES, "water", by=dispatcher(), at=now)
    task = add_task(incident, desk_agency(side).code, "power", by=dispatcher(), at=now)
    withdraw_task(gone.pk, "not_needed", by=dispatcher(), at=now)
    return UUID(str(task.pk))


def _person(night: Night, name: str, role: str, keys: tuple[str, ...]) -> Person:
    username = f"kanari-{name.replace('_', '-')}-{len(night.tokens):03d}vogel"
    shown = f"kanarié {name} name {len(night.tokens):03d}vogel"
    who = create_person(username, shown, None, by=SETUP, at=AT)
    if role:
        grant_role(who, role, keys, by=SETUP, at=AT)
    who, me = Person.objects.get(pk=who.pk), f"person:{who.pk}"
    night.people[name] = who
    night.tokens.append(Token(f"{name}.username", username, ("people.manage", "sign_in.end"), owner=me))
    night.tokens.append(Token(f"{name}.name", shown, (), owner=me, also=("people.see",)))
    device = night.plain(f"{name}.device", owner=me, also=("people.manage", "sign_in.end"))
    begin_sign_in(who, at=timezone.now(), factor=True, device=device)
    if role:
        reach = f"{night.plain(f'{name}.reach', owner=me)}@city.example"
        set_reach(me, "email", reach, "en", by=actor_of(who, timezone.now()), at=AT)
    secret = new_secret()
    night.tokens.append(Token(f"{name}.factor", secret, ()))
    Authenticator.objects.create(user=who, type="totp", data={"secret": encrypt(secret)})
    return who


def _walker(night: Night, name: str, role: str, keys: tuple[str, ...]) -> None:
    who = _person(night, name, role, keys)
    night.walkers.append(Walker(name, role, keys, signed_in(who), f"person:{who.pk}"))


def _side(night: Night, name: str) -> None:
    now, unit, (lon, lat) = timezone.now(), night.units[name], PLACES[name]
    texts = {each: f"kanarié {name} {each} {index:02d}vogel" for index, each in enumerate(CALLER)}
    said: dict[str, Any] = {
        **texts,
        "number": {OWN: "+15550104711", FOREIGN: "+15550104712"}[name],
        "lon": lon,
        "lat": lat,
    }
    call = world.waiting_call(said.pop("words"), **said)
    claim_call(call.pk, by=call_taker(), at=now)
    address, note, remark = (f"kanarié {name} {each} vogel" for each in ("address", "note", "remark"))
    incident = open_for_call(
        Where(lon, lat, address, note), Kind("FIRE.BUILDING"), call=call.pk, by=call_taker(), at=now
    )
    sent = assign_unit(incident.pk, unit.pk, by=dispatcher(), at=now)
    add_remark(incident.pk, remark, by=dispatcher(), at=now)
    task = _tasks(name, incident.pk)
    made = Developed(b"made-up", b"made-up", 4, 3)
    matter = _fresh(incident)
    picture = keep_picture(lambda: matter, made, kept=timedelta(days=1), most=1, by=dispatcher(), at=now)
    reached = tuple(_fresh(incident).scope)
    heard = tuple(_fresh(call).scope)
    for each in CALLER:
        text = texts[each] if each != "number" else str(said["number"])
        night.tokens.append(Token(f"{name}.{each}", text, ("call.personal",), heard))
    for each, text in {"address": address, "note": note, "remark": remark}.items():
        night.tokens.append(Token(f"{name}.{each}", text, ("incident.personal",), reached))
    if name == FOREIGN:
        for each, number in {"lon": lon, "lat": lat}.items():
            text, also = str(abs(number)), ("incident.personal", "call.personal", "incident.see")
            night.tokens.append(Token(f"{name}.{each}", text, (), reached, also=also))
    request = _request(night, name, desk_agency(name))
    night.whole(f"{name}.call", call.pk, "call.see", scope=heard, also=("reads.see",))
    night.whole(f"{name}.incident", incident.pk, "incident.see", scope=reached, also=("reads.see",))
    night.whole(f"{name}.assignment", sent.pk, "assignment.see", scope=tuple(_fresh(sent).scope))
    asked = Matter.objects.get(pk=task)
    both = (*asked.scope, *reached)
    night.whole(f"{name}.task", task, "task.see", scope=both, also=("incident.see", "reads.see"))
    night.whole(f"{name}.picture", picture.pk, "picture.see", scope=reached)
    night.ids[name] = {
        "picture_id": picture.pk,
        "message_id": _message(night, name, incident.pk),
        "call_id": call.pk,
        "incident_id": incident.pk,
        "request_id": request,
        "finding_id": _finding(night, name, desk_agency(name)),
        "handover_id": _handover(night, name, incident.pk),
        "assignment_id": sent.pk,
        "task_id": task,
        "unit_id": unit.pk,
        "station_id": night.station,
        "agency_id": unit.agency_id,
        "person": next(who.pk for key, who in night.people.items() if key != STRANGER),
    }


def _finding(night: Night, side: str, agency: Agency) -> UUID:
    """What oversight found in a case of the side's agency, whose number only those see who deal with it."""
    key = f"agency:{agency.pk}"
    case = night.plain(f"{side}.finding.key", "finding.see", scope=(key, "desk:oversight"))
    found = judged(case=case, unit=key)
    note_verdicts([found], by=system_actor("oversight"), at=timezone.now())
    words = night.plant(f"{side}.finding.words", "finding.see", scope=(key, "desk:oversight"))
    reply(found.id, words, by=world.someone("agency_desk", key), at=timezone.now())
    return found.id


def _request(night: Night, side: str, agency: Agency) -> UUID:
    """A request that was sent to the side's agency: who reports is hidden from it on the other side."""
    who = ("request.personal",)
    words, address, remark = (
        f"kanarié {side} request {each} vogel" for each in ("words", "address", "remark")
    )
    name = night.plant(f"{side}.reporter", "request.reporter")
    lon, lat = {OWN: (-122.40871, 37.78113), FOREIGN: (-122.40972, 37.78224)}[side]
    report = Report("other", Where(lon, lat, address), words, contact=Contact(name), hidden=True)
    found = open_request(report, by=call_taker(), at=timezone.now())
    assign_request(found.pk, agency.code, by=call_taker(), at=timezone.now())
    add_request_remark(found.pk, remark, by=call_taker(), at=timezone.now())
    reached = tuple(_fresh(found).scope)
    for each, text in {"words": words, "address": address, "remark": remark}.items():
        night.tokens.append(Token(f"{side}.request_{each}", text, who, reached))
    for each, number in {"lon": lon, "lat": lat}.items():
        night.tokens.append(Token(f"{side}.request_{each}", str(abs(number)), who, reached))
    night.whole(f"{side}.request", found.matter_id, "request.see", scope=reached, also=("reads.see",))
    return found.matter_id


def _handover(night: Night, side: str, incident: UUID) -> UUID:
    row = hand_over(INCIDENT, incident, "dispute", by=call_taker(), at=timezone.now())
    night.whole(
        f"{side}.handover", row.pk, "handover.see", scope=tuple(row.matter.scope), also=("reads.see",)
    )
    return row.matter_id


def _message(night: Night, side: str, incident: UUID) -> UUID:
    to = f"{night.plain(f'{side}.message_to', 'message.personal')}@city.example"
    words = dict.fromkeys(("number", "action", "level", "due"), "x")
    words["matter"] = night.plant(f"{side}.message_words", "message.personal")
    wanted = Wanted(f"canary/{side}", "messages.step", "email", to, "en", words, incident)
    found = queue_message(wanted, by=system_actor("messages"), at=timezone.now())
    assert found is not None
    night.whole(f"{side}.message", found, "message.see")
    return found


CALLER = ("name", "number", "words", "place")


def _fresh(row: Any) -> Any:
    row.matter.refresh_from_db()
    return row.matter


def _widened(night: Night, who: Person) -> None:
    now, me = timezone.now(), f"person:{who.pk}"
    words = night.plant("stranger.widening", "widening.see", owner=me)
    made = take_wider_access("life_in_danger", words, by=actor_of(who, now), at=now)
    night.whole("stranger.widening_id", made.pk, "widening.see", owner=me)
    night.ids[FOREIGN]["widening"] = made.pk


def _unread(night: Night) -> None:
    words = night.plain("contact.body")
    raw_contact(f'{{"words": "{words}"}}'.encode(), at=timezone.now() + timedelta(seconds=1))
