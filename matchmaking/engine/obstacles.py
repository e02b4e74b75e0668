"""What keeps all hosts from a visitor that has none, counted over every host. Compiled; `candidates` has the words."""

import numpy as np

from matchmaking.engine.candidates import WISHES, Obstacle, fewest_wishes
from matchmaking.engine.columns import (
    COUNTRY,
    DAYS,
    OPEN,
    ORGANISATION,
    S_EXCLUDED,
    S_LANGUAGES,
    S_PARTNERS,
    TYPE,
    Columns,
    Masks,
    Numbers,
)
from matchmaking.engine.compiling import compiled
from matchmaking.engine.pairs import contains, counted, days_together, has, in_common, whole

LANGUAGES, DATES, EXCLUDED, PARTNERS, DECLINED = (1 << at for at in range(len(WISHES)))


def obstacles_of(visitors: Columns, v: int, hosts: Columns) -> list[Obstacle]:
    """Say which wish of a visitor would have to be dropped to admit hosts, and how many (`candidates.why_nobody`)."""
    counts = np.zeros(1 << len(WISHES), np.int64)
    count_wishes(visitors, v, hosts, counts)
    return fewest_wishes(
        {
            frozenset(wish for at, wish in enumerate(WISHES) if wishes >> at & 1): int(counts[wishes])
            for wishes in np.flatnonzero(counts).tolist()
        }
    )


@compiled
def is_out_of_reach(ours: Masks, v: int, theirs: Masks, h: int, sets: Numbers) -> bool:
    """Tell whether a rule that is no wish of the visitor keeps the two apart."""
    country, kind = whole(ours[v, COUNTRY]), whole(ours[v, TYPE])
    if not (ours[v, OPEN] and theirs[h, OPEN]) or ours[v, ORGANISATION] == theirs[h, ORGANISATION]:
        return True
    if country == whole(theirs[h, COUNTRY]) or has(theirs, h, sets[S_EXCLUDED], country):
        return True
    wishes = counted(theirs, h, sets[S_PARTNERS], sets[S_PARTNERS + 1]) > 0
    return wishes and not has(theirs, h, sets[S_PARTNERS], kind)


@compiled
def count_wishes(visitors: Columns, v: int, hosts: Columns, counts: Numbers) -> None:
    """Count for each set of the visitor's wishes the hosts that just these exclude."""
    ours, theirs, sets = visitors.facts, hosts.facts, visitors.sets
    mine, others, starts, keys = visitors.windows, hosts.windows, hosts.window_starts, hosts.keys
    first, after = visitors.window_starts[v], visitors.window_starts[v + 1]
    declined, refused, refused_end = visitors.declined, visitors.declined_starts[v], visitors.declined_starts[v + 1]
    choosy = counted(ours, v, sets[S_PARTNERS], sets[S_PARTNERS + 1]) > 0
    for h in range(len(keys)):
        if is_out_of_reach(ours, v, theirs, h, sets):
            continue
        country, kind = whole(theirs[h, COUNTRY]), whole(theirs[h, TYPE])
        longest, _together = days_together(mine, first, after, others, starts[h], starts[h + 1])
        wishes = LANGUAGES * int(in_common(ours, v, theirs, h, sets[S_LANGUAGES], sets[S_LANGUAGES + 1]) == 0)
        wishes |= DATES * int(longest < whole(ours[v, DAYS]))
        wishes |= EXCLUDED * int(has(ours, v, sets[S_EXCLUDED], country))
        wishes |= PARTNERS * int(choosy and not has(ours, v, sets[S_PARTNERS], kind))
        wishes |= DECLINED * int(contains(declined, refused, refused_end, keys[h]))
        counts[wishes] += 1
