"""How fast the matching ranks, against what is used today: seconds, pairs a second, peak memory, quality.

Run as `python -m bench.matching [VISITORS HOSTS]…`; 10,000 × 10,000 and 100,000 × 100,000 where nothing is said.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

import numpy as np

from bench.cases import WEIGHTS, some_hosts, some_visitors
from matchmaking.engine.candidates import why_not
from matchmaking.engine.merits import merits_of, score_of
from matchmaking.engine.model import Host, Supply, Visitor
from matchmaking.engine.prepare import prepare
from matchmaking.engine.ranking import ranking_of

type Row = np.ndarray[tuple[int], np.dtype[np.float32]]

KEPT = 20
THREADS = 2
SAMPLE = 200
DAY_ONE = date(2021, 1, 1)
DAYS = 480
SIZES = ((10_000, 10_000), (100_000, 100_000))
WANTED = {SIZES[0]: "0.5 s", SIZES[1]: "45 s and 1 GB, better 20 s; what machine code could do was measured as 8.6 s"}


def main(visitors: int, hosts: int) -> None:
    """Measure the ranking of both sides, then a sample of what one would do without it."""
    prepare()
    print(f"\n{visitors:,} visitors × {hosts:,} hosts, best {KEPT}, {THREADS} threads")
    print(f"  wanted for either side: at most {WANTED.get((visitors, hosts), '-')}")
    started = time.perf_counter()
    ranking = ranking_of(some_visitors(visitors), some_hosts(hosts), WEIGHTS)
    print(f"  made up and laid out            {time.perf_counter() - started:9.2f} s")
    pairs = visitors * hosts
    hosts_for = measured("hosts for each visitor", pairs, lambda: ranking.hosts_for(0, visitors, KEPT, threads=THREADS))
    measured("visitors for each host", pairs, lambda: ranking.visitors_for(0, hosts, KEPT, threads=THREADS))
    print(f"  peak memory                     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MB")
    numpy_all_pairs(visitors, hosts)
    greedy_choice(hosts, float(hosts_for.scores[:SAMPLE].mean()) / 10)


def measured[A](what: str, pairs: int, work: Callable[[], A]) -> A:
    """Do something once and print how long it took and what the processor worked."""
    started, worked = time.perf_counter(), time.process_time()
    answer = work()
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    print(f"  {what:<30}  {seconds:9.2f} s {pairs / seconds / 1e6:9.0f} M pairs/s  {busy:8.2f} s of processor")
    return answer


def numpy_all_pairs(visitors: int, hosts: int) -> None:
    """Compare some visitors with all hosts by plain NumPy matrices, hard rules and the heaviest wishes only."""
    theirs = list(some_hosts(hosts))
    ours = list(islice(some_visitors(visitors), SAMPLE))
    words = {word: at for at, word in enumerate(sorted({word for each in theirs for word in words_of(each)}))}
    matrix = np.array([row_of(words_of(each), words) for each in theirs], dtype=np.float32)
    free = np.array([days_of(each) for each in theirs], dtype=np.float32)
    started = time.perf_counter()
    for visitor in ours:
        scores = matrix @ row_of(words_of(visitor), words) + 0.1 * (free @ days_of(visitor))
        scores[matrix[:, words[f"country {visitor.country}"]] > 0] = -1
        np.argpartition(-scores, min(KEPT, hosts - 1))[:KEPT]
    seconds = time.perf_counter() - started
    rate = SAMPLE * hosts / seconds
    print(f"  plain NumPy, told from {SAMPLE}       {visitors * hosts / rate:9.2f} s {rate / 1e6:9.0f} M pairs/s")


def greedy_choice(hosts: int, best: float) -> None:
    """Do as with a list on paper: for each visitor the first hosts in the list that it may visit."""
    theirs, total, kept = list(islice(some_hosts(hosts), 2000)), 0.0, 0
    supply = Supply(hosts, {})
    started = time.perf_counter()
    for visitor in islice(some_visitors(SAMPLE), SAMPLE):
        first = list(islice((host for host in theirs if not why_not(visitor, host)), KEPT))
        total += sum(score_of(merits_of(visitor, host, WEIGHTS, supply)) for host in first)
        kept += len(first)
    seconds = time.perf_counter() - started
    print(f"  the first {KEPT} that fit           {seconds:9.2f} s for {SAMPLE} visitors")
    print(f"  mean score                      {total / kept:9.1f} of the first that fit, {best:.1f} of the best")


def words_of(each: Visitor | Host) -> set[str]:
    """Return what a plain comparison looks at."""
    technologies = each.technologies_sought if isinstance(each, Visitor) else each.technologies_offered
    return {*technologies, *each.purposes, *each.languages, f"country {each.country}"}


def row_of(of_each: set[str], words: dict[str, int]) -> Row:
    """Return words as a row of ones."""
    row = np.zeros(len(words), np.float32)
    row[[words[word] for word in of_each if word in words]] = 1
    return row


def days_of(each: Visitor | Host) -> Row:
    """Return the days of a year on which somebody is free."""
    days = np.zeros(DAYS, np.float32)
    for first, last in each.windows:
        days[(first - DAY_ONE) // timedelta(days=1) : (last - DAY_ONE) // timedelta(days=1) + 1] = 1
    return days


if __name__ == "__main__":
    given = [*map(int, sys.argv[1:])]
    if given:
        main(*given)
    else:
        for size in SIZES:  # each in a process of its own, so that the memory is its own too
            subprocess.run([sys.executable, "-m", "bench.matching", *map(str, size)], check=True)  # noqa: S603 ourselves
