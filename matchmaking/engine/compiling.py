"""Compiling the kernels: once on a machine, kept where the account that runs the portal may write.

numba keeps machine code by the file of each function and would not notice that a function in another file has changed.
So the code lies in a folder named after the content of all these files: a new release finds nothing stale. The folder
lies in the account's own cache, or in NUMBA_CACHE_DIR. Where nothing can be written, each process compiles for itself;
the worker does so before it takes its first task (`kernels.prepare`), and its children inherit the result.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from numba import config, njit


def _cache_folder() -> Path:
    """Return the folder for the machine code of these very sources."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    chosen: str = config.CACHE_DIR  # type: ignore[attr-defined]  # numba fills its settings in when it starts
    base = Path(chosen) if chosen else Path("~/.cache/clusterxchange").expanduser()
    return base / f"kernels-{digest.hexdigest()[:16]}"


config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile a function of numbers on first use; while it runs, other threads do too."""
    try:
        found = njit(nogil=True, cache=True, error_model="numpy")(function)
    except (RuntimeError, OSError):  # no folder can be written
        found = njit(nogil=True, error_model="numpy")(function)
    return cast("F", found)
