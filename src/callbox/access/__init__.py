# SPDX-License-Identifier: Apache-2.0
"""People, roles, agencies, scopes, sign-in, noted reads of personal data."""
