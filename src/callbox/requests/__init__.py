# SPDX-License-Identifier: Apache-2.0
"""Civic requests: what is asked about what, who deals with it where, and each request from start to end."""
