# SPDX-License-Identifier: Apache-2.0
"""Rubbish for every parser: only its documented refusals may come out of it."""
