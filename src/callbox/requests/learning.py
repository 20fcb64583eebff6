# SPDX-License-Identifier: Apache-2.0
"""Which category words, area and line call for: learned from requests there were. Part of the domain: pure.

Softmax regression (multinomial logistic regression with an L2 penalty) over which features occur, fitted by SciPy's
L-BFGS. Of the words only those are kept that occur in requests of so many different reporters: a name or a turn of
phrase that one person used is in no model. Digits never are.
"""

import hashlib
import io
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from callbox.requests.articles import HAN

LATIN = re.compile(r"[^\W\d_]{2,}")
LONGEST_WORD = 30  # letters
LONGEST = 2_000  # characters of the words that are looked at
HELD_OUT = 0.2  # of the requests, the latest by date: what a model is measured on, and never learns from
FIRST = 3  # of how many suggestions the right one is to be one
PENALTY = 1.0  # on the squared weights, beside the sum of the losses; the usual default
STEPS = 200

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One request there was. reporter: what is the same for two requests of one person; it is not learned from."""

    words: str
    area: str
    line: str
    category: str
    reporter: str


@dataclass(frozen=True, slots=True)
class Right:
    """Of `count` requests: for how many the right category was suggested first, and among the first three."""

    count: int
    first: int
    among: int


@dataclass(frozen=True, slots=True)
class Measured:
    """How a model did on the latest requests, from which it did not learn. usual: always the most frequent category."""

    learned_from: int
    held_out: Right
    usual: int
    categories: Mapping[str, Right]


@dataclass(frozen=True, slots=True)
class Model:
    """Features by name, classes, and for each class a weight of each feature and one of its own."""

    features: Mapping[str, int]
    classes: Sequence[str]
    weights: Floats
    own: Floats

    def suggest(self, words: str, area: str = "", line: str = "") -> list[tuple[str, float]]:
        """The first three categories with the model's share of belief in each, the best first."""
        at = [self.features[name] for name in features_of(words, area, line) if name in self.features]
        said = self.weights[:, at].sum(axis=1) / math.sqrt(max(1, len(at))) + self.own
        grown = np.exp(said - said.max())
        shares = grown / grown.sum()
        best = np.argsort(-shares, kind="stable")[:FIRST]
        return [(self.classes[each], float(shares[each])) for each in best]

    def written(self) -> bytes:
        """The model as a file of plain arrays (npz); nothing in it is ever executed."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            features=np.array(sorted(self.features, key=self.features.__getitem__), dtype=np.str_),
            classes=np.array(self.classes, dtype=np.str_),
            weights=self.weights.astype(np.float32),
            own=self.own.astype(np.float32),
        )
        return file.getvalue()


def features_of(words: str, area: str, line: str) -> list[str]:
    """What occurs: words and pairs of words, runs of one to three Chinese characters, the area and the line."""
    text = words[:LONGEST].lower()
    latin = [word for word in LATIN.findall(HAN.sub(" ", text)) if len(word) <= LONGEST_WORD]
    found = [f"w {word}" for word in latin]
    found += [f"w {left} {right}" for left, right in pairwise(latin)]
    for run in HAN.findall(text):
        found += [f"w {run[at : at + size]}" for size in (1, 2, 3) for at in range(len(run) - size + 1)]
    found += [f"a {area}"] * bool(area) + [f"l {line}"] * bool(line)
    return sorted(set(found))


def read_model(data: bytes, sha256: str) -> Model:
    """The model of a file. Raises ValueError where it is not the one with this checksum."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("the model is not the one that was stored")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        features = {str(name): at for at, name in enumerate(file["features"])}
        classes = [str(code) for code in file["classes"]]
        return Model(features, classes, file["weights"].astype(float), file["own"].astype(float))


def vocabulary(examples: Iterable[Example], reporters: int) -> dict[str, int]:
    """The features that occur in requests of at least so many different reporters, numbered by name."""
    told: defaultdict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in features_of(example.words, example.area, example.line):
            if len(told[name]) < reporters:
                told[name].add(example.reporter)
    kept = sorted(name for name, who in told.items() if len(who) >= reporters)
    return {name: number for number, name in enumerate(kept)}


def learn(examples: Sequence[Example], reporters: int) -> tuple[Model, Measured]:
    """A model of all but the latest, and how it did on those. examples: in the order of their dates.

    reporters: how many different ones a word needs, and a category. Raises ValueError where nothing can be learned.
    """
    count = len(examples) - int(len(examples) * HELD_OUT)
    early, late = examples[:count], examples[count:]
    frequent = Counter(example.category for example in early)
    classes = sorted(category for category, times in frequent.items() if times >= reporters)
    if len(classes) < 2 or not late:
        raise ValueError("fewer than two categories occur often enough")
    features = vocabulary(early, reporters)
    model = _fitted([each for each in early if each.category in set(classes)], features, classes)
    usual = min(frequent, key=lambda code: (-frequent[code], code))
    return model, replace(measure(model, late, usual), learned_from=count)


def _fitted(examples: Sequence[Example], features: dict[str, int], classes: Sequence[str]) -> Model:
    """The weights that make the categories of these examples likeliest, under the penalty."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_array

    rows = [_places(example, features) for example in examples]
    begins = np.cumsum([0, *map(len, rows)])
    told = [1 / math.sqrt(len(row)) for row in rows for _place in row]
    said = csr_array((told, [each for row in rows for each in row], begins), (len(rows), len(features)))
    number = {code: at for at, code in enumerate(classes)}
    right = np.zeros((len(rows), len(classes)))
    right[np.arange(len(rows)), [number[example.category] for example in examples]] = 1.0
    wide = len(features)

    def loss(flat: Floats) -> tuple[float, Floats]:
        held = flat.reshape(len(classes), wide + 1)
        heights = said @ held[:, :wide].T + held[:, wide]
        heights -= heights.max(axis=1, keepdims=True)
        shares = np.exp(heights)
        sums = shares.sum(axis=1, keepdims=True)
        value = float(
            np.log(sums).sum() - (heights * right).sum() + PENALTY * (held[:, :wide] ** 2).sum() / 2
        )
        off = shares / sums - right
        slope = np.hstack([(said.T @ off).T + PENALTY * held[:, :wide], off.sum(axis=0)[:, None]])
        return value, slope.ravel()

    start = np.zeros(len(classes) * (wide + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    held = np.asarray(found.x).reshape(len(classes), wide + 1)
    return Model(features, classes, held[:, :wide], held[:, wide])


def _places(example: Example, features: Mapping[str, int]) -> list[int]:
    names = features_of(example.words, example.area, example.line)
    return [features[name] for name in names if name in features]


def measure(model: Model, examples: Sequence[Example], usual: str) -> Measured:
    """How often it is right. A category that it does not know is one that it gets wrong."""
    counted: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for example in examples:
        best = [code for code, _share in model.suggest(example.words, example.area, example.line)]
        found = counted[example.category]
        found[0] += 1
        found[1] += best[0] == example.category
        found[2] += example.category in best
    categories = {code: Right(*found) for code, found in sorted(counted.items())}
    total = Right(*(sum(found[at] for found in counted.values()) for at in range(3)))
    return Measured(0, total, sum(example.category == usual for example in examples), categories)
