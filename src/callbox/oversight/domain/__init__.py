# SPDX-License-Identifier: Apache-2.0
"""Words and decisions of oversight: events, forms, rules, verdicts and the plain evaluator. Pure (ADR 39)."""
