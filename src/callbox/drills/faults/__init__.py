# SPDX-License-Identifier: Apache-2.0
"""One module for each drill, with HELP, TIMES and `run(seed, times)`: it registers itself."""
