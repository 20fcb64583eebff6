# SPDX-License-Identifier: Apache-2.0
"""Drills: faults made on purpose before a running installation, and what must still be true afterwards."""
