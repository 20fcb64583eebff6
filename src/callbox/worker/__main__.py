# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.worker`."""

from callbox.worker.main import main

if __name__ == "__main__":
    main()
