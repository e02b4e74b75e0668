"""Many candidatures as columns of numbers: sets of words as bits, windows as spans of weekdays, places as points.

Hundreds of thousands fit into a few megabytes, travel between processes as bytes, and are what the kernels read.
"""

import io
import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, radians, sin
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaking.engine.model import Host, Place, Visitor
from matchmaking.engine.windows import merged, span

type Numbers = NDArray[np.int64]
type Masks = NDArray[np.uint64]

WORD = 64
EARTH_RADIUS = 637_101
"""The mean radius of the Earth in tens of metres, the grid on which places lie."""
PER_MILLE = 1000

TECHNOLOGIES, SECTORS, PURPOSES, LANGUAGES, COUNTRIES, TYPES = range(6)
"""The vocabularies, in the order of `Words`."""

ORGANISATION, COUNTRY, TYPE, OPEN, NEED, DAYS, FIRST_TIME, FREE, PLACE = range(9)
"""Where the numbers stand in a row of facts. OPEN is 1 for who may take part at all; the free weekdays are FREE.

PLACE begins three coordinates on a grid of ten metres, moved so that none is negative; all zero where it is not known.
"""
NUMBERS = PLACE + 3

SETS = (
    TECHNOLOGIES,
    SECTORS,
    PURPOSES,
    LANGUAGES,
    COUNTRIES,
    COUNTRIES,
    TYPES,
    COUNTRIES,
    TYPES,
    SECTORS,
    TECHNOLOGIES,
)
"""The vocabulary of each set of a row, in this order:"""
S_TECHNOLOGIES, S_SECTORS, S_PURPOSES, S_LANGUAGES, S_PREFERRED = range(5)
S_EXCLUDED, S_PARTNERS, S_WARY, S_WARY_TYPES, S_SOUGHT, S_DOUBTED = range(5, 11)


class Columns(NamedTuple):
    """Visitors or hosts in the order of their keys.

    `facts` is one row of words of 64 bits each: the numbers first, at the places named above, then the sets of words as
    bits; the set number i begins at `sets[i]`. The windows of row i are those from `window_starts[i]` to
    `window_starts[i + 1]`; likewise the keys of declined hosts.
    """

    keys: Numbers
    facts: Masks
    sets: Numbers
    window_starts: Numbers
    windows: Numbers
    declined_starts: Numbers
    declined: Numbers

    @property
    def size(self) -> int:
        """Count the rows."""
        return len(self.keys)

    def numbers(self, place: int) -> Numbers:
        """Return one of the numbers of all rows."""
        return self.facts[:, place].astype(np.int64)

    def masks(self, number: int) -> Masks:
        """Return one of the sets of all rows, as bits."""
        return self.facts[:, self.sets[number] : self.sets[number + 1]]


