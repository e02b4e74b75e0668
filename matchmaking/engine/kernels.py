"""The best hosts of each visitor, or the best visitors of each host, exact and without a list of pairs. Compiled.

Hosts are taken block by block, visitors one after the other. For all hosts of a block at once the hard rules are asked
as rows of bits, and an upper bound of the score is added up in ten binary digits that lie as rows of bits too, begun so
that the sum overflows exactly where it could still enter the list. Only those few are scored one by one. A pair enters
where it scores more than the last of the list: what comes later on a tie has the greater key and stays outside, so that
neither blocks nor threads nor shards change the answer.
"""

import numpy as np

from matchmaking.engine.bitmaps import DIGITS, Bitmaps
from matchmaking.engine.columns import (
    COUNTRY,
    OPEN,
    S_EXCLUDED,
    S_LANGUAGES,
    S_PARTNERS,
    S_PREFERRED,
    S_PURPOSES,
    S_SECTORS,
    S_SOUGHT,
    S_TECHNOLOGIES,
    TYPE,
    WORD,
    Columns,
    Masks,
    Numbers,
)
from matchmaking.engine.compiling import compiled
from matchmaking.engine.pairs import EMPTY, ONE, counted, given_points, judge, lowest, rarity_sought, whole
from matchmaking.engine.terms import (
    P_COUNTRY,
    P_DATES,
    P_PURPOSES,
    P_SECTOR,
    P_SOUGHT,
    P_TARGETS,
    P_TECHNOLOGIES,
    P_TRAVEL,
    Terms,
)
from matchmaking.engine.windows import WORKING_WEEK

FULL = 1 << DIGITS
"""More than the highest score in tenths."""
EVERY = ~EMPTY


@compiled
def keep(row: Masks, other: Masks, first: int) -> None:
    """Leave in a row of bits only what the other, from a place on, has too."""
    for j in range(len(row)):
        row[j] &= other[first + j]


@compiled
def drop(row: Masks, other: Masks, first: int) -> None:
    """Take out of a row of bits what the other, from a place on, has."""
    for j in range(len(row)):
        row[j] &= ~other[first + j]


@compiled
def gather(found: Masks, rows: Masks, facts: Masks, v: int, start: int, end: int, first: int) -> None:
    """Put together the rows of all words of a visitor's set."""
    found[:] = EMPTY
    for at in range(start, end):
        word = facts[v, at]
        while word:
            other = rows[(at - start) * WORD + lowest(word)]
            for j in range(len(found)):
                found[j] |= other[first + j]
            word &= word - ONE


@compiled
def gather_weeks(found: Masks, visitors: Columns, v: int, maps: Bitmaps, first: int) -> None:
    """Put together the rows of all weeks in which a visitor is free."""
    found[:] = EMPTY
    last_week = maps.weeks.shape[0] - 1
    done = -1
    for at in range(visitors.window_starts[v], visitors.window_starts[v + 1]):
        begin = visitors.windows[at, 0] // WORKING_WEEK - maps.first_week
        end = (visitors.windows[at, 1] - 1) // WORKING_WEEK - maps.first_week
        for week in range(max(min(begin, last_week), done + 1), min(end, last_week) + 1):
            other = maps.weeks[week]
            for j in range(len(found)):
                found[j] |= other[first + j]
            done = week


@compiled
def allow(allowed: Masks, spare: Masks, visitors: Columns, v: int, maps: Bitmaps, first: int) -> None:
    """Mark the hosts of a block that no hard rule excludes, as far as rows of bits can tell."""
    facts, sets = visitors.facts, visitors.sets
    country = whole(facts[v, COUNTRY])
    allowed[:] = EVERY * facts[v, OPEN]
    keep(allowed, maps.open[0], first)
    drop(allowed, maps.in_country[country], first)
    drop(allowed, maps.excludes[country], first)
    keep(allowed, maps.accepts[whole(facts[v, TYPE])], first)
    start, end = sets[S_EXCLUDED], sets[S_EXCLUDED + 1]
    if counted(facts, v, start, end):
        gather(spare, maps.in_country, facts, v, start, end, first)
        drop(allowed, spare, 0)
    start, end = sets[S_PARTNERS], sets[S_PARTNERS + 1]
    if counted(facts, v, start, end):
        gather(spare, maps.of_type, facts, v, start, end, first)
        keep(allowed, spare, 0)
    gather(spare, maps.languages, facts, v, sets[S_LANGUAGES], sets[S_LANGUAGES + 1], first)
    keep(allowed, spare, 0)
    gather_weeks(spare, visitors, v, maps, first)
    keep(allowed, spare, 0)


