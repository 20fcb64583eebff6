# SPDX-License-Identifier: Apache-2.0
"""The bench of oversight: engines that count differently are told, and made-up cases are judged by columns."""

from callbox.benches._oversight import differing
from callbox.benches._oversight_engines import synthetic
from callbox.oversight.library import shipped_rules


def test_engines_that_count_differently_are_told() -> None:
    wanted = {"a": {"fine": 2, "overdue": 1}, "b": {"fine": 1}}
    assert differing("duckdb", wanted, wanted) == []
    found = {"a": {"fine": 3, "overdue": 0}}
    assert differing("duckdb", found, wanted) == [
        "duckdb: a {'fine': 3, 'overdue': 0}, bulk {'fine': 2, 'overdue': 1}",
        "duckdb: b None, bulk {'fine': 1}",
    ]


def test_every_model_judges_made_up_cases_and_few_go_case_by_case() -> None:
    found = synthetic(2_000)
    assert found["models"] == len(shipped_rules())
    assert found["activations"] > 2_000
    assert found["history_by_history"] < found["activations"] / 100  # overlap and similar
