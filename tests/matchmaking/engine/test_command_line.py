"""`python -m matchmaking.engine`: the examples of the design word for word, and one line for what is wrong."""

import json
import subprocess
import sys

import pytest

from matchmaking.engine.__main__ import main

PLAN = """
{"visitors": [{"id": "v1", "sme": true, "member": false}], "hosts": [{"id": "h1", "capacity": 2}],
 "pairs": [{"visitor": "v1", "host": "h1", "score": 87.5, "cost": 305, "cross_sector": true}],
 "max_exchanges": 59, "budget": 40000, "min_sme": 30, "min_non_member": 17, "min_cross_sector_share": 0.5, "time_limit_s": 60}
"""  # noqa: E501 - word for word
PLANNED = """
{"chosen": [["v1", "h1"]], "total_score": 87.5, "upper_bound": 87.5, "status": "optimal", "shortfalls": {"sme": 29, "non_member": 16, "cross_sector": 0}}
"""  # noqa: E501
SCHEDULE = """
{"participants": ["p1", "p2"], "slots": 8, "tables": 10, "requests": [{"a": "p1", "b": "p2", "priority": 3}], "unavailable": {"p1": [0, 1]}, "time_limit_s": 30}
"""  # noqa: E501
SCHEDULED = """
{"meetings": [{"a": "p1", "b": "p2", "slot": 2, "table": 0}], "total_priority": 3, "upper_bound": 3, "status": "optimal"}
"""  # noqa: E501

MISSING = object()


def engine(command, case, **how):
    return subprocess.run(
        [sys.executable, "-m", "matchmaking.engine", command, case], capture_output=True, text=True, check=False, **how
    )


@pytest.mark.parametrize(("command", "case", "answer"), [("plan", PLAN, PLANNED), ("schedule", SCHEDULE, SCHEDULED)])
def test_the_examples_of_the_design(tmp_path, command, case, answer):
    (tmp_path / "case.json").write_text(case)

    for ended in (engine(command, tmp_path / "case.json"), engine(command, "-", input=case)):
        assert (ended.returncode, ended.stderr) == (0, "")
        assert json.loads(ended.stdout) == json.loads(answer)


def changed(case, path, value):
    """The case with one value, named by its path, replaced or taken out."""
    document = json.loads(case)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    if value is MISSING:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return json.dumps(document)


