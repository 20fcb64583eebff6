# SPDX-License-Identifier: Apache-2.0
"""Contacts by any channel, the queue, call-back."""
