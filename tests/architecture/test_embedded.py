"""The embedded services and `make run`, with real processes and real faults."""

import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from extratex.run import kept_secret

BASE = Path(__file__).resolve().parents[2]
SHOW_ADDRESSES = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], os.environ['VAR'])"
OF_THE_OUTER_RUN = {"DATABASE_URL", "REDIS_URL", "TESTING", "VAR", "EXTRATEX_FOLDER", "SECRET_KEY", "FIELD_KEYS"}


def own_environment(**more):
    """The environment of a person at a terminal, not of these tests."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_OUTER_RUN}
    return {name: value for name, value in kept.items() if name not in {"MAKELEVEL", "ALLOWED_HOSTS"}} | more


def start(module, *arguments, **variables):
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=BASE,
        env=own_environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def says(module, *arguments, **variables):
    """What a command says, and its exit status."""
    process = start(module, *arguments, **variables)
    output, _ = process.communicate(timeout=120)
    return output, process.returncode


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def answers(port):
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=2)
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.client.OK
    return False


def processes_below(folder):
    """Every living process that works in or for this folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            mine = process.environ().get("EXTRATEX_FOLDER") == str(folder) or str(folder) in process.cwd()
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def eventually(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def folder(tmp_path_factory):
    """A folder that PostgreSQL reaches when the tests run as root."""
    path = tmp_path_factory.mktemp("var").resolve()
    for shut in (path, *path.parents):
        if os.geteuid() == 0 and not shut.stat().st_mode & 0o001:
            shut.chmod(shut.stat().st_mode | 0o001)
    return path


@contextmanager
def running_portal(folder):
    """`make run` in a folder of its own, until it answers; stopped however the test ends."""
    port = free_port()
    process = start("extratex.run", VAR=str(folder), PORT=port)
    try:
        assert eventually(lambda: answers(port) or process.poll() is not None, seconds=180)
        assert process.poll() is None, process.stdout.read()
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=240)


def test_a_command_gets_services_of_its_own_and_nothing_is_left_of_them():
    output, status = says("extratex.embedded", "exec", "--", sys.executable, "-c", SHOW_ADDRESSES)

    assert status == 0, output
    database, broker, place = output.split()[-3:]
    assert database.startswith("postgresql://extratex@%2F")
    assert broker.startswith("redis://:")
    assert not Path(place).exists()
    assert processes_below(place) == []


def test_the_exit_status_of_the_command_is_passed_on():
    _, status = says("extratex.embedded", "exec", "--", sys.executable, "-c", "raise SystemExit(3)")

    assert status == 3


