"""One visitor and one host as numbers: may they meet, and how well do they suit each other? Compiled.

What `merits` says in words and for people, this says in whole tenths of a point; a test holds the two together.
"""

import numpy as np

from matchmaking.engine.columns import (
    COUNTRY,
    DAYS,
    FIRST_TIME,
    FREE,
    NEED,
    ORGANISATION,
    PER_MILLE,
    PLACE,
    S_DOUBTED,
    S_PREFERRED,
    S_PURPOSES,
    S_SECTORS,
    S_SOUGHT,
    S_TECHNOLOGIES,
    S_WARY,
    S_WARY_TYPES,
    TYPE,
    WORD,
    Columns,
    Masks,
    Numbers,
)
from matchmaking.engine.compiling import compiled
from matchmaking.engine.terms import (
    P_COUNTRY,
    P_DATES,
    P_DECLINES,
    P_FIRST_TIME,
    P_PURPOSES,
    P_SECTOR,
    P_SOUGHT,
    P_TARGETS,
    P_TECHNOLOGIES,
    Terms,
)

NEVER = -1
"""The score of two that cannot meet."""

ONE, TWO, FOUR, TOP_BYTE = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
PAIRS, FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
EIGHTS, EACH_BYTE = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
EMPTY = np.uint64(0)


@compiled
def whole(word: np.uint64) -> int:
    """Return a word as a number that can be subtracted from."""
    return np.int64(word)  # type: ignore[return-value]  # compiled, the two are one


@compiled
def ones(word: np.uint64) -> int:
    """Count the ones of a word of 64 bits; the compiler makes one instruction of it."""
    word -= (word >> ONE) & PAIRS
    word = (word & FOURS) + ((word >> TWO) & FOURS)
    word = (word + (word >> FOUR)) & EIGHTS
    return int((word * EACH_BYTE) >> TOP_BYTE)


@compiled
def lowest(word: np.uint64) -> int:
    """Return the place of the lowest one of a word that has one."""
    return ones((word & (~word + ONE)) - ONE)


@compiled
def has(facts: Masks, row: int, start: int, number: int) -> bool:
    """Tell whether the set that begins at a place of a row holds the bit of a number."""
    return bool((facts[row, start + (number >> 6)] >> np.uint64(number & 63)) & ONE)


@compiled
def in_common(ours: Masks, v: int, theirs: Masks, h: int, start: int, end: int) -> int:
    """Count what the sets of two rows have in common."""
    found = 0
    for at in range(start, end):
        found += ones(ours[v, at] & theirs[h, at])
    return found


@compiled
def counted(facts: Masks, row: int, start: int, end: int) -> int:
    """Count the members of a set."""
    found = 0
    for at in range(start, end):
        found += ones(facts[row, at])
    return found


@compiled
def rarity_sought(facts: Masks, v: int, start: int, end: int, rarity: Numbers) -> int:
    """Add up the rarity of all technologies that a visitor seeks; at least 1."""
    found = 0
    for at in range(start, end):
        word = facts[v, at]
        while word:
            found += rarity[(at - start) * WORD + lowest(word)]
            word &= word - ONE
    return max(found, 1)


@compiled
def rarity_found(ours: Masks, v: int, theirs: Masks, h: int, sets: Numbers, rarity: Numbers) -> int:
    """Add up the rarity of the technologies that a visitor seeks and the host offers; half where one of them doubts."""
    found, start, doubted = 0, sets[S_TECHNOLOGIES], sets[S_DOUBTED]
    for at in range(sets[S_TECHNOLOGIES + 1] - start):
        word = ours[v, start + at] & theirs[h, start + at]
        doubts = ours[v, doubted + at] | theirs[h, doubted + at]
        while word:
            bit = lowest(word)
            found += rarity[at * WORD + bit] >> int((doubts >> np.uint64(bit)) & ONE)
            word &= word - ONE
    return found


@compiled
def contains(entries: Numbers, first: int, after: int, key: int) -> bool:
    """Tell whether a key stands among some entries."""
    for at in range(first, after):  # noqa: SIM110 what is compiled knows no generators
        if entries[at] == key:
            return True
    return False


@compiled
def days_together(ours: Numbers, a: int, a_end: int, theirs: Numbers, b: int, b_end: int) -> tuple[int, int]:
    """Return the weekdays of the longest common window, and of all common windows; both sides' windows are in order."""
    longest, together = 0, 0
    while a < a_end and b < b_end:
        mine, other = ours[a, 1], theirs[b, 1]
        days = max(min(mine, other) - max(ours[a, 0], theirs[b, 0]), 0)
        together += days
        longest = max(longest, days)
        ends_first = int(mine <= other)
        a += ends_first
        b += 1 - ends_first
    return longest, together


