# SPDX-License-Identifier: Apache-2.0
"""What requests are about: categories with questions of their own as JSON Schema. Part of the domain: pure.

A schema is an object whose properties are a choice (`oneOf` of `const`s), a yes or no (`boolean`), a whole number
(`integer`) or a short text (`string`). Titles are in English, those in Chinese stand in `x-title-zh`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.tables import TableError, Words
from callbox.kernel.text import gettext_noop as _

CHOICE, YES_NO, NUMBER, TEXT = "choice", "boolean", "integer", "string"
LONGEST = 500  # characters of an answer in words
MOST = 1_000_000_000
NO_SUCH = _("There is no category %(code)s. Choose one from the list.")

type Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. choices: of a choice, by code. low, high: of a number. longest: characters of a text."""

    code: str
    kind: str
    title: Words
    needed: bool
    choices: Mapping[str, Words]
    low: int
    high: int
    longest: int


@dataclass(frozen=True, slots=True)
class Category:
    """What a request is about. urgency: from 1, the most urgent, to 5. article: what can be answered at once, or None.

    sensitive: who reports is hidden from the agency, unless the reporter says otherwise.
    """

    code: str
    group: str
    name: Words
    urgency: int
    sensitive: bool
    questions: tuple[Question, ...]
    article: Words | None
    since: date
    until: date | None

    def in_force(self, day: date) -> bool:
        """Whether new requests may be about it on this day."""
        return self.since <= day and (self.until is None or day < self.until)

    def check_answers(self, answers: Answers, *, all_needed: bool = True) -> None:
        """Raise Invalid, naming each answer that is missing, where all are needed, or cannot be meant."""
        known = {question.code: question for question in self.questions}
        fields = {code: _("There is no such question.") for code in answers.keys() - known.keys()}
        for code, question in known.items():
            if answers.get(code) in (None, ""):
                if question.needed and all_needed:
                    fields[code] = _("Answer this question.")
            elif not _fits(question, answers[code]):
                fields[code] = _("This is not one of the answers offered. Choose one of them.")
        if fields:
            raise Invalid(fields=fields)


def _fits(question: Question, answer: object) -> bool:
    match question.kind:
        case "choice":
            return answer in question.choices
        case "boolean":
            return isinstance(answer, bool)
        case "integer":
            return type(answer) is int and question.low <= answer <= question.high
    return isinstance(answer, str) and len(answer) <= question.longest


class Catalogue:
    """All categories of one edition, by code, in the order they are offered."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self.categories = {each.code: each for each in categories}

    def category(self, code: str) -> Category:
        """The category of this code, in force or not any more. Raises NotFound."""
        found = self.categories.get(code)
        if found is None:
            raise NotFound(NO_SUCH, code=code)
        return found

    def offered(self, day: date) -> list[Category]:
        """Those that a new request may be about."""
        return [each for each in self.categories.values() if each.in_force(day)]


def parse_catalogue(text: str) -> Catalogue:
    """The categories of a JSON text; raises TableError."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise TableError(f"categories: no JSON ({problem})") from problem
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise TableError("categories: not a list of categories")
    found = [_category(each) for each in data]
    codes = [each.code for each in found]
    if len(set(codes)) < len(codes):
        raise TableError(f"categories: {next(c for c in codes if codes.count(c) > 1)} stands here twice")
    return Catalogue(found)


def _category(said: Mapping[str, Any]) -> Category:
    where = f"category {said.get('code')!r}"
    try:
        until = said.get("valid_to")
        return Category(
            code=_word(said["code"]),
            group=_word(said["group"]),
            name=Words(_word(said["en"]), _word(said["zh"])),
            urgency=_urgency(said["urgency"]),
            sensitive=said.get("sensitive", False) is True,
            questions=_questions(said.get("questions", {})),
            article=Words(_word(said["article"]["en"]), _word(said["article"]["zh"]))
            if "article" in said
            else None,
            since=date.fromisoformat(said["valid_from"]),
            until=date.fromisoformat(until) if until else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise TableError(f"{where}: {type(problem).__name__}: {problem}") from problem


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"expected words, found {value!r}")
    return value


def _urgency(value: object) -> int:
    if type(value) is not int or not 1 <= value <= 5:
        raise ValueError(f"urgency is a whole number from 1 to 5, not {value!r}")
    return value


def _questions(schema: Mapping[str, Any]) -> tuple[Question, ...]:
    needed = set(schema.get("required", ()))
    asked = schema.get("properties", {})
    if needed - set(asked):
        raise ValueError(f"required, but not asked: {', '.join(sorted(needed - set(asked)))}")
    return tuple(_question(code, said, code in needed) for code, said in asked.items())


def _question(code: str, said: Mapping[str, Any], needed: bool) -> Question:
    choices = {_word(each["const"]): _titled(each) for each in said.get("oneOf", ())}
    kind = CHOICE if choices else said["type"]
    if kind not in (CHOICE, YES_NO, NUMBER, TEXT):
        raise ValueError(f"{code} is {kind!r}; a question is a choice, a boolean, an integer or a string")
    return Question(
        code=code,
        kind=kind,
        title=_titled(said),
        needed=needed,
        choices=choices,
        low=int(said.get("minimum", 0)),
        high=int(said.get("maximum", MOST)),
        longest=min(int(said.get("maxLength", LONGEST)), LONGEST),
    )


def _titled(said: Mapping[str, Any]) -> Words:
    return Words(_word(said["title"]), _word(said["x-title-zh"]))


def changes(old: Catalogue, new: Catalogue) -> list[tuple[str, str]]:
    """Each category that is `new`, `gone` or `altered`, by code."""
    was, now = old.categories, new.categories
    found = [("new", code) for code in now.keys() - was.keys()]
    found += [("gone", code) for code in was.keys() - now.keys()]
    found += [("altered", code) for code in was.keys() & now.keys() if was[code] != now[code]]
    return sorted(found, key=lambda change: (change[1], change[0]))
