# SPDX-License-Identifier: Apache-2.0
"""What incidents there are, what is asked about them and how they may end: the room's data files, checked.

The codes are Callbox's own. `apco` is the nearest code of the APCO common incident types (ANS 2.103.1-2012).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.tables import Row, TableError, Words, read_table
from callbox.kernel.text import gettext_noop as _

ROOM = "callbox.incidents"
GROUPS = ("fire", "medical", "police", "traffic", "rescue", "hazmat", "public_service", "other")
AGENCY_KINDS = ("fire", "ems", "police", "city")
NO_SUCH_TYPE = _("There is no incident type %(code)s. Choose one from the list.")

type Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IncidentType:
    """What happened, as a code. `lead`: kinds of agency that usually lead, first the most usual.

    sensitive: the place stays hidden from boards that many people see.
    """

    code: str
    group: str
    lead: tuple[str, ...]
    apco: str
    sensitive: bool
    name: Words


@dataclass(frozen=True, slots=True)
class Question:
    """A key question and its closed answers, by code, in the order they are offered."""

    code: str
    text: Words
    answers: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Questions:
    """All questions, and which are asked of which group and type."""

    by_code: Mapping[str, Question]
    of_group: Mapping[str, tuple[str, ...]]
    of_type: Mapping[str, tuple[str, ...]]

    def asked_of(self, kind: IncidentType) -> tuple[Question, ...]:
        """The questions to ask about an incident of this type, those of the type first."""
        codes = (*self.of_type.get(kind.code, ()), *self.of_group.get(kind.group, ()))
        return tuple(self.by_code[code] for code in dict.fromkeys(codes))


@dataclass(frozen=True, slots=True)
class Disposition:
    """How an incident ended. `groups` is empty where it may be used for any."""

    code: str
    groups: tuple[str, ...]
    name: Words

    def fits(self, group: str) -> bool:
        """Whether an incident of this group may end so."""
        return not self.groups or group in self.groups


@cache
def load_types() -> Mapping[str, IncidentType]:
    """All incident types by code, in the order of the file; raises TableError."""
    found: dict[str, IncidentType] = {}
    for row in read_table(ROOM, "types.tsv"):
        kind = _type_of(row)
        if kind.code in found:
            raise row.wrong(f"{kind.code} stands here twice")
        found[kind.code] = kind
    return found


def _type_of(row: Row) -> IncidentType:
    lead = row.several("lead")
    if not lead or set(lead) - set(AGENCY_KINDS):
        raise row.wrong(f"lead is {row['lead']!r}, expected some of {' '.join(AGENCY_KINDS)}")
    return IncidentType(
        code=row.need("code"),
        group=row.one_of("group", GROUPS),
        lead=lead,
        apco=row["apco"],
        sensitive=row.one_of("sensitive", ("", "yes")) == "yes",
        name=row.words(),
    )


def type_for(code: str) -> IncidentType:
    """The type of this code; raises NotFound."""
    try:
        return load_types()[code]
    except KeyError:
        raise NotFound(
            _("There is no incident type %(code)s. Choose one from the list."), code=code
        ) from None


@cache
def load_questions() -> Questions:
    """All key questions; raises TableError where one is asked that does not exist."""
    data = yaml.safe_load(files(ROOM).joinpath("data", "questions.yaml").read_text(encoding="utf-8"))
    sets = {name: _answers(answers) for name, answers in data["answer_sets"].items()}
    known = {code: _question(code, body, sets) for code, body in data["questions"].items()}
    asked = data["asked"]
    _check_asked(asked["groups"], GROUPS, known)
    _check_asked(asked["types"], load_types(), known)
    return Questions(known, _tuples(asked["groups"]), _tuples(asked["types"]))


def _question(code: str, body: Mapping[str, object], sets: Mapping[str, Mapping[str, Words]]) -> Question:
    given = body["answers"]
    named = sets[given[0]] if isinstance(given, list) else None  # a list names one of the shared sets
    answers = named or _answers(cast("Mapping[str, Mapping[str, str]]", given))
    return Question(code, Words(str(body["en"]), str(body["zh"])), answers)


def _answers(given: Mapping[str, Mapping[str, str]]) -> Mapping[str, Words]:
    return {code: Words(text["en"], text["zh"]) for code, text in given.items()}


def _tuples(asked: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return {scope: tuple(codes) for scope, codes in asked.items()}


def _check_asked(asked: Mapping[str, list[str]], scopes: object, known: Mapping[str, Question]) -> None:
    for scope, codes in asked.items():
        if scope not in cast("Mapping[str, object]", scopes):
            raise TableError(f"questions.yaml: {scope} is neither a type nor a group")
        for code in codes:
            if code not in known:
                raise TableError(f"questions.yaml: {scope} asks {code}, which is not among the questions")


def check_answers(answers: Answers) -> None:
    """Raise Invalid, naming each question that does not exist and each answer it does not offer."""
    questions = load_questions().by_code
    fields = {}
    for code, answer in answers.items():
        if code not in questions:
            fields[code] = _("There is no such question.")
        elif answer not in questions[code].answers:
            fields[code] = _("This is not one of the answers offered. Choose one of them.")
    if fields:
        raise Invalid(fields=fields)


@cache
def load_dispositions() -> Mapping[str, Disposition]:
    """All ways an incident may end, by code, in the order of the file; raises TableError."""
    found = {}
    for row in read_table(ROOM, "dispositions.tsv"):
        groups = () if row["groups"] == "*" else row.several("groups")
        if set(groups) - set(GROUPS):
            raise row.wrong(f"groups is {row['groups']!r}, expected * or some of {' '.join(GROUPS)}")
        found[row.need("code")] = Disposition(row["code"], groups, row.words())
    return found
