# SPDX-License-Identifier: Apache-2.0
"""The authority's own promises, checked in every case. It judges acts and cases, never a person."""
