# SPDX-License-Identifier: Apache-2.0
"""A form as rows of what it says: labels in the language of the page, acts and values by the codes of the log."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext

from callbox.kernel.terms import Term
from callbox.oversight.desk.words import CODES, FIELDS, FORMS, named
from callbox.oversight.domain.conditions import All, Among, Compared, Condition, Known, Name, Not
from callbox.oversight.domain.forms import FORMS as KINDS
from callbox.oversight.domain.forms import Acts, AnyForm, Form, Step
from callbox.web.terms import term_words

# What an authority may set: shown beside each version, because it is what differs between versions.
PARAMETERS = ("limit", "window", "steps", "most", "share", "warn")


def kind_of(form: Form) -> str:
    """The code of a form."""
    return next(code for code, kind in KINDS.items() if type(form) is kind)


def parameter_rows(form: AnyForm) -> list[tuple[str, str]]:
    """The numbers of a form: its limit, extensions, shares. Those of a conjunction, part after part."""
    parts = getattr(form, "parts", ())
    return [row for part in parts or (form,) for row in _rows(part, PARAMETERS)]


def form_rows(form: AnyForm) -> list[tuple[str, str]]:
    """All that a form says, as label and text."""
    names = tuple(each.name for each in fields(form) if each.name not in ("parts", "warn"))
    rows = _rows(form, names)
    for number, part in enumerate(getattr(form, "parts", ()), 1):
        kept = tuple(
            name for name in (f.name for f in fields(part)) if name not in ("trigger", "pairing", "warn")
        )
        title = f"{named(FIELDS, 'parts')} {number}"
        rows += [(title, gettext(FORMS[kind_of(part)])), *_rows(part, kept)]
    return rows


def _rows(form: Form, names: tuple[str, ...]) -> list[tuple[str, str]]:
    known = {each.name for each in fields(form)}
    said = [(name, getattr(form, name)) for name in names if name in known]
    return [
        (gettext(FIELDS[name]), "; ".join(_told(value)))
        for name, value in said
        if value is not None and value is not False and value != ()
    ]


def _told(value: object) -> Iterator[str]:
    match value:
        case tuple() if value and all(isinstance(each, int) for each in value):
            yield ", ".join(f"{each} %" for each in value)
        case tuple():
            for each in value:
                yield from _told(each)
        case Step():
            yield f"{acts_text(value.by)} → {term_words(value.limit)}"
        case Acts():
            yield acts_text(value)
        case _:
            yield _one(value)


def _one(value: object) -> str:
    match value:
        case Term():
            return term_words(value)
        case Name():
            return _name(value)
        case Compared() | Among() | Known() | All() | Not():
            return condition_text(value)
        case bool():
            return gettext("yes")
    return named(CODES, str(value))


def acts_text(acts: Acts) -> str:
    """Which events: their codes, and the condition."""
    said = ", ".join(sorted(acts.activities))
    return f"{said} ({condition_text(acts.where)})" if acts.where else said


def condition_text(condition: Condition) -> str:
    """A condition as it is written in a rule."""
    match condition:
        case Compared(left, operator, right):
            return f"{_sum(left)} {operator} {_sum(right)}"
        case Among(name, values):
            return f"{_name(name)} ∈ {{{', '.join(sorted(values))}}}"
        case Known(name):
            return gettext("%(name)s is known") % {"name": _name(name)}
        case Not(All(parts)) if all(isinstance(each, Not) for each in parts):
            inner = [each.part for each in parts if isinstance(each, Not)]
            return gettext(" or ").join(condition_text(each) for each in inner)
        case All(parts):
            return gettext(" and ").join(condition_text(each) for each in parts)
        case Not(part):
            return gettext("not (%(condition)s)") % {"condition": condition_text(part)}


def _name(name: Name) -> str:
    return f"{'case.' if name.of_case else ''}{name.name}{'?' if name.or_zero else ''}"


def _sum(terms: tuple[Any, ...]) -> str:
    return " + ".join(_name(each) if isinstance(each, Name) else str(each) for each in terms)