def test_addresses_that_are_given_are_used_and_nothing_is_started():
    given = {"DATABASE_URL": "postgresql://someone@db.example/portal", "REDIS_URL": "redis://bell.example/0"}

    output, status = says("extratex.embedded", "exec", "--", sys.executable, "-c", SHOW_ADDRESSES, **given)

    assert status == 0
    assert output.split()[:2] == list(given.values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_however_the_command_is_ended_no_server_outlives_it(number):
    waiting = f"{SHOW_ADDRESSES}; import sys, time; sys.stdout.flush(); time.sleep(100)"
    process = start("extratex.embedded", "exec", "--", sys.executable, "-c", waiting)
    place = process.stdout.readline().split()[-1]
    servers = {found.name() for found in processes_below(place)}

    process.send_signal(number)
    process.communicate(timeout=120)

    assert {"postgres", "valkey-server"} <= servers
    assert eventually(lambda: processes_below(place) == [], seconds=15)


def test_a_taken_port_is_told_in_one_line_and_nothing_is_started(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        output, status = says("extratex.run", VAR=str(folder), PORT=port)

    assert status == 1
    assert output == f"Port {port} is taken: stop what uses it, or choose another one, as in PORT=8001.\n"
    assert not (folder / "postgresql").exists()


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1", "²"])
def test_a_port_that_is_none_is_told_in_one_line(folder, port):
    output, status = says("extratex.run", VAR=str(folder), PORT=port)

    assert (output, status) == (f"PORT must be a number from 1 to 65535, not {port!r}.\n", 1)


def test_a_folder_that_cannot_be_written_is_told_in_one_line(folder):
    place = folder / "file"
    place.write_text("no folder")

    output, status = says("extratex.run", VAR=str(place), PORT=free_port())

    assert (output, status) == (f"Cannot write to {place}: the portal keeps its data there.\n", 1)


def test_a_folder_that_holds_something_else_is_left_alone(folder):
    (folder / "postgresql").mkdir(mode=0o700)
    (folder / "postgresql" / "PG_VERSION").write_text("15\n")
    if os.geteuid() == 0:
        says("extratex.embedded", "exec", "--", "true")
        os.chown(folder / "postgresql", *owner_of_servers())

    output, status = says("extratex.run", VAR=str(folder), PORT=free_port())

    assert status == 1
    assert output.splitlines()[-1].endswith("holds no cluster of PostgreSQL 18 (version: 15): move it away.")
    assert (folder / "postgresql" / "PG_VERSION").read_text() == "15\n"


def owner_of_servers():
    entry = Path("/etc/passwd").read_text().split("pgserver:")[1].split(":")
    return int(entry[1]), int(entry[2])


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(folder):
    path = folder / "secret"

    first = kept_secret(path, lambda: "first")
    second = kept_secret(path, lambda: "second")

    assert first == second == "first"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("seconds", [0.8, 1.2, 1.6, 2.0])
def test_a_first_start_that_was_killed_is_made_anew(folder, seconds):
    killed = start("extratex.run", VAR=str(folder), PORT=free_port())
    time.sleep(seconds)
    killed.kill()
    killed.communicate()

    again = start("extratex.run", VAR=str(folder), PORT=free_port())
    lines = list(itertools.takewhile(lambda line: line != "Preparing the database ...\n", again.stdout))
    running = again.poll() is None
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=240)

    assert running, lines
    assert eventually(lambda: processes_below(folder) == [], seconds=15)


@pytest.mark.slow
def test_a_second_start_tells_where_the_first_one_runs(folder):
    with running_portal(folder) as (first, port):
        output, status = says("extratex.run", VAR=str(folder), PORT=free_port())

        assert (output, status) == (f"Already running at http://localhost:{port}/ (process {first.pid}).\n", 1)
        assert answers(port)


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["gunicorn", "worker", "beat", "postgres", "valkey-server", "honcho"])
def test_when_one_process_is_killed_all_of_them_are_stopped(folder, victim):
    with running_portal(folder) as (process, _):
        found = [each for each in processes_below(folder) if victim in " ".join(each.cmdline())]
        heads = [each for each in found if each.ppid() not in {other.pid for other in found}]
        heads[0].kill()

        assert eventually(lambda: process.poll() is not None, seconds=40)
        assert process.returncode == 1
        assert eventually(lambda: processes_below(folder) == [], seconds=20)


@pytest.mark.slow
def test_after_a_killed_start_the_next_one_goes_on_with_the_same_data(folder):
    with running_portal(folder) as (process, _):
        secret = (folder / "secret_key").read_text()
        identity = (folder / "postgresql/global/pg_control").stat().st_ino
        process.kill()
        process.wait()

    with running_portal(folder):
        assert (folder / "secret_key").read_text() == secret
        assert (folder / "postgresql/global/pg_control").stat().st_ino == identity
    assert eventually(lambda: processes_below(folder) == [], seconds=20)


@pytest.mark.slow
def test_ctrl_c_stops_everything_within_seconds(folder):
    with running_portal(folder) as (process, port):
        before = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)

        assert time.monotonic() - before < 15
        assert process.returncode == 0
        assert processes_below(folder) == []
        assert not answers(port)
