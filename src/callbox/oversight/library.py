# SPDX-License-Identifier: Apache-2.0
"""The detection models as folders that register themselves. Part of the domain: pure but for reading the files.

`models/<code>/rule.yaml`: the rule (see domain/reading.py). `models/<code>/examples.yaml`: histories with the verdicts
that a legal officer expects; they run as tests. Adding a model touches nothing outside its folder.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from callbox.kernel.tables import TableError, Words
from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.domain.events import Event, History, Value, history
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.reading import parse_rule
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import VERDICTS

MODELS = Path(__file__).with_name("models")
KINDS = FIRING, QUIET, BOUNDARY, MISSING = "firing", "quiet", "boundary", "missing"
OF_EXAMPLE = {"kind", "says", "as_of", "events", "expect"}
OF_EVENT = {"act", "at", "recorded", "id"}


@dataclass(frozen=True, slots=True)
class Example:
    """A history, a moment, and the verdicts expected then, in the order of the activations. says: what it shows."""

    kind: str
    says: Words
    history: History
    as_of: datetime
    expect: tuple[str, ...]


@cache
def shipped_rules() -> Mapping[str, Rule]:
    """All models that come with Callbox, by code. Raises TableError, which names the folder and what is wrong."""
    return MappingProxyType({folder.name: read_rule(folder) for folder in model_folders(MODELS)})


@cache
def library_mark() -> str:
    """What names these models and their calendars: what others said is said anew."""
    calendars = sorted({rule.calendar.label for rule in shipped_rules().values()})
    found = sha256(" ".join(calendars).encode())
    for folder in model_folders(MODELS):
        found.update((folder / "rule.yaml").read_bytes())
    return found.hexdigest()[:16]


def model_folders(root: Path) -> Iterator[Path]:
    """The folders of models in a folder, by code."""
    return (path for path in sorted(root.iterdir()) if (path / "rule.yaml").is_file())


def read_rule(folder: Path) -> Rule:
    """The rule of a folder. Raises TableError."""
    return parse_rule(folder.name, _yaml(folder / "rule.yaml"))


def read_examples(folder: Path, rule: Rule) -> list[Example]:
    """The examples of a folder. Raises TableError, also where a kind of example is missing."""
    said = _yaml(folder / "examples.yaml")
    if not isinstance(said, list):
        raise TableError(f"{folder.name}/examples.yaml: a list of examples is wanted")
    found = [_example(each, rule, f"{folder.name}/examples.yaml, {n}") for n, each in enumerate(said, 1)]
    if absent := set(KINDS) - {each.kind for each in found}:
        raise TableError(f"{folder.name}/examples.yaml: no example that is {', '.join(sorted(absent))}")
    return found


def verdicts_of(example: Example, rule: Rule) -> tuple[str, ...]:
    """What the rule says of an example."""
    return tuple(each.verdict for each in judge(rule, example.history, example.as_of))


def _example(said: object, rule: Rule, where: str) -> Example:
    if not isinstance(said, dict) or said.keys() != OF_EXAMPLE:
        raise TableError(f"{where}: an example has {', '.join(sorted(OF_EXAMPLE))}")
    expect = tuple(said["expect"])
    if said["kind"] not in KINDS or not set(expect) <= set(VERDICTS):
        raise TableError(f"{where}: kind is one of {', '.join(KINDS)}, expect lists of {', '.join(VERDICTS)}")
    as_of = _moment(said["as_of"], rule, where)
    if as_of is None:
        raise TableError(f"{where}: as_of is a date or a moment")
    if not isinstance(said["as_of"], datetime) and not isinstance(said["as_of"], str):
        as_of = last_moment(rule.calendar, as_of)
    events = _events(said["events"], rule, where)
    return Example(said["kind"], _says(said["says"], where), history(rule.over, "1", events), as_of, expect)


def _says(said: object, where: str) -> Words:
    match said:
        case {"en": str() as en, "zh": str() as zh, **rest} if en.strip() and zh.strip() and not rest:
            return Words(en.strip(), zh.strip())
    raise TableError(f"{where}: says is {{en: ..., zh: ...}}, in both languages")


def _events(said: Iterable[Any], rule: Rule, where: str) -> Iterator[Event]:
    for seq, each in enumerate(said, 1):
        if not isinstance(each, dict) or "act" not in each:
            raise TableError(f"{where}: event {seq} has no act")
        yield Event(
            id=str(each.get("id", seq)),
            activity=each["act"],
            happened=_moment(each.get("at"), rule, where),
            recorded=_moment(each.get("recorded"), rule, where),
            seq=seq,
            objects=((rule.over, "1"),),
            values={name: _value(value, rule) for name, value in each.items() if name not in OF_EVENT},
        )


def _value(said: object, rule: Rule) -> Value:
    match said:
        case bool() | str():
            return str(said).lower() if isinstance(said, bool) else said
        case int() | float():
            return Decimal(str(said))
        case list():
            return tuple(map(str, said))
        case date():
            return _local(said, rule)
    raise TableError(f"{rule.code}/examples.yaml: not a value: {said!r}")


def _moment(said: object, rule: Rule, where: str) -> datetime | None:
    """A date is its beginning; a moment without a zone is one of the rule's calendar."""
    if said is None:
        return None
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError as problem:
            raise TableError(f"{where}: not a moment: {said!r}, write 2026-01-31 08:30") from problem
    if not isinstance(said, date):
        raise TableError(f"{where}: not a moment: {said!r}, write 2026-01-31 08:30")
    return _local(said, rule)


def _local(said: date, rule: Rule) -> datetime:
    if not isinstance(said, datetime):
        said = datetime.combine(said, time())
    return said if said.tzinfo else said.replace(tzinfo=rule.calendar.zone)


def _yaml(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)  # libyaml's: eight times as fast
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise TableError(f"{path.parent.name}/{path.name}: {problem}") from problem
