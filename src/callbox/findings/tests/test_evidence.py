# SPDX-License-Identifier: Apache-2.0
"""Evidence that was written down is read back as the same outcome: nothing of the arithmetic is lost."""

import json

import pytest

from callbox.findings.domain import digest_of, evidence_of
from callbox.findings.evidence import outcome_of
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.verdicts import Verdict
from callbox.oversight.library import MODELS, read_examples, shipped_rules

RULES = shipped_rules()


@pytest.mark.parametrize("code", RULES)
def test_every_verdict_of_every_example_comes_back(code: str) -> None:
    rule = RULES[code]
    for example in read_examples(MODELS / code, rule):
        for verdict in judge(rule, example.history, example.as_of):
            kept = json.loads(json.dumps(evidence_of(verdict)))
            again = Verdict(
                code, verdict.version, "1", "1", outcome_of(kept), verdict.source, verdict.certainty
            )
            assert digest_of(evidence_of(again)) == digest_of(kept)
            assert (again.outcome.limit is None) == (verdict.outcome.limit is None)
            if verdict.outcome.limit and verdict.outcome.limit.reckoned:
                assert again.outcome.limit is not None
                assert again.outcome.limit.reckoned == verdict.outcome.limit.reckoned


def test_evidence_that_was_erased_is_no_verdict() -> None:
    with pytest.raises(KeyError):
        outcome_of({})
