# SPDX-License-Identifier: Apache-2.0
"""`callbox articles`, as it is typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.commands import _setup
from callbox.requests.article_rows import articles_in_force, articles_loaded
from callbox.requests.articles import SHIPPED
from callbox.requests.tests.test_articles import TODAY, articles, written

pytestmark = pytest.mark.django_db


def test_the_command_shows_what_would_change_and_loads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def same_database() -> Iterator[None]:
        yield

    monkeypatch.setattr(_setup, "database", same_database)
    articles(tmp_path, written())
    assert main(["articles", "diff", str(tmp_path)]) == 0
    assert "new      lamp version 1" in capsys.readouterr().out
    assert articles_loaded() == []
    assert main(["articles", "load", str(tmp_path)]) == 0
    assert '"applied": true' in capsys.readouterr().out
    assert main(["articles", "diff", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == '{"articles": 1, "changes": {}, "applied": false}'
    assert main(["articles", "load"]) == 0
    assert len(articles_in_force(TODAY)) == len(list(SHIPPED.glob("*.toml"))) + 1
    articles(tmp_path, written(title="Other"))
    assert main(["articles", "load", str(tmp_path)]) != 0
