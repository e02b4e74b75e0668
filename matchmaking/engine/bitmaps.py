"""The hosts of a run turned on their side: for each word one row of bits, a bit for each host.

So one instruction of the processor asks a question of 64 hosts or more, and a visitor touches only the rows of its own
words.
"""

from typing import NamedTuple

import numpy as np

from matchmaking.engine.columns import (
    COUNTRIES,
    COUNTRY,
    LANGUAGES,
    NEED,
    OPEN,
    PER_MILLE,
    PURPOSES,
    S_EXCLUDED,
    S_LANGUAGES,
    S_PARTNERS,
    S_PURPOSES,
    S_SECTORS,
    S_SOUGHT,
    S_TECHNOLOGIES,
    SECTORS,
    TECHNOLOGIES,
    TYPE,
    TYPES,
    WORD,
    Columns,
    Masks,
    Words,
)
from matchmaking.engine.terms import P_TARGETS, Terms
from matchmaking.engine.windows import WORKING_WEEK

DIGITS = 10
"""Binary digits that hold any score in tenths."""
MOST_WEEKS = 256
"""Weeks that have a row of their own; what lies further ahead shares the last one."""


class Bitmaps(NamedTuple):
    """Rows of bits by the number of the word; `weeks` count from `first_week`, `need` are the digits of its points.

    `sectors` are those in which a host works, `sought` those that it offers to whom seeks them.
    """

    open: Masks
    technologies: Masks
    sectors: Masks
    has_sector: Masks
    sought: Masks
    purposes: Masks
    languages: Masks
    in_country: Masks
    excludes: Masks
    of_type: Masks
    accepts: Masks
    weeks: Masks
    need: Masks
    first_week: int


def bitmaps_of(hosts: Columns, words: Words, terms: Terms) -> Bitmaps:
    """Lay hosts out as rows of bits."""
    count = [len(numbers) for numbers in words.numbers]
    sectors, partners = hosts.masks(S_SECTORS), hosts.masks(S_PARTNERS)
    first_week, weeks = _weeks(hosts)
    need = terms.points[P_TARGETS] * hosts.numbers(NEED) // (2 * PER_MILLE)
    return Bitmaps(
        open=_packed(hosts.numbers(OPEN)[np.newaxis] == 1),
        technologies=_packed(_by_word(hosts.masks(S_TECHNOLOGIES), count[TECHNOLOGIES])),
        sectors=_packed(_by_word(sectors, count[SECTORS])),
        has_sector=_packed(np.any(sectors, axis=1)[np.newaxis]),
        sought=_packed(_by_word(hosts.masks(S_SOUGHT), count[SECTORS])),
        purposes=_packed(_by_word(hosts.masks(S_PURPOSES), count[PURPOSES])),
        languages=_packed(_by_word(hosts.masks(S_LANGUAGES), count[LANGUAGES])),
        in_country=_packed(hosts.numbers(COUNTRY) == np.arange(count[COUNTRIES])[:, np.newaxis]),
        excludes=_packed(_by_word(hosts.masks(S_EXCLUDED), count[COUNTRIES])),
        of_type=_packed(hosts.numbers(TYPE) == np.arange(count[TYPES])[:, np.newaxis]),
        accepts=_packed(_by_word(partners, count[TYPES]) | ~np.any(partners, axis=1)),
        weeks=_packed(weeks),
        need=_packed(np.array([need >> digit & 1 for digit in range(DIGITS)], dtype=np.bool_)),
        first_week=first_week,
    )


type Flags = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


def _by_word(masks: Masks, count: int) -> Flags:
    """Return for each word of a vocabulary which rows have it."""
    found = np.zeros((count, len(masks)), dtype=np.bool_)
    for at in range(count):
        found[at] = (masks[:, at // WORD] >> np.uint64(at % WORD)) & np.uint64(1)
    return found


def _weeks(hosts: Columns) -> tuple[int, Flags]:
    """Return for each week which hosts are free on a weekday of it."""
    first = hosts.windows[:, 0] // WORKING_WEEK
    last = (hosts.windows[:, 1] - 1) // WORKING_WEEK
    base = int(first.min()) if len(first) else 0
    number = min(int(last.max()) - base + 1, MOST_WEEKS) if len(last) else 1
    first, last = np.minimum(first - base, number - 1), np.minimum(last - base, number - 1)
    whose = np.repeat(np.arange(hosts.size), np.diff(hosts.window_starts))
    found = np.zeros((number, hosts.size), dtype=np.bool_)
    for week in range(number):
        found[week, whose[(first <= week) & (week <= last)]] = True
    return base, found


def _packed(flags: Flags) -> Masks:
    """Return flags as bits, 64 of them a word, the first one lowest."""
    number, size = flags.shape
    found = np.zeros((number, -(-size // WORD) * WORD // 8), dtype=np.uint8)
    octets = np.packbits(flags, axis=1, bitorder="little")
    found[:, : octets.shape[1]] = octets
    return np.ascontiguousarray(found).view("<u8").astype(np.uint64).reshape(number, -(-size // WORD))
