# SPDX-License-Identifier: Apache-2.0
"""The words of the trade in the language of the request: types with questions, dispositions, outcomes."""

from django.utils.translation import get_language, gettext
from ninja import Router, Schema

from callbox.dispatch.offers import capability_name
from callbox.dispatch.plans import load_capabilities
from callbox.incidents.catalogue import IncidentType, Question, load_dispositions, load_questions, load_types
from callbox.intake.domain import OUTCOMES
from callbox.intake.rows import OUTCOME_NAMES
from callbox.web.fields import Asked

router = Router(tags=["catalogue"])


class Named(Schema):
    """A code and its name."""

    code: str
    name: str


class QuestionShown(Schema):
    """A key question and its closed answers, in the order they are offered."""

    code: str
    text: str
    answers: list[Named]


class TypeShown(Named):
    """An incident type. lead: kinds of agency that usually lead. sensitive: hidden from boards."""

    group: str
    lead: list[str]
    sensitive: bool
    questions: list[QuestionShown]


class DispositionShown(Named):
    """How an incident may end; `groups` is empty where it fits any."""

    groups: list[str]


class Catalogue(Schema):
    """All lists to choose from."""

    types: list[TypeShown]
    dispositions: list[DispositionShown]
    outcomes: list[Named]
    capabilities: list[Named]


@router.get("/catalogue", response=Catalogue)
def catalogue(request: Asked) -> dict[str, object]:
    """Types, dispositions, outcomes and capabilities."""
    language = get_language() or "en"
    return {
        "types": [_type(kind, language) for kind in load_types().values()],
        "dispositions": [
            {"code": each.code, "name": each.name.in_language(language), "groups": each.groups}
            for each in load_dispositions().values()
        ],
        "outcomes": [{"code": code, "name": gettext(OUTCOME_NAMES[code])} for code in OUTCOMES],
        "capabilities": [{"code": code, "name": capability_name(code)} for code in load_capabilities()],
    }


def _type(kind: IncidentType, language: str) -> dict[str, object]:
    return {
        "code": kind.code,
        "name": kind.name.in_language(language),
        "group": kind.group,
        "lead": kind.lead,
        "sensitive": kind.sensitive,
        "questions": [_question(each, language) for each in load_questions().asked_of(kind)],
    }


def _question(question: Question, language: str) -> dict[str, object]:
    return {
        "code": question.code,
        "text": question.text.in_language(language),
        "answers": [
            {"code": code, "name": words.in_language(language)} for code, words in question.answers.items()
        ],
    }
