# SPDX-License-Identifier: Apache-2.0
"""The catalogue as Open311 services and their definitions. Pure."""

from collections.abc import Mapping

from callbox.kernel.tables import Words
from callbox.requests.catalogue import CHOICE, NUMBER, YES_NO, Category, Question
from callbox.requests.open311.answers import Value

REALTIME, BATCH = "realtime", "batch"
YES_OR_NO = {"true": Words("Yes", "是"), "false": Words("No", "否")}  # keys and names of a list, as data
DATATYPES = {CHOICE: "singlevaluelist", YES_NO: "singlevaluelist", NUMBER: "number"}


def service(category: Category, group: Words, language: str) -> Mapping[str, Value]:
    """One service. What is about a person is answered with a token: its number is told to nobody else."""
    names = [category.name.en, category.name.zh, group.en, group.zh]
    return {
        "service_code": category.code,
        "service_name": category.name.in_language(language),
        "description": category.article.in_language(language) if category.article else None,
        "metadata": bool(category.questions),
        "type": BATCH if category.sensitive else REALTIME,
        "keywords": ", ".join(names),
        "group": group.in_language(language),
    }


def definition(category: Category, language: str) -> Mapping[str, Value]:
    """The questions of a category as attributes."""
    asked = [_attribute(number, each, language) for number, each in enumerate(category.questions, 1)]
    return {"service_code": category.code, "attributes": asked}


def _attribute(order: int, question: Question, language: str) -> Mapping[str, Value]:
    choices = YES_OR_NO if question.kind == YES_NO else question.choices
    return {
        "variable": True,
        "code": question.code,
        "datatype": DATATYPES.get(question.kind, "string"),
        "required": question.needed,
        "datatype_description": None,
        "order": order,
        "description": question.title.in_language(language),
        "values": [{"key": key, "name": words.in_language(language)} for key, words in choices.items()],
    }


def answered(question: Question, said: str) -> object:
    """What an app sent for one attribute, as the catalogue keeps it; what cannot be meant stays as it was sent."""
    text = said.strip()
    if question.kind == YES_NO:
        return {"true": True, "false": False}.get(text, text)
    return int(text) if question.kind == NUMBER and text.isdecimal() and len(text) < 18 else text
