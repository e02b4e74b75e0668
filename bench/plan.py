"""How good a plan is, how soon, and what a coordinator would have today instead.

Run as `python -m bench.plan [SIZE …]`, SIZE one of small, medium, large, largest; all of them where nothing is said.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from matching.games import HospitalResident
from scipy.optimize import linear_sum_assignment

from bench.planning_cases import some_case
from matchmaking.engine.clock import Clock
from matchmaking.engine.plan.model import Case, Plan, Positions, answer
from matchmaking.engine.plan.solve import Progress, plan

# name → visitors, candidates of each, and the time limits to try
SIZES: dict[str, tuple[int, int, tuple[float, ...]]] = {
    "small": (60, 60, (0.5, 10)),
    "medium": (1_000, 50, (1, 10)),
    "large": (10_000, 50, (5, 60)),
    "largest": (100_000, 20, (60,)),
}
WANTED = {
    "small": "proven optimal within 0.5 s",
    "medium": "at most 0.05 % in 1 s, proven optimal within 10 s",
    "large": "at most 0.05 % in 5 s",
    "largest": "at most 0.05 % in 60 s and 1 GB",
}
COMPARED = {"small", "medium"}
WANTED_GAP = 0.0005


def greedy(case: Case) -> Positions:
    """Take the best score that still fits, pair by pair, as one does with a list sorted by score."""
    return _kept(case, np.argsort(-case.score, kind="stable"))


def assignment(case: Case) -> Positions:
    """Let SciPy assign visitors to places by score, then drop what is too much, the lowest scores first."""
    places = np.repeat(np.arange(len(case.host_ids)), case.capacity)
    first = np.concatenate([[0], np.cumsum(case.capacity)])
    pair = np.full((len(case.visitor_ids), len(places)), -1)
    for position, (visitor, host) in enumerate(zip(case.visitor, case.host, strict=True)):
        pair[visitor, first[host] : first[host + 1]] = position
    score = np.where(pair >= 0, case.score[pair], 0.0)
    taken = pair[linear_sum_assignment(score, maximize=True)]
    taken = taken[taken >= 0]
    return _kept(case, taken[np.argsort(-case.score[taken], kind="stable")])


def stable(case: Case) -> Positions:
    """Let the package `matching` match hospitals and residents by score, then drop what is too much."""
    wishes: dict[int, list[int]] = defaultdict(list)
    asked: dict[int, list[int]] = defaultdict(list)
    for position in np.argsort(-case.score, kind="stable"):
        wishes[int(case.visitor[position])].append(int(case.host[position]))
        asked[int(case.host[position])].append(int(case.visitor[position]))
    capacities = {host: int(case.capacity[host]) for host in asked}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matched = HospitalResident.create_from_dictionaries(dict(wishes), dict(asked), capacities).solve()
    pairs = {(int(v), int(h)): n for n, (v, h) in enumerate(zip(case.visitor, case.host, strict=True))}
    taken = np.array([pairs[guest.name, host.name] for host, guests in matched.items() for guest in guests])
    return _kept(case, taken[np.argsort(-case.score[taken], kind="stable")])


def _kept(case: Case, order: Iterable[int]) -> Positions:
    """Keep the pairs that places, budget and number still allow, in this order; nothing here knows of a target."""
    visited, free, money = set(), case.capacity.copy(), case.limits.budget
    kept = []
    for position in order:
        visitor, host, cost = case.visitor[position], case.host[position], case.cost[position]
        if visitor in visited or not free[host] or cost > money or len(kept) >= case.limits.max_exchanges:
            continue
        visited.add(visitor)
        free[host] -= 1
        money -= cost
        kept.append(position)
    return np.array(kept, np.int64)


def show(name: str, found: Plan, seconds: float, work: float, best: float) -> None:
    missing = found.shortfalls
    print(
        f"  {name:<28} {found.total_score:>11,.1f} points ({found.total_score / best:7.2%} of the bound), "
        f"shortfalls {missing.sme}/{missing.non_member}/{missing.cross_sector}, {found.status:<8} "
        f"{seconds:6.2f} s ({work:.2f} s of work)"
    )


class Watch:
    """Notes when the gap was first as small as it should be."""

    def __init__(self) -> None:
        self._started, self._worked = time.perf_counter(), time.process_time()
        self._reached = "not said on the way when it fell to 0.05 %"

    def hear(self, progress: Progress) -> None:
        near = progress.step in {"score", "proof"} and progress.score >= (1 - WANTED_GAP) * progress.upper_bound
        if near and self._reached.startswith("not"):
            seconds, work = time.perf_counter() - self._started, time.process_time() - self._worked
            self._reached = f"at most 0.05 % after {seconds:.2f} s ({work:.2f} s of work)"

    def __str__(self) -> str:
        return self._reached


def timed(work: Callable[[], Plan]) -> tuple[Plan, float, float]:
    started, worked = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - started, time.process_time() - worked


def measure(name: str) -> None:
    visitors, candidates, limits = SIZES[name]
    case = some_case(visitors, candidates)
    print(f"{name}: {visitors:,} visitors and hosts, {candidates} candidates each, all targets, a binding budget")
    print(f"  wanted: {WANTED[name]}")
    bound = np.inf
    for limit in limits:
        watch = Watch()
        found, seconds, work = timed(lambda limit=limit, watch=watch: plan(case, clock=Clock(limit), told=watch.hear))
        bound = min(bound, found.upper_bound)
        show(f"plan, at most {limit:g} s", found, seconds, work, bound)
        print(f"  {'':<28} gap {found.gap:.4%}; {watch}")
    unproven = {"upper_bound": np.inf, "status": "-", "least_shortfall": 0}
    if name in COMPARED:
        for method in (greedy, assignment, stable):
            try:
                compared = timed(lambda method=method: answer(case, method(case), unproven))
            except RecursionError:  # the package `matching` copies its players one inside the other
                print(f"  {method.__name__} gives up: RecursionError")
            else:
                show(f"{method.__name__} (knows no target)", *compared, bound)
    print(f"  peak memory of the process so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB")


def command_line() -> None:
    """Time the whole command for the small case, start of Python included."""
    case = some_case(60, 60)
    document = {
        "visitors": [
            {"id": name, "sme": bool(case.sme[n]), "member": bool(case.member[n])}
            for n, name in enumerate(case.visitor_ids)
        ],
        "hosts": [{"id": name, "capacity": int(case.capacity[n])} for n, name in enumerate(case.host_ids)],
        "pairs": [
            {
                "visitor": case.ids(n)[0],
                "host": case.ids(n)[1],
                "score": float(case.score[n]),
                "cost": float(case.cost[n]),
                "cross_sector": bool(case.cross_sector[n]),
            }
            for n in range(len(case.score))
        ],
        "max_exchanges": case.limits.max_exchanges,
        "budget": case.limits.budget,
        "min_sme": case.limits.min_sme,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.json"
        path.write_text(json.dumps(document))
        started = time.perf_counter()
        subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "matchmaking.engine", "plan", str(path)], check=True, capture_output=True
        )
    print(f"the command for the small case, with the start of Python: {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    for size in sys.argv[1:] or SIZES:
        measure(size)
    command_line()
