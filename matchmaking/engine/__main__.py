"""The optimisers without the portal: `python -m matchmaking.engine plan CASE.json`, `… schedule CASE.json`.

The answer goes to standard output as one line of JSON. What cannot be read ends with status 2 and one line on standard
error that names the key and what is wrong with it. `-` reads the case from standard input.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matchmaking.engine.clock import Clock
from matchmaking.engine.json_input import Malformed, read_object
from matchmaking.engine.plan.reading import case_from as plan_case_from
from matchmaking.engine.plan.solve import plan
from matchmaking.engine.schedule.reading import case_from as schedule_case_from
from matchmaking.engine.schedule.solve import schedule

MALFORMED = 2


def _plan(document: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    case = plan_case_from(document)
    clock.seconds = case.time_limit_s
    return plan(case, clock=clock).as_json()


def _schedule(document: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    case = schedule_case_from(document)
    clock.seconds = case.time_limit_s
    return schedule(case, clock=clock).as_json()


COMMANDS: dict[str, Callable[[Mapping[str, Any], Clock], dict[str, Any]]] = {"plan": _plan, "schedule": _schedule}


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve the case that the command line names and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m matchmaking.engine", description="Plans exchanges and meetings.")
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("case", metavar="CASE.json", help="the case; - reads it from standard input")
    chosen = parser.parse_args(arguments)
    clock = Clock()
    try:
        answer = COMMANDS[chosen.command](read_object(chosen.case), clock)
    except Malformed as refused:
        print(refused, file=sys.stderr)  # noqa: T201 - a command line speaks on the terminal
        return MALFORMED
    print(json.dumps(answer, allow_nan=False))  # noqa: T201
    return 0


def _keep_the_output_for_the_answer() -> None:
    """Send what libraries write past Python to nowhere: HiGHS has a stray line now and then, and it is no JSON."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout = answers


if __name__ == "__main__":
    _keep_the_output_for_the_answer()
    status = main()
    sys.stdout.flush()
    sys.exit(status)