WRONG_PLANS = [
    (("visitors",), MISSING, "visitors: is missing"),
    (("hosts",), MISSING, "hosts: is missing"),
    (("pairs",), MISSING, "pairs: is missing"),
    (("visitors",), {}, "visitors: must be a list, not an object"),
    (("visitors", 0), 5, "visitors[0]: must be an object, not 5"),
    (("visitors", 0, "id"), MISSING, "visitors[0].id: is missing"),
    (("visitors", 0, "id"), 7, "visitors[0].id: must be a text that is not empty, not 7"),
    (("visitors", 0, "id"), "", 'visitors[0].id: must be a text that is not empty, not ""'),
    (("visitors", 0, "sme"), "yes", 'visitors[0].sme: must be true or false, not "yes"'),
    (("visitors", 0, "member"), MISSING, "visitors[0].member: is missing"),
    (("visitors", 1), {"id": "v1", "sme": True, "member": True}, 'visitors[1]: the id "v1" comes twice'),
    (("hosts", 1), {"id": "h1", "capacity": 1}, 'hosts[1]: the id "h1" comes twice'),
    (("hosts", 0, "capacity"), -1, "hosts[0].capacity: must be at least 0, not -1"),
    (("hosts", 0, "capacity"), 1.5, "hosts[0].capacity: must be a whole number, not 1.5"),
    (("hosts", 0, "capacity"), True, "hosts[0].capacity: must be a number, not true"),
    (("pairs", 0), [], "pairs[0]: must be an object, not a list"),
    (("pairs", 0, "visitor"), "v9", 'pairs[0].visitor: "v9" is no id in visitors'),
    (("pairs", 0, "host"), "h9", 'pairs[0].host: "h9" is no id in hosts'),
    (("pairs", 0, "score"), "87.5", 'pairs[0].score: must be a number, not "87.5"'),
    (("pairs", 0, "score"), -0.1, "pairs[0].score: must be at least 0, not -0.1"),
    (("pairs", 0, "score"), float("nan"), "the input holds NaN, which is no number"),
    (("pairs", 0, "score"), float("inf"), "the input holds Infinity, which is no number"),
    (("pairs", 0, "score"), None, "pairs[0].score: must be a number, not null"),
    (("pairs", 0, "cost"), 10**30, "pairs[0].cost: must be at most 1000000000, not 1000000000000000000000000000000"),
    (("pairs", 0, "cost"), -5, "pairs[0].cost: must be at least 0, not -5"),
    (("pairs", 0, "cross_sector"), 1, "pairs[0].cross_sector: must be true or false, not 1"),
    (
        ("pairs", 1),
        {"visitor": "v1", "host": "h1", "score": 1, "cost": 1, "cross_sector": True},
        "pairs[1]: this visitor and this host come twice",
    ),
    (("max_exchanges",), -1, "max_exchanges: must be at least 0, not -1"),
    (("max_exchanges",), None, "max_exchanges: must be a number, not null"),
    (("budget",), "much", 'budget: must be a number, not "much"'),
    (("min_sme",), 1.5, "min_sme: must be a whole number, not 1.5"),
    (("min_non_member",), [17], "min_non_member: must be a number, not a list"),
    (("min_cross_sector_share",), 1.01, "min_cross_sector_share: must be at most 1, not 1.01"),
    (("time_limit_s",), -1, "time_limit_s: must be at least 0, not -1"),
    (("locked",), [["v1"]], "locked[0]: must be a list of a visitor's and a host's id, not a list"),
    (("locked",), [["v1", "h9"]], 'locked[0].host: "h9" is no id in hosts'),
    (("forbidden",), [["v1", "h1"], ["v1", "h1"]], "forbidden[1]: the pair comes twice"),
    (("max_exchange",), 5, "max_exchange: is no key; known are visitors, hosts, pairs, max_exchanges, budget"),
]
WRONG_SCHEDULES = [
    (("participants",), MISSING, "participants: is missing"),
    (("participants", 1), "p1", 'participants[1]: the id "p1" comes twice'),
    (("participants", 0), 1, "participants[0]: must be a text that is not empty, not 1"),
    (("slots",), MISSING, "slots: is missing"),
    (("slots",), -8, "slots: must be at least 0, not -8"),
    (("slots",), 10**6, "slots: must be at most 1000, not 1000000"),
    (("tables",), "10", 'tables: must be a number, not "10"'),
    (("requests",), None, "requests: must be a list, not null"),
    (("requests", 0, "a"), "p3", 'requests[0].a: "p3" is none of the participants'),
    (("requests", 0, "b"), "p1", "requests[0].b: nobody meets herself"),
    (("requests", 0, "priority"), -3, "requests[0].priority: must be at least 0, not -3"),
    (("requests", 0, "priority"), MISSING, "requests[0].priority: is missing"),
    (("requests", 1), {"a": "p2", "b": "p1", "priority": 1}, "requests[1]: these two meet already in requests[0]"),
    (("unavailable",), [], "unavailable: must be an object, not a list"),
    (("unavailable", "p9"), [1], "unavailable.p9: is none of the participants"),
    (("unavailable", "p1"), [8], "unavailable.p1[0]: 8 is no slot; they are numbered from 0 to 7"),
    (("unavailable", "p1"), 3, "p1: must be a list, not 3"),
]
WRONG = [("plan", PLAN, *row) for row in WRONG_PLANS] + [("schedule", SCHEDULE, *row) for row in WRONG_SCHEDULES]


