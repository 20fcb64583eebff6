# SPDX-License-Identifier: Apache-2.0
"""The pages of oversight's desk: the models, a case on its time line, and trying a rule before it takes effect."""
