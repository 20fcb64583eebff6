# SPDX-License-Identifier: Apache-2.0
"""A rule from what its file says, checked word by word. Raises TableError, which names the rule and the key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from callbox.kernel.tables import TableError, Words
from callbox.kernel.terms import Term, parse_term
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.domain.clocks import BY_DAY, calendar_named
from callbox.oversight.domain.conditions import Name, parse_condition, parse_name
from callbox.oversight.domain.events import OBJECTS
from callbox.oversight.domain.forms import (
    ANCHORS,
    FORMS,
    PAIRINGS,
    Acts,
    AnyForm,
    Both,
    Form,
    Gap,
    NotAfter,
    NotBefore,
    Silence,
    Step,
    Within,
)
from callbox.oversight.domain.rules import CERTAINTIES, GRADES, Rule, Version

OF_RULE = {"name", "over", "grade", "calendar", "form", "versions", "note"}
OF_VERSION = {"from", "until", "source", "certainty"}
OF_TERMS = (NotBefore, Silence, Gap)  # no moment that an event names can be their limit


def parse_rule(code: str, said: object) -> Rule:
    """The rule of this code. What stands outside `versions` holds for all of them; each says what it changes."""
    try:
        return _rule(code, _mapping(said, "the rule"))
    except TableError as problem:
        raise TableError(_("%(where)s: %(problem)s"), where=code, problem=problem) from problem


def _rule(code: str, said: Mapping[str, Any]) -> Rule:
    common = {key: value for key, value in said.items() if key not in OF_RULE}
    versions = [
        _version(_need(said, "form"), common, _mapping(each, "a version")) for each in _versions(said)
    ]
    versions.sort(key=lambda each: each.begins)
    for earlier, later in pairwise(versions):
        if earlier.ends is None or earlier.ends > later.begins:
            raise TableError(
                _("versions: that from %(earlier)s still stands when %(later)s begins"),
                earlier=earlier.begins,
                later=later.begins,
            )
    name = _mapping(_need(said, "name"), "name")
    return Rule(
        code=code,
        name=Words(_text(name, "en"), _text(name, "zh")),
        over=_one_of(said, "over", OBJECTS),
        grade=_one_of(said, "grade", GRADES),
        calendar=calendar_named(_text(said, "calendar")),
        versions=tuple(versions),
    )


def _versions(said: Mapping[str, Any]) -> list[object]:
    match _need(said, "versions"):
        case [*each] if each:
            return each
    raise TableError(_("versions: a list of at least one version is wanted"))


def _version(form: object, common: Mapping[str, Any], said: Mapping[str, Any]) -> Version:
    own = {key: value for key, value in said.items() if key not in OF_VERSION}
    begins, ends = _day(said, "from"), _day(said, "until") if said.get("until") else None
    if ends is not None and ends <= begins:
        raise TableError(_("versions: %(ends)s is not after %(begins)s"), ends=ends, begins=begins)
    return Version(
        begins=begins,
        ends=ends,
        form=parse_form({"form": form, **common, **own}),
        source=_text(said, "source"),
        certainty=_one_of(said, "certainty", CERTAINTIES),
    )


def parse_form(said: Mapping[str, Any]) -> AnyForm:
    """A form from its keys. Raises TableError for one that is missing, unknown or cannot be meant."""
    kind = FORMS[_one_of(said, "form", FORMS)]
    known = {each.name: each for each in fields(kind)}
    if strange := said.keys() - known.keys() - {"form"}:
        raise TableError(
            _("%(form)s has no %(keys)s"), form=said["form"], keys=", ".join(sorted(map(str, strange)))
        )
    if absent := {name for name, each in known.items() if each.default is MISSING} - said.keys():
        raise TableError(_("%(form)s needs %(keys)s"), form=said["form"], keys=", ".join(sorted(absent)))
    if kind is Both:
        said = {**said, "parts": _with_trigger(said)}
    read: dict[str, Any] = {key: _read(key, value) for key, value in said.items() if key != "form"}
    if kind in OF_TERMS and isinstance(read["limit"], Name):
        raise TableError(
            _("limit: a term is wanted, as `60 days next_day`, not %(said)r"), said=said["limit"]
        )
    made = kind(**read)
    _check(made)
    return made  # type: ignore[return-value]  # FORMS holds the members of AnyForm


def _with_trigger(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    shared = {key: said[key] for key in ("trigger", "pairing") if key in said}
    return [{**shared, **_mapping(part, "a part")} for part in said["parts"]]


def _check(form: Form) -> None:
    """What a single key cannot show."""
    if isinstance(form, NotBefore) and form.on_last_day and form.limit.unit not in BY_DAY:
        raise TableError(_("on_last_day: only a limit in days has a last day"))
    if isinstance(form, NotAfter) and isinstance(form.limit, Name) == (form.anchor is not None):
        raise TableError(_("either an anchor with a term, or a limit that the trigger names"))
    if isinstance(form, Within):
        if (form.paused_by is None) != (form.resumed_by is None):
            raise TableError(_("paused_by and resumed_by stand together"))
        if isinstance(form.limit, Name) and (form.steps or form.paused_by or form.restarted_by):
            raise TableError(_("a limit that the trigger names is neither paused, restarted nor extended"))


def parse_acts(said: object) -> Acts:
    """Which events: `case.filed`, a list of such, or `{act: ..., where: a condition}`. Raises TableError."""
    match said:
        case str() if said.strip():
            return Acts(frozenset({said.strip()}))
        case [*names] if names and all(isinstance(name, str) and name.strip() for name in names):
            return Acts(frozenset(str(name).strip() for name in names))
        case {"act": act, "where": where, **rest} if not rest:
            return Acts(parse_acts(act).activities, parse_condition(where))
    raise TableError(_("not events: %(said)r; write `case.filed`, a list, or `act` with `where`"), said=said)


def parse_limit(said: object) -> Term | Name:
    """`60 days next_day`, or the name of a value that holds the moment. Raises TableError."""
    if not isinstance(said, str):
        raise TableError(_("not a limit: %(said)r; write it as `60 days next_day`"), said=said)
    return parse_term(said) if said[:1].isdecimal() else parse_name(said)


def _term(said: object) -> Term:
    found = parse_limit(said)
    if isinstance(found, Name):
        raise TableError(_("a term is wanted, as `60 days next_day`, not %(said)r"), said=said)
    return found


def _steps(said: object) -> tuple[Step, ...]:
    return tuple(
        Step(parse_acts(_need(each, "by")), _term(_need(each, "limit")))
        for each in (_mapping(each, "a step") for each in _list(said))
    )


def _shares(said: object) -> tuple[int, ...]:
    found = tuple(_list(said))
    if not all(isinstance(share, int) and 0 < share < 100 for share in found):
        raise TableError(_("warn is shares from 1 to 99 per cent, not %(said)r"), said=said)
    return found


def _among(choices: Sequence[str]) -> Callable[[object], str]:
    def read(said: object) -> str:
        if said not in choices:
            raise TableError(
                _("%(said)r, expected one of %(choices)s"), said=said, choices=", ".join(choices)
            )
        return str(said)

    return read


def _truth(said: object) -> bool:
    if not isinstance(said, bool):
        raise TableError(_("%(said)r, expected true or false"), said=said)
    return said


def _whole(said: object) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        raise TableError(_("%(said)r, expected a whole number"), said=said)
    return said


def _share(said: object) -> Decimal:
    if not isinstance(said, int | float) or not 0 < said <= 1:
        raise TableError(_("%(said)r, expected a share above 0, at most 1"), said=said)
    return Decimal(str(said))


def _list(said: object) -> list[Any]:
    if not isinstance(said, list):
        raise TableError(_("a list is wanted, not %(said)r"), said=said)
    return said


ACTS = ("trigger", "waived_by", "cured_by", "target", "paused_by", "resumed_by", "restarted_by")
READERS: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys((*ACTS, "anchor", "counted", "until", "following", "end"), parse_acts),
    "pairing": _among(PAIRINGS),
    "from_anchor": _among(ANCHORS),
    "limit": parse_limit,
    "window": _term,
    "steps": _steps,
    "warn": _shares,
    **dict.fromkeys(("required", "others"), lambda said: tuple(parse_acts(each) for each in _list(said))),
    "on_last_day": _truth,
    "condition": parse_condition,
    "values": lambda said: tuple(parse_name(each) for each in _list(said)),
    "most": _whole,
    "same": parse_name,
    "span": parse_name,
    "hashes": parse_name,
    "share": _share,
    "parts": lambda said: tuple(parse_form(each) for each in said),
}


def _read(key: str, said: object) -> object:
    try:
        return READERS[key](said)
    except TableError as problem:
        raise TableError(_("%(where)s: %(problem)s"), where=key, problem=problem) from problem


def _mapping(said: object, what: str) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise TableError(_("%(where)s: keys with values are wanted, not %(said)r"), where=what, said=said)
    return said


def _need(said: Mapping[str, Any], key: str) -> Any:
    if said.get(key) in (None, "", []):
        raise TableError(_("%(key)s is missing"), key=key)
    return said[key]


def _text(said: Mapping[str, Any], key: str) -> str:
    if not isinstance(text := _need(said, key), str):
        raise TableError(_("%(key)s: words are wanted, not %(said)r"), key=key, said=text)
    return text.strip()


def _one_of(said: Mapping[str, Any], key: str, choices: Sequence[str] | Mapping[str, object]) -> str:
    if (text := _text(said, key)) not in choices:
        raise TableError(
            _("%(key)s is %(said)r, expected one of %(choices)s"),
            key=key,
            said=text,
            choices=", ".join(choices),
        )
    return text


def _day(said: Mapping[str, Any], key: str) -> date:
    if not isinstance(day := _need(said, key), date):
        raise TableError(_("%(key)s: a date is wanted, as 2026-01-31, not %(said)r"), key=key, said=day)
    return day
