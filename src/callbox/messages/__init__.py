# SPDX-License-Identifier: Apache-2.0
"""Messages to people: queued with the move they tell of, sent once by key, in view when undelivered."""
