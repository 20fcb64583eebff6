# SPDX-License-Identifier: Apache-2.0
"""A rule from a text that somebody typed, and what it would find against what stands now. Pure; nothing is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import yaml

from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.domain.events import History
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.reading import parse_rule
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import VERDICTS, Verdict

DRAFT = "draft"
MOST, DEEPEST, LONGEST = 20_000, 12, 1_000  # characters of a text, levels of it, characters of one value


@dataclass(frozen=True, slots=True)
class Change:
    """One activation on which the two rules differ. was, becomes: verdicts; None where a rule says nothing of it."""

    key: str
    activation: str
    was: Verdict | None
    becomes: Verdict | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What two rules say of the same histories. now, then: how many activations have each verdict."""

    now: Mapping[str, int]
    then: Mapping[str, int]
    changes: Sequence[Change]
    histories: int


def read_draft(text: str, code: str = DRAFT) -> Rule:
    """A rule from YAML. Raises TableError, which says where the text is wrong and what is wanted there."""
    if len(text) > MOST:
        raise TableError(
            _("a rule has at most %(most)s characters, this text has %(found)s"), most=MOST, found=len(text)
        )
    try:
        _check_shape(text)
        said = yaml.safe_load(text)
        return parse_rule(code, said)
    except TableError:
        raise
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise TableError(
            _("line %(line)s: this is no YAML: %(problem)s"),
            line=line,
            problem=problem.problem or problem.context,
        ) from problem
    except (yaml.YAMLError, TypeError, AttributeError, ValueError) as problem:
        raise TableError(
            _("something stands where another kind of value is wanted: %(problem)s"), problem=problem
        ) from problem


def _check_shape(text: str) -> None:
    """A text that would be read into far more than it says is refused before it is."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise TableError(
                _("line %(line)s: references (*name) are not taken; write the value out"), line=line
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise TableError(_("line %(line)s: more than %(most)s levels"), line=line, most=DEEPEST)
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST:
            raise TableError(
                _("line %(line)s: a value of more than %(most)s characters"), line=line, most=LONGEST
            )


def compare(now: Rule | None, then: Rule, histories: Iterable[History], as_of: datetime) -> Tried:
    """What the draft would have found against what stands now, activation by activation."""
    counts = (dict.fromkeys(VERDICTS, 0), dict.fromkeys(VERDICTS, 0))
    changes: list[Change] = []
    seen = 0
    for each in histories:
        seen += 1
        was = {found.activation: found for found in judge(now, each, as_of)} if now else {}
        becomes = {found.activation: found for found in judge(then, each, as_of)}
        for side, found in zip(counts, (was, becomes), strict=True):
            for verdict in found.values():
                side[verdict.verdict] += 1
        changes += _differences(each.key, was, becomes)
    return Tried(*counts, changes, seen)


def _differences(key: str, was: Mapping[str, Verdict], becomes: Mapping[str, Verdict]) -> Iterable[Change]:
    for activation in dict.fromkeys([*was, *becomes]):
        before, after = was.get(activation), becomes.get(activation)
        if (before and before.verdict) != (after and after.verdict):
            yield Change(key, activation, before, after)
