# SPDX-License-Identifier: Apache-2.0
"""Log lines of all processes: plain for people, JSON with CALLBOX_LOG=json; of an error its kind and place alone.

The text of an exception repeats what was being worked on: a database names the row it refused, a parser the words
it could not read. So no text of an exception is ever written; its type, its SQLSTATE and where it arose are.
"""

import logging
import os
import sys
import threading
import traceback
from contextvars import ContextVar
from http import HTTPStatus
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

OURS = "/callbox/"
PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"
request_id: ContextVar[str] = ContextVar("request_id", default="")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def where(error: BaseException | None) -> str:
    """Kind and places of an error and of what caused it, innermost call last, without a word of their texts.

    Places are the calls in Callbox, and the one where it arose.
    """
    parts = []
    while error is not None:
        code = getattr(error, "sqlstate", None)
        kind = f"{type(error).__module__}.{type(error).__qualname__}{f' {code}' if code else ''}"
        parts.append(f"{kind} at {' > '.join(_places(error))}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " | caused by ".join(parts)


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    told = [frame for frame in frames[:-1] if OURS in frame.filename] + frames[-1:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in told]


class Untold(logging.Filter):
    """Leaves out a request that was answered with "not now": whoever answered has written its line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record still has to be written."""
        return getattr(record, "status_code", None) != HTTPStatus.SERVICE_UNAVAILABLE


class Plain(logging.Formatter):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__(PLAIN)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the framework's name
        """Kind and place."""
        return where(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """One line, with the request's id if there is one."""
        record.exc_text = None  # another handler's formatter may have kept the whole text there
        mark = request_id.get()
        return super().format(record) + (f" [request {mark}]" if mark else "")


class Lines(JsonFormatter):
    """One JSON object a line: time, level, logger, event, and request and error where there are such."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            timestamp="time",
            rename_fields={
                "levelname": "level",
                "name": "logger",
                "message": "event",
                "exc_info": "error",
            },
        )

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the framework's name
        """Kind and place."""
        return where(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """The object as text."""
        record.exc_text = None
        if mark := request_id.get():
            record.request = mark
        return super().format(record)


def formatter() -> logging.Formatter:
    """The one that CALLBOX_LOG asks for: `json`, else plain."""
    return Lines() if os.environ.get("CALLBOX_LOG") == "json" else Plain()


def set_up_logging(level: int = logging.INFO) -> None:
    """Everything to standard error, errors that nobody caught included."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    catch_the_uncaught()


def catch_the_uncaught() -> None:
    """What ends a process or a thread is logged like everything else, without its text."""
    log = logging.getLogger("callbox.uncaught")

    def end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("This process ends.", exc_info=(kind, error, trace))

    def end_thread(said: threading.ExceptHookArgs) -> None:
        if said.exc_value is not None and not isinstance(said.exc_value, SystemExit):
            log.critical("A thread ended.", exc_info=said.exc_value)

    sys.excepthook, threading.excepthook = end, end_thread
