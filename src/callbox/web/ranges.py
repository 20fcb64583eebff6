# SPDX-License-Identifier: Apache-2.0
"""Parts of a file on request (RFC 9110, section 14), as the map reads its tiles from one large file."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from callbox.kernel.errors import NotFound

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BLOCK = 256 * 1024


def ranged_file_response(
    request: HttpRequest, path: Path, content_type: str = "application/octet-stream"
) -> HttpResponseBase:
    """The file, or the one range of bytes asked for.

    Answers 206 for a range, 416 for one outside the file, 304 when the ETag is known, 200 otherwise (also for
    several ranges at once, which RFC 9110 allows). Raises NotFound when there is no such file.
    """
    try:
        file = path.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound from None
    stat = os.fstat(file.fileno())
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    if request.headers.get("If-None-Match") == etag:
        file.close()
        return _marked(HttpResponse(status=304), etag)
    first, last = 0, stat.st_size - 1
    asked = request.headers.get("Range", "")
    wanted = None if request.headers.get("If-Range", etag) != etag else _RANGE.fullmatch(asked.strip())
    if wanted:
        first, last = _bounds(wanted, stat.st_size)
        if first > last or first >= stat.st_size:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stat.st_size}"})
    response = _body(file, first, last, content_type)
    if wanted:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{stat.st_size}"
    return _marked(response, etag)


def _bounds(wanted: re.Match[str], size: int) -> tuple[int, int]:
    first, last = wanted.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if last and int(last) else (size, size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1


def _body(file: BinaryIO, first: int, last: int, content_type: str) -> HttpResponseBase:
    """Small parts in one piece, large ones in blocks: a whole city must not stand in memory."""
    length = last - first + 1
    file.seek(first)
    response: HttpResponseBase
    if length <= _BLOCK:
        with file:
            response = HttpResponse(file.read(length), content_type=content_type)
    else:
        response = StreamingHttpResponse(_blocks(file, length), content_type=content_type)
    response.headers["Content-Length"] = str(length)
    return response


def _blocks(file: BinaryIO, left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            left -= len(block)
            yield block


def _marked(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
