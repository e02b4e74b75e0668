"""Child processes that do not outlive their parent, and the words for a start that cannot be.

For the foreground commands of extratex.embedded and extratex.run only.
"""

import ctypes
import platform
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import BinaryIO, NoReturn

import psutil

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PARENT_DEATH_SIGNAL = 1


class CannotStart(Exception):
    """Something outside the portal stands in the way; the message is one line that says what."""


class Stopped(BaseException):
    """The person or the system asked for the end; everything that was started is to be stopped."""


def say(line: str) -> None:
    """Tell the person at the terminal one thing, at once."""
    print(line, flush=True)


def spawn(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: BinaryIO | None = None,
    account: pwd.struct_passwd | None = None,
    last_signal: signal.Signals = signal.SIGTERM,
    session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a process that, on Linux, gets `last_signal` when this one dies, even by `kill -9`.

    In a session of its own it does not hear a Ctrl-C: the one who started it stops it in the right order.
    """
    allowed = signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    process = None
    try:
        process = subprocess.Popen(  # noqa: S603 - every caller gives a fixed command
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL if session else None,
            stdout=log,
            stderr=log,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077 if account else -1,
            start_new_session=session,
            preexec_fn=_first_acts(last_signal, allowed),  # noqa: PLW1509 - this process has one thread
        )
    finally:
        _hear_signals_again(allowed, process)
    return process


def _hear_signals_again(allowed: set[int], process: subprocess.Popen[bytes] | None) -> None:
    """Let in what came during the start: raised in the middle of a fork, Python would only have printed and lost it."""
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, allowed)
    except Stopped:
        if process is not None:
            stop(process, signal.SIGTERM)
        raise


def _first_acts(last_signal: signal.Signals, allowed: set[int]) -> Callable[[], None]:
    libc = ctypes.CDLL(None) if platform.system() == "Linux" else None

    def begin() -> None:
        if libc is not None:
            libc.prctl(PARENT_DEATH_SIGNAL, int(last_signal))
        signal.pthread_sigmask(signal.SIG_SETMASK, allowed)

    return begin


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 10) -> None:
    """Ask a process to end with each signal in turn, the last time by SIGKILL, and wait until it has gone."""
    for number in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def run(command: Sequence[str], **options: object) -> int:
    """Run a command to its end and answer its exit status; it does not outlive an interruption."""
    process = spawn(command, **options)  # type: ignore[arg-type]
    try:
        return process.wait()
    finally:
        stop(process, signal.SIGTERM)


def stop_on_signals() -> None:
    """Turn the first Ctrl-C, SIGTERM or SIGHUP into `Stopped`; further ones cannot disturb the tidying up."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in ENDS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in ENDS:
        signal.signal(number, end)


def end_leftovers(belongs: Callable[[psutil.Process], bool], first_signal: signal.Signals) -> bool:
    """Stop what an earlier run that was killed left behind; answer whether there was anything."""
    found = [process for process in psutil.process_iter() if _is(process, belongs)]
    for process in found:
        with suppress(psutil.Error):
            process.send_signal(first_signal)
    if not _all_gone(found, within=15):
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        _all_gone(found, within=5)
    return bool(found)


def _all_gone(processes: Sequence[psutil.Process], *, within: float) -> bool:
    """Wait for processes of any parent; one that nobody collects counts as gone."""
    deadline = time.monotonic() + within
    while any(_is(process, lambda other: other.status() != psutil.STATUS_ZOMBIE) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _is(process: psutil.Process, belongs: Callable[[psutil.Process], bool]) -> bool:
    try:
        return belongs(process)
    except (psutil.Error, OSError):
        return False
