# SPDX-License-Identifier: Apache-2.0
"""Django made ready for the simulation; its database is never asked for."""

import gc
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def use_django() -> None:
    """Load the rooms. Before this nothing else of this package can be imported."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()
    gc.collect()
    gc.freeze()  # each run ends with a collection, which need not look at all of Django again
    gc.set_threshold(100_000)  # a run makes much that is gone at once, and hardly any circles


def processes() -> ProcessPoolExecutor:
    """As many as there are cores, each with Django made ready."""
    return ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=use_django)
