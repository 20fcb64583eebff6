# SPDX-License-Identifier: Apache-2.0
"""The pure part of geo: numbers in, numbers out; no clock, no database, no network."""
