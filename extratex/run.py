"""The portal on one machine, for `make run`: services, web, worker and scheduler, until Ctrl-C.

All that lasts lies in the folder var/ (or VAR). No part of production, which docs/operations.md describes.
"""

import fcntl
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
from cryptography.fernet import Fernet

from extratex import embedded
from extratex.processes import CannotStart, Stopped, end_leftovers, run, say, spawn, stop, stop_on_signals

BASE = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
DEFAULT_PORT = 8000
LARGEST_PORT = 65535
FIRST_ANSWER_SECONDS = 120
CELERY_WARNS_OF_ROOT = "ignore:You're running the worker with superuser:UserWarning"
SECOND_BETWEEN_LOOKS = 0.2


def portal_folder() -> Path:
    """Make the folder for all that lasts, or say why it cannot be."""
    folder = Path(os.environ.get("VAR") or BASE / "var").resolve()
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        for part in [folder, *(folder / name for name in ("documents", "log", "mails", "static"))]:
            part.mkdir(mode=0o700, exist_ok=True)
            if not os.access(part, os.W_OK | os.X_OK):
                raise PermissionError(part)
    except OSError:
        raise CannotStart(f"Cannot write to {folder}: the portal keeps its data there.") from None
    return folder


def chosen_port() -> int:
    """Read PORT and see that it is free."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < port <= LARGEST_PORT:
        raise CannotStart(f"PORT must be a number from 1 to {LARGEST_PORT}, not {text!r}.")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except PermissionError:
        raise CannotStart(f"Port {port} may be opened by root only: choose another one, as in PORT=8001.") from None
    except OSError:
        raise CannotStart(f"Port {port} is taken: stop what uses it, or choose another one, as in PORT=8001.") from None
    return port


@contextmanager
def only_one(folder: Path) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """Hold the folder against a second start; the block is given a way to leave word for that one."""
    try:
        lock = os.fdopen(os.open(folder / "running.json", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError:
        raise CannotStart(f"Cannot write to {folder / 'running.json'}: it belongs to another account.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            with suppress(ValueError):
                word = json.load(lock)
                raise CannotStart(f"Already running at {word['address']} (process {word['process']}).") from None
            raise CannotStart(f"Another start from {folder} is under way.") from None

        def leave_word(word: Mapping[str, object]) -> None:
            lock.write(json.dumps(word))
            lock.flush()

        lock.truncate(0)
        yield leave_word
        lock.truncate(0)


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Answer the secret of that file, made once and readable by its owner only."""
    if not path.exists():
        unfinished = path.with_suffix(".partial")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        unfinished.rename(path)
    return path.read_text().strip()


def portal_environment(folder: Path, port: int, addresses: Mapping[str, str]) -> dict[str, str]:
    """Give the settings of the demonstration; what the person has set stays."""
    chosen = {
        "DEMONSTRATION": "1",
        "DEMONSTRATION_CLOCK": str(folder / "clock"),
        "MAIL_FOLDER": str(folder / "mails"),
        "SITE_ADDRESS": f"http://localhost:{port}",
        "ALLOWED_HOSTS": f"localhost,{HOST}",
        "SECRET_KEY": kept_secret(folder / "secret_key", lambda: secrets.token_urlsafe(64)),
        "FIELD_KEYS": kept_secret(folder / "field_keys", lambda: Fernet.generate_key().decode()),
    }
    fixed = {
        **addresses,
        "VAR": str(folder),
        "PORT": str(port),
        "EXTRATEX_FOLDER": str(folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": CELERY_WARNS_OF_ROOT,
    }
    if not os.access(os.environ.get("HOME", "/nonexistent"), os.W_OK):
        fixed["HOME"] = str(folder)
    return chosen | dict(os.environ) | fixed


def prepare(environment: Mapping[str, str]) -> None:
    """Bring the database up to date and load the demonstration programme, once."""
    for command in (["migrate", "--verbosity=0"], ["createcachetable", "--verbosity=0"], ["demo"]):
        if run([sys.executable, "manage.py", *command], environment=environment, folder=BASE):
            raise CannotStart(f"`manage.py {command[0]}` failed: see above.")


@contextmanager
def processes(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Keep web, worker and scheduler of the Procfile; at the end none of them is left."""
    command = [sys.executable, "-m", "honcho", "--env", os.devnull, "start"]
    honcho = spawn(command, environment=environment, folder=BASE)
    try:
        yield honcho
    finally:
        stop(honcho, signal.SIGTERM, patience=15)
        end_processes_of(Path(environment["EXTRATEX_FOLDER"]))


def end_processes_of(folder: Path) -> bool:
    """Stop every process of the portal that still works for this folder, but this one and those above it."""
    ours = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return end_leftovers(
        lambda process: process.pid not in ours and process.environ().get("EXTRATEX_FOLDER") == str(folder),
        signal.SIGTERM,
    )


def wait_until_it_answers(honcho: subprocess.Popen[bytes], port: int) -> None:
    """Return when /livez answers."""
    deadline = time.monotonic() + FIRST_ANSWER_SECONDS
    while honcho.poll() is None and time.monotonic() < deadline:
        with (
            suppress(OSError, http.client.HTTPException),
            closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection,
        ):
            connection.request("GET", "/livez")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(SECOND_BETWEEN_LOOKS)
    raise CannotStart("The portal did not answer: see above.")


def watch(honcho: subprocess.Popen[bytes], servers: list[embedded.Service]) -> None:
    """Return when one of the processes has ended, or when the `make` that started this one has gone."""
    parent = os.getppid() if os.environ.get("MAKELEVEL") else None
    while parent in {None, os.getppid()}:
        if honcho.poll() is not None:
            raise CannotStart("One of the processes ended, so all of them were stopped: see above.")
        for server in servers:
            if server.process is not None and server.process.poll() is not None:
                raise CannotStart(f"{server.name} ended, so everything was stopped: see {server.log}")
        time.sleep(SECOND_BETWEEN_LOOKS)


def run_portal() -> None:
    """Start everything in order, tell the address, and stop it in the opposite order at the end."""
    folder = portal_folder()
    with only_one(folder) as leave_word:
        if end_processes_of(folder):
            say("Stopped what an earlier start had left behind.")
        port = chosen_port()
        address = f"http://localhost:{port}/"
        leave_word({"address": address, "process": os.getpid()})
        say("Starting PostgreSQL and Valkey ...")
        with embedded.services(folder) as (addresses, servers):
            environment = portal_environment(folder, port, addresses)
            say("Preparing the database ...")
            prepare(environment)
            with processes(environment) as honcho:
                wait_until_it_answers(honcho, port)
                say(f"\nThe portal runs at {address}")
                say(f"The mails it sends can be read at {address}demonstration/mailbox/ and go nowhere else.")
                say(f"Its data lie in {folder}. Ctrl-C stops all of it.\n")
                watch(honcho, servers)


def main() -> int:
    """Run the portal until it is told to stop."""
    stop_on_signals()
    try:
        run_portal()
    except CannotStart as reason:
        say(str(reason))
        return 1
    except Stopped:
        say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
