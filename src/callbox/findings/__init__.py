# SPDX-License-Identifier: Apache-2.0
"""Findings: what oversight found in a case becomes a matter, followed until it is put right (ADR 43)."""
