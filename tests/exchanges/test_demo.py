"""The command that loads the demonstration."""

import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from clusters.models import Organisation, User
from exchanges.background import Background
from exchanges.management.commands import demo
from matchmaking.models import Candidature

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Spare the tests the slow hash of each password."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_it_names_the_accounts_and_a_second_run_adds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", organisations=6)
    told = capsys.readouterr().out
    counts = (Organisation.objects.count(), Candidature.objects.count(), User.objects.count())

    call_command("demo", organisations=6)

    assert "visitor@demo.example" in told
    assert "wander-weave-2026" in told
    assert "made up now: 6" in told
    assert "made up now: 0" in capsys.readouterr().out
    assert (Organisation.objects.count(), Candidature.objects.count(), User.objects.count()) == counts


@pytest.mark.parametrize("number", [-1, 500_001])
def test_a_number_out_of_reason_is_refused(number: int) -> None:
    with pytest.raises(CommandError, match="must lie between"):
        call_command("demo", organisations=number)


def test_clusters_are_made_up_where_they_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", organisations=3, clusters=2)

    assert "clusters made up now: 2" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--clusters must lie between"):
        call_command("demo", clusters=3001)


@pytest.fixture
def in_its_own_process(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Background:
    """Many are three or more; what would make them is a script that says so."""
    settings.VAR, settings.BASE_DIR = tmp_path, tmp_path
    monkeypatch.setattr(demo, "MOST_AT_ONCE", 2)
    return Background("demo")


def test_many_are_made_in_a_process_of_their_own_that_is_watched(
    in_its_own_process: Background, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manage.py").write_text("import sys\nprint('asked:', *sys.argv[1:])\nprint('organisations: 3 of 3')")

    call_command("demo", organisations=3, clusters=0)

    told = capsys.readouterr().out
    assert "asked: demo --here --organisations=3 --clusters=0\norganisations: 3 of 3\n" in told
    assert "visitor@demo.example" in told


def test_a_process_that_fails_is_told_with_the_place_of_its_words(
    in_its_own_process: Background, tmp_path: Path
) -> None:
    (tmp_path / "manage.py").write_text("raise SystemExit('no room on the disk')")

    with pytest.raises(CommandError, match="goes on from there"):
        call_command("demo", organisations=3)

    assert "no room on the disk" in in_its_own_process.log.read_text()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the process is left on purpose
def test_ctrl_c_ends_only_the_watching(
    in_its_own_process: Background,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "manage.py").write_text("import time\ntime.sleep(1)\nopen('done', 'w').close()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("exchanges.background.time.sleep", interrupt)

    call_command("demo", organisations=3)

    assert "It goes on in the background." in capsys.readouterr().out
    assert eventually((tmp_path / "done").exists)


def interrupt(_seconds: float) -> None:
    raise KeyboardInterrupt


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = monotonic() + 20
    while not condition() and monotonic() < deadline:
        threading.Event().wait(0.05)
    return condition()


def test_two_do_not_make_the_same_at_once(programme: None) -> None:
    url = connection.get_connection_params()
    with psycopg.connect(
        **{name: url[name] for name in ("host", "port", "user", "password", "dbname") if name in url}
    ) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('demo', 0))")

        with pytest.raises(CommandError, match="Another process"):
            call_command("demo", organisations=1)
        assert Background("demo").is_under_way()

    call_command("demo", organisations=1)
