# SPDX-License-Identifier: Apache-2.0
"""Pictures that people add to a matter: taken apart and made anew, sealed, shown to whom the policy names."""