@compiled
def add(sums: Masks, over: Masks, row: Masks, first: int, points: int) -> None:
    """Add points to the sums of the hosts whose bit is set; mark in `over` whose sum overflows."""
    m0, m1, m2 = EVERY * np.uint64(points & 1), EVERY * np.uint64(points >> 1 & 1), EVERY * np.uint64(points >> 2 & 1)
    m3, m4 = EVERY * np.uint64(points >> 3 & 1), EVERY * np.uint64(points >> 4 & 1)
    m5, m6 = EVERY * np.uint64(points >> 5 & 1), EVERY * np.uint64(points >> 6 & 1)
    m7, m8, m9 = EVERY * np.uint64(points >> 7 & 1), EVERY * np.uint64(points >> 8 & 1), EVERY * np.uint64(points >> 9)
    for j in range(len(over)):
        bits = row[first + j]
        part = bits & m0
        carry = sums[0, j] & part
        sums[0, j] ^= part
        part = (bits & m1) ^ sums[1, j]
        sums[1, j], carry = part ^ carry, (sums[1, j] & bits & m1) | (part & carry)
        part = (bits & m2) ^ sums[2, j]
        sums[2, j], carry = part ^ carry, (sums[2, j] & bits & m2) | (part & carry)
        part = (bits & m3) ^ sums[3, j]
        sums[3, j], carry = part ^ carry, (sums[3, j] & bits & m3) | (part & carry)
        part = (bits & m4) ^ sums[4, j]
        sums[4, j], carry = part ^ carry, (sums[4, j] & bits & m4) | (part & carry)
        part = (bits & m5) ^ sums[5, j]
        sums[5, j], carry = part ^ carry, (sums[5, j] & bits & m5) | (part & carry)
        part = (bits & m6) ^ sums[6, j]
        sums[6, j], carry = part ^ carry, (sums[6, j] & bits & m6) | (part & carry)
        part = (bits & m7) ^ sums[7, j]
        sums[7, j], carry = part ^ carry, (sums[7, j] & bits & m7) | (part & carry)
        part = (bits & m8) ^ sums[8, j]
        sums[8, j], carry = part ^ carry, (sums[8, j] & bits & m8) | (part & carry)
        part = (bits & m9) ^ sums[9, j]
        sums[9, j], carry = part ^ carry, (sums[9, j] & bits & m9) | (part & carry)
        over[j] |= carry


@compiled
def add_rows(sums: Masks, over: Masks, digits: Masks, first: int) -> None:
    """Add to each host's sum a number of its own, given as rows of binary digits."""
    for j in range(len(over)):
        carry = EMPTY
        for digit in range(DIGITS):
            mine, other = sums[digit, j], digits[digit, first + j]
            part = mine ^ other
            sums[digit, j], carry = part ^ carry, (mine & other) | (part & carry)
        over[j] |= carry


