"""The optimum once more, from the definition alone: every plan one by one, and programs of their own for HiGHS."""

import math
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def exact(number):
    return Fraction(str(number))


def shortfalls(case, pairs):
    """The three shortfalls of a choice of pairs, as DESIGN section 6 defines them."""
    visitor = {each["id"]: each for each in case["visitors"]}
    share = exact(case.get("min_cross_sector_share", 0))
    return (
        max(0, case.get("min_sme", 0) - sum(visitor[pair["visitor"]]["sme"] for pair in pairs)),
        max(0, case.get("min_non_member", 0) - sum(not visitor[pair["visitor"]]["member"] for pair in pairs)),
        max(0, math.ceil(share * len(pairs)) - sum(pair["cross_sector"] for pair in pairs)),
    )


def allowed(case, pairs):
    """Whether a choice of pairs keeps everything that a plan must keep."""
    visits, stays = (Counter(pair[side] for pair in pairs) for side in ("visitor", "host"))
    capacity = {host["id"]: host["capacity"] for host in case["hosts"]}
    named = [[pair["visitor"], pair["host"]] for pair in pairs]
    return (
        all(count == 1 for count in visits.values())
        and all(count <= capacity[host] for host, count in stays.items())
        and len(pairs) <= case.get("max_exchanges", math.inf)
        and sum(exact(pair["cost"]) for pair in pairs) <= case.get("budget", math.inf)
        and all(pair in named for pair in case.get("locked", []))
        and not any(pair in named for pair in case.get("forbidden", []))
    )


def best_by_brute_force(case):
    """The least sum of shortfalls, and the highest score with it."""
    by_visitor = defaultdict(lambda: [None])
    for pair in case["pairs"]:
        by_visitor[pair["visitor"]].append(pair)
    choices = ([pair for pair in choice if pair] for choice in product(*by_visitor.values()))
    ranks = (
        (-sum(shortfalls(case, pairs)), sum(exact(pair["score"]) for pair in pairs))
        for pairs in choices
        if allowed(case, pairs)
    )
    short, score = max(ranks)
    return -short, float(score)


def best_plan_by_milp(case):
    """The same by two programs: least shortfalls, then the highest score with no more of them."""
    pairs = case["pairs"]
    count = len(pairs)
    visitor = {each["id"]: each for each in case["visitors"]}
    share = exact(case.get("min_cross_sector_share", 0))
    rows = [([pair["visitor"] == each for pair in pairs] + [0, 0, 0], -math.inf, 1) for each in visitor]
    rows += [([p["host"] == h["id"] for p in pairs] + [0, 0, 0], -math.inf, h["capacity"]) for h in case["hosts"]]
    rows += [
        ([1] * count + [0, 0, 0], -math.inf, case.get("max_exchanges", math.inf)),
        ([pair["cost"] for pair in pairs] + [0, 0, 0], -math.inf, case.get("budget", math.inf)),
        ([visitor[p["visitor"]]["sme"] for p in pairs] + [1, 0, 0], case.get("min_sme", 0), math.inf),
        ([not visitor[p["visitor"]]["member"] for p in pairs] + [0, 1, 0], case.get("min_non_member", 0), math.inf),
        ([p["cross_sector"] - float(share) for p in pairs] + [0, 0, 1], 0, math.inf),
    ]
    bounds = Bounds(0, [1] * count + [math.inf] * 3)

    def solve(objective, extra=()):
        matrix, lower, upper = zip(*rows, *extra, strict=True)
        conditions = LinearConstraint(np.array(matrix, float), lower, upper)
        return milp(objective, integrality=1, bounds=bounds, constraints=conditions, options={"mip_rel_gap": 0})

    missing = np.array([0] * count + [1] * 3)
    short = round(solve(missing).fun)
    score = solve([-pair["score"] for pair in pairs] + [0] * 3, [(missing, -math.inf, short)]).fun
    return short, -score


def best_timetable_by_milp(case):
    """The highest sum of priorities, with an unknown for each request and slot."""
    slots, requests = case["slots"], case["requests"]
    couples = [(n, slot) for n in range(len(requests)) for slot in range(slots)]
    away = {(who, slot) for who, blocked in case.get("unavailable", {}).items() for slot in blocked}
    ends = [(requests[n]["a"], requests[n]["b"]) for n, _ in couples]
    rows = [[n == each for n, _ in couples] for each in range(len(requests))]
    upper = [1] * len(requests)
    for slot in range(slots):
        rows.append([at == slot for _, at in couples])
        upper.append(case.get("tables", math.inf))
        for person in case["participants"]:
            rows.append([at == slot and person in both for (_, at), both in zip(couples, ends, strict=True)])
            upper.append(0 if (person, slot) in away else 1)
    if not couples:
        return 0
    priorities = [-requests[n]["priority"] for n, _ in couples]
    conditions = LinearConstraint(np.array(rows, float), -math.inf, upper)
    found = milp(priorities, integrality=1, bounds=Bounds(0, 1), constraints=conditions, options={"mip_rel_gap": 0})
    return -found.fun
