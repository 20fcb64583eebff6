# SPDX-License-Identifier: Apache-2.0
"""The tools of `callbox audit`: every public module is one and registers itself."""
