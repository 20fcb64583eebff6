# SPDX-License-Identifier: Apache-2.0
"""The door: accept any contact durably, stream what changed; its program imports no Django."""
