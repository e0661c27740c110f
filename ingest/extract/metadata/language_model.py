r"""py3langid's model, read in place: one copy on disk serves every process, of which few pages are ever touched.

py3langid ships its model as an LZMA archive that each process unpacks for itself, in half a second or
more, into 75 MB. Here it is unpacked once, into a file in the user's cache folder, which processes map.
Where no such file can be written or read, the model stays in memory, as py3langid has it.

The scoring is py3langid's (multinomial naive Bayes over byte n-grams, which an automaton finds): the same
numbers in the same order, so that the same language comes of it. The file is 68 MB:

    b"copydesk language model 1\n"
    a line of JSON: {"languages": [...], "arrays": {name: [type, [sizes], offset]}, "size": bytes of the file}
    the arrays, each at a multiple of 64 bytes
"""

from __future__ import annotations

import contextlib
import json
import math
import mmap
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.extract.user_cache import cached_file, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LanguageModel", "language_model", "map_if_there", "read_model", "written_model"]

_MAGIC = b"copydesk language model 1\n"
_ALIGNED = 64
#: What each array is made of: as the automaton's steps are looked up (``memoryview``) and as numpy has it.
_TYPES = {"next": "<u4", "rows": "<u4", "features": "<i4", "weights": "<f2", "priors": "<f4"}
#: Score of a language that is out: a finite number below all.
_OUT = -3.4028234663852886e38


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The automaton that finds features in bytes, and what each of them weighs for each language."""

    #: ``next[rows[state] + byte]`` is the state behind a byte, ``features[state]`` what it finds, or -1.
    next: Sequence[int]
    rows: Sequence[int]
    features: Sequence[int]
    #: One row a feature, one column a language.
    weights: NDArray[np.float16]
    priors: NDArray[np.float32]
    #: ISO 639-1 codes; one that stands twice is one language in two scripts.
    languages: tuple[str, ...]

    def language_of(self, text: str) -> str:
        """The likeliest language of ``text``."""
        import numpy as np

        found = self._features_in(_encoded(text))
        if not found:
            return self.languages[0]
        index = np.fromiter(found.keys(), dtype=np.intp, count=len(found))
        counts = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        scores = np.log1p(counts) @ self.weights[index] + self.priors
        first: dict[str, int] = {}
        for number, language in enumerate(self.languages):
            at = first.setdefault(language, number)
            if at != number:
                scores[at] = max(scores[at], scores[number])
                scores[number] = _OUT
        return self.languages[int(scores.argmax())]

    def _features_in(self, data: bytes) -> Counter[int]:
        following, rows, features = self.next, self.rows, self.features
        found: list[int] = []
        state = 0
        for byte in data:
            state = following[rows[state] + byte]
            feature = features[state]
            if feature >= 0:
                found.append(feature)
        return Counter(found)


def _encoded(text: str) -> bytes:
    """``text`` as the model was trained: not in capitals, composed, UTF-8."""
    if text.isupper():
        text = text.lower()
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


#: The model, once it is mapped.
_held: list[LanguageModel] = []


@cache
def language_model() -> LanguageModel:
    """The model: mapped, else unpacked into the cache folder and mapped, else unpacked into memory."""
    return map_if_there() or _unpacked()


def map_if_there() -> LanguageModel | None:
    """The model where an earlier process has unpacked it; costs next to nothing.

    To be called before worker processes are forked: what they inherit they need not map.
    """
    place = _place() if not _held else None
    if place is not None:
        with contextlib.suppress(OSError, ValueError):
            _held.append(read_model(place))
    return _held[0] if _held else None


def _unpacked() -> LanguageModel:
    arrays, languages = _shipped()
    place = _place()
    if place is not None:
        with contextlib.suppress(OSError, ValueError):
            written_model(place, arrays, languages)
            return read_model(place)
    return _of_arrays(arrays, languages)


def _place() -> Path | None:
    """The file of the model that is installed; ``None`` where there is no cache folder or no model."""
    try:
        spec = util.find_spec("py3langid")
        if spec is None or spec.origin is None:
            return None
        archive = (Path(spec.origin).parent / "data" / "model.npz.xz").stat()
    except (OSError, ValueError):
        return None
    # Another release of it is another file.
    return cached_file(f"language-{archive.st_size:x}-{archive.st_mtime_ns:x}.model")


def _shipped() -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    import numpy as np
    from py3langid import langid, modelio

    weights, priors, languages, following, rows, features = modelio.load_model(
        langid.MODEL_DIR / langid.MODEL_FILE
    )
    arrays = {
        "next": np.frombuffer(following, dtype=f"u{following.itemsize}"),
        "rows": np.frombuffer(rows, dtype=f"u{rows.itemsize}").astype(np.uint32) << 8,
        "features": np.array(features, dtype=np.int32),
        "weights": weights,
        "priors": priors,
    }
    return {name: array.astype(_TYPES[name]) for name, array in arrays.items()}, tuple(languages)


def _of_arrays(arrays: Mapping[str, NDArray[Any]], languages: tuple[str, ...]) -> LanguageModel:
    return LanguageModel(
        arrays["next"].data,
        arrays["rows"].data,
        arrays["features"].data,
        arrays["weights"],
        arrays["priors"],
        languages,
    )


def written_model(
    place: Path, arrays: Mapping[str, NDArray[Any]], languages: tuple[str, ...]
) -> None:
    """Write the file ``place``, at once or not at all.

    Raises:
        OSError: it cannot be written.
    """
    # The numbers in the header have as many digits as it takes: room for them is left.
    room = 4096
    offset, stated = room, {}
    for name, array in arrays.items():
        stated[name] = [_TYPES[name], list(array.shape), offset]
        offset += -(-array.nbytes // _ALIGNED) * _ALIGNED
    header = json.dumps({"languages": languages, "arrays": stated, "size": offset}).encode()
    head = _MAGIC + header + b"\n"
    if len(head) > room:
        raise OSError("the header of the language model has no room")
    parts: list[bytes | memoryview] = [head.ljust(room, b"\0")]
    for array in arrays.values():
        parts += (array.data.cast("B"), bytes(-array.nbytes % _ALIGNED))
    write_whole(place, parts)


def read_model(place: Path) -> LanguageModel:
    """The model in the file ``place``, mapped.

    Raises:
        OSError: it is not there, or cannot be mapped.
        ValueError: it is no such file, or not all of it.
    """
    import numpy as np

    with open(place, "rb") as stream:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    if data[: len(_MAGIC)] != _MAGIC:
        raise ValueError(f"{place}: no language model")
    stated = json.loads(data[len(_MAGIC) : data.find(b"\n", len(_MAGIC))])
    if stated["size"] != len(data) or sys.byteorder != "little":
        raise ValueError(f"{place}: not a whole language model of this machine")
    arrays = {
        name: np.frombuffer(data, kind, count=math.prod(sizes), offset=offset).reshape(sizes)
        for name, (kind, sizes, offset) in stated["arrays"].items()
    }
    return _of_arrays(arrays, tuple(stated["languages"]))
