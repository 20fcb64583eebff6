# SPDX-License-Identifier: Apache-2.0
"""No answer, log line, error or count tells anybody what the policy does not let them see: every route, every role."""

import logging
from collections import defaultdict

import pytest

from tests.canary.routes import questions
from tests.canary.scene import OWN, Night, Walker
from tests.canary.tokens import Judge, Texts, Token
from tests.canary.walking import Answers, answer, logs, quiet_answers, told
from tests.rls.test_layers import without_checks, without_rows

WALKERS = (
    "crew",
    "nobody",
    "other_crew",
    "agency_desk",
    "left_agency",
    "without_role",
    "call_taker",
    "dispatcher",
    "supervisor",
    "administrator",
)
FRESH = {
    "GET /account/factors",
    "GET /report",
    "GET /requests/new/other",
}  # a secret or an id that was never there before
__all__ = ["without_checks", "without_rows"]  # fixtures of the layers' own tests


def walk(night: Night, walker: Walker) -> dict[Token, list[str]]:
    """Which tokens somebody was told, and where."""
    seen: dict[Token, list[str]] = defaultdict(list)
    for ask in questions(night):
        for token in told(night.tokens, answer(walker, ask), ask):
            seen[token].append(str(ask))
    return seen


@pytest.mark.parametrize("name", WALKERS)
def test_no_answer_and_no_log_line_tells_what_is_not_ones_own(night: Night, name: str) -> None:
    leaks: dict[str, list[str]] = {}
    missing: list[str] = []
    with logs() as kept:
        for walker in [each for each in night.walkers if each.name == name]:
            seen, judge = walk(night, walker), Judge(walker.person, walker.role, walker.keys)
            leaks |= {f"{walker.name}: {t.field}": seen[t][:5] for t in seen if not judge.may_see(t)}
            missing += [
                f"{walker.name}: {t.field}" for t in night.tokens if judge.must_see(t) and t not in seen
            ]
    assert leaks == {}
    texts = Texts.of("\n".join(kept.lines))
    assert [token.field for token in night.tokens if not token.whole and token.found_in(texts)] == []
    assert missing == [], "the walk must come upon what may be seen, or it looks in the wrong places"


def test_counts_and_figures_are_the_same_without_the_foreign_rows(
    half_and_whole: tuple[Answers, Night],
) -> None:
    before, night = half_and_whole
    now = quiet_answers(night, OWN)
    changed = [key for key in before if now[key] != before[key]]
    assert changed == []
    unsteady = {question for _name, question in now.keys() - before.keys()}
    assert unsteady <= FRESH, "an answer that is never the same twice hides what it counts"


def test_without_both_layers_the_walk_finds_canaries(
    night: Night, without_checks: None, without_rows: None
) -> None:
    crew = next(walker for walker in night.walkers if walker.role == "crew")
    judge = Judge(crew.person, crew.role, crew.keys)
    told_of = {token.field for token in walk(night, crew) if not judge.may_see(token)}
    assert {"foreign.remark", "foreign.address", "foreign.incident"} <= told_of


def test_a_canary_in_a_log_line_is_found(night: Night) -> None:
    token = next(token for token in night.tokens if token.field == "foreign.words")
    with logs() as kept:
        logging.getLogger("callbox.canary").warning("%s", token.text)
    assert token.found_in(Texts.of("\n".join(kept.lines)))
