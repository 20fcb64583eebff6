# SPDX-License-Identifier: Apache-2.0
"""The parsers that are fed: every public module is one and registers itself."""