def refusal(capsys, command, path):
    """What the command says on standard error; it must end with status 2 and say nothing else."""
    assert main([command, str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err.strip()


@pytest.mark.parametrize(("command", "case", "path", "value", "line"), WRONG)
def test_a_wrong_value_is_named_in_one_line(tmp_path, capsys, command, case, path, value, line):
    (tmp_path / "case.json").write_text(changed(case, path, value))

    assert refusal(capsys, command, tmp_path / "case.json").startswith(line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "the input is empty"),
        ("  \n", "the input is empty"),
        ("{", "the input is no JSON: Expecting property name"),
        ("[]", "the input must be a JSON object, not a list"),
        ("3", "the input must be a JSON object, not 3"),
        ("[" * 200_000, "the input is nested too deeply"),
        ('{"slots": ' + "9" * 10_000 + "}", "the input holds a number with too many digits"),
        ('{"slots": 1e999}', "participants: is missing"),
        ('{"slots": 1, "slots": 2}', "slots: comes twice in one object"),
        ('{"a\\nb": 1, "participants": [], "slots": 1, "requests": []}', "a\\nb: is no key"),
        ('{"participants": [], "slots": 1e999, "requests": []}', "slots: must be a finite number"),
        ('{"participants": ["\\ud800"], "slots": 1, "requests": 4}', "requests: must be a list, not 4"),
    ],
)
def test_an_input_that_is_no_case_is_refused_in_one_line(tmp_path, capsys, text, line):
    (tmp_path / "case.json").write_text(text)

    assert refusal(capsys, "schedule", tmp_path / "case.json").startswith(line)


def test_what_is_no_readable_file_is_refused_in_one_line(tmp_path, capsys):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")

    assert "No such file" in refusal(capsys, "plan", tmp_path / "missing.json")
    assert "Is a directory" in refusal(capsys, "plan", tmp_path)
    assert "is no UTF-8 text" in refusal(capsys, "plan", tmp_path / "binary")


def test_the_command_itself_ends_with_status_2_and_one_line(tmp_path):
    (tmp_path / "case.json").write_text(changed(PLAN, ("budget",), "much"))

    ended = engine("plan", tmp_path / "case.json")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == 'budget: must be a number, not "much"\n'


def test_keys_left_out_limit_nothing(tmp_path, capsys):
    plan, meetings = json.loads(PLAN), json.loads(SCHEDULE)
    cases = {
        "plan": {key: plan[key] for key in ("visitors", "hosts", "pairs")},
        "schedule": {key: meetings[key] for key in ("participants", "slots", "requests")},
    }
    for command, case in cases.items():
        (tmp_path / "case.json").write_text(json.dumps(case))

        assert main([command, str(tmp_path / "case.json")]) == 0
        assert json.loads(capsys.readouterr().out)["status"] == "optimal"


@pytest.mark.parametrize(
    "imports",
    [
        "from scipy.optimize import milp\nfrom ortools.graph.python import min_cost_flow",
        "from ortools.graph.python import min_cost_flow\nfrom scipy.optimize import milp",
    ],
)
def test_both_solvers_live_in_one_process(imports):
    work = """
import numpy as np
chance = np.random.default_rng(1)
rows = chance.integers(1, 9, (6, 40))
found = milp(-chance.integers(1, 9, 40), integrality=1, bounds=(0, 1), constraints=(rows, -np.inf, 60))
flow = min_cost_flow.SimpleMinCostFlow()
flow.add_arcs_with_capacity_and_unit_cost([0], [1], [1], [3])
flow.set_nodes_supplies([0, 1], [1, -1])
assert found.status == 0 and flow.solve() == flow.OPTIMAL and flow.optimal_cost() == 3
"""
    subprocess.run([sys.executable, "-c", imports + work], check=True)


def test_what_a_library_writes_past_python_is_no_part_of_the_answer(tmp_path):
    (tmp_path / "case.json").write_text(PLAN)
    noisy = "import os, runpy, sys; from matchmaking.engine.plan import flow; heaviest = flow.Network.heaviest; "
    noisy += "flow.Network.heaviest = lambda *given: (os.write(1, b'stray line\\n'), heaviest(*given))[1]; "
    noisy += "runpy.run_module('matchmaking.engine', run_name='__main__')"

    ended = subprocess.run(
        [sys.executable, "-c", noisy, "plan", tmp_path / "case.json"], capture_output=True, text=True, check=True
    )

    assert json.loads(ended.stdout) == json.loads(PLANNED)
