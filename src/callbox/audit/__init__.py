# SPDX-License-Identifier: Apache-2.0
"""Looking for what is wrong: scanners with rules of our own, what is installed, and parsers fed with rubbish."""
