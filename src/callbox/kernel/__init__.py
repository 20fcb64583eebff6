# SPDX-License-Identifier: Apache-2.0
"""Errors, actors, workflows, chains: pure, imports the standard library only."""