@compiled
def travel_points(ours: Masks, v: int, theirs: Masks, h: int, limits: Numbers, near: Numbers, grain: int) -> int:
    """Return the points for a short journey; none where a place is not known."""
    squared, known, known_too = 0, 0, 0
    for axis in range(PLACE, PLACE + 3):
        one, other = whole(ours[v, axis]), whole(theirs[h, axis])
        squared += (one - other) * (one - other)
        known |= one
        known_too |= other
    if known == 0 or known_too == 0 or squared > limits[0]:
        return 0
    found: int = near[squared >> grain]
    while found and squared > limits[found - 1]:
        found -= 1
    return found


@compiled
def wariness(facts: Masks, row: int, others: Masks, other: int, sets: Numbers) -> int:
    """Return 1 where somebody has declined others before for the country or the type of this one, else 0."""
    country, kind = whole(others[other, COUNTRY]), whole(others[other, TYPE])
    return int(has(facts, row, sets[S_WARY], country)) | int(has(facts, row, sets[S_WARY_TYPES], kind))


@compiled
def given_points(facts: Masks, v: int, points: Numbers) -> int:
    """Return the points that any host would have with this visitor."""
    found: int = points[P_FIRST_TIME] * whole(facts[v, FIRST_TIME])
    found += points[P_TARGETS] * whole(facts[v, NEED]) // (2 * PER_MILLE)
    return found


@compiled
def wished_points(ours: Masks, v: int, theirs: Masks, h: int, sets: Numbers, points: Numbers) -> int:
    """Return the points for sectors, purposes and country."""
    found: int = points[P_COUNTRY] * int(has(ours, v, sets[S_PREFERRED], whole(theirs[h, COUNTRY])))
    start, end = sets[S_SECTORS], sets[S_SECTORS + 1]
    if in_common(ours, v, theirs, h, start, end) == 0 and counted(ours, v, start, end) > 0:
        found += points[P_SECTOR] * min(counted(theirs, h, start, end), 1)
    start, end = sets[S_PURPOSES], sets[S_PURPOSES + 1]
    wanted = max(counted(ours, v, start, end), 1)
    found += points[P_PURPOSES] * in_common(ours, v, theirs, h, start, end) // wanted
    start, end = sets[S_SOUGHT], sets[S_SOUGHT + 1]
    wanted = max(counted(ours, v, start, end), 1)
    found += points[P_SOUGHT] * in_common(ours, v, theirs, h, start, end) // wanted
    return found


@compiled
def judge(
    visitors: Columns, v: int, hosts: Columns, terms: Terms, sought: int, chosen: Numbers, found: Numbers
) -> None:
    """Score a visitor with the chosen hosts, in tenths.

    NEVER is the score of who are one organisation, have declined, or lack the days. The other hard rules are asked of
    many hosts at once before (`kernels.allow`). `sought` is the visitor's `rarity_sought`.
    """
    ours, theirs, sets, points = visitors.facts, hosts.facts, visitors.sets, terms.points
    mine, others, starts = visitors.windows, hosts.windows, hosts.window_starts
    declined, keys, rarity = visitors.declined, hosts.keys, terms.rarity
    limits, near, grain = terms.limits, terms.near, terms.grain
    first, after = visitors.window_starts[v], visitors.window_starts[v + 1]
    refused, refused_end = visitors.declined_starts[v], visitors.declined_starts[v + 1]
    days, free, given = whole(ours[v, DAYS]), max(whole(ours[v, FREE]), 1), given_points(ours, v, points)
    for at in range(len(chosen)):
        h = chosen[at]
        longest, together = days_together(mine, first, after, others, starts[h], starts[h + 1])
        apart = longest < days or ours[v, ORGANISATION] == theirs[h, ORGANISATION]
        if apart or contains(declined, refused, refused_end, keys[h]):
            found[at] = NEVER
            continue
        tenths = given + points[P_DATES] * together // free
        tenths += points[P_TARGETS] * whole(theirs[h, NEED]) // (2 * PER_MILLE)
        tenths += points[P_TECHNOLOGIES] * rarity_found(ours, v, theirs, h, sets, rarity) // sought
        tenths += wished_points(ours, v, theirs, h, sets, points)
        tenths += travel_points(ours, v, theirs, h, limits, near, grain)
        wary = wariness(ours, v, theirs, h, sets) + wariness(theirs, h, ours, v, sets)
        found[at] = max(tenths - points[P_DECLINES] * wary, 0)
