# SPDX-License-Identifier: Apache-2.0
"""The bench of oversight: engines that count differently are told, and made-up cases are judged by columns."""

import argparse

from callbox.benches import oversight
from callbox.benches._oversight import differing
from callbox.benches._oversight_engines import synthetic
from callbox.oversight.library import shipped_rules
from callbox.oversight.sql.links import HERE, settings_for


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


def test_spark_takes_part_when_asked_here_or_on_a_cluster() -> None:
    parser = argparse.ArgumentParser()
    oversight.add_arguments(parser)
    assert parser.parse_args([]).spark is None
    assert parser.parse_args(["--spark"]).spark == HERE
    assert parser.parse_args(["--spark", "spark://one:7077"]).spark == "spark://one:7077"


def test_a_cluster_keeps_its_own_settings_and_this_machine_gets_few_partitions() -> None:
    assert settings_for(HERE)["spark.sql.shuffle.partitions"] == "2"
    assert settings_for("spark://one:7077") == {}
