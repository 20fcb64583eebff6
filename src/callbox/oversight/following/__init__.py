# SPDX-License-Identifier: Apache-2.0
"""The engine that follows events as they come in, with timers for what happens by time alone (ADR 0042)."""
