# SPDX-License-Identifier: Apache-2.0
"""What an app posts as a report. Part of the edge."""

import math
import re
from collections.abc import Mapping

from django.http import QueryDict

from callbox.incidents.actions import Where
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.requests.catalogue import Category
from callbox.requests.open311.services import answered
from callbox.requests.personal import Contact
from callbox.requests.taking import Report

CHANNEL = "open311"
ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,100})\](\[\])?")
NO_PLACE = _("Say where it is: lat and long, or address_string, or address_id.")
HALF_A_PLACE = _("lat and long are two numbers in degrees (WGS84); send both.")
LONGEST = {"description": 4_000, "address_string": 500, "address_id": 100, "media_url": 1_000}


def report_of(category: Category, said: QueryDict, language: str) -> Report:
    """The report. Raises Invalid, naming each argument that is missing or cannot be meant.

    What tells of a device or an account is not kept. The address of a picture is kept in words for the desk, and never
    asked: it may be anybody's. A picture comes as a file named media.
    """
    where, fields = _where(said)
    answers = _answers(category, said)
    try:
        category.check_answers(answers)
    except Invalid as wrong:
        fields |= {f"attribute[{code}]": why for code, why in wrong.fields.items()}
    if fields:
        raise Invalid(fields=fields)
    name = " ".join(filter(None, (said.get("first_name", "").strip(), said.get("last_name", "").strip())))
    reached = (said.get("phone", "").strip() or said.get("email", "").strip())[:254]
    contact = Contact(name[:200], reached, language)
    return Report(category.code, where, _text(said, "description"), answers, contact, CHANNEL)


def _answers(category: Category, said: QueryDict) -> Mapping[str, object]:
    known = {question.code: question for question in category.questions}
    found: dict[str, object] = {}
    for name in said:
        match = ATTRIBUTE.fullmatch(name)
        if match:
            code, text = match[1], said.get(name, "")
            found[code] = answered(known[code], text) if code in known else text
    return {code: answer for code, answer in found.items() if answer != ""}


def _where(said: QueryDict) -> tuple[Where, dict[str, str]]:
    address, number = _text(said, "address_string"), _text(said, "address_id")
    note, lon, lat = _text(said, "media_url"), said.get("long", "").strip(), said.get("lat", "").strip()
    words = ", ".join(filter(None, (address, number)))
    if not lon and not lat:
        return Where(None, None, words, note), {} if words else {"lat": NO_PLACE}
    try:
        point = float(lon), float(lat)
    except ValueError:
        point = (math.inf, math.inf)
    if not (abs(point[0]) <= 180 and abs(point[1]) <= 90):
        return Where(None, None, words, note), {"lat": HALF_A_PLACE}
    return Where(*point, words, note), {}


def _text(said: QueryDict, name: str) -> str:
    return said.get(name, "").replace("\0", "").strip()[: LONGEST[name]]
