# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from callbox.kernel.errors import NotFound
from callbox.web.ranges import ranged_file_response

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiles"
    path.write_bytes(CONTENT)
    return path


def ask(path: Path, **headers: str) -> HttpResponseBase:
    return ranged_file_response(RequestFactory().get("/map", headers=headers), path)


def body(answer: HttpResponseBase) -> bytes:
    return answer.getvalue()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=1000-", 1000, 1023), ("bytes=-4", 1020, 1023)],
)
def test_a_range_is_given_exactly(file: Path, asked: str, first: int, last: int) -> None:
    answer = ask(file, range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/1024"
    assert body(answer) == CONTENT[first : last + 1]


def test_a_range_beyond_the_end_is_cut(file: Path) -> None:
    assert ask(file, range="bytes=1000-9999")["Content-Range"] == "bytes 1000-1023/1024"


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5-2", "bytes=-0"])
def test_a_range_outside_is_refused(file: Path, asked: str) -> None:
    answer = ask(file, range=asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("asked", ["", "bytes=0-1,5-6", "lines=1-2", "bytes=x"])
def test_anything_else_gets_the_whole_file(file: Path, asked: str) -> None:
    answer = ask(file, range=asked)
    assert answer.status_code == 200
    assert body(answer) == CONTENT


def test_a_known_file_is_not_sent_again(file: Path) -> None:
    assert ask(file, **{"if-none-match": ask(file)["ETag"]}).status_code == 304


def test_a_part_of_an_older_file_is_not_mixed_with_this_one(file: Path) -> None:
    assert ask(file, range="bytes=0-1", **{"if-range": '"older"'}).status_code == 200


def test_a_large_part_is_sent_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 700_000)
    answer = ask(path, range="bytes=1-600000")
    assert isinstance(answer, StreamingHttpResponse)
    assert len(body(answer)) == 600_000


def test_no_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ask(tmp_path / "none")