@compiled
def add_technologies(
    sums: Masks, over: Masks, visitors: Columns, v: int, rows: Masks, first: int, terms: Terms, sought: int
) -> None:
    """Add for each technology sought its share of the points, rounded up."""
    start, end = visitors.sets[S_TECHNOLOGIES], visitors.sets[S_TECHNOLOGIES + 1]
    for at in range(start, end):
        word = visitors.facts[v, at]
        while word:
            number = (at - start) * WORD + lowest(word)
            points = -(-terms.points[P_TECHNOLOGIES] * terms.rarity[number] // sought)
            add(sums, over, rows[number], first, points)
            word &= word - ONE


@compiled
def add_shares(
    sums: Masks, over: Masks, visitors: Columns, v: int, of: int, rows: Masks, first: int, points: int
) -> None:
    """Add for each word of a visitor's set its share of the points, rounded up."""
    start, end = visitors.sets[of], visitors.sets[of + 1]
    wanted = counted(visitors.facts, v, start, end)
    for at in range(start, end):
        word = visitors.facts[v, at]
        while word:
            add(sums, over, rows[(at - start) * WORD + lowest(word)], first, -(-points // wanted))
            word &= word - ONE


@compiled
def bound(  # noqa: PLR0913, PLR0917 rows to work in, and what they are filled from
    sums: Masks,
    over: Masks,
    spare: Masks,
    visitors: Columns,
    v: int,
    maps: Bitmaps,
    first: int,
    terms: Terms,
    sought: int,
) -> None:
    """Add to the sums an upper bound of every wish that differs from host to host."""
    facts, sets, points = visitors.facts, visitors.sets, terms.points
    over[:] = EMPTY
    add_technologies(sums, over, visitors, v, maps.technologies, first, terms, sought)
    if points[P_SECTOR] and counted(facts, v, sets[S_SECTORS], sets[S_SECTORS + 1]):
        gather(spare, maps.sectors, facts, v, sets[S_SECTORS], sets[S_SECTORS + 1], first)
        for j in range(len(spare)):
            spare[j] = maps.has_sector[0, first + j] & ~spare[j]
        add(sums, over, spare, 0, points[P_SECTOR])
    if points[P_PURPOSES]:
        add_shares(sums, over, visitors, v, S_PURPOSES, maps.purposes, first, points[P_PURPOSES])
    if points[P_SOUGHT]:
        add_shares(sums, over, visitors, v, S_SOUGHT, maps.sought, first, points[P_SOUGHT])
    if points[P_COUNTRY]:
        gather(spare, maps.in_country, facts, v, sets[S_PREFERRED], sets[S_PREFERRED + 1], first)
        add(sums, over, spare, 0, points[P_COUNTRY])
    if points[P_TARGETS]:
        add_rows(sums, over, maps.need, first)


@compiled
def begin(sums: Masks, over: Masks, lack: int) -> bool:
    """Begin every sum so that it overflows once it has gained what is lacking; False where nothing is."""
    if lack <= 0:
        return False
    for digit in range(DIGITS):
        sums[digit, : len(over)] = EVERY if (FULL - lack) >> digit & 1 else EMPTY
    return True


@compiled
def enter(scores: Numbers, partners: Numbers, size: int, points: int, partner: int) -> int:
    """Enter a pair into a list kept in order, behind those that score as much; return how long it is now."""
    at = min(size, len(scores) - 1)
    while at > 0 and scores[at - 1] < points:
        scores[at], partners[at] = scores[at - 1], partners[at - 1]
        at -= 1
    scores[at], partners[at] = points, partner
    return min(size + 1, len(scores))


@compiled
def choose(allowed: Masks, first: int, chosen: Numbers) -> int:
    """List the hosts whose bit is set; return how many they are."""
    number = 0
    for j in range(len(allowed)):
        word = allowed[j]
        while word:
            chosen[number] = (first + j) * WORD + lowest(word)
            number += 1
            word &= word - ONE
    return number


@compiled
def best_hosts(
    visitors: Columns,
    hosts: Columns,
    maps: Bitmaps,
    terms: Terms,
    cuts: Numbers,
    scores: Numbers,
    partners: Numbers,
    sizes: Numbers,
) -> None:
    """Fill for each visitor the list of its best hosts; `cuts` are the bounds of the blocks of hosts, in words."""
    most, widest = scores.shape[1], np.max(cuts[1:] - cuts[:-1])
    chosen, found = np.empty(widest * WORD, np.int64), np.empty(widest * WORD, np.int64)
    technologies, technologies_end = visitors.sets[S_TECHNOLOGIES], visitors.sets[S_TECHNOLOGIES + 1]
    rows, digits = np.empty((3, widest), np.uint64), np.empty((DIGITS, widest), np.uint64)
    for block in range(len(cuts) - 1):
        first, width = cuts[block], cuts[block + 1] - cuts[block]
        allowed, spare, over = rows[0, :width], rows[1, :width], rows[2, :width]
        sums = digits[:, :width]
        for v in range(len(visitors.keys)):
            allow(allowed, spare, visitors, v, maps, first)
            sought = rarity_sought(visitors.facts, v, technologies, technologies_end, terms.rarity)
            if sizes[v] == most:
                sure = given_points(visitors.facts, v, terms.points) + terms.points[P_DATES] + terms.points[P_TRAVEL]
                if begin(sums, over, scores[v, most - 1] + 1 - sure):
                    bound(sums, over, spare, visitors, v, maps, first, terms, sought)
                    keep(allowed, over, 0)
            number = choose(allowed, first, chosen)
            judge(visitors, v, hosts, terms, sought, chosen[:number], found)
            for at in range(number):
                if found[at] >= 0 and (sizes[v] < most or found[at] > scores[v, most - 1]):
                    sizes[v] = enter(scores[v], partners[v], sizes[v], found[at], chosen[at])


@compiled
def require(lacks: Masks, always: Masks, at: int, lack: int) -> None:
    """Set what the sum of one host begins with, so that it overflows with a score that would enter its full list."""
    j, one = at >> 6, ONE << np.uint64(at & 63)
    always[j] &= ~one
    for digit in range(DIGITS):
        if (FULL - lack) >> digit & 1:
            lacks[digit, j] |= one
        else:
            lacks[digit, j] &= ~one


@compiled
def best_visitors(
    visitors: Columns,
    hosts: Columns,
    maps: Bitmaps,
    terms: Terms,
    cuts: Numbers,
    scores: Numbers,
    partners: Numbers,
    sizes: Numbers,
) -> None:
    """Fill for each host the list of its best visitors; as `best_hosts`, but each host asks for a score of its own."""
    most, widest = scores.shape[1], np.max(cuts[1:] - cuts[:-1])
    chosen, found = np.empty(widest * WORD, np.int64), np.empty(widest * WORD, np.int64)
    technologies, technologies_end = visitors.sets[S_TECHNOLOGIES], visitors.sets[S_TECHNOLOGIES + 1]
    rows, digits = np.empty((4, widest), np.uint64), np.empty((DIGITS, widest), np.uint64)
    every, begun = np.full(widest, EVERY), np.empty((DIGITS, widest), np.uint64)
    for block in range(len(cuts) - 1):
        first, width = cuts[block], cuts[block + 1] - cuts[block]
        allowed, spare, over, always = rows[0, :width], rows[1, :width], rows[2, :width], rows[3, :width]
        sums, lacks = digits[:, :width], begun[:, :width]
        always[:] = EVERY
        lacks[:] = EMPTY
        for v in range(len(visitors.keys)):
            allow(allowed, spare, visitors, v, maps, first)
            sums[:] = lacks
            sought = rarity_sought(visitors.facts, v, technologies, technologies_end, terms.rarity)
            bound(sums, over, spare, visitors, v, maps, first, terms, sought)
            sure = given_points(visitors.facts, v, terms.points) + terms.points[P_DATES] + terms.points[P_TRAVEL]
            add(sums, over, every, 0, min(sure, FULL - 1))
            for j in range(width):
                allowed[j] &= over[j] | always[j]
            number = choose(allowed, first, chosen)
            judge(visitors, v, hosts, terms, sought, chosen[:number], found)
            for at in range(number):
                h = chosen[at]
                if found[at] >= 0 and (sizes[h] < most or found[at] > scores[h, most - 1]):
                    sizes[h] = enter(scores[h], partners[h], sizes[h], found[at], v)
                    if sizes[h] == most:
                        require(lacks, always, h - first * WORD, scores[h, most - 1] + 1)
