# SPDX-License-Identifier: Apache-2.0
"""Entries, chains, seals, reading positions."""
