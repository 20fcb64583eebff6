# SPDX-License-Identifier: Apache-2.0
"""A category's questions as fields of a form, and what was entered as answers. For the room's edges."""

from collections.abc import Mapping

from django.utils.translation import gettext

from callbox.requests.catalogue import CHOICE, NUMBER, YES_NO, Category, Question
from callbox.requests.rows import in_words

NAME = "q_"
ANSWERED = {"yes": True, "no": False}


def question_fields(
    category: Category, said: Mapping[str, str], errors: Mapping[str, str]
) -> list[dict[str, object]]:
    """Each question as its field is drawn. said: what was entered; errors: by question."""
    return [
        _field(each, said.get(NAME + each.code, ""), errors.get(each.code, "")) for each in category.questions
    ]


def _field(question: Question, value: str, error: str) -> dict[str, object]:
    options = None
    if question.kind == CHOICE:
        options = [(code, in_words(words)) for code, words in question.choices.items()]
    elif question.kind == YES_NO:
        options = [("yes", gettext("Yes")), ("no", gettext("No"))]
    return {
        "name": NAME + question.code,
        "label": in_words(question.title),
        "needed": question.needed,
        "options": options,
        "mode": "numeric" if question.kind == NUMBER else "",
        "longest": question.longest,
        "value": value,
        "error": error,
    }


def answers_of(category: Category, said: Mapping[str, str]) -> dict[str, object]:
    """What was entered, as the catalogue checks it; what is empty is left out."""
    entered = [(each, said.get(NAME + each.code, "").strip()) for each in category.questions]
    return {each.code: _answer(each, text) for each, text in entered if text}


def _answer(question: Question, text: str) -> object:
    if question.kind == YES_NO:
        return ANSWERED.get(text, text)
    if question.kind == NUMBER and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return text
