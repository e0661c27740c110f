"""Second looks: is a real correction told from a page that is not the article any more?

    python -m bench.second_look

Makes pairs from the bodies of ``../shared/corpus`` (corrections of eleven kinds; notices, teasers,
lists and other articles) and asks ``storage.articles.looks``. Prints precision and recall of "not
the article any more", and what is wrong by kind. ``--fit`` fits the weights anew and says what they
get right on sites that they were not fitted with (five folds by registrable domain).
"""

from __future__ import annotations

import argparse
import random
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.second_look.pairs import Pair, labelled_bodies, make_pairs
from storage.articles import looks
from storage.articles.looks import Look, judge_look

_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
_FOLDS = 5

_Numbers = npt.NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=_CORPUS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fit", action="store_true", help="fit the weights anew")
    given = parser.parse_args()
    if not given.corpus.is_dir():
        parser.error(f"{given.corpus}: no such folder; name the labelled pages with --corpus")
    pages = labelled_bodies(given.corpus)
    pairs = list(make_pairs(pages, random.Random(given.seed)))
    sites = len({page.site for page in pages})
    print(f"{len(pages)} pages of {sites} sites, {len(pairs)} pairs")
    if given.fit:
        _fit(pairs)
        return
    held = [_held(pair) for pair in pairs]
    _report(pairs, held)


def _held(pair: Pair) -> bool:
    unlike = judge_look(
        title=pair.title, text=pair.text, new_title=pair.new_title, new_text=pair.new_text
    )
    return unlike is not None


def _report(pairs: Sequence[Pair], held: Sequence[bool]) -> None:
    both = list(zip(pairs, held, strict=True))
    right = sum(1 for pair, is_held in both if is_held and not pair.real)
    precision = right / max(1, sum(held))
    recall = right / max(1, sum(1 for pair in pairs if not pair.real))
    print(f"held back: precision {precision:.4f}, recall {recall:.4f}")
    total = Counter((pair.real, pair.kind) for pair in pairs)
    wrong = Counter((pair.real, pair.kind) for pair, is_held in both if is_held is pair.real)
    for real in (True, False):
        print("corrections held back:" if real else "false pages let through:")
        for (is_real, kind), count in sorted(total.items()):
            if is_real is real:
                print(f"  {wrong[is_real, kind]:5} of {count:5}  {kind}")


def _fit(pairs: Sequence[Pair]) -> None:
    """Fit on what the plain rules leave open, and judge every pair by weights of other sites."""
    held = [_held(pair) for pair in pairs]
    places = []
    evidence = []
    for place, pair in enumerate(pairs):
        look = Look(
            title=pair.title, text=pair.text, new_title=pair.new_title, new_text=pair.new_text
        )
        known = look.kept >= looks.MOSTLY_KEPT or look.length < looks.MUCH_SHORTER
        if not known and not look.is_beginning:
            places.append(place)
            evidence.append(look.evidence)
    rows = np.array(evidence)
    real = np.array([pairs[place].real for place in places], dtype=np.float64)
    folds = np.array([zlib.crc32(pairs[place].site.encode()) % _FOLDS for place in places])
    said = np.zeros(len(real))
    for fold in range(_FOLDS):
        weights = _logistic(rows[folds != fold], real[folds != fold])
        said[folds == fold] = _probability(rows[folds == fold], weights)
    let_in = said >= looks.LIKELY
    print(f"{len(real)} pairs are open, {int(real.sum())} of them corrections")
    print(f"held out, of those: corrections let in {let_in[real == 1].mean():.4f},", end=" ")
    print(f"false pages held back {1 - let_in[real == 0].mean():.4f}")
    for place, is_in in zip(places, let_in, strict=True):
        held[place] = not is_in
    print("held out, of all pairs, by weights of other sites:")
    _report(pairs, held)
    weights = _logistic(rows, real)
    print(f"{weights[0]:7.2f}  bias")
    for name, weight in zip(looks.EVIDENCE, weights[1:], strict=True):
        print(f"{weight:7.2f}  {name}")


def _logistic(evidence: _Numbers, real: _Numbers) -> _Numbers:
    """Weights, the bias first, by Newton's method with a little ridge; both classes weigh the same."""
    rows = np.hstack([np.ones((len(evidence), 1)), evidence])
    share = real.mean()
    each = np.where(real == 1, 0.5 / share, 0.5 / (1 - share))
    weights = np.zeros(rows.shape[1])
    for _ in range(40):
        said = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (each * (said - real)) + 1.0 * weights
        curve = (rows * (each * said * (1 - said))[:, None]).T @ rows + np.eye(len(weights))
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def _probability(evidence: _Numbers, weights: _Numbers) -> _Numbers:
    return 1 / (1 + np.exp(-(weights[0] + evidence @ weights[1:])))


if __name__ == "__main__":
    main()
