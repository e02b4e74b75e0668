"""The rules of the house that no linter knows: sizes, names, and where things may stand."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 400
LONGEST_TEMPLATE = 120
OUR_CODE = ("bench", "clusters", "exchanges", "extratex", "matchmaking", "scripts", "tests")
PRODUCTION = ("clusters", "exchanges", "extratex", "matchmaking")
REGISTRIES = [
    name + "." + end
    for name, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("deb.debian", "org"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs.cloudflare", "com"),
        ("fonts.googleapis", "com"),
    )
]
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "data", "misc"}
SCRIPT_WITH_CODE = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", re.IGNORECASE)
STYLE_OR_EVENT = re.compile(r"<style|\sstyle=|\son(?:click|change|submit|load|input|error|key\w+)=", re.IGNORECASE)


def tracked(*patterns: str) -> list[Path]:
    """Every file of the repository that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=BASE, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := BASE / name).is_file()]


def modules(*tops: str) -> Iterator[Path]:
    """Our own modules below these folders, without what Django has written."""
    for path in tracked("*.py"):
        parts = path.relative_to(BASE).parts
        if parts[0] in tops and "migrations" not in parts:
            yield path


def named(path: Path) -> str:
    """The path as one reads it in a message."""
    return str(path.relative_to(BASE))


def lines_of(path: Path) -> int:
    return path.read_text().count("\n")


def test_no_module_is_longer_than_one_can_think_about():
    assert [named(path) for path in modules(*OUR_CODE) if lines_of(path) > LONGEST_MODULE] == []


def test_no_template_is_longer_than_it_should_be():
    assert [named(path) for path in tracked("templates/*.html") if lines_of(path) > LONGEST_TEMPLATE] == []


def test_no_module_has_a_name_that_says_nothing():
    assert [named(path) for path in modules(*OUR_CODE) if path.stem in EMPTY_NAMES] == []


def test_no_file_names_a_registry_or_a_content_network():
    texts = [path for path in tracked() if path.suffix not in {".png", ".woff2", ".pdf", ".jpg", ".ico", ".zip"}]

    found = [(named(path), host) for path in texts for host in REGISTRIES if host in path.read_text(errors="replace")]

    assert found == []


def test_no_form_takes_every_field_of_its_model():
    found = [
        f"{named(path)}:{node.lineno}"
        for path in modules(*PRODUCTION)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value == "__all__"
        if path.name != "__init__.py"
    ]

    assert found == []


@pytest.mark.parametrize("forbidden", [SCRIPT_WITH_CODE, STYLE_OR_EVENT], ids=["script", "style or event"])
def test_no_template_carries_code_or_style_that_the_security_policy_refuses(forbidden):
    pages = [path for path in tracked("templates/*.html") if "papers" not in path.parts]

    assert [named(path) for path in pages if forbidden.search(path.read_text())] == []


def status_is_set(node: ast.AST) -> bool:
    """Whether this statement changes a status past the moves: `x.status = …` or `.update(status=…)`."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
        return any(keyword.arg == "status" for keyword in node.keywords)
    return False


# A run of the matching and a plan are work in a queue, not files that people move: workers claim them by a conditional
# update.
WORK_QUEUES = {BASE / "matchmaking/queued.py"}


def may_move(path: Path) -> bool:
    if path in WORK_QUEUES | {BASE / "extratex/shared/moves.py"}:
        return True
    return "transitions" in path.with_suffix("").parts


def test_a_status_changes_in_transitions_and_nowhere_else():
    found = [
        f"{named(path)}:{node.lineno}"
        for path in modules(*PRODUCTION)
        if not may_move(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if status_is_set(node)
    ]

    assert found == []


@pytest.mark.parametrize("sin", ["x.status = 1", "x.status: str = 'a'", "q.filter(a=1).update(status=2)"])
def test_the_check_of_statuses_would_see_a_change(sin):
    assert any(status_is_set(node) for node in ast.walk(ast.parse(sin)))


def test_every_setting_is_explained_to_those_who_run_the_portal():
    explained = (BASE / "docs/operations.md").read_text()
    settings = (BASE / "extratex/settings.py").read_text()

    names = re.findall(r"env\.\w+\(\s*\"(\w+)\"", settings)

    assert len(names) > 20
    assert [name for name in names if f"`{name}`" not in explained] == []