class Words:
    """Gives each word of the six vocabularies, and each organisation, its number: the same for visitors and hosts."""

    def __init__(self) -> None:
        self.numbers: list[dict[str, int]] = [{} for _vocabulary in range(6)]
        self.organisations: dict[str, int] = {}

    def number(self, vocabulary: int, word: str) -> int:
        """Return the number of a word, a new one for a new word."""
        known = self.numbers[vocabulary]
        return known.setdefault(word, len(known))

    def mask(self, vocabulary: int, words: Iterable[str]) -> int:
        """Return a set of words as bits."""
        return sum(1 << self.number(vocabulary, word) for word in sorted(set(words)))

    def organisation(self, name: str) -> int:
        """Return the number of an organisation."""
        return self.organisations.setdefault(name, len(self.organisations))

    def width(self, vocabulary: int) -> int:
        """Return how many words of 64 bits hold the vocabulary."""
        return max(1, -(-len(self.numbers[vocabulary]) // WORD))

    def as_lists(self) -> list[list[str]]:
        """Return the words of each vocabulary in the order of their numbers."""
        return [list(known) for known in self.numbers]

    @classmethod
    def from_lists(cls, lists: Sequence[Sequence[str]]) -> "Words":
        """Read what `as_lists` wrote."""
        found = cls()
        found.numbers = [{word: at for at, word in enumerate(words)} for words in lists]
        return found

    def set_starts(self) -> Numbers:
        """Return where each set of a row of facts begins, and behind it where the last one ends."""
        return NUMBERS + starts_of([self.width(vocabulary) for vocabulary in SETS])


def packed(visitors: Iterable[Visitor], hosts: Iterable[Host]) -> tuple[Columns, Columns, Words]:
    """Return visitors and hosts as columns, by key; raises ValueError for a key that comes twice on one side."""
    words = Words()
    ours = by_key((_row(words, each, each.technologies_sought, each.sectors_sought) for each in visitors), "visitor")
    theirs = by_key((_row(words, each, each.technologies_offered, each.sectors_offered) for each in hosts), "host")
    return as_columns(ours, words), as_columns(theirs, words), words


class Row(NamedTuple):
    """One candidature as numbers."""

    key: int
    numbers: tuple[int, ...]
    sets: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    declined: tuple[int, ...]


def _row(words: Words, each: Visitor | Host, technologies: frozenset[str], sectors: frozenset[str]) -> Row:
    visitor = each if isinstance(each, Visitor) else None
    sets = (
        technologies,
        each.sectors,
        each.purposes,
        each.languages,
        visitor.preferred_countries if visitor else frozenset(),
        each.excluded_countries,
        each.partner_types,
        each.wary_countries,
        each.wary_types,
        sectors,
        each.wary_technologies,
    )
    windows = spans_of(each.windows)
    numbers = (
        words.organisation(each.organisation),
        words.number(COUNTRIES, each.country),
        words.number(TYPES, each.type),
        int(each.eligible and (visitor is not None or (isinstance(each, Host) and each.has_place))),
        round(PER_MILLE * each.need),
        visitor.days if visitor else 0,
        int(visitor is not None and visitor.first_time),
        sum(after - first for first, after in windows),
        *point_of(each.place),
    )
    return Row(
        each.id,
        numbers,
        tuple(words.mask(vocabulary, names) for vocabulary, names in zip(SETS, sets, strict=True)),
        windows,
        tuple(sorted(visitor.declined)) if visitor else (),
    )


def as_columns(rows: Sequence[Row], words: Words) -> Columns:
    """Return rows, which stand in the order of their keys, as columns; all words have to be known by then."""
    numbers = np.array([row.numbers for row in rows], dtype=np.uint64).reshape(-1, NUMBERS)
    masks = (
        bits_as_words([row.sets[at] for row in rows], words.width(vocabulary)) for at, vocabulary in enumerate(SETS)
    )
    return Columns(
        keys=np.array([row.key for row in rows], dtype=np.int64),
        facts=np.hstack([numbers, *masks]),
        sets=words.set_starts(),
        window_starts=starts_of([len(row.windows) for row in rows]),
        windows=np.array([window for row in rows for window in row.windows], dtype=np.int64).reshape(-1, 2),
        declined_starts=starts_of([len(row.declined) for row in rows]),
        declined=np.array([key for row in rows for key in row.declined], dtype=np.int64),
    )


def bits_as_words(masks: Sequence[int], width: int) -> Masks:
    """Return whole numbers of any size as rows of words of 64 bits, the lowest first."""
    octets = b"".join(mask.to_bytes(width * 8, "little") for mask in masks)
    return np.frombuffer(octets, dtype="<u8").astype(np.uint64).reshape(len(masks), width)


def starts_of(lengths: Sequence[int] | Numbers) -> Numbers:
    """Return where each row of so many entries begins, and behind it where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.asarray(lengths, dtype=np.int64))])


def spans_of(windows: Iterable[tuple[object, object]]) -> tuple[tuple[int, int], ...]:
    """Return windows as spans of weekdays that neither overlap nor touch on the calendar; weekends alone are none."""
    spans = (span(window) for window in merged(windows))  # type: ignore[arg-type]
    return tuple((first, after) for first, after in spans if first < after)


def point_of(place: Place | None) -> tuple[int, int, int]:
    """Return a place as a point on the globe, moved so that no coordinate is negative; zeros where it is not known."""
    if place is None:
        return 0, 0, 0
    north, east = radians(place[0]), radians(place[1])
    axes = (cos(north) * cos(east), cos(north) * sin(east), sin(north))
    x, y, z = (EARTH_RADIUS + round(EARTH_RADIUS * axis) for axis in axes)
    return x, y, z


def part(columns: Columns, first: int, after: int) -> Columns:
    """Return some rows as columns of their own."""
    windows, declined = columns.window_starts[first : after + 1], columns.declined_starts[first : after + 1]
    return Columns(
        keys=columns.keys[first:after],
        facts=columns.facts[first:after],
        sets=columns.sets,
        window_starts=windows - windows[0],
        windows=columns.windows[windows[0] : windows[-1]],
        declined_starts=declined - declined[0],
        declined=columns.declined[declined[0] : declined[-1]],
    )


def take(columns: Columns, rows: Sequence[int]) -> Columns:
    """Return the rows with these numbers, which ascend, as columns of their own."""
    at = np.array(rows, dtype=np.int64)
    windows, window_starts = _entries(columns.windows, columns.window_starts, at)
    declined, declined_starts = _entries(columns.declined, columns.declined_starts, at)
    return Columns(
        keys=columns.keys[at],
        facts=columns.facts[at],
        sets=columns.sets,
        window_starts=window_starts,
        windows=windows,
        declined_starts=declined_starts,
        declined=declined,
    )


def _entries(entries: Numbers, starts: Numbers, rows: Numbers) -> tuple[Numbers, Numbers]:
    """Return what belongs to some rows, and where each row begins in it."""
    lengths = starts[rows + 1] - starts[rows]
    begins = starts_of(lengths)
    chosen = np.repeat(starts[rows] - begins[:-1], lengths) + np.arange(begins[-1])
    return entries[chosen], begins


def as_bytes(sides: Sequence[Columns], facts: object) -> bytes:
    """Return columns, with facts that JSON can hold, as compressed bytes that `from_bytes` reads back identically."""
    found = io.BytesIO()
    arrays = {f"{at}_{name}": array for at, side in enumerate(sides) for name, array in side._asdict().items()}
    np.savez_compressed(found, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays)
    return found.getvalue()


def from_bytes(stored: bytes) -> tuple[list[Columns], Any]:
    """Read what `as_bytes` wrote."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
        sides = len([name for name in arrays.files if name.endswith("_keys")])
        columns = [Columns(*(arrays[f"{at}_{name}"] for name in Columns._fields)) for at in range(sides)]
        return columns, json.loads(arrays["facts"].tobytes())


def by_key(rows: Iterable[Row], side: str) -> list[Row]:
    """Return rows in the order of their keys; raises ValueError naming the side for a key that comes twice."""
    ordered = sorted(rows, key=lambda row: row.key)
    for row, following in pairwise(ordered):
        if row.key == following.key:
            raise ValueError(f"{side} {row.key} comes twice")
    return ordered
