# SPDX-License-Identifier: Apache-2.0
"""Finding names: whole words, beginnings of words while typing, and small errors of typing."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from callbox.geo.domain.measure import Ints
from callbox.geo.domain.text import begins_generic, has_han, is_generic, tokens_of

WIDTH = 24
"""Letters of a word that are compared; longer words are compared by their beginning."""

Scores = dict[int, float]
WHOLE, BEGINNING, TYPO = 1.0, 0.9, 0.75
NUMBER_LEFT = 0.7
"""Weight of a street found in a text whose house number it leaves unread."""
LEAST_HAN = 3
"""In a Chinese name of three characters another one is another street, not an error."""
OTHER_KIND = 0.4
"""Taken off when an Avenue was found for a Street."""


class Vocabulary:
    """Words as a matrix of letters, so that one query is compared with all of them at once."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(words)
        self.sizes = np.array([min(len(word), WIDTH) for word in self.words], np.int64)
        padded = "".join(word[:WIDTH].ljust(WIDTH, "\0") for word in self.words)
        self.letters = np.frombuffer(padded.encode("utf-32-le"), np.uint32).reshape(-1, WIDTH)
        self.holds = np.array([_letters_of(word[:WIDTH]) for word in self.words], np.uint64)

    def beginning_with(self, text: str) -> range:
        """Rows of the words that begin with a text."""
        return range(bisect_left(self.words, text), bisect_left(self.words, text + "\U0010ffff"))

    def near(self, text: str, limit: int) -> list[tuple[int, int]]:
        """Rows and distances of words at most `limit` errors away (a swap of neighbours is one error)."""
        if len(text) > WIDTH:
            return []
        mine = np.uint64(_letters_of(text))
        alike = (
            np.maximum(np.bitwise_count(self.holds & ~mine), np.bitwise_count(mine & ~self.holds)) <= limit
        )
        rows = np.flatnonzero(alike & (np.abs(self.sizes - len(text)) <= limit))
        if not len(rows):
            return []
        away = _distance(text, self.letters[rows].T, self.sizes[rows])
        return [(int(row), int(d)) for row, d in zip(rows, away, strict=True) if d <= limit]


def _letters_of(word: str) -> int:
    """The letters of a word as bits: each error changes at most one bit there and one bit away."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits


def _distance(text: str, letters: "np.ndarray[tuple[int, int], np.dtype[np.uint32]]", sizes: Ints) -> Ints:
    """Optimal string alignment distance from a text to each column of letters."""
    query = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    count, width = letters.shape[1], int(sizes.max())
    two_ago = last = np.repeat(np.arange(width + 1, dtype=np.int64)[:, None], count, axis=1)
    for i, letter in enumerate(query):
        row = np.empty_like(last)
        row[0] = i + 1
        for j in range(width):
            changed = last[j] + (letters[j] != letter)
            row[j + 1] = np.minimum(np.minimum(last[j + 1], row[j]) + 1, changed)
            if i and j:
                swapped = (letters[j - 1] == letter) & (letters[j] == query[i - 1])
                row[j + 1] = np.where(swapped, np.minimum(row[j + 1], two_ago[j - 1] + 1), row[j + 1])
        two_ago, last = last, row
    return np.asarray(last[sizes, np.arange(count)])


def errors_allowed(text: str) -> int:
    """How many typing errors a word of this length may hold."""
    return 0 if len(text) < 4 else 1 if len(text) < 8 else 2


class NameMatcher:
    """Finds rows of a list of names; a row may go by several names."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        self.tokens = [[tokens_of(name) for name in row if name] for row in names]
        rows_of: dict[str, set[int]] = defaultdict(set)
        han_rows: dict[str, set[int]] = defaultdict(set)
        for row, several in enumerate(self.tokens):
            for tokens in several:
                for token in tokens:
                    (han_rows if has_han(token) else rows_of)[token].add(row)
        self.rows_of, self.han_rows = dict(rows_of), dict(han_rows)
        self.vocabulary, self.han = Vocabulary(rows_of), Vocabulary(han_rows)

    def find(self, text: str) -> Scores:
        """Rows with a score from 0 to 1 that match a text, which may end in the middle of a word."""
        tokens = tokens_of(text)
        if not tokens:
            return {}
        if has_han(tokens[0]):
            return self._han(tokens[0])
        found = self._words(tokens)
        if not found and len(tokens) > 1 and begins_generic(tokens[-1]):
            return self._words(tokens[:-1])
        return found

    def _words(self, tokens: tuple[str, ...]) -> Scores:
        telling = [i for i, token in enumerate(tokens) if not is_generic(token)] or list(range(len(tokens)))
        found: Scores = {}
        for n, i in enumerate(telling):
            quality = self._token(tokens[i], typing=i == len(tokens) - 1)
            found = quality if n == 0 else {r: found[r] + quality[r] for r in found.keys() & quality.keys()}
        rest = [tokens[i] for i in range(len(tokens)) if i not in telling]
        return {row: self._score(row, quality / len(telling), tokens, rest) for row, quality in found.items()}

    def _score(self, row: int, quality: float, tokens: tuple[str, ...], rest: list[str]) -> float:
        def of(name: tuple[str, ...]) -> float:
            missing = sum(token not in name for token in rest)
            other = bool(missing) and any(is_generic(token) and token not in tokens for token in name)
            extra = abs(len(name) - len(tokens))
            swapped = 0.02 * (name[: len(tokens)] != tokens)
            return max(
                0.05, quality - (OTHER_KIND if other else 0.15 * missing) - 0.06 * min(extra, 3) - swapped
            )

        return max(of(name) for name in self.tokens[row])

    def _token(self, token: str, *, typing: bool) -> Scores:
        found: Scores = {}
        if not typing and token in self.rows_of:
            return dict.fromkeys(self.rows_of[token], WHOLE)
        for row in self.vocabulary.beginning_with(token) if typing else ():
            word = self.vocabulary.words[row]
            found |= dict.fromkeys(self.rows_of[word] - found.keys(), BEGINNING)
        found |= dict.fromkeys(self.rows_of.get(token, ()), WHOLE)
        limit = errors_allowed(token)
        if found or not limit:
            return found
        for row, away in sorted(self.vocabulary.near(token, limit), key=lambda pair: -pair[1]):
            found |= dict.fromkeys(self.rows_of[self.vocabulary.words[row]], TYPO - 0.1 * (away - 1))
        return found

    def _han(self, text: str) -> Scores:
        found: Scores = {}
        for word, rows in self.han_rows.items():
            score = _han_score(word, text)
            if score:
                found |= {row: max(score, found.get(row, 0.0)) for row in rows}
        if not found and len(text) > LEAST_HAN:
            for at, _away in self.han.near(text, 1):
                found |= dict.fromkeys(self.han_rows[self.han.words[at]], TYPO)
        return found


def _han_score(word: str, text: str) -> float:
    if word == text:
        return WHOLE
    if word.startswith(text):
        return BEGINNING
    if text in word:
        return 0.8
    if len(word) > 2 and word in text:  # the city or district stands in front
        numbered = any(c.isdecimal() for c in text) and not any(c.isdecimal() for c in word)
        return (0.6 + 0.3 * len(word) / len(text)) * (NUMBER_LEFT if numbered else 1.0)
    return 0.0
