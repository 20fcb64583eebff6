# SPDX-License-Identifier: Apache-2.0
"""Rules as SQL text that runs unchanged on DuckDB, PostgreSQL and Spark (ADR 41)."""
