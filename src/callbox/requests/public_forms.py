# SPDX-License-Identifier: Apache-2.0
"""The online form of one category: its questions as fields, and what was sent as a report. Part of the edge."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import get_language, gettext

from callbox.incidents.actions import Where
from callbox.kernel.errors import Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.messages.domain import check_to
from callbox.messages.ways import EMAIL, SMS
from callbox.requests.catalogue import Category, Question
from callbox.requests.personal import Contact
from callbox.requests.taking import Report

CHANNEL = "web"
LONGEST = {"words": 4000, "place": 500, "name": 100, "number": 254}
NEED_SOMETHING = _("Say what is wrong, or where it is.")
NO_NUMBER = _("This is no telephone number and no mail address. Correct it, or leave it empty.")
ASK = "q_"


@dataclass
class Form:
    """One form: what was entered, and what is wrong with it, by field. sent: its key, which counts once."""

    category: Category
    sent: UUID = field(default_factory=new_id)
    said: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def questions(self) -> list[dict[str, object]]:
        """Each question as its field is drawn."""
        return [self._drawn(question) for question in self.category.questions]

    def _drawn(self, question: Question) -> dict[str, object]:
        name, language = ASK + question.code, get_language() or "en"
        yes_no = [("yes", gettext("Yes")), ("no", gettext("No"))]
        chosen = [(code, words.in_language(language)) for code, words in question.choices.items()]
        label = question.title.in_language(language)
        return {
            "name": name,
            "label": label if question.needed else gettext("%(question)s (optional)") % {"question": label},
            "options": {"choice": chosen, "boolean": yes_no}.get(question.kind),
            "number": question.kind == "integer",
            "longest": question.longest,
            "value": self.said.get(name, ""),
            "error": self.errors.get(name, ""),
        }

    def report(self) -> Report | None:
        """What is reported; None, with `errors` filled, when it cannot be meant."""
        answers = {
            each.code: _answer(each, self.said.get(ASK + each.code, "")) for each in self.category.questions
        }
        answers = {code: answer for code, answer in answers.items() if answer not in (None, "")}
        where, contact = self._where(), self._contact()
        try:
            self.category.check_answers(answers)
        except Invalid as wrong:
            self.errors |= {ASK + code: gettext(why) for code, why in wrong.fields.items()}
        if not (self._text("words") or where.address or where.lon is not None or answers):
            self.errors["words"] = gettext(NEED_SOMETHING)
        hidden = True if self.said.get("hidden") else None
        report = Report(self.category.code, where, self._text("words"), answers, contact, CHANNEL, hidden)
        return None if self.errors else report

    def _text(self, name: str) -> str:
        return self.said.get(name, "").replace("\0", "").strip()[: LONGEST[name]]

    def _where(self) -> Where:
        lon, lat = _degrees(self.said.get("lon", ""), 180), _degrees(self.said.get("lat", ""), 90)
        known = lon is not None and lat is not None
        return Where(lon if known else None, lat if known else None, self._text("place"))

    def _contact(self) -> Contact:
        number = self._text("number")
        if number:
            try:
                number = check_to(EMAIL if "@" in number else SMS, number)
            except Invalid:
                self.errors["number"] = gettext(NO_NUMBER)
        return Contact(self._text("name"), number, get_language() or "en")


def _answer(question: Question, said: str) -> object:
    text = said.replace("\0", "").strip()
    if question.kind == "boolean":
        return {"yes": True, "no": False}.get(text, text)
    if question.kind == "integer" and text.isdecimal() and len(text) < 18:
        return int(text)
    return text


def _degrees(text: str, most: int) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and abs(found) <= most else None
